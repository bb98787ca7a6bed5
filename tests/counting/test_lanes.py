"""Swimmers are counted while they are in the water, in sight or under it."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.test_sites import DEMO
from tests.scenes.pools import look_at
from vision.basins import Basin, projected, to_corners
from vision.classes import CLASS_INDEX
from vision.counting import lanes
from vision.counting.camera import CameraCounter
from vision.counting.lanes import BasinCounter
from vision.counting.water import EDGE
from vision.detections import Detections
from vision.events import Length, Occupancy, Snapshot
from vision.scenes import open_world
from vision.scenes.truth import occupancy
from vision.site import Camera
from vision.tracking.track import Track, TrackState

SIZE = (320, 240)
CORNERS = ((0.1, 0.9), (0.9, 0.9), (0.7, 0.1), (0.3, 0.1))
BASIN = Basin(name="basin", corners=CORNERS, lanes=4)
ONTO_VIEW = to_corners(np.array(CORNERS) * SIZE)
DRAWN = Basin(name="basin", lanes=BASIN.lane_names)


def track(name, u, v, kind="swimmer"):
    """A track whose foot is at u, v of the basin."""
    x, y = projected(ONTO_VIEW, np.array([[u, v]]))[0]
    return Track(name, kind, (x - 4, y - 8, x + 4, y), (x, y), (0, 0), TrackState.CONFIRMED, 0.0)


def basin(drawn=BASIN):
    return BasinCounter(drawn, BASIN.zones(()), SIZE)


class Clock:
    """Feeds looks of a tenth of a second to a basin."""

    def __init__(self, counter):
        self.counter = counter
        self.now = 0.0
        self.lengths = []

    def look(self, *tracks, seconds=0.1):
        for _ in range(round(seconds / 0.1)):
            seen = (1.7e9 + self.now - 0.1, 1.7e9 + self.now)
            self.lengths += self.counter.observe(tracks, self.now, seen)
            self.now += 0.1
        return {name: count for name, count in self.counter.in_water.items() if count}


@given(under=st.floats(0.2, 19.5), drawn=st.sampled_from([BASIN, DRAWN]))
@settings(deadline=None, max_examples=20)
def test_a_swimmer_under_water_keeps_the_count(under, drawn):
    clock = Clock(basin(drawn))
    assert clock.look(track(1, 0.4, 0.5), seconds=12) == {"couloir-2": 1}
    assert clock.look(seconds=under) == {"couloir-2": 1}
    assert clock.look(track(2, 0.42, 0.55)) == {"couloir-2": 1}
    assert (clock.counter.entered, clock.counter.left) == (1, 0)


def test_not_for_longer_than_twenty_seconds():
    clock = Clock(basin())
    clock.look(track(1, 0.4, 0.5), seconds=12)
    assert clock.look(seconds=lanes.UNDER_WATER_S - 0.5) == {"couloir-2": 1}
    assert clock.look(seconds=1) == {}


def test_a_glint_is_no_diver():
    clock = Clock(basin())
    clock.look(track(1, 0.4, 0.5), seconds=0.4)
    assert clock.look(seconds=1.2) == {}


def test_who_is_lost_beside_another_was_the_same_one_more_often_than_a_diver():
    clock = Clock(basin())
    clock.look(track(1, 0.4, 0.5), track(2, 0.42, 0.54), seconds=12)
    assert clock.look(track(1, 0.4, 0.5), seconds=lanes.BESIDE_S - 0.5) == {"couloir-2": 2}
    assert clock.look(track(1, 0.4, 0.5), seconds=1) == {"couloir-2": 1}
    apart = Clock(basin())
    apart.look(track(1, 0.4, 0.5), track(2, 0.42, 0.7), seconds=12)
    assert apart.look(track(1, 0.4, 0.5), seconds=lanes.BESIDE_S + 2) == {"couloir-2": 2}


def test_at_the_edge_a_turn_is_waited_for_and_no_longer():
    clock = Clock(basin())
    clock.look(track(1, 0.4, 1 - EDGE / 2), seconds=12)
    assert clock.look(seconds=lanes.TURN_S - 0.5) == {"couloir-2": 1}
    assert clock.look(seconds=1) == {}


def test_who_is_seen_to_get_out_is_out_soon():
    clock = Clock(basin())
    clock.look(track(1, 0.4, 0.03), seconds=12)
    assert clock.look(track(1, 0.4, -0.05, "pedestrian"), seconds=lanes.SETTLE_S + 0.2) == {}
    assert clock.look(seconds=1) == {}


def test_who_is_lost_at_the_edge_and_found_on_the_deck_is_out_at_once():
    clock = Clock(basin())
    clock.look(track(1, 0.4, 0.03), seconds=12)
    clock.look(seconds=0.3)
    assert clock.look(track(2, 0.4, -0.06, "pedestrian")) == {}


def test_people_on_the_deck_are_not_in_the_water():
    clock = Clock(basin())
    for foot in ((0.5, -0.1), (0.5, 1.1), (-0.1, 0.5), (1.1, 0.5)):
        assert clock.look(track(7, *foot, "pedestrian"), seconds=3) == {}


def test_a_splash_over_the_rope_moves_nobody_and_a_change_of_lane_does():
    clock = Clock(basin())
    clock.look(track(1, 0.45, 0.5), seconds=5)
    assert clock.look(track(1, 0.55, 0.5), seconds=0.6) == {"couloir-2": 1}
    assert clock.look(track(1, 0.45, 0.5), seconds=0.6) == {"couloir-2": 1}
    assert clock.look(track(1, 0.6, 0.5), seconds=1.5) == {"couloir-3": 1}


def test_who_comes_up_beyond_the_next_lane_is_somebody_else():
    clock = Clock(basin())
    clock.look(track(1, 0.1, 0.5), seconds=12)
    clock.look(seconds=3)
    assert clock.look(track(2, 0.9, 0.5)) == {"couloir-1": 1, "couloir-4": 1}


def test_two_tracks_of_one_swimmer_are_one_when_the_first_ends():
    clock = Clock(basin())
    clock.look(track(1, 0.4, 0.5), seconds=12)
    clock.look(track(1, 0.4, 0.5), track(2, 0.4, 0.5), seconds=0.1)
    assert clock.look(track(2, 0.4, 0.5), seconds=0.1) == {"couloir-2": 2}  # born before the other was lost
    fresh = Clock(basin())
    fresh.look(track(1, 0.4, 0.5), seconds=12)
    fresh.look(seconds=0.2)
    assert fresh.look(track(2, 0.4, 0.5)) == {"couloir-2": 1}


@st.composite
def worlds(draw):
    """Looks of swimmers and walkers who come and go at random: (id, u, v) each."""
    names = draw(st.integers(1, 6))
    looks = draw(st.integers(5, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    places = rng.uniform(-0.15, 1.15, (looks, names, 2)) if draw(st.booleans()) else None
    walk = rng.uniform(0, 1, (1, names, 2)) + np.cumsum(rng.normal(0, 0.02, (looks, names, 2)), axis=0)
    places = walk if places is None else places
    shown = rng.random((looks, names)) < draw(st.floats(0.2, 1))
    return [[(name, *places[k, name]) for name in range(names) if shown[k, name]] for k in range(looks)]


@given(looks=worlds(), dt=st.floats(0.05, 3))
@settings(deadline=None, max_examples=60)
def test_the_count_is_entries_less_exits_never_negative_and_bounded(looks, dt):
    counter = basin()
    for k, look in enumerate(looks):
        counter.observe([track(*one) for one in look], k * dt, (1.7e9 + k * dt, 1.7e9 + (k + 1) * dt))
        counts = [counter.in_water[lane] for lane in BASIN.lane_names]
        assert counter.entered - counter.left == sum(counts)
        assert min(counts) >= 0
        assert counter.now["basin"] == sum(counter.now[lane] for lane in BASIN.lane_names)
        assert sum(counts) <= counter.entered <= len({name for past in looks[: k + 1] for name, *_ in past}) * (k + 1)
    counter.observe([], len(looks) * dt + 100, None)
    assert (len(counter), counter.in_water, counter.now["basin"]) == (0, Counter(), 0)


def test_what_is_said_does_not_flicker_and_follows_who_comes_and_goes():
    clock = Clock(basin())
    both = track(1, 0.1, 0.5), track(2, 0.9, 0.5)
    clock.look(*both, seconds=12)
    assert clock.counter.now == {"couloir-1": 1, "couloir-4": 1, "basin": 2}
    clock.look(*both, track(3, 0.4, 0.5), seconds=lanes.STEADY_S / 2 - 0.2)
    assert clock.counter.now == {"couloir-1": 1, "couloir-4": 1, "basin": 2}
    clock.look(*both, track(3, 0.4, 0.5), seconds=0.4)
    assert clock.counter.now == {"couloir-1": 1, "couloir-2": 1, "couloir-4": 1, "basin": 3}
    clock.counter.forget()
    assert clock.counter.now == {}


def test_state_does_not_grow():
    counter = basin()
    rng = np.random.default_rng(3)
    for k in range(3000):
        counter.observe([track(k // 3, *rng.uniform(-0.2, 1.2, 2))], k / 10, None)
        assert len(counter) < 120


def test_occupancy_of_lanes_and_basin_by_the_second():
    clock = Clock(basin())
    clock.look(track(1, 0.1, 0.5), track(2, 0.9, 0.5), seconds=5)
    seconds = list(clock.counter.finished(float("inf")))
    sums = Counter()
    for second in seconds:
        sums[second.zone, second.object_class] += second.object_seconds
    assert sums == pytest.approx(
        {
            ("basin", "swimmer"): 10.0,
            ("couloir-1", "swimmer"): 5.0,
            ("couloir-1", "all"): 5.0,
            ("couloir-4", "swimmer"): 5.0,
            ("couloir-4", "all"): 5.0,
        },
        abs=0.01,
    )


def test_a_camera_says_swimmers_of_its_lanes_as_of_zones():
    camera = Camera(name="cam", source="file.mp4", basin=[BASIN])
    x, y = projected(ONTO_VIEW, np.array([[0.4, 0.5]]))[0]
    seen = Detections(np.array([[x - 4, y - 8, x + 4, y]]), np.array([0.9]), np.array([CLASS_INDEX["swimmer"]]))
    counter = CameraCounter(camera)
    events = [event for k in range(60) for event in counter.look(seen, k / 10, 1.7e9 + k / 10)]
    events += [event for k in range(60, 100) for event in counter.look(Detections.none(), k / 10, 1.7e9 + k / 10)]
    last = [event for event in events if isinstance(event, Snapshot)][-1]
    assert [(zone.zone, zone.object_class, zone.count) for zone in last.zones] == [("couloir-2", "swimmer", 1)]
    assert {event.zone for event in events if isinstance(event, Occupancy)} == {"couloir-2", "basin"}
    counter.finish()  # the view was turned away
    assert counter.look(Detections.none(), 10.0, 1.7e9 + 10)[-1].zones == ()


@pytest.mark.parametrize(("dives_s", "most_error", "most_lengths"), [(0.0, 0.05, 0.03), (6.0, 0.1, 0.05)])
def test_the_synthetic_pool_is_counted_as_it_is(dives_s, most_error, most_lengths):
    """With true boxes that tremble, and swimmers out of sight now and then: what is lost here is lost by counting."""
    camera, world = DEMO.camera("pool"), open_world("pool?seed=2")
    start, looks = 1.7e9, 1800
    counter, errors, said_late, lengths = CameraCounter(camera), [], [], 0
    for k, seen in enumerate(look_at(world, camera.working_size, start, looks, dives_s)):
        utc = start + k / 10
        events = counter.look(seen, k / 10, utc)
        lengths += sum(isinstance(event, Length) for event in events)
        if k % 20 == 0 and k > 100:
            in_water, now = counter._basins[0].in_water, counter._basins[0].now
            then = utc - lanes.STEADY_S / 2
            errors += [in_water[zone.name] - occupancy(world, zone, utc).total() for zone in camera.zones]
            said_late += [now[zone.name] - occupancy(world, zone, then).total() for zone in camera.zones]
    true = sum(
        true_lengths(actor.journey, start, start + looks / 10) for actor in world.actors(start, start + looks / 10)
    )
    assert np.abs(errors).mean() <= most_error
    assert np.abs(said_late).mean() <= most_error
    assert true > 40
    assert lengths == pytest.approx(true, rel=most_lengths)


def true_lengths(journey, start, end):
    """Lengths of a journey in a time: each time that it comes to the other end's quarter of the basin."""
    found, came_from = 0, None
    for utc in np.arange(max(start, journey.start), min(end, journey.end), 0.1):
        along = (journey.at(utc)[1] - 8.5) / 25
        if along < 0:
            continue
        came_from = int(along >= 0.5) if came_from is None else came_from
        place = 0 if along <= 0.25 else 1 if along >= 0.75 else came_from
        found += place != came_from
        came_from = place
    return found
