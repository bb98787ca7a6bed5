"""What truly passes a line, worked out by hand; and that the counter, which shares no code with it, agrees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.truth.passages import BAND, true_passages
from vision.counting.lines import BAND_OF_HEIGHT, LineCounter, ends
from vision.view import Line

SIZE = (200, 100)
UP = Line(name="up", a=(0.5, 0.9), b=(0.5, 0.1))
HEIGHT = 20.0


def rows(*feet, track=1, height=HEIGHT, kind=0):
    return np.array([(k, track, x - 4, y - height, 8, height, kind) for k, (x, y) in enumerate(feet, 1)], float)


def found(*feet, line=UP, **kwargs):
    passages = true_passages(rows(*feet), [line], SIZE, 0.1, **kwargs)
    return [(p.direction, pytest.approx(p.utc)) for p in passages]


@pytest.mark.parametrize(
    ("feet", "wanted"),
    [
        ([(80, 50), (120, 50)], [("forward", 0.05)]),
        ([(120, 50), (90, 50)], [("backward", 0.2 / 3)]),
        ([(80, 50), (100.5, 50), (80, 50)], []),  # comes back before it is beyond the band
        ([(80, 50), (100.5, 50), (99.5, 50), (120, 50)], [("forward", 0.2 + 0.1 * 0.5 / 20.5)]),
        ([(80, 50), (100.9, 50)], []),  # not beyond the band yet
        ([(80, 50), (101.1, 50)], [("forward", 0.1 * 20 / 21.1)]),
        ([(80, 5), (120, 5)], []),  # beyond the end b
        ([(80, 95), (120, 95)], []),  # beyond the end a
        ([(100, 50), (120, 50)], []),  # begins on the line
        ([(99.5, 50), (120, 50)], [("forward", 0.1 * 0.5 / 20.5)]),  # begins within the band
        ([(80, 50), (100, 50), (120, 50)], [("forward", 0.1)]),
        ([(80, 50), (120, 50), (80, 50)], [("forward", 0.05), ("backward", 0.15)]),
        ([(100, 50), (100, 60)], []),
    ],
)
def test_by_hand(feet, wanted):
    assert found(*feet) == wanted


def test_without_a_band_every_proper_crossing_is_one():
    feet = [(80, 50), (100.5, 50), (99.5, 50), (100.5, 50), (80, 50)]
    assert [way for way, _ in found(*feet, band=0)] == ["forward", "backward"] * 2
    assert found(*feet) == []


def test_a_line_up_to_the_edge_goes_on_beyond_it():
    edge = Line(name="edge", a=(0.5, 1.0), b=(0.5, 0.5))
    assert [way for way, _ in found((80, 100), (120, 100), line=edge)] == ["forward"]


def test_tracks_are_apart_and_have_their_classes():
    both = np.concatenate((rows((80, 50), (120, 50)), rows((120, 40), (80, 40), track=2, kind=3)))
    passages = true_passages(both[np.argsort(both[:, 0])], [UP], SIZE, 0.1)
    assert [(p.direction, p.object_class) for p in passages] == [("forward", "pedestrian"), ("backward", "car")]


def test_the_band_is_the_counters():
    assert BAND == BAND_OF_HEIGHT


@given(
    feet=st.lists(
        st.tuples(st.floats(90, 110) | st.floats(0, 200), st.floats(0, 100)).map(lambda p: (p[0] + 0.0123, p[1])),
        min_size=2,
        max_size=30,
    ),
    a=st.sampled_from([(0.5, 0.9), (0.5, 1.0), (0.55, 0.8)]),
    b=st.sampled_from([(0.5, 0.1), (0.48, 0.0)]),
)
@settings(deadline=None)
def test_the_counter_agrees_on_any_path(feet, a, b):
    line = Line(name="any", a=a, b=b)
    counter = LineCounter("any", *ends(a, b, SIZE))
    passed = [counter.observe(1, foot, HEIGHT, k / 10) for k, foot in enumerate(feet)]
    assert found(*feet, line=line) == [passage for passage in passed if passage]
