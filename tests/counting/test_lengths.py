"""A length is from one end to the other, however it is looked at."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.counting.lengths import Laps


def swum(places):
    laps = Laps()
    return sum(laps.observe(place) for place in places)


def up_and_down(lengths, step, begin=0.02):
    """Places of somebody who swims so many lengths, the last one to the wall."""
    way = np.arange(0, lengths * 0.96 + 1e-9, step) + begin - 0.02
    return 0.02 + 0.96 * np.abs((way / 0.96 + 1) % 2 - 1)


@given(lengths=st.integers(1, 12), step=st.floats(0.002, 0.15), jitter=st.floats(0, 0.02), seed=st.integers(0, 99))
def test_lengths_are_counted_whatever_the_speed_and_the_jitter(lengths, step, jitter, seed):
    places = up_and_down(lengths, step)
    assert swum(places + np.random.default_rng(seed).normal(0, jitter, len(places)).clip(-0.05, 0.05)) == lengths


@given(places=st.lists(st.floats(0.3, 0.7), max_size=50))
def test_playing_in_the_middle_is_no_length(places):
    assert swum(places) == 0


def test_turning_half_way_is_no_length_and_the_next_whole_one_is():
    half = [*np.arange(0, 0.6, 0.02), *np.arange(0.6, 0, -0.02)]
    assert swum(half) == 0
    assert swum([*half, *np.arange(0, 1, 0.02)]) == 1


def test_what_is_not_known_counts_nothing():
    assert swum([math.nan] * 5) == 0


@pytest.mark.parametrize(("seconds", "expected"), [(12.0, 2), (1.0, 1)])
def test_a_turn_out_of_sight_is_a_length_where_the_wall_could_be_reached(seconds, expected):
    """Lost at 0.7 on the way up, found there on the way down: two lengths, if there was time for the wall.

    If there was not, it is somebody else, who comes from the far end.
    """
    lost, found = Laps(), Laps()
    assert sum(lost.observe(place) for place in np.arange(0, 0.701, 0.02)) == 0
    found.observe(0.7)
    found.resume(lost, seconds)
    assert sum(found.observe(place) for place in np.arange(0.7, 0.0, -0.02)) == expected
