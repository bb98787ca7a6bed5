"""Which detection continues which track."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from vision.boxes import FloatArray

Indices = npt.NDArray[np.int64]


def associate(similarity: FloatArray, least: float) -> tuple[Indices, Indices]:
    """Pair rows with columns so that the sum of similarities is greatest; pairs below `least` are not made.

    Args:
        similarity: (T, D), larger is more alike.
        least: the least similarity of a pair.

    Returns:
        Row and column indices (P,), (P,) of the pairs.
    """
    # A pair that may not be made is worth as much as none, so that it never displaces one that may.
    rows, columns = linear_sum_assignment(np.where(similarity >= least, similarity, 0), maximize=True)
    made = similarity[rows, columns] >= least
    return rows[made], columns[made]
