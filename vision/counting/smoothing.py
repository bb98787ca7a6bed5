"""The way of a track, smoothed once it is known whole.

The tracker's own filter only knows what was before; the Rauch-Tung-Striebel smoother goes back over the whole way
and takes what came after into account. It is filterpy's, with the motion model of `vision.tracking.motion` and the
wider of its constants, since whoever walks turns corners in half a second.
"""

import numpy as np

from vision.boxes import FloatArray
from vision.tracking.settings import TrackerSettings


def smooth(times: FloatArray, feet: FloatArray, heights: FloatArray) -> FloatArray:
    """Return the smoothed feet (N, 2).

    Args:
        times: (N,) in seconds, rising.
        feet: (N, 2) as observed, in pixels.
        heights: (N,) of the boxes in pixels, in which all noises are expressed.
    """
    # here, since it brings matplotlib along, which would make the start of a worker a third longer
    from filterpy.common import Q_continuous_white_noise  # noqa: PLC0415
    from filterpy.kalman import KalmanFilter  # noqa: PLC0415

    constants, unit = TrackerSettings(), float(np.median(heights))
    noise = np.square(constants.noise_std[:2]) * unit**2
    velocity = (unit * constants.vehicle_velocity_std) ** 2
    kalman = KalmanFilter(dim_x=4, dim_z=2)  # x, y, and their velocities
    kalman.x = np.array([*feet[0], 0.0, 0.0])
    kalman.H = np.eye(2, 4)
    kalman.R = np.diag(noise)
    kalman.P = np.diag([*noise, velocity, velocity])
    elapsed = np.diff(times, prepend=times[0])
    steps = [np.kron([[1, dt], [0, 1]], np.eye(2)) for dt in elapsed]
    density = (unit * constants.vehicle_acceleration_std) ** 2
    noises = [Q_continuous_white_noise(2, dt, density, block_size=2, order_by_dim=False) for dt in elapsed]
    means, covariances, *_ = kalman.batch_filter(feet, Fs=steps, Qs=noises)
    smoothed, *_ = kalman.rts_smoother(means, covariances, steps, noises)
    places: FloatArray = smoothed[:, :2]
    return places
