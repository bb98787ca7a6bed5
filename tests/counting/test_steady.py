"""What is told of numbers that flicker."""

from collections import Counter

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
        ([0, 1], 0),
        ([2] * 10 + [0] * 4, 2),
        ([2] * 10 + [0] * 6, 0),
        ([2] * 10 + [3] * 5, 2),
        ([2] * 10 + [3] * 6, 3),
        ([0] * 5 + [4] * 5, 0),
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


@pytest.mark.parametrize("apart_s", [0.1, 0.125, 0.2, 0.37, 2.0])
def test_who_changes_from_one_place_to_another_is_told_once_at_each_look(apart_s):
    steady = Steady(("here", "there"), OVER_S)
    looks = round(60 / apart_s)
    totals = [
        steady.observe(Counter({"here" if k < looks / 2 else "there": 1}), k * apart_s).total() for k in range(looks)
    ]
    assert set(totals) == {1}


def test_it_begins_anew_and_remembers_no_more_than_it_speaks_for():
    steady = Steady(("lane",), OVER_S)
    for k in range(1000):
        steady.observe(Counter(lane=9), k / 10)
    assert len(steady) == 100
    steady.forget()
    assert len(steady) == 0
    assert steady.observe(Counter(lane=2), 101.0) == {"lane": 2}


@given(numbers=st.lists(st.integers(0, 9), min_size=1, max_size=60), apart_s=st.floats(0.05, 15))
def test_no_more_than_half_of_the_looks_of_that_time_counted_more_or_less(numbers, apart_s):
    for k, value in enumerate(told(numbers, apart_s)):
        lately = [n for j, n in enumerate(numbers[: k + 1]) if k * apart_s - j * apart_s < OVER_S]
        assert sum(n < value for n in lately) <= len(lately) / 2
        assert sum(n > value for n in lately) <= len(lately) / 2


@given(numbers=st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_a_number_that_stays_is_told_as_it_is(numbers):
    assert told(numbers + [7] * 11)[-1] == 7
