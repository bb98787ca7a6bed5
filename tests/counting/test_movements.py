"""From which gate to which, and how long it took."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.counting.movements import PASSING_S, Journey, MovementFinder


def walk(*steps, dt=0.1):
    """Feed one track: each step is the name of a line passed, or a list of zones with the seconds spent in them."""
    finder, time = MovementFinder(), 0.0
    for step in steps:
        if isinstance(step, str):
            finder.passed(1, step, time)
            continue
        zones, seconds = step
        for _ in range(round(seconds / dt)):
            finder.observe(1, zones, time)
            time += dt
    journey = finder.end(1)
    assert len(finder) == 0
    return journey


OUTSIDE, HERE, THERE = ([], 2.0), (["here"], 2.0), (["there"], 2.0)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([OUTSIDE, "a", OUTSIDE, "b", OUTSIDE], ("a", "b")),
        ([OUTSIDE, "a", OUTSIDE, "b", OUTSIDE, "c"], ("a", "c")),
        ([OUTSIDE, "a", OUTSIDE, "a", OUTSIDE], ("a", "a")),
        ([OUTSIDE, "a", OUTSIDE], None),
        ([OUTSIDE], None),
        ([HERE, OUTSIDE, THERE], ("here", "there")),
        ([HERE, THERE], ("here", "there")),
        ([HERE, OUTSIDE, HERE], None),
        ([HERE, OUTSIDE, THERE, OUTSIDE, HERE], ("here", "here")),
        ([HERE, "a", OUTSIDE], ("here", "a")),
        ([OUTSIDE, "a", THERE], ("a", "there")),
        ([OUTSIDE, (["here"], 0.2), OUTSIDE, "a", OUTSIDE], None),
        ([(["here"], 0.2), OUTSIDE, "a", OUTSIDE], ("here", "a")),
        ([OUTSIDE, "a", OUTSIDE, (["there"], 0.2)], ("a", "there")),
    ],
    ids=[
        "line to line",
        "the gates between do not matter",
        "turned back",
        "one line is no movement",
        "none",
        "zone to zone",
        "zones that touch",
        "left a zone and came back",
        "there and back",
        "zone to line",
        "line to zone",
        "a zone grazed",
        "begins in a zone, however short",
        "ends in a zone, however short",
    ],
)
def test_origin_and_destination(steps, expected):
    journey = walk(*steps)
    assert (journey and (journey.origin, journey.destination)) == expected


@given(between=st.floats(0.5, 60), dt=st.sampled_from([0.04, 0.1, 0.5]))
def test_the_time_is_that_between_the_gates_whatever_the_frame_rate(between, dt):
    journey = walk(HERE, ([], between), THERE, dt=dt)
    assert journey.seconds == pytest.approx(between, abs=2 * dt)


def test_passages_tell_their_own_times():
    finder = MovementFinder()
    finder.passed(1, "a", 10.25)
    finder.passed(1, "b", 14.75)
    assert finder.end(1) == Journey("a", "b", 4.5, 14.75)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.floats(0.05, 3)), max_size=30))
def test_memory_does_not_grow_with_the_way(steps):
    finder, time = MovementFinder(), 0.0
    for zone, seconds in steps:
        finder.observe(1, [zone] if zone else [], time)
        time += seconds
        assert len(finder._walks[1].ends) <= 2
    assert PASSING_S > 0
    assert finder.end(2) is None
