from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.counting.coverage import LONGEST_GAP_S, CoverageKeeper


def spans(looks, fps=10, say_each=False):
    keeper = CoverageKeeper(fps)
    said = []
    for captured_at, utc in looks:
        keeper.look(captured_at, utc)
        said += keeper.said() if say_each else []
    return said + list(keeper.said())


@given(gaps=st.lists(st.floats(0.02, 0.99) | st.floats(1.01, 3), min_size=1, max_size=30), say_each=st.booleans())
def test_covers_all_but_the_long_gaps(gaps, say_each):
    times = [0.0]
    for gap in gaps:
        times.append(times[-1] + gap)
    said = spans([(t, 1e9 + t) for t in times], say_each=say_each)
    assert sum(end - start for start, end in said) == pytest.approx(
        sum(g for g in gaps if g <= LONGEST_GAP_S), abs=1e-5
    )
    assert all(start < end for start, end in said)
    assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(said))


@given(step=st.floats(-7200, 7200), say_each=st.booleans())
def test_a_step_of_the_clock_neither_stretches_nor_shrinks(step, say_each):
    looks = [(k / 10, 1e9 + k / 10 + (step if k >= 50 else 0)) for k in range(100)]
    said = spans(looks, say_each=say_each)
    assert sum(end - start for start, end in said) == pytest.approx(9.9, abs=0.06)


def test_one_look_covers_nothing():
    assert spans([(1.0, 1e9)]) == []


def test_a_slow_camera_is_allowed_three_of_its_frames():
    looks = [(k * 1.4, 1e9 + k * 1.4) for k in range(5)]
    assert spans(looks, fps=2) == [(1e9, 1e9 + 5.6)]
    assert spans(looks, fps=10) == []
