"""Tracks in, people of a crossing out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.ground import GroundPlane
from calibration.homography import fit_points
from tests.crossings.places import TWO
from vision.classes import CLASS_INDEX
from vision.counting.camera import CameraCounter
from vision.crossings.way import Way
from vision.detections import Detections
from vision.events import CrossingSeen
from vision.site import Camera

UTC = 1_764_000_000.0
METRES_OF_VIEW = 40.0
"""The views of these tests are seen from straight above: their height is so many metres."""
FROM_ABOVE = {"homography": [[METRES_OF_VIEW, 0, 0], [0, METRES_OF_VIEW, 0], [0, 0, 1]], "aspect": 1}
ENDS = {"a": (2, 8), "y": (8, 17), "i": (17, 20), "z": (20, 32), "b": (32, 38)}
"""Metres from the upper edge of the view between which each zone lies."""


def zones(kind="waiting"):
    return [
        {
            "name": name,
            "kind": "crossing" if name in "yz" else kind,
            "polygon": [(x, y / METRES_OF_VIEW) for x, y in ((0.3, top), (0.7, top), (0.7, end), (0.3, end))],
        }
        for name, (top, end) in ENDS.items()
    ]


def camera(**more):
    return Camera.model_validate({
        "name": "above", "source": "file.mp4", "working_size": [400, 400], "zone": zones(), "crossing": [TWO],
        "ground": FROM_ABOVE, **more,
    })  # fmt: skip


def people(*places, name="pedestrian"):
    """Return detections of people who stand so many metres along the view, each in a column of their own."""
    feet = [(130 + 18 * column, 10 * place) for column, place in enumerate(places) if place is not None]
    boxes = np.array([(x - 5, y - 17, x + 5, y) for x, y in feet], np.float64).reshape(-1, 4)
    return Detections(boxes, np.full(len(boxes), 0.9), np.full(len(boxes), CLASS_INDEX[name]))


def run(place_of, seconds, fps=10, camera_=None, name="pedestrian"):
    """Return what is said each second where `place_of` gives everybody's place at each second."""
    counter = CameraCounter(camera_ or camera())
    events = []
    for k in range(int(seconds * fps) + 1):
        events += counter.look(people(*place_of(k / fps), name=name), k / fps, UTC + k / fps)
    return [event.seen for event in events if isinstance(event, CrossingSeen)]


def walker(start, speed, leaves=0.0):
    """Return somebody who stands at `start` metres until `leaves`, then walks."""
    return lambda t: start + speed * max(t - leaves, 0.0)


def together(*walkers):
    return lambda t: [place if 0 < place < 39 else None for place in (one(t) for one in walkers)]


@pytest.mark.parametrize("fps", [5, 10])
@pytest.mark.parametrize("ground", [FROM_ABOVE, None])
def test_who_stands_at_a_kerb_waits_for_as_long_as_they_are_there(fps, ground):
    seen = run(together(walker(5, 0), walker(6, 0), walker(35, 0)), 12, fps, camera(ground=ground))
    last = seen[-1]
    assert (last.kerb_a.people, last.kerb_b.people, last.island.people, last.on_crossing) == (2, 1, 0, 0)
    assert last.kerb_a.longest_s == pytest.approx(12, abs=1.0)
    assert last.coverage == 1.0


def test_who_walks_along_the_kerb_waits_not():
    seen = run(together(walker(2.5, 0.6)), 8)
    assert {one.kerb_a.people for one in seen} == {0}


def test_vehicles_are_no_people():
    seen = run(together(walker(5, 0), walker(25, 0)), 8, name="car")
    assert {(one.waiting, one.on_crossing) for one in seen} == {(0, 0)}


@settings(deadline=None, max_examples=6)
@given(speed=st.floats(0.5, 1.8), ground=st.sampled_from([FROM_ABOVE, None]), way=st.sampled_from([1, -1]))
def test_the_time_left_is_what_is_left_of_the_way_at_ones_own_speed(speed, ground, way):
    start, begin, end = (6.0, 8.0, 17.0) if way > 0 else (34.0, 32.0, 20.0)
    seen = run(together(walker(start, way * speed)), abs(end - start) / speed, camera_=camera(ground=ground))
    checked = 0
    for one in seen:
        place = start + way * speed * (one.utc - UTC)
        is_on = min(abs(place - begin), abs(place - end)) > 1.5 and min(begin, end) < place < max(begin, end)
        if is_on and abs(place - begin) > 1.5 * speed:  # they have been on it for long enough to know their speed
            assert one.on_crossing == 1
            assert one.slowest_s == pytest.approx(abs(end - place) / speed, rel=0.1, abs=0.6)
            checked += 1
    assert checked


