"""The way of a track, smoothed once it is known whole.

The tracker's own filter only knows what was before; the Rauch-Tung-Striebel smoother (Bar-Shalom et al., Estimation
with Applications to Tracking and Navigation, 2001, 8.6) goes back over the whole way and takes what came after into
account. The motion model is that of `vision.tracking.motion`, with the wider of its constants, since whoever walks
turns corners in half a second. It equals filterpy's (tests/counting/test_smoothing.py), whose import would make a
worker's start a third longer.
"""

import numpy as np

from vision.boxes import FloatArray
from vision.tracking import motion
from vision.tracking.settings import TrackerSettings


def smooth(times: FloatArray, feet: FloatArray, heights: FloatArray) -> FloatArray:
    """Return the smoothed feet (N, 2).

    Args:
        times: (N,) in seconds, rising.
        feet: (N, 2) as observed, in pixels.
        heights: (N,) of the boxes in pixels, in which all noises are expressed.
    """
    constants, unit = TrackerSettings(), float(np.median(heights))
    noise = unit * np.array(constants.noise_std[:2])
    density = np.full(2, (unit * constants.vehicle_acceleration_std) ** 2)
    state = motion.initiate(feet[0], noise, np.full(2, unit * constants.vehicle_velocity_std))
    elapsed = np.diff(times, prepend=times[0]).tolist()
    expected: list[FloatArray] = []
    known: list[FloatArray] = []
    for dt, foot in zip(elapsed, feet, strict=True):
        motion.predict(state, dt, density)
        expected.append(state)
        state = motion.update(state, foot, noise**2)
        known.append(state.copy())
    return _backwards(known, expected, elapsed)


def _backwards(known: list[FloatArray], expected: list[FloatArray], elapsed: list[float]) -> FloatArray:
    """Return the places (N, 2) of states (5, 2), each as it was known and as it was expected `elapsed` s later."""
    later = known[-1][:2]
    places = [later[0]]
    for before, then, dt in zip(known[-2::-1], expected[:0:-1], elapsed[:0:-1], strict=True):
        (place, velocity), (variance, cross, velocity_variance) = before[:2], before[2:]
        missed_place, missed_velocity = later - then[:2]
        determinant = then[2] * then[4] - then[3] ** 2
        by_place = (then[4] * missed_place - then[3] * missed_velocity) / determinant
        by_velocity = (then[2] * missed_velocity - then[3] * missed_place) / determinant
        later = np.array(
            [
                place + (variance + dt * cross) * by_place + cross * by_velocity,
                velocity + (cross + dt * velocity_variance) * by_place + velocity_variance * by_velocity,
            ]
        )
        places.append(later[0])
    return np.array(places[::-1])
