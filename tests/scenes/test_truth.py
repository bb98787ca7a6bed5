from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.pinhole import Pinhole
from vision.scenes import open_world
from vision.scenes.journeys import Journey
from vision.scenes.truth import BAND_M, journey_passages, occupancy, passages
from vision.site import load_site
from vision.view import Line, Zone

NOW = 1_760_000_000.0
DEMO = load_site(Path(__file__).parents[2] / "calibration" / "sites" / "demo.toml")
LINES = [(camera.name, line) for camera in DEMO.cameras for line in camera.lines]
A, B = np.array([0.0, -5.0]), np.array([0.0, 5.0])
"""Looking from A to B on the ground, left is towards negative x and right towards positive x."""


def across(*xs, y=0.0):
    """Return what is counted of somebody who is at these x, one a second."""
    return journey_passages(Journey.through(range(len(xs)), [(x, y) for x in xs]), A, B)


def test_left_to_right_is_forward_and_right_to_left_backward():
    assert across(-2, 2) == [("forward", 0.5)]
    assert across(2, -2) == [("backward", 0.5)]


def test_beyond_the_ends_of_the_line_nobody_passes():
    assert across(-2, 2, y=5.1) == []
    assert len(across(-2, 2, y=4.9)) == 1


def test_turning_back_on_the_line_counts_nothing():
    assert across(-2, BAND_M * 0.9, -2) == []
    assert across(-2, 0, 0, 0, -2) == []


def test_swaying_on_the_line_counts_once_at_the_last_crossing():
    assert across(-2, 0.3, -0.3, 0.3, -0.3, 2) == [("forward", pytest.approx(4 + 0.3 / 2.3))]


def test_coming_back_counts_once_the_other_way():
    assert [direction for direction, _ in across(-2, 2, -2)] == ["forward", "backward"]


def test_stepping_over_and_back_around_the_end_counts_nothing():
    steps = [(-2, 4), (0.3, 4), (0.3, 6), (-0.3, 6), (-2, 6)]
    assert journey_passages(Journey.through(range(5), steps), A, B) == []


steps = st.lists(st.tuples(st.floats(-8, 8), st.floats(-8, 8)), min_size=2, max_size=8)


@given(path=steps)
def test_mirroring_the_line_swaps_the_directions(path):
    journey = Journey.through(range(len(path)), path)
    swapped = {"forward": "backward", "backward": "forward"}
    there, back = journey_passages(journey, A, B), journey_passages(journey, B, A)
    if all(abs(x) > 1e-6 for x, _ in path):
        assert [direction for direction, _ in there] == [swapped[direction] for direction, _ in back]
        assert [utc for _, utc in there] == pytest.approx([utc for _, utc in back])


@given(path=steps)
def test_directions_alternate_where_the_line_has_no_end(path):
    journey = Journey.through(range(len(path)), path)
    directions = [direction for direction, _ in journey_passages(journey, A * 100, B * 100)]
    assert all(one != other for one, other in pairwise(directions))
    start, end = path[0][0], path[-1][0]
    if abs(end) > BAND_M and abs(start) > BAND_M:
        assert len(directions) % 2 == ((start > 0) != (end > 0))


def sampled(world, line, start, end, step):
    """Count by looking at everybody's foot in the view, every `step` seconds."""
    (ax, ay), (bx, by) = line.a, line.b
    found, before = [], {}
    for utc in np.arange(start, end, step):
        poses = world.at(utc)
        feet = world.camera.to_view(np.array([(p.x, p.y) for p in poses]).reshape(-1, 2))
        now = {}
        for pose, (u, v) in zip(poses, feet, strict=True):
            now[pose.actor] = side = (bx - ax) * (v - ay) - (by - ay) * (u - ax)
            along = ((u - ax) * (bx - ax) + (v - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
            was = before.get(pose.actor, side)
            if (was > 0) != (side > 0) and 0 <= along <= 1:
                found.append(("forward" if side > 0 else "backward", pose.actor.object_class, utc))
        before = now
    return found


@pytest.mark.parametrize(("name", "line"), LINES, ids=lambda value: getattr(value, "name", value))
def test_truth_is_what_close_watching_sees(name, line):
    world = open_world(name)
    watched = sorted(sampled(world, line, NOW, NOW + 60, 0.05))
    told = sorted((p.direction, p.object_class, p.utc) for p in passages(world, line, NOW, NOW + 60))
    assert [passage[:2] for passage in told] == [passage[:2] for passage in watched]
    np.testing.assert_allclose([utc for *_, utc in told], [utc for *_, utc in watched], rtol=0, atol=0.06)


@pytest.mark.parametrize(("name", "line"), LINES, ids=lambda value: getattr(value, "name", value))
def test_a_minute_has_passages_both_ways_and_adds_up(name, line):
    world = open_world(name)
    minute = passages(world, line, NOW, NOW + 60)
    assert 6 <= len(minute) <= 60
    assert {passage.direction for passage in minute} == {"forward", "backward"}
    assert {(passage.camera, passage.line) for passage in minute} == {(name, line.name)}
    assert minute == passages(world, line, NOW, NOW + 21.3) + passages(world, line, NOW + 21.3, NOW + 60)


def test_a_line_in_the_sky_is_refused():
    world = open_world("square")
    world.camera = Pinhole(height=10, tilt=5, field_of_view=60)
    sky = Line(name="sky", a=(0.1, 0.0), b=(0.9, 0.9))
    with pytest.raises(ValueError, match="above the horizon"):
        passages(world, sky, NOW, NOW + 1)


def test_occupancy_counts_the_feet_inside():
    world = open_world("pool")
    lanes = next(camera for camera in DEMO.cameras if camera.name == "pool").zones
    for utc in NOW + np.arange(0, 60, 7):
        swimming = sum(8.5 < pose.y < 33.5 for pose in world.at(utc))
        assert sum((occupancy(world, lane, utc) for lane in lanes), Counter())["swimmer"] == swimming
        assert swimming


def test_a_hollow_zone_holds_nobody_in_its_hollow():
    world = open_world("crossing")
    left = Zone(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
    horseshoe = Zone(name="u", polygon=((0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 1e-9), (0, 1e-9)))
    everywhere = Zone(name="all", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
    for utc in NOW + np.arange(0, 60, 7):
        assert occupancy(world, left, utc) + occupancy(world, horseshoe, utc) == occupancy(world, everywhere, utc)


def test_people_gather_at_the_kerbs_and_then_cross():
    world = open_world("crossing")
    zones = {zone.name: zone for zone in next(c for c in DEMO.cameras if c.name == "crossing").zones}
    cycle = NOW - NOW % 42
    waiting = [occupancy(world, zones["waiting-a"], cycle + 42 * k + 41)["pedestrian"] for k in range(10)]
    crossing = [occupancy(world, zones["zebra"], cycle + 42 * k + 5)["pedestrian"] for k in range(10)]
    assert np.mean(waiting) > 2
    assert np.mean(crossing) > 5
    assert all(occupancy(world, zones["zebra"], cycle + 42 * k + 41)["pedestrian"] == 0 for k in range(10))
