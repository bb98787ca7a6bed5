"""How right counts are: error, effectiveness of the AI City Challenge, GEH."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from vision.events import Passage

Cell: TypeAlias = tuple[str, ...]
"""What is summed together, such as a line and a direction."""

SEGMENTS = 10
"""The challenge splits a video into «k segments» and does not say how many; this is our k."""


def by_way(passage: Passage) -> Cell:
    """Return the cell of a line and a direction, all classes together."""
    return passage.line, passage.direction


def by_class(passage: Passage) -> Cell:
    """Return the cell of a line, a direction and a class."""
    return passage.line, passage.direction, passage.object_class


def absolute_error(
    counted: Iterable[Passage], true: Iterable[Passage], cell: Callable[[Passage], Cell] = by_way
) -> int:
    """Return the sum over cells of |counted - true|; over the number of true passages it is the weighted error."""
    found, wanted = Counter(map(cell, counted)), Counter(map(cell, true))
    return sum(abs(found[key] - wanted[key]) for key in found | wanted)


def effectiveness(
    counted: Sequence[Passage], true: Sequence[Passage], seconds: float, segments: int = SEGMENTS
) -> float:
    """Return S1 effectiveness of AI City Challenge 2020 and 2021, track 1: 1 is perfect, nan without true passages.

    Naphade et al., The 4th AI City Challenge, CVPR Workshops 2020, evaluation of track 1: cumulative counts at the
    ends of k segments of a video differ from the true ones by a weighted RMSE, w_i = i / (1 + ... + k); a movement and
    class scores 1 - wRMSE / (its true count), at least 0; the mean over movements and classes has their true counts
    for weights. One thing differs here: a movement is a line and a direction. As published, what is counted where
    there was nothing to count costs nothing.

    Args:
        counted: passages, `utc` in seconds since the beginning.
        true: the same.
        seconds: that the video lasts.
        segments: k.
    """
    cells = sorted(set(map(by_class, true)))
    if not cells:
        return float("nan")
    index = {cell: k for k, cell in enumerate(cells)}
    ends = np.arange(1, segments + 1) * seconds / segments
    difference = _cumulative(counted, index, ends) - _cumulative(true, index, ends)
    weights = np.arange(1, segments + 1) / np.arange(1, segments + 1).sum()
    counts = np.bincount([index[by_class(passage)] for passage in true])
    scores = np.clip(1 - np.sqrt(difference**2 @ weights) / counts, 0, None)
    return float(np.average(scores, weights=counts))


def geh(counted: Iterable[Passage], true: Iterable[Passage], seconds: float) -> npt.NDArray[np.float64]:
    """Return GEH, sqrt(2 (m - c)^2 / (m + c)), of every line and direction with a passage, counted or true.

    m and c are hourly flows (UK Department for Transport, TAG unit M3.1 Highway assignment modelling, table 2; before
    it the Design Manual for Roads and Bridges, volume 12), which ask for less than 5 in 85 % of the cases. The flows
    of a short clip are its counts times many, and one error in a minute is one in a minute of every hour.

    Args:
        counted: passages.
        true: passages.
        seconds: that the video lasts.
    """
    found, wanted = Counter(map(by_way, counted)), Counter(map(by_way, true))
    keys = sorted(found | wanted)
    m, c = (np.array([cells[key] for key in keys], np.float64) * 3600 / seconds for cells in (found, wanted))
    values: npt.NDArray[np.float64] = np.sqrt(2 * (m - c) ** 2 / (m + c))
    return values


def _cumulative(
    passages: Iterable[Passage], index: dict[Cell, int], ends: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return (cells, segments) how many passages there were in each cell until each end."""
    sums = np.zeros((len(index), len(ends)))
    for passage in passages:
        cell = index.get(by_class(passage))
        if cell is not None:
            sums[cell] += passage.utc <= ends
    return sums
