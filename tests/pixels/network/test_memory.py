"""What a network remembers: handed on from look to look, begun anew after a gap, overwritten when of no use."""

import numpy as np
import pytest

from vision.pixels.network.memory import LONGEST_S, Memory
from vision.pixels.network.stillness import FULL_LOOK_S

SHAPE = (1, 2, 3, 4)


def remembering(at=0.0):
    memory, numbers = Memory(), np.ones(SHAPE, np.float32)
    memory.keep(numbers, at)
    return memory, numbers


def test_at_first_nothing_is_remembered():
    recalled = Memory().recall(SHAPE, 0.0)
    assert recalled.shape == SHAPE
    assert recalled.dtype == np.float32
    assert not recalled.any()


def test_what_was_kept_is_recalled_once():
    memory, numbers = remembering()
    assert memory.recall(SHAPE, 0.2) is numbers
    assert not memory.recall(SHAPE, 0.4).any()


def test_a_view_that_stands_still_is_remembered():
    assert remembering()[0].recall(SHAPE, FULL_LOOK_S + 0.5).all()


@pytest.mark.parametrize(
    ("now", "shape"),
    [(0.0, SHAPE), (-1.0, SHAPE), (LONGEST_S + 0.1, SHAPE), (0.1, (1, 2, 4, 4))],
    ids=["the same time", "a clock set back", "too long ago", "another size"],
)
def test_after_a_gap_it_begins_anew_and_the_old_is_overwritten(now, shape):
    memory, numbers = remembering()
    recalled = memory.recall(shape, now)
    assert recalled.shape == shape
    assert not recalled.any()
    assert not numbers.any()
