"""What the next look is compared with: the right moment, a few of them, and none for longer than needed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.pixels.network.earlier import AIM_S, APART_S, LONGEST_S, EarlierLooks


def look(second, level=0, size=(8, 6)):
    return np.full((size[1], size[0]), level, np.uint8), second


def compared_with(times):
    """The moment with which each look is compared, None where with none: levels tell the looks apart."""
    looks, found = EarlierLooks(), []
    for number, second in enumerate(times):
        changed = looks.change(*look(second, 2 * number))
        found.append(None if changed is None else times[number - (int(changed[0, 0]) - 128)])
    return found


@pytest.mark.parametrize(("fps", "age"), [(10, 0.4), (5, 0.4), (25, 0.4), (4, 0.5), (2, 0.5)], ids=str)
def test_a_look_is_compared_with_one_some_time_ago(fps, age):
    times = [number / fps for number in range(20)]
    found = compared_with(times)
    assert found[0] is None
    assert found[1] == times[0]
    assert [now - then for now, then in zip(times[12:], found[12:], strict=True)] == pytest.approx([age] * 8, abs=0.06)


@given(st.lists(st.floats(0.01, 0.6), min_size=1, max_size=40))
def test_whatever_the_rate_it_is_the_last_look_kept_that_is_old_enough(steps):
    times = np.cumsum(steps).tolist()
    kept = [times[0]]
    for now, then in zip(times[1:], compared_with(times)[1:], strict=True):
        old_enough = [moment for moment in kept if now - moment >= AIM_S]
        assert then == (old_enough[-1] if old_enough else kept[0])
        if now - kept[-1] >= APART_S:
            kept.append(now)


@pytest.mark.parametrize(
    ("second", "size"),
    [(0.0, (8, 6)), (-1.0, (8, 6)), (0.1 + LONGEST_S, (8, 6)), (0.1, (6, 8))],
    ids=["the same time", "a clock set back", "too long ago", "another size"],
)
def test_what_cannot_be_compared_has_no_change(second, size):
    looks = EarlierLooks()
    looks.change(*look(0.0))
    assert looks.change(*look(second, 200, size)) is None


def test_grey_levels_are_overwritten_when_they_are_not_needed_any_more():
    made = []
    looks = EarlierLooks()
    for number in range(200):
        made.append(look(number / 50, 90))
        looks.change(*made[-1])
        assert sum(grey.any() for grey, _ in made) <= 6
    assert [grey.any() for grey, _ in made[-45:]].count(True) == sum(grey.any() for grey, _ in made)
    made.append(look(60.0, 90))
    looks.change(*made[-1])
    assert sum(grey.any() for grey, _ in made) == 1
