"""Lines that nobody chose."""

import numpy as np
import pytest

from benchmarks.truth.random_lines import LENGTHS, random_lines
from vision.errors import UsageError

SIZE = (200, 100)


def walk(track, x0, x1, y, steps=20):
    xs = np.linspace(x0, x1, steps)
    return np.array([(k, track, x - 4, y - 20, 8, 20, 0) for k, x in enumerate(xs, 1)])


def test_lines_follow_their_seed():
    tracks = walk(1, 20, 180, 50)
    assert random_lines(tracks, SIZE, 5, 3) == random_lines(tracks, SIZE, 5, 3)
    assert random_lines(tracks, SIZE, 5, 3) != random_lines(tracks, SIZE, 5, 4)


def test_lines_lie_across_the_ways_and_not_where_somebody_stands():
    tracks = np.concatenate((walk(1, 20, 180, 50), walk(2, 10, 10, 90, steps=500)))
    lines = random_lines(tracks, SIZE, 300, 1)
    assert len({line.name for line in lines}) == 300
    lengths = []
    for line in lines:
        a, b = np.multiply(line.a, SIZE), np.multiply(line.b, SIZE)
        lengths.append(np.hypot(*(b - a)))
        low, high = sorted((a[1], b[1]))
        assert low <= 50 + 1e-6
        assert high >= 50 - 1e-6
    assert max(lengths) <= LENGTHS[1] * SIZE[0] + 1e-6
    backward = sum(line.a[0] > line.b[0] for line in lines)
    assert 100 < backward < 200


def test_where_twice_as_much_is_gone_there_are_twice_as_many():
    tracks = np.concatenate((walk(1, 0, 90, 20), walk(2, 110, 200, 80), walk(3, 200, 110, 80)))
    lines = random_lines(tracks, SIZE, 1000, 1)
    middles = [np.add(line.a, line.b)[0] / 2 for line in lines]
    assert 1.6 < np.mean(np.array(middles) > 0.5) / np.mean(np.array(middles) < 0.5) < 2.4


def test_nothing_moves():
    with pytest.raises(UsageError, match="nothing moves"):
        random_lines(walk(1, 10, 10, 50), SIZE, 1, 1)
