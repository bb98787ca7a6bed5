"""Tracks of people, as boxes, from arrays or from MOTChallenge text."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MARGIN = 0.005
"""In fractions of the view: a box that comes nearer to an edge is taken for cut off."""
LAG = 5
"""Boxes over which it is seen how fast one moves."""
MOST_STEP = 250
PEDESTRIAN = {9: (1,), 10: (0, -1)}
"""Number of columns -> what the eighth says of a pedestrian: in MOTChallenge's own ground truth; in what `comptage
tracks` writes, where it is a position in `vision.classes.CLASSES`, and -1 in files that tell no class."""


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Boxes of people.

    Attributes:
        frames: int (N,), one unit of time apart.
        ids: int (N,), whose box it is.
        boxes: (N, 4) x0, y0, x1, y1 in fractions of the view.
    """

    frames: Integers
    ids: Integers
    boxes: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def feet(self) -> Floats:
        """Return the bottom centres (N, 2)."""
        return np.column_stack((self.boxes[:, ::2].mean(axis=1), self.boxes[:, 3]))

    def tops(self) -> Floats:
        """Return the top centres (N, 2)."""
        return np.column_stack((self.boxes[:, ::2].mean(axis=1), self.boxes[:, 1]))

    def only(self, keep: npt.NDArray[np.bool_] | Integers) -> "Tracks":
        """Return the boxes chosen by a mask (N,) or by indices."""
        return Tracks(self.frames[keep], self.ids[keep], self.boxes[keep])

    def whole(self) -> "Tracks":
        """Return the boxes that no edge of the view cuts off, in the order of their ids and frames."""
        start, end = self.boxes[:, :2], self.boxes[:, 2:]
        inside = np.asarray(((start > MARGIN) & (end < 1 - MARGIN) & (end > start)).all(axis=1))
        order = np.lexsort((self.frames, self.ids))
        return self.only(order[inside[order]])

    def step(self, aspect: float) -> int:
        """Return after how many frames who walks has moved by the height of their box, a second or two.

        So it needs no frame rate, which tracks do not tell. The boxes must be in the order of their ids and frames.
        """
        last = self.only(np.arange(LAG, len(self)))
        first = self.only(np.arange(len(self) - LAG))
        same = (first.ids == last.ids) & (last.frames > first.frames)
        if not same.any():
            return 1
        moved = np.hypot(*((last.feet() - first.feet()) * (aspect, 1))[same].T)
        tall = (first.boxes[:, 3] - first.boxes[:, 1])[same]
        pace = np.percentile(moved / tall / (last.frames - first.frames)[same], 75)  # one in four at least walks across
        return int(np.clip(np.ceil(1 / max(pace, 1e-9)), 1, MOST_STEP))

    def sampled(self, step: int) -> "Tracks":
        """Return boxes of each track that are at least so many frames apart."""
        keep, last_id, due = [], None, 0
        for index, (who, frame) in enumerate(zip(self.ids.tolist(), self.frames.tolist(), strict=True)):
            if who != last_id or frame >= due:
                keep.append(index)
                last_id, due = who, frame + step
        return self.only(np.array(keep, np.int64))


def read_tracks(path: Path, size: tuple[int, int]) -> Tracks:
    """Read the pedestrians of a MOTChallenge text file.

    Args:
        path: lines `frame,id,left,top,width,height,score,class,…`, boxes in pixels; raw detections, whose id is -1, are
            a person each.
        size: width and height in pixels of the frames that the boxes are of.

    Raises:
        ValueError: the file cannot be read, is no such text, or holds no pedestrian.
    """
    wanted = "wanted MOTChallenge text as comptage tracks writes it"
    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # numpy's, of an empty file
            table = np.loadtxt(path, delimiter=",", ndmin=2)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or 'not found'}, {wanted}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).splitlines()[0]}, {wanted}") from error
    if not table.size or table.shape[1] not in PEDESTRIAN or not np.isfinite(table).all():
        raise ValueError(f"{path}: {len(table)} lines of {table.shape[1]} columns, {wanted}")
    table = table[np.isin(table[:, 7], PEDESTRIAN[table.shape[1]])]
    if not len(table):
        raise ValueError(f"{path}: no pedestrians, whose class is 0 in what comptage tracks writes")
    ids = table[:, 1].astype(np.int64)
    nameless = ids < 0
    ids[nameless] = ids.max() + 1 + np.arange(nameless.sum())
    corners = np.hstack((table[:, 2:4], table[:, 2:4] + table[:, 4:6]))
    return Tracks(table[:, 0].astype(np.int64), ids, corners / np.tile(size, 2))
