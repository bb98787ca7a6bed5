"""The running means: what stays cancels out, what moves stands out of noise, nothing is kept for longer than needed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.pixels.network.preprocess import NO_CHANGE
from vision.pixels.network.trend import FAST_S, GAIN, LONGEST_S, SLOW_S, RunningMeans

SIZE = (40, 30)


def grey(level, size=SIZE):
    return np.full(size[::-1], level, np.uint8)


def after(means, looks):
    """The trend of the last of (level, seconds)."""
    for level, now in looks:
        found = means.trend(grey(level), now)
    return int(found[0, 0])


@given(level=st.integers(0, 255), times=st.lists(st.floats(0.05, 1.5), min_size=1, max_size=20))
def test_what_stays_as_it_is_has_no_trend(level, times):
    assert after(RunningMeans(), [(level, now) for now in np.cumsum(times)]) == NO_CHANGE


@pytest.mark.parametrize("fps", [2, 5, 10, 25])
def test_the_means_are_of_time_and_not_of_looks(fps):
    lit = [(50, at) for at in (0.0,)] + [(90, 0.001 + number / fps) for number in range(1, fps + 1)]
    expected = GAIN * 40 * (np.exp(-1 / SLOW_S) - np.exp(-1 / FAST_S))
    assert after(RunningMeans(), lit) == pytest.approx(NO_CHANGE + expected, abs=1)


def test_a_swimmer_whom_noise_hides_in_each_picture_stands_out():
    rng, means = np.random.default_rng(1), RunningMeans()
    for look in range(60):
        picture = rng.normal(100, 30, (30, 40))
        at = 4 + look // 2
        picture[10:14, at : at + 3] -= 30
        found = means.trend(picture.clip(0, 255).astype(np.uint8), look / 5)
        place = found[10:14, at - 2 : at + 3].mean(), found[18:22, at - 2 : at + 3].mean()
        if 30 <= look < 50:
            assert place[0] < place[1]


@pytest.mark.parametrize(
    ("now", "size"),
    [(0.0, SIZE), (-1.0, SIZE), (LONGEST_S + 0.1, SIZE), (0.1, (8, 6))],
    ids=["the same time", "a clock set back", "too long ago", "another size"],
)
def test_after_a_gap_it_begins_anew(now, size):
    means = RunningMeans()
    means.trend(grey(20), 0.0)
    assert (means.trend(grey(200, size), now) == NO_CHANGE).all()


def test_the_means_are_overwritten_when_they_are_of_no_use():
    means = RunningMeans()
    means.trend(grey(90), 0.0)
    kept = means._fast, means._slow
    means.trend(grey(90), 100.0)
    assert not any(mean.any() for mean in kept)


def test_what_it_is_given_is_not_kept():
    means, given_levels = RunningMeans(), grey(90)
    means.trend(given_levels, 0.0)
    given_levels.fill(0)
    assert (means.trend(grey(90), 0.1) == NO_CHANGE).all()
