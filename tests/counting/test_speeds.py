import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.counting.speeds import SpeedGauge


def gauge(places, dt):
    speeds = SpeedGauge()
    for k, place in enumerate(places):
        speeds.observe(1, tuple(place), k * dt)
    return speeds


@given(speed=st.floats(0, 60), heading=st.floats(0, 6.28), dt=st.sampled_from([0.04, 0.1, 0.25, 0.4]))
def test_a_steady_speed_is_told_exactly_at_any_frame_rate(speed, heading, dt):
    way = np.arange(20)[:, None] * dt * speed / 3.6 * (np.cos(heading), np.sin(heading))
    assert gauge(way + 1000, dt).kmh(1) == pytest.approx(speed, abs=1e-6)


def test_jitter_of_the_foot_hardly_changes_it():
    rng = np.random.default_rng(1)
    errors = []
    for _ in range(200):
        way = np.arange(11)[:, None] * 0.1 * np.array([[5.0, 0.0]])
        errors.append(gauge(way + rng.normal(0, 0.3, way.shape), 0.1).kmh(1) - 18)
    assert np.sqrt(np.mean(np.square(errors))) < 1.5


def test_a_glimpse_tells_no_speed_and_only_the_last_second_counts():
    assert gauge([(0, 0), (1, 0)], 0.1).kmh(1) is None
    assert gauge([(0, 0), (1, 0), (2, 0)], 0.1).kmh(1) is None
    assert gauge([(0, 0)] * 30 + [(k, 0) for k in range(12)], 0.1).kmh(1) == pytest.approx(36)
    speeds = SpeedGauge()
    assert speeds.kmh(7) is None


def test_what_is_remembered_is_bounded():
    speeds = gauge([(0, 0)] * 1000, 0.1)
    assert len(speeds._places[1]) <= 11
    speeds.forget(1)
    speeds.forget(1)
    assert len(speeds) == 0
