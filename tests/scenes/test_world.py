from itertools import combinations
from math import hypot

import numpy as np
import pytest

from vision.errors import UsageError
from vision.scenes import NAMES, crossing, open_world, pool, square
from vision.scenes.crossing import signal

NOW = 1_760_000_000.0
SPEEDS = {
    "pedestrian": (0.8, 2.0), "bicycle": (3.5, 6.0), "motorcycle": (6.0, 12.0), "car": (6.0, 11.0),
    "truck": (6.0, 11.0), "bus": (6.0, 11.0), "swimmer": (0.8, 1.35),
}  # fmt: skip
MOTORS = ("motorcycle", "car", "truck", "bus")


def seen(world, utc):
    return [(pose.actor.object_class, pose.actor.size, pose.actor.colour, *pose[1:]) for pose in world.at(utc)]


@pytest.mark.parametrize("name", NAMES)
def test_any_instant_in_any_order_in_any_process_gives_the_same_world(name):
    times = NOW + np.arange(0, 120, 3.7)
    in_order = open_world(name)
    forwards = [seen(in_order, utc) for utc in times]
    backwards = [seen(open_world(name), utc) for utc in times[::-1]]
    assert forwards == backwards[::-1]
    assert any(forwards)


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_is_another_day(name):
    assert seen(open_world(f"{name}?seed=1"), NOW) != seen(open_world(f"{name}?seed=2"), NOW)
    assert seen(open_world(f"{name}?seed=0"), NOW) == seen(open_world(name), NOW)


@pytest.mark.parametrize("name", NAMES)
def test_streams_keep_to_the_life_that_random_access_relies_on(name):
    world = open_world(name)
    for index, stream in enumerate(world._streams):
        first = int(NOW // stream.slot_s)
        for slot in range(first, first + 100):
            for actor in world._draw_slot(index, slot):
                assert slot * stream.slot_s <= actor.journey.start
                assert actor.journey.end <= slot * stream.slot_s + stream.life_s


@pytest.mark.parametrize("name", NAMES)
def test_everybody_moves_as_fast_as_their_kind_does_and_never_jumps(name):
    for actor in open_world(name).actors(NOW, NOW + 600):
        low, high = SPEEDS[actor.object_class]
        journey = actor.journey
        moved, lasted = np.diff(journey.distances), np.diff(journey.times)
        assert (moved <= high * lasted + 1e-5).all()
        assert moved.max() > 1
        longest = int(moved.argmax())
        assert moved[longest] / lasted[longest] >= low - 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_people_and_vehicles_begin_and_end_out_of_sight(name):
    world = open_world(name)
    for actor in world.actors(NOW, NOW + 600):
        ends = world.camera.to_view(np.array([actor.journey.points[0], actor.journey.points[-1]]))
        assert (np.abs(ends - 0.5) > 0.5).any(axis=1).all()


@pytest.mark.parametrize("name", ["square", "crossing"])
def test_vehicles_never_drive_through_each_other(name):
    world = open_world(name)
    for utc in NOW + np.arange(0, 400, 0.5):
        motors = [pose for pose in world.at(utc) if pose.actor.object_class in MOTORS]
        for one, other in combinations(motors, 2):
            together = (one.actor.size.length + other.actor.size.length) / 2
            gap = complex(other.x - one.x, other.y - one.y) * np.exp(-1j * one.heading)
            assert abs(gap.imag) > 2.7 or abs(gap.real) > 0.9 * together


def test_nobody_is_run_over_at_the_crossing():
    world = open_world("crossing")
    near, far = crossing.KERBS
    met = 0
    for utc in NOW + np.arange(0, 20 * crossing.CYCLE_S, 0.5):
        poses = world.at(utc)
        on_foot = any(p.actor.object_class == "pedestrian" and near < p.y < far for p in poses)
        driving = any(
            p.actor.object_class != "pedestrian" and abs(p.x) < crossing.ZEBRA_HALF + p.actor.size.length / 2
            for p in poses
        )  # fmt: skip
        assert not (on_foot and driving)
        met += on_foot + driving
    assert met > 100


def test_pedestrians_set_off_on_green_and_traffic_does_on_its_own():
    world = open_world("crossing")
    near, far = crossing.KERBS
    started = 0
    for actor in world.actors(NOW, NOW + 10 * crossing.CYCLE_S):
        journey = actor.journey
        if actor.object_class == "pedestrian":
            leg = int(np.abs(np.diff([y for _, y in journey.points])).argmax())
            assert {journey.points[leg][1] < near, journey.points[leg + 1][1] > far} in ({True}, {False})
            assert signal(journey.times[leg]) == "walk"
            started += 1
    assert started > 40


def test_the_signal_goes_round():
    said = [signal(second) for second in (0, 9.9, 10, 21.9, 22, 37.9, 38, 41.9, 42)]
    assert said == ["walk", "walk", "clear", "clear", "drive", "drive", "clear", "clear", "walk"]


def test_swimmers_stay_in_their_lanes_and_the_lanes_are_used():
    world = open_world("pool")
    used = set()
    for utc in NOW + np.arange(0, 600, 5.0):
        for pose in world.at(utc):
            if pool.NEAR_WALL < pose.y < pool.FAR_WALL:
                lane = int((pose.x + pool.HALF_WIDTH) / pool.LANE_WIDTH)
                assert abs(pose.x - pool.lane_middle(lane)) < pool.LANE_WIDTH / 2 - 0.3
                used.add(lane)
    assert used == set(range(pool.LANES))


def test_the_square_has_every_class_of_the_street_some_who_stop_and_some_who_turn_back():
    actors = open_world("square").actors(NOW, NOW + 900)
    assert {actor.object_class for actor in actors} == {"pedestrian", "bicycle", *MOTORS}
    walkers = [actor.journey for actor in actors if actor.object_class == "pedestrian"]
    assert any((np.diff(journey.times)[np.diff(journey.distances) == 0] >= 5).any() for journey in walkers)
    assert any(hypot(j.points[0][0] - j.points[-1][0], j.points[0][1] - j.points[-1][1]) < 2 for j in walkers)
    assert all(pose.y < square.CENTRE[1] + 60 for pose in open_world("square").at(NOW))


@pytest.mark.parametrize("name", ["plaza", "", "square?speed=3", "square?seed=", "square?seed=-1", "pool?"])
def test_a_place_that_there_is_not_is_refused_in_one_line(name):
    if name == "pool?":
        assert open_world(name).seed == 0
        return
    with pytest.raises(UsageError, match=r"^scene '.*wanted one of square, crossing, pool") as refusal:
        open_world(name)
    assert "\n" not in str(refusal.value)
