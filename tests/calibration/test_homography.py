import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.fit import NOISE
from calibration.homography import fit_points
from calibration.lens import Lens
from calibration.pinhole import Pinhole
from tests.calibration.views import lower_view, pinholes, spread_view

seeds = st.integers(0, 2**32 - 1)
SQUARE = np.array([[0.2, 0.4], [0.8, 0.4], [0.9, 0.9], [0.1, 0.9]])
CAMERA = Pinhole(8, 25, 60)


@given(camera=pinholes, seed=seeds, count=st.integers(4, 12))
def test_points_without_noise_give_the_camera_back(camera, seed, count):
    rng = np.random.default_rng(seed)
    view = spread_view(camera, rng, count)
    fit = fit_points(view, camera.to_ground(view), Lens(aspect=camera.aspect))
    elsewhere = lower_view(camera, rng, 50)
    np.testing.assert_allclose(fit.plane.metres(elsewhere), camera.to_ground(elsewhere), rtol=1e-5, atol=1e-5)
    assert fit.rms < 1e-6


@given(camera=pinholes, seed=seeds, k=st.sampled_from([(-0.12, 0.0), (0.1, 0.0), (-0.3, 0.2)]))
def test_a_known_lens_is_taken_off_first(camera, seed, k):
    rng = np.random.default_rng(seed)
    straight, lens = spread_view(camera, rng, 8), Lens(*k, camera.aspect)
    fit = fit_points(lens.distorted(straight), camera.to_ground(straight), lens)
    elsewhere = lower_view(camera, rng, 50)
    np.testing.assert_allclose(
        fit.plane.metres(lens.distorted(elsewhere)), camera.to_ground(elsewhere), rtol=1e-5, atol=1e-5
    )


@given(
    seed=seeds,
    unit=st.sampled_from([0.001, 0.3048, 1000.0]),
    shift=st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
    turn=st.floats(-np.pi, np.pi),
)
def test_the_unit_place_and_heading_of_the_grounds_frame_change_nothing_else(seed, unit, shift, turn):
    rng = np.random.default_rng(seed)
    view = spread_view(CAMERA, rng, 8)
    noisy = view + rng.normal(0, NOISE, view.shape) * (1, 4 / 3)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def moved(ground):
        return ground @ rotation.T * unit + np.multiply(shift, unit)

    ground = CAMERA.to_ground(view)
    one, two = fit_points(noisy, ground), fit_points(noisy, moved(ground))
    np.testing.assert_allclose(two.plane.metres(SQUARE), moved(one.plane.metres(SQUARE)), rtol=1e-6, atol=1e-5 * unit)
    np.testing.assert_allclose(two.residuals, one.residuals * unit, rtol=1e-4, atol=1e-5 * unit)
    np.testing.assert_allclose(two.deviation(SQUARE), one.deviation(SQUARE) * unit, rtol=1e-3)


@pytest.mark.parametrize("count", [4, 6, 12])
def test_the_uncertainty_holds_the_truth_as_often_as_it_says(count):
    """Ellipses of 50 and 90 %, on 300 draws; a little too wide is forgiven: the noise is taken for at least a pixel."""
    rng = np.random.default_rng(count)
    point = np.array([[0.45, 0.55]])
    truth = CAMERA.to_ground(point)
    squares, distances = [], []
    for _ in range(300):
        view = spread_view(CAMERA, rng, count)
        fit = fit_points(view + rng.normal(0, NOISE, view.shape) * (1, 4 / 3), CAMERA.to_ground(view))
        off = (fit.plane.metres(point) - truth)[0]
        squares.append(off @ np.linalg.inv(fit.spread(point)[0]) @ off)
        true = np.hypot(*(truth - CAMERA.to_ground(SQUARE[:1])).T)
        found, deviation = fit.distances(point, SQUARE[:1])
        distances.append(abs(found - true)[0] < deviation[0])
    held = [np.mean(np.array(squares) < -2 * np.log(1 - share)) for share in (0.5, 0.9)]  # chi^2 with 2 freedoms
    assert 0.43 < held[0] < 0.68
    assert 0.85 < held[1] < 0.97
    assert 0.61 < np.mean(distances) < 0.82


def test_noise_that_is_more_than_said_is_seen_in_the_residuals():
    rng = np.random.default_rng(0)
    view = spread_view(CAMERA, rng, 30)
    ground = CAMERA.to_ground(view)
    noisy = view + rng.normal(0, 3 * NOISE, view.shape) * (1, 4 / 3)
    ratio = fit_points(noisy, ground).deviation(SQUARE) / fit_points(view, ground).deviation(SQUARE)
    np.testing.assert_allclose(ratio, 3, rtol=0.3)


def with_point(index, point):
    changed = SQUARE.copy()
    changed[index] = point
    return changed


@pytest.mark.parametrize(
    ("view", "ground", "words"),
    [
        (SQUARE[:3], None, "3 points, wanted at least 4"),
        (SQUARE, CAMERA.to_ground(SQUARE)[:3], "4 points of the view and 3 of the ground"),
        (np.column_stack((np.linspace(0.1, 0.9, 6), np.linspace(0.4, 0.9, 6))), None, "in the view lie on one line"),
        (with_point(1, [0.5, 0.402]), None, None),
        (with_point(3, [0.5, 0.4]), None, "all points in the view but point 3 lie on one line"),
        (with_point(3, [0.2, 0.4]), None, "points 1 and 4 are the same in the view"),
        (0.5 + (SQUARE - 0.5) * 0.1, None, "the points surround 0.35% of the view, wanted at least 1%"),
        (SQUARE, [[0, 0], [1, 0], [2, 0], [3, 0]], "on the ground lie on one line"),
        (SQUARE, [[0, 0], [1, 0], [0, 0], [0, 1]], "points 1 and 3 are the same on the ground"),
        (SQUARE, [[0, 0], [1, 0], [0, np.inf], [0, 1]], "a point on the ground is not finite"),
        (SQUARE, CAMERA.to_ground(SQUARE)[[0, 1, 3, 2]], "the horizon would go through the points"),
    ],
)
def test_what_fixes_no_plane_is_refused_with_the_reason(view, ground, words):
    ground = CAMERA.to_ground(view) if ground is None else np.array(ground, float)
    if words is None:
        assert fit_points(view, ground).rms < 1e-6
        return
    with pytest.raises(ValueError, match=words) as error:
        fit_points(view, ground)
    assert "\n" not in str(error.value)


@given(seed=seeds, count=st.integers(4, 10), angle=st.floats(0, np.pi), off=st.floats(-0.003, 0.003))
def test_points_nearly_on_a_line_are_always_refused(seed, count, angle, off):
    rng = np.random.default_rng(seed)
    along = np.sort(rng.uniform(-0.4, 0.4, count))
    view = 0.5 + np.column_stack((along * np.cos(angle), along * np.sin(angle)))
    view[count // 2] += off
    ground = rng.uniform(0, 20, (count, 2))
    with pytest.raises(ValueError, match=r"line|same"):
        fit_points(view, ground)


def test_a_wrong_pair_is_named():
    view = spread_view(CAMERA, np.random.default_rng(3), 10)
    ground = CAMERA.to_ground(view)
    ground[6] += (6, 0)
    with pytest.raises(
        ValueError, match=r"of the view's width, wanted less than 0.02: a pair is wrong, look at point 7"
    ):
        fit_points(view, ground)
