"""Constant-velocity Kalman filter in seconds, for all tracks of a camera at once.

The state of a track is four coordinates, each with its velocity: foot x, foot y, width and height of the box, in
pixels and pixels per second. The four do not influence each other, so the filter of a track is four filters of two
states, and the filter of N tracks is plain arithmetic on one array `state` (5, N, 4):

    state[POSITION]     coordinate
    state[VELOCITY]     its velocity
    state[2:]           their covariance: variance of the coordinate, covariance of both, variance of the velocity

It equals filterpy's `KalmanFilter` with the same matrices (tests/tracking/test_motion.py). The process noise is that
of continuous white acceleration (filterpy's `Q_continuous_white_noise`; Bar-Shalom et al., Estimation with
Applications to Tracking and Navigation, 2001, eq. 6.2.2-12): two steps of dt/2 then add up to one step of dt, so the
frame rate does not matter. A track that is found again after a gap therefore needs no second pass over the gap (the
re-update of OC-SORT, Cao et al. 2023, mends filters whose noise does not grow so): nearly all of the way that it was
found from its prediction goes into its place, and 3/2 of it, by the gap's length, into its velocity.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POSITION, VELOCITY, VARIANCE = 0, 1, 2


def coordinates(boxes: npt.NDArray[np.floating]) -> Floats:
    """Return (N, 4) foot x, foot y, width, height of boxes (N, 4) xyxy."""
    left, top, right, bottom = boxes.astype(np.float64).T
    measured = np.empty(boxes.shape)
    measured[:, 0] = (left + right) / 2
    measured[:, 1] = bottom
    measured[:, 2] = right - left
    measured[:, 3] = bottom - top
    return measured


def to_boxes(coordinate: Floats) -> Floats:
    """Return boxes (N, 4) xyxy of coordinates (N, 4); a size that a filter made negative counts as zero."""
    foot_x, foot_y, width, height = coordinate.T
    half = np.maximum(width, 0) / 2
    boxes = np.empty(coordinate.shape)
    boxes[:, 0] = foot_x - half
    boxes[:, 1] = foot_y - np.maximum(height, 0)
    boxes[:, 2] = foot_x + half
    boxes[:, 3] = foot_y
    return boxes


def initiate(measured: Floats, position_std: Floats, velocity_std: Floats) -> Floats:
    """Return the state of new tracks at rest at measured (N, 4); the stds have a shape that broadcasts with it."""
    state = np.zeros((5, *measured.shape))
    state[0] = measured
    state[2] = position_std**2
    state[4] = velocity_std**2
    return state


def rest(state: Floats, rests: npt.NDArray[np.bool_]) -> None:
    """Let the tracks chosen (N,) have no velocity, and surely none, in place: they will stay where they are."""
    state[VELOCITY, rests] = 0
    state[VARIANCE + 1 :, rests] = 0


def predict(state: Floats, dt: float, acceleration_density: Floats) -> None:
    """Bring the state forward by `dt` seconds, in place.

    Args:
        state: (5, N, 4).
        dt: seconds, of any length.
        acceleration_density: (N, 4) spectral density of the white acceleration, px²/s³.
    """
    position, velocity, variance, cross, velocity_variance = state
    position += dt * velocity
    variance += dt * (2 * cross + dt * velocity_variance) + (dt**3 / 3) * acceleration_density
    cross += dt * velocity_variance + (dt**2 / 2) * acceleration_density
    velocity_variance += dt * acceleration_density


def update(state: Floats, measured: Floats, measured_variance: Floats, heavy_tail: Floats | float = 0.0) -> Floats:
    """Return the state (5, N, 4) after coordinates were measured.

    Args:
        state: (5, N, 4).
        measured: (N, 4).
        measured_variance: its variance, of a shape that broadcasts with it.
        heavy_tail: 1 / degrees of freedom of the error, if it is Student's t rather than Gaussian, of a shape that
            broadcasts with it, too: a coordinate that surprises weighs less then. One step of the usual reweighting
            (Lange et al., Robust Statistical Modeling Using the t Distribution, 1989), which never raises a weight
            above the Gaussian one.
    """
    position, velocity, variance, cross, velocity_variance = state
    innovation = measured - position
    surprise = innovation * innovation / (variance + measured_variance)
    measured_variance = measured_variance * np.maximum((1 + heavy_tail * surprise) / (1 + heavy_tail), 1)
    total = variance + measured_variance
    gain = cross / total
    kept = measured_variance / total
    # Products of positives and a Schur complement: the covariance stays positive whatever the rounding.
    later = np.empty_like(state)
    later[0] = measured - kept * innovation
    later[1] = velocity + gain * innovation
    later[2] = kept * variance
    later[3] = kept * cross
    later[4] = velocity_variance - gain * cross
    return later
