"""What share of a bin was really seen, as it is told."""

import numpy as np
import numpy.typing as npt

DECIMALS = 6
"""Of a share: a tenth of a second of a day."""


def shares(seen: npt.NDArray[np.float64], step: int) -> list[float]:
    """Return seconds seen (bins,) as shares of a step, to six decimals; what was seen at all is never 0."""
    rounded = np.round(seen / step, DECIMALS)
    told: list[float] = np.where(seen > 0, np.maximum(rounded, 10.0**-DECIMALS), 0.0).tolist()
    return told
