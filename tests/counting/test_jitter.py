"""How much the feet of tracks jitter: nothing that moves evenly, and as much as was put in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.counting.test_camera import CAMERA, objects, of, run
from vision.counting.camera import CameraCounter
from vision.counting.jitter import JitterGauge
from vision.counting.lines import BAND_OF_JITTER, MOST_OF_HEIGHT, LineCounter
from vision.events import Passage


def gauged(feet, times):
    gauge = JitterGauge()
    return [gauge.observe(1, (float(x), float(y)), float(t)) for (x, y), t in zip(feet, times, strict=True)]


@given(
    waits=st.lists(st.floats(0.02, 0.24), min_size=3, max_size=40),
    velocity=st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)),
)
def test_what_moves_evenly_does_not_jitter_at_any_speed_and_any_times(waits, velocity):
    times = np.cumsum(waits)
    assert max(gauged(times[:, None] * velocity, times)) < 1e-6 * max(1, *np.abs(velocity))


@pytest.mark.parametrize("fps", [5, 10, 30])
def test_jitter_is_measured_whatever_the_rate_and_the_speed(fps):
    rng = np.random.default_rng(1)
    times = np.arange(0, 120, 1 / fps)
    feet = times[:, None] * (40, -10) + rng.normal(0, 2, (len(times), 2))
    # the look that is farthest off is left out, so of few looks a little too little is told
    assert 1.2 < np.median(gauged(feet, times)) < 2.1


def test_one_turn_on_the_spot_is_no_jitter():
    times = np.arange(20) / 10
    feet = np.stack((50 - np.abs(times - 1) * 30, np.full(20, 100)), axis=1)
    assert max(gauged(feet, times)) < 1e-6


def test_looks_that_are_far_apart_tell_nothing():
    rng = np.random.default_rng(1)
    assert max(gauged(rng.normal(0, 5, (40, 2)), np.arange(40) / 2.5)) == 0


def test_jitter_is_of_the_last_two_seconds():
    times = np.arange(60) / 10
    feet = np.random.default_rng(1).normal(0, 5, (60, 2))
    feet[30:] = 7
    gauge = gauged(feet, times)
    assert gauge[29] > 2
    assert gauge[55] == 0


def test_tracks_are_apart_and_forgotten():
    gauge = JitterGauge()
    for k in range(10):
        assert gauge.observe(1, (0.0, 0.0), k / 10) == 0
        gauge.observe(2, (0.0, float(k % 2)), k / 10)
    assert gauge.observe(2, (0.0, 0.0), 1.0) > 0
    assert len(gauge) == 2
    gauge.forget(1)
    gauge.forget(3)
    assert len(gauge) == 1


def test_the_band_is_as_wide_as_the_jitter_reaches_and_no_wider_than_half_an_object():
    def passes(reach, jitter):
        line = LineCounter("line", (100, 200), (100, 0))
        return [line.observe(1, (x, 100), 40, t, jitter) is not None for t, x in enumerate((50, 100 + reach))][1]

    jitter = 1.5
    assert not passes(BAND_OF_JITTER * jitter - 0.1, jitter)
    assert passes(BAND_OF_JITTER * jitter + 0.1, jitter)
    assert not passes(MOST_OF_HEIGHT * 40 - 0.1, 1000)
    assert passes(MOST_OF_HEIGHT * 40 + 0.1, 1000)


def test_who_stands_on_the_line_with_jittering_boxes_counts_once_in_all():
    """Boxes that jitter by 4 % of their height: in a band of 5 % there are ten times as many false passages.

    None of them is left to stand: there are as many one way as the other, and one more.
    """
    rng = np.random.default_rng(1)
    wrong = 0
    for _ in range(20):
        xs = np.concatenate((np.linspace(130, 160, 15), np.full(100, 160), np.linspace(160, 190, 15)))
        xs += rng.normal(0, 0.04 * 40, len(xs))
        found = of(Passage, run([objects((x, 120)) for x in xs], counter=CameraCounter(CAMERA)))
        net = sum(1 if p.direction == "forward" else -1 for p in found)
        assert net == 1
        wrong += len(found) - 1
    assert wrong <= 20
