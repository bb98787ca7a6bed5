"""`comptage calibrate`: its three ways to a ground plane; what it refuses is in `test_cli`."""

import tomllib

import numpy as np
import pytest

from tests.calibration.views import distance_errors, level, walkers
from tests.running import command
from tests.test_cli import SITE
from vision.site import load_site
from vision.view import Ground

GROUND = """
  [camera.ground]
  view = [[0.1, 0.9], [0.9, 0.9], [0.8, 0.4], [0.2, 0.4], [0.5, 0.6]]
  metres = [[-4.7, 8.9], [4.7, 8.9], [11.9, 33.9], [-11.9, 33.9], [0, 16.5]]
"""


@pytest.fixture
def grounded(tmp_path):
    path = tmp_path / "grounded.toml"
    path.write_text(SITE.replace("  [[camera.line]]", GROUND + "  [[camera.line]]"))
    return path


def test_calibrate_prints_a_table_that_can_stand_in_place_of_its_points(grounded, tmp_path):
    plot = tmp_path / "grid.svg"
    done = command("calibrate", grounded, "--plot", plot)
    assert done.returncode == 0, done.stderr
    assert sum(line.startswith("point ") for line in done.stderr.splitlines()) == 5
    for words in ("RMS", "top of the view: ", "middle of the view: ", "bottom of the view: ", "a pixel of 320x240 is"):
        assert words in done.stderr
    assert "middle: reaches above the horizon" in done.stderr  # the line goes up to the view's upper edge
    assert plot.read_text().startswith("<svg ")
    given = load_site(grounded).camera("east").ground.plane()
    grounded.write_text(SITE.replace("  [[camera.line]]", done.stdout + "  [[camera.line]]"))
    pasted = load_site(grounded).camera("east").ground.plane()
    points = np.array([[0.1, 0.9], [0.7, 0.5]])
    np.testing.assert_allclose(pasted.metres(points), given.metres(points), atol=1e-6)
    again = command("calibrate", grounded)
    first, second = (tomllib.loads(run.stdout)["camera"]["ground"]["homography"] for run in (done, again))
    np.testing.assert_allclose(second, first, atol=1e-9)
    assert "RMS" not in again.stderr


def test_calibrate_by_lengths_says_what_it_assumed():
    near, away = "0.2,0.9,0.8,0.9,6.9", "0.5,0.95,0.45,0.5,9.6"
    done = command("calibrate", "--length", near, "--length", away, "--size", "640x480", "--distortion=-0.05,0")
    assert done.returncode == 0, done.stderr
    assert "the field of view is an assumption" in done.stderr
    table = tomllib.loads(done.stdout)["camera"]["ground"]
    assert table.keys() == {"homography", "distortion", "aspect"}


def test_calibrate_by_tracks_looks_at_no_image(tmp_path):
    mounting, path = level(6, 30, 60), tmp_path / "people.txt"
    tracks = walkers(mounting, 0, people=15)
    lines = [
        f"{frame + 1},{who},{x0 * 640},{y0 * 480},{(x1 - x0) * 640},{(y1 - y0) * 480},1,0,-1,-1\n"
        for frame, who, (x0, y0, x1, y1) in zip(tracks.frames, tracks.ids, tracks.boxes.tolist(), strict=True)
    ]
    path.write_text("".join(lines))
    done = command("calibrate", "--tracks", path, "--size", "640x480", "--fps", "10", "--field-of-view", "60")
    assert done.returncode == 0, done.stderr
    assert "people walk at 1." in done.stderr
    plane = Ground.model_validate(tomllib.loads(done.stdout)["camera"]["ground"]).plane()
    assert np.median(np.abs(distance_errors(plane, mounting, tracks.whole().feet()))) < 0.08
