import numpy as np
import pytest
from filterpy.common import Q_continuous_white_noise
from filterpy.kalman import KalmanFilter

from vision.counting.smoothing import smooth
from vision.tracking.settings import TrackerSettings


def jittery(seed):
    """Return times, a straight way at a walker's speed, and what a detector makes of it: boxes of 40 px, 2 px off."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.3, 0.8, 40))
    truth = np.outer(times, rng.uniform(-60, 60, 2)) + 100
    return times, truth, truth + rng.normal(0, 2, truth.shape)


def errors(feet, truth):
    return np.hypot(*(feet - truth).T)


def test_jitter_is_taken_out_of_a_straight_way():
    ways = [jittery(seed) for seed in range(40)]
    raw = np.mean([errors(seen, truth).mean() for _, truth, seen in ways])
    smoothed = np.mean([errors(smooth(times, seen, np.full(40, 40.0)), truth).mean() for times, truth, seen in ways])
    assert smoothed < 0.9 * raw


def test_what_came_after_counts_as_much_as_what_was_before():
    """Read backwards, a way is smoothed to the same places, but for its ends, where the filter begins at rest."""
    times, _, seen = jittery(1)
    heights = np.full(40, 40.0)
    backwards = smooth(times[-1] - times[::-1], seen[::-1], heights)[::-1]
    assert errors(smooth(times, seen, heights), backwards)[3:-3].max() < 0.1


def test_two_feet_are_enough():
    assert smooth(np.array([0.0, 0.5]), np.array([[0.0, 0.0], [5.0, 1.0]]), np.array([40.0, 40.0])).shape == (2, 2)


def as_filterpy(times, feet, unit):
    constants = TrackerSettings()
    kalman = KalmanFilter(dim_x=4, dim_z=2)  # x, y, and their velocities
    kalman.x = np.array([*feet[0], 0.0, 0.0])
    kalman.H = np.eye(2, 4)
    kalman.R = np.diag(np.square(constants.noise_std[:2]) * unit**2)
    kalman.P = np.diag([*np.diag(kalman.R), *[(unit * constants.vehicle_velocity_std) ** 2] * 2])
    elapsed = np.diff(times, prepend=times[0])
    steps = [np.kron([[1, dt], [0, 1]], np.eye(2)) for dt in elapsed]
    density = (unit * constants.vehicle_acceleration_std) ** 2
    noises = [Q_continuous_white_noise(2, dt, density, block_size=2, order_by_dim=False) for dt in elapsed]
    means, covariances, *_ = kalman.batch_filter(feet, Fs=steps, Qs=noises)
    return kalman.rts_smoother(means, covariances, steps, noises)[0][:, :2]


@pytest.mark.parametrize("seed", range(5))
def test_equals_filterpy(seed):
    times, _, seen = jittery(seed)
    np.testing.assert_allclose(smooth(times, seen, np.full(40, 40.0)), as_filterpy(times, seen, 40.0), rtol=1e-9)