def test_the_slowest_is_the_one_that_is_told_of():
    seen = run(together(walker(6, 1.4), walker(6, 0.7)), 8)
    at = seen[7]
    assert at.on_crossing == 2
    assert at.slowest_s == pytest.approx((17 - 6 - 0.7 * (at.utc - UTC)) / 0.7, rel=0.15)


def test_whoever_stands_on_the_carriageway_is_expected_to_walk_on_slowly():
    seen = run(together(lambda t: min(6 + 1.2 * t, 12.0)), 14)
    assert seen[-1].on_crossing == 1
    assert seen[-1].slowest_s == pytest.approx(5.0 / 0.4, rel=0.05)


def test_who_crosses_in_one_go_and_who_stops_on_the_island_are_told_apart():
    def stops(t):
        return min(5 + 1.2 * t, 18.5) if t < 20 else 18.5 + 1.2 * (t - 20)

    seen = run(together(walker(5, 1.2), stops), 36)
    assert max(one.island.people for one in seen) == 1
    assert seen[-1].stopped == 0.5
    assert sum(one.set_off for one in seen) == 4  # two people, two stages each


def test_arrivals_are_told_by_kerb():
    seen = run(together(walker(5, 0), walker(6, 0), walker(35, 0)), 30)
    assert (seen[-1].arrivals_a, seen[-1].arrivals_b) == (pytest.approx(4.0, abs=0.4), pytest.approx(2.0, abs=0.2))


def test_who_is_lost_while_waiting_and_found_again_has_waited_on_and_arrived_once():
    seen = run(lambda t: [None if 8 < t < 12 else 5.0], 20)
    assert [one.kerb_a.people for one in seen[5:]] == [1] * len(seen[5:])
    assert seen[-1].kerb_a.longest_s == pytest.approx(20, abs=1.0)
    assert seen[-1].arrivals_a == pytest.approx(60 / 20, abs=0.2)


def test_half_of_the_last_seconds_unseen_is_half_the_coverage():
    counter = CameraCounter(camera())
    for k in [*range(30), *range(55, 61)]:
        counter.look(people(5), k / 10, UTC + k / 10)
    assert counter._crossings[0].seen(counter._now).coverage == pytest.approx((1.9 + 0.5) / 5, abs=0.01)


def test_nothing_is_remembered_of_tracks_that_have_ended():
    counter = CameraCounter(camera())
    for k in range(300):
        counter.look(people(2 + (k * 7 % 360) / 10), k / 10, UTC + k / 10)
    crossing = counter._crossings[0]
    alive = len(counter.tracks)
    assert len(crossing) <= alive
    assert sum(len(walks) for walks in crossing._walks) <= 2 * alive
    assert len(crossing._waits) <= alive


RECTANGLE = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 11.0), (0.0, 11.0)])


@settings(deadline=None, max_examples=25)
@given(
    corners=st.tuples(*[st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))] * 4),
    turn=st.integers(0, 3),
    flip=st.booleans(),
    share=st.floats(0, 1),
    aside=st.floats(0, 1),
)
def test_four_corners_in_any_order_measure_as_the_ground_does(corners, turn, flip, share, aside):
    view = np.array([(0.25, 0.75), (0.75, 0.75), (0.65, 0.3), (0.35, 0.3)]) + corners
    plane = fit_points(view, RECTANGLE).plane
    here, there = view[:2].mean(axis=0), view[2:].mean(axis=0)
    order = np.roll(view, turn, axis=0)[:: -1 if flip else 1]
    foot = plane.view(np.array([(4 * aside, 11 * share)]))
    assert Way(order, here, there, 11.0, None).along(foot)[0] == pytest.approx(11 * share, abs=1e-3)
    assert Way(order, here, there, 11.0, plane).along(foot)[0] == pytest.approx(11 * share, abs=1e-3)
    assert Way(order, there, here, 11.0, None).along(foot)[0] == pytest.approx(11 * (1 - share), abs=1e-3)


def test_more_corners_want_a_ground():
    polygon = np.array([(0.3, 0.3), (0.5, 0.28), (0.7, 0.3), (0.7, 0.6), (0.3, 0.6)])
    here, there = np.array([0.5, 0.7]), np.array([0.5, 0.2])
    with pytest.raises(ValueError, match=r"found 5 corners and no camera\.ground, wanted 4 corners or a ground"):
        Way(polygon, here, there, 11.0, None)
    way = Way(polygon, here, there, 11.0, GroundPlane(np.diag([40.0, 40.0, 1.0])))
    assert way.along(np.array([(0.5, 0.6), (0.5, 0.28)])).tolist() == pytest.approx([0, 11])
