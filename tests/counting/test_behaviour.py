"""Scenes whose truth is known, through everything that is counted: boxes in, events out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.mounting import Mounting
from calibration.pinhole import ADULT_HEIGHT_M, Pinhole
from vision.classes import CLASS_INDEX
from vision.counting.camera import CameraCounter
from vision.detections import Detections
from vision.events import Gathering, Movement, Passage, Queue, Stop, Trajectory
from vision.site import Camera

UTC = 1_700_000_000.0
VIEW = Pinhole(height=9, tilt=35, field_of_view=60)
SIZE = np.array((320, 240))


def at(x, y):
    """Return in the view a point of the ground."""
    return tuple(VIEW.to_view(np.array([[x, y, 0.0]]))[0].tolist())


def camera(**settings):
    return Camera.model_validate(
        {
            "name": "cam",
            "source": "file.mp4",
            "ground": {"homography": Mounting(VIEW).homography().tolist()},
            "line": [
                {"name": "west", "a": at(-2.5, 9), "b": at(-2.5, 17)},
                {"name": "east", "a": at(2.5, 9), "b": at(2.5, 17)},
            ],
            "zone": [{"name": "all-of-it", "polygon": [(0, 0), (1, 0), (1, 1), (0, 1)]}],
            **settings,
        }
    )


def boxes(places, name, height):
    """Return detections of objects that stand at places (N, 2) on the ground, in metres."""
    places = np.array(places, float).reshape(-1, 2)
    feet = VIEW.to_view(np.column_stack((places, np.zeros(len(places))))) * SIZE
    tops = VIEW.to_view(np.column_stack((places, np.full(len(places), height)))) * SIZE
    tall = feet[:, 1] - tops[:, 1]
    corners = np.column_stack((feet[:, 0] - tall / 4, feet[:, 1] - tall, feet[:, 0] + tall / 4, feet[:, 1]))
    return Detections(corners, np.full(len(places), 0.9), np.full(len(places), CLASS_INDEX[name]))


def run(scene, seconds, dt=0.1, name="pedestrian", height=ADULT_HEIGHT_M, **settings):
    """Return the events of a scene, a function of time that gives the places on the ground."""
    counter = CameraCounter(camera(**settings))
    events = []
    for k in range(round(seconds / dt) + 1):
        events += counter.look(boxes(scene(k * dt), name, height), k * dt, UTC + k * dt)
    return events + counter.finish()


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


@given(speed=st.floats(1.0, 2.2), dt=st.sampled_from([0.1, 0.2]))
@settings(deadline=None, max_examples=10)
def test_a_walker_s_speed_movement_and_time(speed, dt):
    events = run(lambda t: [(-4 + speed * t, 13)], 8 / speed, dt)
    passages = of(Passage, events)
    assert {passage.line for passage in passages} == {"west", "east"}
    assert [passage.kmh for passage in passages] == pytest.approx([3.6 * speed] * 2, rel=0.05)
    (movement,) = of(Movement, events)
    assert (movement.origin, movement.destination, movement.object_class) == ("west", "east", "pedestrian")
    assert movement.seconds == pytest.approx(5 / speed, rel=0.02)
    assert of(Stop, events) == []


def test_a_car_is_faster_and_without_a_ground_plane_no_speed_is_told():
    def scene(t):
        return [(-7 + 8 * t, 14)]

    (first, *_) = of(Passage, run(scene, 1.8, name="car", height=1.5))
    assert first.kmh == pytest.approx(28.8, rel=0.05)
    (first, *_) = of(Passage, run(scene, 1.8, name="car", height=1.5, ground=None))
    assert first.kmh is None


def test_a_movement_is_booked_when_it_was_last_seen_however_long_the_camera_was_blind_then():
    counter, events = CameraCounter(camera()), []
    for k in range(60):
        events += counter.look(boxes([(-4 + 1.4 * k / 10, 13)], "pedestrian", 1.7), k / 10, UTC + k / 10)
    events += counter.look(boxes([], "pedestrian", 1.7), 600.0, UTC + 600)
    (movement,) = of(Movement, events)
    assert movement.utc == pytest.approx(UTC + 5.9)


def test_who_turns_back_has_moved_from_the_line_to_itself():
    events = run(lambda t: [(-5 + 1.4 * min(t, 6 - t) if t < 6 else -5, 13)], 7)
    assert [(p.line, p.direction) for p in of(Passage, events)] == [("west", "forward"), ("west", "backward")] or [
        (p.line, p.direction) for p in of(Passage, events)
    ] == [("west", "backward"), ("west", "forward")]
    (movement,) = of(Movement, events)
    assert (movement.origin, movement.destination) == ("west", "west")


def test_a_zone_that_is_called_as_a_line_is_no_gate_but_one_that_is_named_is():
    def scene(t):
        return [(-4 + 1.4 * t, 13)]

    near = [at(0.5, 9), at(2, 9), at(2, 17), at(0.5, 17)]
    homonym = run(scene, 4.5, zone=[{"name": "west", "polygon": near}])  # ends before the other line
    assert of(Movement, homonym) == []
    (movement,) = of(Movement, run(scene, 4.5, zone=[{"name": "kiosk", "polygon": near}], gates=["west", "kiosk"]))
    assert (movement.origin, movement.destination) == ("west", "kiosk")
    assert movement.seconds == pytest.approx(3 / 1.4, abs=0.15)


def test_a_stop_says_where_and_how_long():
    events = run(lambda t: [(-4 + 1.4 * (min(t, 3) + max(0, t - 13)), 13)], 16)
    (stop,) = of(Stop, events)
    assert stop.end - stop.start == pytest.approx(10, abs=1.0)
    assert (stop.x, stop.y) == pytest.approx(at(0.2, 13), abs=0.03)
    assert stop.zones == ("all-of-it",)
    assert stop.start == pytest.approx(UTC + 3, abs=0.8)


def test_cars_that_wait_behind_each_other_before_a_line_are_a_queue():
    """The first stands 1 m before the line, the others 6 m behind each other, seen along the queue."""

    def scene(t):
        return [(-3.5 - 2.5 * n, 11 + 0.4 * n) for n in range(3)] if t < 20 else []

    events = run(scene, 24, name="car", height=1.5)
    queues = of(Queue, events)
    assert {(queue.line, queue.direction) for queue in queues} == {("west", "forward")}
    assert max(queue.maximum for queue in queues) == 3
    assert max(queue.metres for queue in queues) == pytest.approx(6.0, abs=0.3)
    assert sum(queue.object_seconds for queue in queues) == pytest.approx(3 * (20 - 3), abs=4)
    in_the_view = of(Queue, run(scene, 24, name="car", height=1.5, ground=None))
    assert {(queue.line, queue.direction, queue.metres) for queue in in_the_view} == {("west", "forward", None)}


def test_people_who_stand_together_are_a_gathering_with_its_density():
    ring = [(1.2 * np.cos(a), 13 + 1.2 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 6, endpoint=False)]
    (gathering,) = of(Gathering, run(lambda t: ring if t < 20 else [], 24))
    assert gathering.people == 6
    assert gathering.zones == ("all-of-it",)
    assert gathering.end - gathering.start == pytest.approx(20, abs=1.0)
    area = 3 * np.sqrt(3) / 2 * 1.2**2 + 1.0 * 6 * 1.2 + np.pi
    assert gathering.density == pytest.approx(6 / area, rel=0.05)
    assert of(Gathering, run(lambda t: ring if t < 20 else [], 24, ground=None)) == []


def test_what_is_above_the_horizon_is_counted_but_has_no_place_in_metres():
    counter, events = CameraCounter(camera(ground={"homography": [[1, 0, 0], [0, 1, 0], [0, 4, -2.4]]})), []
    for k in range(60):  # the horizon is at 0.6 of the height, the walker's feet at 0.5
        x = 60 + 4 * k
        box = Detections(np.array([[x - 8, 80, x + 8, 120]]), np.array([0.9]), np.array([0]))
        events += counter.look(box, k / 10, UTC + k / 10)
    events += counter.finish()
    assert len(of(Passage, events)) == 2
    assert {passage.kmh for passage in of(Passage, events)} == {None}
    assert of(Trajectory, events) == []


def test_a_step_of_the_clock_does_not_stretch_a_stop():
    counter, events = CameraCounter(camera()), []
    for k in range(150):
        events += counter.look(boxes([(0, 13)], "pedestrian", 1.7), k / 10, UTC + k / 10 + (3600 if k > 50 else 0))
    (stop,) = of(Stop, events + counter.finish())
    assert stop.end - stop.start == pytest.approx(14.9, abs=0.01)


def test_nothing_is_remembered_of_tracks_that_have_ended():
    counter = CameraCounter(camera())
    for k in range(400):
        far = [(-4 + (k % 40) * 0.2, 10 + k // 40 % 5)]
        counter.look(boxes(far, "pedestrian", 1.7), k / 10, UTC + k / 10)
    counter.finish()
    behaviour = counter._behaviour
    assert len(behaviour._movements) == len(behaviour._stops) == len(counter._speeds) == len(counter._paths) == 0
