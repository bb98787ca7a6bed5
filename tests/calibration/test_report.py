import tomllib
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from calibration.fit import NOISE
from calibration.homography import fit_points
from calibration.lens import Lens
from calibration.people import fit_people
from calibration.pinhole import Pinhole
from calibration.plot import as_svg
from calibration.report import findings, site_table
from tests.calibration.views import level, spread_view, walkers
from vision.view import Ground

CAMERA = Pinhole(8, 25, 60)


def points_fit(lens=None, count=8, noise=NOISE):
    rng = np.random.default_rng(0)
    view = spread_view(CAMERA, rng, count)
    return fit_points(view + rng.normal(0, noise, view.shape), CAMERA.to_ground(view), lens)


@pytest.mark.parametrize("lens", [Lens(), Lens(-0.1, 0.02, 16 / 9)])
def test_the_table_is_the_plane(lens):
    plane = points_fit(lens).plane
    ground = Ground.model_validate(tomllib.loads(site_table(plane))["camera"]["ground"])
    points = np.random.default_rng(0).uniform(0.4, 1, (20, 2))
    np.testing.assert_allclose(ground.plane().metres(points), plane.metres(points), rtol=1e-5, atol=1e-5)


def test_every_point_has_its_residual_and_every_place_its_pixel():
    fit = points_fit()
    lines = list(findings(fit.plane, (320, 240), fit))
    assert sum(line.startswith("point ") for line in lines) == 8
    assert f"8 residuals: RMS {fit.rms:.3f} m" in "\n".join(lines)
    step = fit.plane.metres_per_pixel(np.array([[0.5, 1.0]]), (320, 240))[0]
    assert any(line.startswith(f"bottom of the view: a pixel of 320x240 is {step[0]:.3f} m") for line in lines)
    horizon = 0.5 - CAMERA.focal()[1] * np.tan(np.radians(CAMERA.tilt))
    (said,) = [line for line in lines if line.startswith("horizon")]
    assert float(said.split()[3]) == pytest.approx(horizon, abs=0.02)


def test_what_is_above_the_horizon_is_said():
    plane = fit_points(*_low_view()).plane
    assert "top of the view: above the horizon" in list(findings(plane, (320, 240)))


def _low_view():
    low = Pinhole(8, 10, 60)
    view = np.array([[0.1, 0.95], [0.9, 0.9], [0.3, 0.5], [0.8, 0.6]])
    return view, low.to_ground(view)


def drawn(fit, name):
    return [part for part in ET.fromstring(as_svg(fit)).iter() if part.get("class") == name]  # noqa: S314  # our own


def test_the_drawing_has_a_grid_and_an_arrow_for_each_residual():
    fit = points_fit()
    assert len(drawn(fit, "miss")) == len(drawn(fit, "seen")) == 8
    assert len(drawn(fit, "grid")) > 6
    assert "grid 5 m" in as_svg(fit) or "grid 10 m" in as_svg(fit)


def test_the_lines_of_the_grid_are_straight_but_for_a_lens():
    def bend(fit):
        lines = [
            np.array([pair.split(",") for pair in line.get("points").split()], float) for line in drawn(fit, "grid")
        ]
        return max(np.linalg.svd(line - line.mean(axis=0), compute_uv=False)[1] for line in lines)

    assert bend(points_fit()) < 1
    assert bend(points_fit(Lens(-0.1))) > 10


def test_the_drawing_of_many_people_shows_some_of_them_from_foot_to_head():
    fit = fit_people(walkers(level(6, 30, 60), 0, people=50))
    assert len(fit.seen) > 200
    assert 150 < len(drawn(fit, "base")) <= 200


def test_a_drawing_of_nothing_wrong_can_be_made():
    assert len(drawn(points_fit(noise=0.0), "miss")) == 8
