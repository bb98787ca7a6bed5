"""Detections in, events out: the rules of a count over whole tracks."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.behaviour import TrajectorySettings
from vision.classes import CLASS_INDEX
from vision.counting.camera import CameraCounter
from vision.detections import Detections
from vision.events import Coverage, Occupancy, Passage, Snapshot, Stop, Trajectory
from vision.site import Camera

CAMERA = Camera(
    name="cam",
    source="file.mp4",
    line=[{"name": "middle", "a": (0.5, 1.0), "b": (0.5, 0.0)}],
    zone=[{"name": "right", "polygon": [(0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)]}],
)
UTC = 1_700_000_000.0


def objects(*feet, name="pedestrian", score=0.9, height=40.0):
    boxes = [(x - 8, y - height, x + 8, y) for x, y in feet]
    n = len(boxes)
    return Detections(np.array(boxes).reshape(-1, 4), np.full(n, score), np.full(n, CLASS_INDEX[name]))


def run(frames, dt=0.1, counter=None, finish=True):
    counter = counter or CameraCounter(CAMERA)
    events = []
    for k, frame in enumerate(frames):
        events += counter.look(frame, k * dt, UTC + k * dt)
    return events + (counter.finish() if finish else [])


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def crossing(dt=0.1, speed=30.0, seconds=6.0, y=120.0):
    return [objects((70 + speed * k * dt, y)) for k in range(int(seconds / dt) + 1)]


@given(dt=st.floats(0.04, 0.4), speed=st.floats(25, 60))
@settings(deadline=None)
def test_one_walker_is_one_passage_at_its_time(dt, speed):
    found = of(Passage, run(crossing(dt, speed), dt))
    assert [(p.line, p.direction, p.object_class) for p in found] == [("middle", "forward", "pedestrian")]
    assert found[0].utc - UTC == pytest.approx(90 / speed, abs=1e-3)


def test_a_track_confirmed_after_it_crossed_counts_with_the_time_of_the_crossing():
    frames = [objects((150 + 12 * k, 120)) for k in range(6)]  # is across within 0.1 s, confirmed at 0.2 s
    early = of(Passage, run(frames[:2], finish=False))
    late = of(Passage, run(frames))
    assert early == []
    assert [p.direction for p in late] == ["forward"]
    assert late[0].utc - UTC == pytest.approx(10 / 120, abs=1e-3)


def test_a_track_that_is_never_confirmed_counts_nothing():
    events = run([*[objects((150 + 12 * k, 120)) for k in range(2)], *[Detections.none()] * 20])
    assert of(Passage, events) == []
    assert of(Trajectory, events) == []


def test_the_class_of_a_passage_is_the_vote_up_to_the_count():
    names = ["car", "bicycle", "bicycle", *["bicycle"] * 60]
    frames = [objects((100 + 3 * k, 120), name=name) for k, name in enumerate(names)]
    assert [p.object_class for p in of(Passage, run(frames))] == ["bicycle"]


def test_occupancy_counts_objects_in_the_zone_and_mean_follows_from_it():
    events = run([objects((200, 120), (240, 180), (20, 120))] * 51)
    occupancy = Counter()
    for event in of(Occupancy, events):
        occupancy[event.object_class] += event.object_seconds
    # Confirmed after 0.2 s, then two objects for the 4.8 s that are left.
    assert occupancy["all"] == occupancy["pedestrian"] == pytest.approx(2 * 4.9, abs=0.15)
    assert {event.maximum for event in of(Occupancy, events)} == {2}
    assert sum(c.end - c.start for c in of(Coverage, events)) == pytest.approx(5.0, abs=1e-3)


def test_an_object_that_has_gone_leaves_the_zone_soon():
    counter = CameraCounter(CAMERA)
    run([objects((200, 120))] * 20, counter=counter, finish=False)
    events = []
    for k in range(20, 40):
        events += counter.look(Detections.none(), k / 10, UTC + k / 10)
    last = of(Snapshot, events)[-1]
    assert last.zones == ()
    assert last.objects == ()


def test_a_trajectory_has_no_name_and_comes_when_the_track_ends():
    frames = crossing()
    events = run(frames, finish=False)
    assert of(Trajectory, events) == []
    (trajectory,) = of(Trajectory, run(frames))
    assert trajectory.object_class == "pedestrian"
    assert trajectory.unit == "view"
    # at 30 px/s and 40 px for 1.7 m, the first and the last 2 m, 1.6 s each, are not told
    assert [seconds for seconds, _, _ in trajectory.points] == [2, 3, 4]
    assert trajectory.points[0] == (2.0, 0.41, 0.5)


@given(step=st.floats(-3600, 3600))
@settings(deadline=None, max_examples=30)
def test_a_step_of_the_clock_neither_loses_nor_repeats_a_count(step):
    """Even one between the two looks around the line: the passage lies in time that the camera is said to have seen."""
    counter = CameraCounter(CAMERA)
    events = []
    for k, frame in enumerate(crossing()):
        events += counter.look(frame, k / 10, UTC + k / 10 + (step if k >= 31 else 0))
    events += counter.finish()
    (passage,) = of(Passage, events)
    assert any(span.start <= passage.utc <= span.end for span in of(Coverage, events))
    (trajectory,) = of(Trajectory, events)
    assert [t for t, _, _ in trajectory.points] == [2, 3, 4]


def test_a_short_silence_loses_no_passage_that_its_coverage_claims():
    counter = CameraCounter(CAMERA)
    events = []
    for k, frame in enumerate(crossing()):
        if 27 <= k < 34:
            continue  # across the line at 3 s, unseen
        if k == 34:
            events += counter.pause()
        events += counter.look(frame, k / 10, UTC + k / 10)
    events += counter.finish()
    assert len(of(Passage, events)) == 1
    assert sum(c.end - c.start for c in of(Coverage, events)) == pytest.approx(6.0, abs=1e-3)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("x", [k / 37 for k in range(4, 30)])
def test_feet_on_the_edge_of_the_view_pass_a_line_that_is_drawn_up_to_it(x, turned):
    """Whichever end of it, however its place is rounded."""
    a, b = ((x, 1.0), (0.5, 0.13))[:: -1 if turned else 1]
    counter = CameraCounter(Camera(name="cam", source="file.mp4", line=[{"name": "down", "a": a, "b": b}]))
    frames = [objects((320 * x - 61 + 4 * k, 240)) for k in range(31)]
    assert [p.direction for p in of(Passage, run(frames, counter=counter))] == ["backward" if turned else "forward"]


def test_a_person_at_the_lower_edge_of_the_view_is_in_it():
    events = run([objects((200, 240))] * 30)
    assert {event.maximum for event in of(Occupancy, events)} == {1}


EDGES = [0.5 + 0.05 * k for k in range(10)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("bottom", EDGES)
def test_feet_on_the_edge_of_the_part_that_is_looked_at_pass_a_line_and_are_in_a_zone_drawn_up_to_it(bottom, turned):
    a, b = ((0.5, bottom), (0.5, 0.13))[:: -1 if turned else 1]
    polygon = [(0.1, 0.1), (0.9, 0.1), (0.9, bottom), (0.1, bottom)]
    drawn = {"line": [{"name": "down", "a": a, "b": b}], "zone": [{"name": "part", "polygon": polygon}]}
    camera = Camera(name="cam", source="file.mp4", crop=(0.1, 0.1, 0.9, bottom), **drawn)
    wide, high = camera.frame_size
    frames = [objects((wide * (0.3 + 0.012 * k), float(np.float32(bottom * high)))) for k in range(31)]
    events = run(frames, counter=CameraCounter(camera))
    assert [p.direction for p in of(Passage, events)] == ["backward" if turned else "forward"]
    assert sum(event.object_seconds for event in of(Occupancy, events) if event.object_class == "all") > 2


@pytest.mark.parametrize("bottom", EDGES)
def test_who_stands_on_the_edge_of_the_part_that_is_looked_at_has_stopped_in_its_zone(bottom):
    polygon = [(0.1, 0.1), (0.9, 0.1), (0.9, bottom), (0.1, bottom)]
    zone = {"name": "part", "polygon": polygon}
    camera = Camera(name="cam", source="file.mp4", crop=(0.1, 0.1, 0.9, bottom), zone=[zone])
    wide, high = camera.frame_size
    places = [0.2 + 0.02 * k for k in range(10)] + [0.4] * 60 + [0.4 + 0.02 * k for k in range(20)]
    events = run([objects((wide * x, float(np.float32(bottom * high)))) for x in places], counter=CameraCounter(camera))
    assert [stop.zones for stop in of(Stop, events)] == [("part",)]


def test_a_gap_in_the_frames_is_not_covered_and_ends_the_tracks():
    counter = CameraCounter(CAMERA.model_copy(update={"trajectories": TrajectorySettings(trim=0)}))
    times = [k / 10 for k in range(20)] + [30 + k / 10 for k in range(20)]
    events = []
    for t in times:
        events += counter.look(objects((100 if t < 20 else 220, 120)), t, UTC + t)
    events += counter.finish()
    assert of(Passage, events) == []
    assert sum(c.end - c.start for c in of(Coverage, events)) == pytest.approx(3.8, abs=1e-3)
    assert len(of(Trajectory, events)) == 2


def test_state_does_not_grow_with_the_number_of_objects_that_have_passed():
    counter = CameraCounter(CAMERA)
    for k in range(3000):
        counter.look(objects((5 + (k * 37) % 310, 60 + (k * 53) % 170)), k / 10, UTC + k / 10)
    remembered = sum(len(line) for line in counter._lines) + len(counter._paths) + len(counter._waiting)
    remembered += len(counter._jitter)
    assert remembered <= 4 * len(counter.tracks) <= 80
