"""A short version of `benchmarks.day`: half an hour of operation in a few seconds."""

import itertools

import pytest

from benchmarks.day import Sample, day, slope
from benchmarks.load.clock import CompressedClock


def grown(samples, what):
    """Return by how much the least that is held grew: what leaks is not let go, what a slow client takes is."""
    held = [getattr(one, what) for one in samples]
    return min(held[len(held) // 2 :]) - min(held[: len(held) // 2])


def test_descriptors_and_threads_are_flat_and_the_service_keeps_up():
    speed = 450
    samples = list(day(hours=0.75, speed=speed, samples=20))
    judged = [one for one in samples if one.behind < 10 * speed][1:]  # ten seconds, for a busy machine
    assert len(judged) >= 5
    assert grown(judged, "descriptors") <= 4
    assert grown(judged, "threads") <= 2
    assert all(later.hours > one.hours for one, later in itertools.pairwise(samples))
    assert grown(judged, "resident") < 20e6


def test_the_slope_is_that_of_a_straight_line():
    assert slope([Sample(hour, 1_000_000 * hour, 9, 3, 0.0) for hour in range(5)]) == pytest.approx(1e6)


def test_the_clock_is_the_same_in_a_child(monkeypatch):
    clock = CompressedClock(1000.0, 5.5, 240.0)
    for name, value in clock.environment().items():
        monkeypatch.setenv(name, value)
    assert CompressedClock.of_environment() == clock
