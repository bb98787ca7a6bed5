"""What is told of numbers that flicker."""

from collections import Counter
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.counting.steady import Steady

OVER_S = 10.0


def told(numbers, apart_s=1.0):
    steady = Steady(("lane",), OVER_S)
    return [steady.observe(Counter(lane=number), k * apart_s)["lane"] for k, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "last"),
    [
        ([3], 3),
        ([0, 1], 1),
        ([2] * 10 + [0] * 4, 2),
        ([2] * 10 + [0] * 6, 0),
        ([2] * 10 + [3] * 5, 3),
        ([5, 5, 5] + [1] * 10, 1),
    ],
)
def test_the_median_of_the_last_seconds_is_told(numbers, last):
    assert told(numbers)[-1] == last


def test_what_was_before_a_gap_is_not_told_after_it():
    steady = Steady(("lane",), OVER_S)
    for k in range(20):
        steady.observe(Counter(lane=4), k / 2)
    assert steady.observe(Counter(), 9.5 + OVER_S) == {}


@given(numbers=st.lists(st.integers(0, 9), min_size=1, max_size=60), apart_s=st.floats(0.05, 15))
def test_it_is_no_more_and_no_less_than_what_was_counted_in_that_time(numbers, apart_s):
    times = list(accumulate([apart_s] * len(numbers), initial=0.0))
    for k, value in enumerate(told(numbers, apart_s)):
        lately = [n for n, at in zip(numbers, times, strict=False) if times[k] - OVER_S < at <= times[k] + 1e-9]
        assert min(lately) <= value <= max(lately)


@given(numbers=st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_a_number_that_stays_is_told_as_it_is(numbers):
    assert told(numbers + [7] * 11)[-1] == 7
