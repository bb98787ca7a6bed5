"""Which detection continues which track."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from vision.tracking.motion import POSITION, VARIANCE, Floats

Indices = npt.NDArray[np.int64]


def evidence(state: Floats, measured: Floats, noise_std: Floats, freedom: float, least_peak: float) -> Floats:
    """Return for each track and each detection how well the one explains the other.

    It is the logarithm of the probability density, per height of the object to the fourth power, that the track is
    measured at this foot, width and height, up to a constant: Student's t around the prediction, as wide as that is
    unsure. So a track that has long been out of sight may be found again further off, but hardly takes a detection
    from one that was seen just now: its density is spread thin. (Overlap, which trackers commonly go by, knows neither
    and is 0 for anything that has moved by more than its own width.)

    Args:
        state: (5, T, 4), see `vision.tracking.motion`.
        measured: (D, 4) coordinates.
        noise_std: (4,) of a measurement, in heights.
        freedom: degrees of freedom: the fewer, the further off a detection may be; detectors err with long tails.
        least_peak: a detection just where it is expected is worth so much at least, however unsure that was: of a fast
            object between two looks that lie far apart, say.
    """
    height = np.maximum(state[POSITION, :, 3:], 1)
    variance = state[VARIANCE] + (noise_std * height) ** 2
    # Whitened squares, multiplied out, so that no array (T, D, 4) is made; near 0 rounding may leave less than nothing.
    weight = 1 / (freedom * variance)
    expected = weight * state[POSITION]
    surprise = weight @ (measured * measured).T - 2 * (expected @ measured.T)
    surprise += (expected * state[POSITION]).sum(axis=1)[:, None]
    spread = np.log(variance / (height * height)).sum(axis=1) / 2
    density: Floats = np.log(np.maximum(surprise, 0) + 1)
    density *= -(freedom + 4) / 2
    density += np.maximum(-spread, least_peak)[:, None]
    return density


def associate(worth: Floats, least: float) -> tuple[Indices, Indices]:
    """Pair rows with columns so that the sum of what pairs are worth above `least` is greatest; none is worth less.

    Args:
        worth: (T, D).
        least: what no pair is worth.

    Returns:
        Row and column indices (P,), (P,) of the pairs.
    """
    above = np.maximum(worth - least, 0)
    rows, columns = linear_sum_assignment(above, maximize=True)
    made = above[rows, columns] > 0
    return rows[made], columns[made]
