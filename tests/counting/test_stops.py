"""Who halts, and for how long."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.counting.stops import StopFinder

REACH = 12.0
"""Of a box 40 pixels high."""


def halts(places, dt=0.1, seconds=3.0):
    """Return the stops of one track that is at these places, (N, 2) pixels, one look after another."""
    finder = StopFinder(seconds)
    found = [finder.observe(1, (float(x), float(y)), REACH, k * dt) for k, (x, y) in enumerate(places)]
    found.append(finder.end(1))
    assert len(finder) == 0
    return [halt for halt in found if halt]


def drive(*legs, dt=0.1, at=(50.0, 100.0)):
    """Return places of an object that goes at each of (pixels a second, seconds) to the right."""
    x, places = at[0], []
    for speed, seconds in legs:
        for _ in range(round(seconds / dt)):
            places.append((x, at[1]))
            x += speed * dt
    return np.array(places)


@given(wait=st.floats(4, 60), speed=st.floats(30, 200), dt=st.sampled_from([0.04, 0.1, 0.2, 0.5]))
@settings(deadline=None)
def test_a_halt_is_found_once_where_and_as_long_as_it_was(wait, speed, dt):
    (halt,) = halts(drive((speed, 3), (0, wait), (speed, 3), dt=dt), dt)
    assert halt.place == pytest.approx((50 + 3 * speed, 100), abs=REACH)
    assert halt.end - halt.start == pytest.approx(wait, abs=2 * dt + 1.2)


@given(speed=st.floats(15, 300), dt=st.sampled_from([0.04, 0.1, 0.5]))
def test_who_goes_on_never_halts(speed, dt):
    assert halts(drive((speed, 20), dt=dt), dt) == []


def test_a_halt_that_is_too_short_is_none():
    assert halts(drive((60, 3), (0, 1.5), (60, 3))) == []
    assert len(halts(drive((60, 3), (0, 1.5), (60, 3)), seconds=1.0)) == 1


@given(seed=st.integers(0, 1000))
def test_a_detector_s_jitter_neither_ends_a_halt_nor_makes_one(seed):
    rng = np.random.default_rng(seed)
    waiting = drive((60, 3), (0, 20), (60, 3))
    (halt,) = halts(waiting + rng.normal(0, 2, waiting.shape))  # a twentieth of the height
    assert halt.end - halt.start == pytest.approx(20, abs=1.5)
    walking = drive((40, 20))
    assert halts(walking + rng.normal(0, 2, walking.shape)) == []


def test_stop_and_go_is_as_many_stops():
    found = halts(drive(*[(40, 2), (0, 5)] * 4, (40, 2)))
    assert len(found) == 4
    assert all(before.end < after.start for before, after in pairwise(found))


def test_a_gap_in_the_looks_is_part_of_the_halt_if_the_object_is_still_there():
    finder = StopFinder(3.0)
    for time in (0.0, 0.1, 0.2, 5.0, 5.1):
        assert finder.observe(1, (50.0, 100.0), REACH, time) is None
    assert finder.stands(1)
    assert finder.end(1).end == 5.1
    assert not finder.stands(1)
    assert finder.end(1) is None
