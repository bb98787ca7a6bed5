"""Constant-velocity Kalman filter in seconds, for all tracks of a camera at once.

The state of a track is four coordinates, each with its velocity: foot x, foot y, width and height of the box, in
pixels and pixels per second. The four do not influence each other, so the filter of a track is four filters of two
states, and the filter of N tracks is plain arithmetic on arrays:

    mean        (N, 4, 2)     coordinate, velocity
    covariance  (N, 4, 2, 2)  of each pair

It equals filterpy's `KalmanFilter` with the same matrices (tests/tracking/test_motion.py). The process noise is that
of continuous white acceleration (filterpy's `Q_continuous_white_noise`; Bar-Shalom et al., Estimation with
Applications to Tracking and Navigation, 2001, eq. 6.2.2-12): two steps of dt/2 then add up to one step of dt, so the
frame rate does not matter.
"""

import numpy as np
import numpy.typing as npt

from vision.boxes import foot_points

Floats = npt.NDArray[np.float64]


def coordinates(boxes: npt.NDArray[np.floating]) -> Floats:
    """Return (N, 4) foot x, foot y, width, height of boxes (N, 4) xyxy."""
    return np.concatenate((foot_points(boxes), boxes[:, 2:] - boxes[:, :2]), axis=1).astype(np.float64)


def to_boxes(coordinate: Floats) -> Floats:
    """Return boxes (N, 4) xyxy of coordinates (N, 4); a size that a filter made negative counts as zero."""
    foot_x, foot_y = coordinate[:, 0], coordinate[:, 1]
    width, height = np.clip(coordinate[:, 2:], 0, None).T
    return np.stack((foot_x - width / 2, foot_y - height, foot_x + width / 2, foot_y), axis=1)


def initiate(measured: Floats, position_std: Floats, velocity_std: Floats) -> tuple[Floats, Floats]:
    """Return mean and covariance of new tracks at rest at measured (N, 4); the stds are (N, 4)."""
    mean = np.stack((measured, np.zeros_like(measured)), axis=2)
    covariance = np.zeros((*measured.shape, 2, 2))
    covariance[..., 0, 0] = position_std**2
    covariance[..., 1, 1] = velocity_std**2
    return mean, covariance


def predict(mean: Floats, covariance: Floats, dt: float, acceleration_density: Floats) -> tuple[Floats, Floats]:
    """Return mean and covariance `dt` seconds later.

    Args:
        mean: (N, 4, 2).
        covariance: (N, 4, 2, 2).
        dt: seconds, of any length.
        acceleration_density: (N, 4) spectral density of the white acceleration, px²/s³.
    """
    later_mean = mean.copy()
    later_mean[..., 0] += mean[..., 1] * dt
    position, cross, velocity = covariance[..., 0, 0], covariance[..., 0, 1], covariance[..., 1, 1]
    later = np.empty_like(covariance)
    later[..., 0, 0] = position + dt * (2 * cross + dt * velocity) + acceleration_density * (dt**3 / 3)
    later[..., 0, 1] = later[..., 1, 0] = cross + dt * velocity + acceleration_density * (dt**2 / 2)
    later[..., 1, 1] = velocity + acceleration_density * dt
    return later_mean, later


def update(mean: Floats, covariance: Floats, measured: Floats, measured_std: Floats) -> tuple[Floats, Floats]:
    """Return mean and covariance after coordinates measured (N, 4) with standard deviation measured_std (N, 4)."""
    innovation_variance = covariance[..., 0, 0] + measured_std**2
    gain = covariance[..., :, 0] / innovation_variance[..., None]
    mean = mean + gain * (measured - mean[..., 0])[..., None]
    # Joseph's form: stays symmetric and positive whatever the rounding (Bar-Shalom et al. 2001, eq. 5.2.3-18).
    kept = np.zeros_like(covariance)
    kept[..., 0, 0] = 1 - gain[..., 0]
    kept[..., 1, 0] = -gain[..., 1]
    kept[..., 1, 1] = 1
    noise = gain[..., :, None] * gain[..., None, :] * (measured_std**2)[..., None, None]
    return mean, kept @ covariance @ np.swapaxes(kept, -1, -2) + noise
