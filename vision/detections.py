"""What is left of an image once it has been looked at: boxes, scores and classes, copied out of the pixels."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from vision.classes import CLASSES


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The objects seen in one frame.

    Attributes:
        boxes: float32 (N, 4), x0, y0, x1, y1 in pixels of the frame that was looked at.
        scores: float32 (N,) in [0, 1].
        classes: int64 (N,), positions in `vision.classes.CLASSES`.

    Every array is copied when the object is made: a view of a network's output would keep the whole output alive.

    Raises:
        ValueError: an array has another shape, or a value lies outside its range.
    """

    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", np.array(self.boxes, np.float32))
        object.__setattr__(self, "scores", np.array(self.scores, np.float32))
        object.__setattr__(self, "classes", np.array(self.classes, np.int64))
        n = len(self.scores)
        wanted = ((n, 4), (n,), (n,))
        found = (self.boxes.shape, self.scores.shape, self.classes.shape)
        if found != wanted:
            raise ValueError(f"boxes, scores, classes have shapes {found}, expected {wanted}")
        if n == 0:
            return
        if not np.isfinite(self.boxes).all() or (self.boxes[:, 2:] < self.boxes[:, :2]).any():
            raise ValueError("boxes hold a value that is not finite, or a right or bottom side before its left or top")
        if not ((self.scores >= 0) & (self.scores <= 1)).all():
            raise ValueError(f"scores run from {self.scores.min()} to {self.scores.max()}, expected [0, 1]")
        if self.classes.min() < 0 or self.classes.max() >= len(CLASSES):
            lowest, highest = self.classes.min(), self.classes.max()
            raise ValueError(f"classes run from {lowest} to {highest}, expected 0 to {len(CLASSES) - 1}")

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls) -> Self:
        """Return the detections of an empty street."""
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int64))

    def scaled(self, factors: tuple[float, float], corner: tuple[float, float] = (0.0, 0.0)) -> "Detections":
        """Return the same objects in a view whose pixels are so much smaller, of which this is a part.

        Args:
            factors: pixels of that view across and down one of this.
            corner: x and y, in pixels of that view, of this view's top left corner.
        """
        return Detections(self.boxes * np.tile(factors, 2) + np.tile(corner, 2), self.scores, self.classes)

    def only(self, keep: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Detections":
        """Return the detections chosen by a mask (N,) or by indices."""
        return Detections(self.boxes[keep], self.scores[keep], self.classes[keep])
