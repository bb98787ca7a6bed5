import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vision.counting.zones import ZoneCounter, inside

SQUARE = np.array([[10.0, 10.0], [50.0, 10.0], [50.0, 50.0], [10.0, 50.0]])
coordinates = st.floats(0, 100).map(lambda value: round(value, 1))


L_SHAPE = np.array([[10.0, 10.0], [90.0, 10.0], [90.0, 40.0], [40.0, 40.0], [40.0, 90.0], [10.0, 90.0]])


@given(
    corners=arrays(np.float64, (6, 2), elements=coordinates), points=arrays(np.float64, (20, 2), elements=coordinates)
)
def test_inside_agrees_with_opencv(corners, points):
    convex = cv2.convexHull(corners.astype(np.float32))[:, 0].astype(np.float64)
    for polygon in (convex, L_SHAPE):
        for point, there in zip(points, inside(points, polygon), strict=True):
            theirs = cv2.pointPolygonTest(polygon.astype(np.float32), tuple(point), measureDist=True)
            if abs(theirs) > 1e-3:  # on a side the two have conventions of their own
                assert there == (theirs > 0)


@given(x=st.floats(0, 60), y=st.floats(0, 60), cut=st.floats(11, 49))
def test_zones_that_share_a_side_share_no_object(x, y, cut):
    left, right = SQUARE.copy(), SQUARE.copy()
    left[[1, 2], 0] = cut
    right[[0, 3], 0] = cut
    point = np.array([[x, y]])
    assert inside(point, left)[0] + inside(point, right)[0] == inside(point, SQUARE)[0]


def test_no_objects_is_no_special_case():
    assert inside(np.empty((0, 2)), SQUARE).shape == (0,)


def run(looks):
    """Feed (count, start, end) looks; return the finished seconds of class 'all'."""
    zone = ZoneCounter("zone", SQUARE)
    for count, start, end in looks:
        zone.observe(zone.holds(np.full((count, 2), 30.0)), ["pedestrian"] * count, (start, end))
    return {second.start: second for second in zone.finished(float("inf")) if second.object_class == "all"}


@given(
    counts=st.lists(st.integers(0, 9), min_size=1, max_size=40),
    dt=st.floats(0.05, 3),
    start=st.floats(1.7e9, 1.8e9),
)
def test_object_seconds_add_up_whatever_the_frame_rate(counts, dt, start):
    times = [start + dt * k for k in range(len(counts) + 1)]
    seconds = run([(count, a, b) for count, a, b in zip(counts, times, times[1:], strict=False)])
    assert sum(s.object_seconds for s in seconds.values()) == pytest.approx(sum(counts) * dt, rel=1e-4, abs=1e-4)
    assert max((s.maximum for s in seconds.values()), default=0) == max(counts)
    assert all(0 < s.object_seconds <= s.maximum + 1e-6 for s in seconds.values())


def test_a_look_across_a_whole_second_is_split_there():
    seconds = run([(2, 9.5, 10.5)])
    assert {start: s.object_seconds for start, s in seconds.items()} == {9: 1.0, 10: 1.0}


def test_what_was_not_seen_is_not_counted_but_is_there_now():
    zone = ZoneCounter("zone", SQUARE)
    zone.observe(zone.holds(np.array([[30.0, 30.0], [90.0, 90.0]])), ["bus", "car"], None)
    assert zone.now == {"bus": 1, "all": 1}
    assert list(zone.finished(float("inf"))) == []


def test_each_second_is_handed_out_once_and_only_when_over():
    zone = ZoneCounter("zone", SQUARE)
    zone.observe(zone.holds(np.full((1, 2), 30.0)), ["bus"], (9.0, 11.5))
    assert [s.start for s in zone.finished(10.5) if s.object_class == "bus"] == [9]
    assert [s.start for s in zone.finished(12.0) if s.object_class == "bus"] == [10, 11]
    assert list(zone.finished(13.0)) == []
