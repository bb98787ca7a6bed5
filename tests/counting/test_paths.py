import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.pinhole import Pinhole
from vision.behaviour import TrajectorySettings
from vision.counting.paths import MOST_KEPT, Paths

SIZE = (320, 240)
WHOLE = TrajectorySettings(trim=0)


def walked(settings, speed=30.0, seconds=8, start=1000.25, ground=None):
    """A pedestrian 40 pixels high walks to the right along the middle of the view, seen ten times a second."""
    paths = Paths(SIZE, settings, ground)
    for k in range(seconds * 10 + 1):
        paths.observe(7, (20 + speed * k / 10, 120.0), 40.0, k / 10, start + k / 10)
    way = paths.end(7)
    assert len(paths) == 0
    return way


def test_points_are_whole_seconds_apart_on_a_grid():
    way = walked(WHOLE)
    assert (way.start, way.unit) == (1000.0, "view")
    assert [point[0] for point in way.points] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [point[1] for point in way.points] == pytest.approx(
        [(20 + 30 * (k - 0.25)) / 320 for k in range(1, 9)], abs=0.006
    )
    assert all(round(x * 100, 6).is_integer() and y == 0.5 for _, x, y in way.points)
    assert [point[0] for point in walked(TrajectorySettings(trim=0, seconds=3)).points] == [3, 6]


@given(trim=st.floats(0, 4), speed=st.floats(5, 60))
def test_the_trimmed_metres_at_either_end_are_never_told(trim, speed):
    way = walked(TrajectorySettings(trim=trim), speed)
    pixels = trim * 40 / 1.7
    for _, x, _ in way.points if way else ():
        assert 20 + 0.97 * pixels - 2 <= x * 320 <= 20 + 8 * speed - 0.97 * pixels + 2


def test_who_hardly_leaves_the_spot_has_no_trajectory():
    assert walked(TrajectorySettings(), speed=1.0) is None


def test_a_glimpse_is_no_trajectory():
    paths = Paths(SIZE, WHOLE)
    paths.observe(7, (10, 10), 40.0, 1.0, 1000.0)
    assert paths.end(7) is None
    assert paths.end(8) is None


def test_on_calibrated_ground_positions_are_metres_on_a_grid_of_half_a_metre():
    camera = Pinhole(height=8, tilt=30, field_of_view=60)

    class Ground:
        def metres(self, points):
            return camera.to_ground(points)

    way = walked(WHOLE, ground=Ground())
    assert way.unit == "m"
    assert all((2 * x).is_integer() and (2 * y).is_integer() for _, x, y in way.points)
    last = camera.to_ground(np.array([[(20 + 30 * 7.75) / 320, 0.5]]))[0]
    assert way.points[-1][1:] == pytest.approx(tuple(last), abs=0.3)


def test_memory_is_bounded_and_the_whole_way_is_kept_in_the_view():
    paths = Paths(SIZE, WHOLE)
    for k in range(3 * MOST_KEPT):
        paths.observe(7, (-5.0 + k / 10, 300.0), 40.0, float(k), 1000.0 + k)
    assert len(paths._paths[7].rows) <= MOST_KEPT
    way = paths.end(7)
    assert way.points[0][1:] == (0.0, 1.0)
    assert way.points[-1][1:] == (1.0, 1.0)
    assert way.points[-1][0] > 2.9 * MOST_KEPT
