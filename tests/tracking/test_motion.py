"""The batched filter equals filterpy's, track by track."""

import numpy as np
import pytest
from filterpy.common import Q_continuous_white_noise
from filterpy.kalman import KalmanFilter
from hypothesis import given
from hypothesis import strategies as st

from vision.tracking import motion


def oracle(measured, position_std, velocity_std):
    kalman = KalmanFilter(dim_x=2, dim_z=1)
    kalman.x = np.array([[measured], [0.0]])
    kalman.P = np.diag([position_std**2, velocity_std**2])
    kalman.H = np.array([[1.0, 0.0]])
    return kalman


steps = st.lists(
    st.tuples(st.floats(0.01, 5), st.lists(st.floats(-500, 500), min_size=8, max_size=8), st.booleans()),
    min_size=1,
    max_size=12,
)


@given(steps=steps, first=st.lists(st.floats(-500, 500), min_size=8, max_size=8), density=st.floats(0.1, 1e4))
def test_equals_filterpy(steps, first, density):
    measured = np.array(first).reshape(2, 4)
    position_std, velocity_std, noise_std = 2.0, 30.0, 3.0
    state = motion.initiate(measured, np.full((2, 4), position_std), np.full((2, 4), velocity_std))
    oracles = [[oracle(measured[n, c], position_std, velocity_std) for c in range(4)] for n in range(2)]
    for dt, values, observed in steps:
        now = np.array(values).reshape(2, 4)
        motion.predict(state, dt, np.full((2, 4), density))
        if observed:
            state = motion.update(state, now, np.full((2, 4), noise_std**2))
        for n in range(2):
            for c in range(4):
                kalman = oracles[n][c]
                kalman.F = np.array([[1.0, dt], [0.0, 1.0]])
                kalman.Q = Q_continuous_white_noise(dim=2, dt=dt, spectral_density=density)
                kalman.predict()
                if observed:
                    kalman.update(now[n, c], R=noise_std**2)
                np.testing.assert_allclose(state[:2, n, c], kalman.x[:, 0], rtol=1e-6, atol=1e-6)
                np.testing.assert_allclose(state[2:, n, c], kalman.P[[0, 0, 1], [0, 1, 1]], rtol=1e-6, atol=1e-6)


@given(dt=st.floats(0.01, 2), parts=st.integers(2, 20))
def test_the_number_of_steps_does_not_matter(dt, parts):
    at_once = motion.initiate(np.array([[10.0, 20.0, 5.0, 15.0]]), np.full((1, 4), 1.0), np.full((1, 4), 10.0))
    in_parts = at_once.copy()
    density = np.full((1, 4), 40.0)
    motion.predict(at_once, dt, density)
    for _ in range(parts):
        motion.predict(in_parts, dt / parts, density)
    np.testing.assert_allclose(at_once, in_parts, rtol=1e-9)


def test_boxes_and_coordinates_are_inverse():
    boxes = np.array([[10.0, 20.0, 30.0, 70.0], [0.0, 0.0, 1.0, 1.0]])
    np.testing.assert_allclose(motion.to_boxes(motion.coordinates(boxes)), boxes)


def test_no_tracks_is_no_special_case():
    state = motion.initiate(np.empty((0, 4)), np.empty((0, 4)), np.empty((0, 4)))
    motion.predict(state, 0.1, np.empty((0, 4)))
    assert motion.update(state, np.empty((0, 4)), np.empty((0, 4))).shape == (5, 0, 4)


@pytest.mark.parametrize("height", [-3.0, 0.0])
def test_a_size_is_never_negative(height):
    box = motion.to_boxes(np.array([[10.0, 20.0, 5.0, height]]))
    np.testing.assert_allclose(box, [[7.5, 20, 12.5, 20]])
