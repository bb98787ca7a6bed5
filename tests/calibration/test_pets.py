"""PETS 2009, whose camera was calibrated by others; see benchmarks/ground.py for the figures."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.ground import errors, people_fits, point_fits
from benchmarks.truth.tsai import TsaiCamera
from calibration.lens import Lens
from calibration.tracks import read_tracks

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "pets09"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="PETS 2009 is not on this machine")
LENS = Lens(aspect=4 / 3)


@pytest.fixture(scope="module")
def pets():
    camera = TsaiCamera.read(DATA / "calibration_tsai.xml")
    return camera, read_tracks(DATA / "gt.txt", camera.size)


def test_the_truth_is_true(pets):
    """The calibration has been read rightly if people walk at a human speed there."""
    camera, tracks = pets
    ground = camera.to_ground(tracks.feet())
    same = tracks.ids[10:] == tracks.ids[:-10]
    speeds = np.hypot(*(ground[10:] - ground[:-10])[same].T) / (tracks.frames[10:] - tracks.frames[:-10])[same] * 10
    assert len(speeds) == 0 or 0.5 < np.median(speeds) < 2


def test_six_points_with_a_pixel_of_noise(pets):
    camera, tracks = pets
    feet = tracks.whole().feet()
    rows = [errors(fit, camera, feet) for _, fit in zip(range(30), point_fits(camera, feet, 6, LENS), strict=False)]
    assert len(rows) == 30
    assert np.median([row.median for row in rows]) < 0.02
    assert np.median([row.metres for row in rows]) < 0.15


def test_people_alone(pets):
    """Measured 6.9 %, 3.2 % with the field of view known, 4.6 % by walking speed."""
    camera, tracks = pets
    feet = tracks.whole().feet()
    medians = [errors(fit, camera, feet).median for _, fit in people_fits(tracks, LENS)]
    assert medians[0] < 0.08
    assert medians[1] < 0.04
    assert medians[2] < 0.06
