"""The part of a camera's frame that is looked at. What is beyond it is cut off before anything looks.

frame ┌────────────────────┐
│    left,top ┌────┐ │     whatever a site file draws is drawn on the frame;
│             │ ?? │ │     pixels are those of the frame at the scale at which
│             └────┘ │     the part that is looked at has the working size
└───────right,bottom─┘
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from vision.view import Fraction

Size = tuple[int, int]
LEAST = 0.05
"""Of a side of the frame."""
MARGIN = 0.015
"""The same, around what shall be in the part."""
STEP = 16
"""Pixels of which the sides of what a network looks at are multiples."""


class Crop(NamedTuple):
    """Sides of the part, as fractions of the frame's width and height."""

    left: Fraction
    top: Fraction
    right: Fraction
    bottom: Fraction

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]], above: float = 0.0) -> Self:
        """Return the part around points of the frame, a little wider, and so much of its height above them."""
        low, high = np.min(points, axis=0) - (MARGIN, MARGIN + above), np.max(points, axis=0) + MARGIN
        return cls(*np.concatenate((low, high)).clip(0, 1).round(3).tolist())

    def checked(self) -> Self:
        """Return the part, if there is one.

        Raises:
            ValueError: it is none, or too small.
        """
        if self.right - self.left < LEAST or self.bottom - self.top < LEAST:
            sides = ", ".join(self._fields)
            raise ValueError(f"found {list(self)}, wanted {sides}, at least {LEAST} of a side apart")
        return self

    def working_size(self, like: Size) -> Size:
        """Return the size at which the part has no more pixels than a whole frame of a size (width, height) like that.

        Its sides are multiples of `STEP`.
        """
        shape = np.array((self.right - self.left, self.bottom - self.top))
        wide, high = (shape * like / np.sqrt(shape.prod()) // STEP * STEP).astype(int).tolist()
        return max(wide, STEP), max(high, STEP)

    def frame_size(self, part: Size) -> Size:
        """Return (width, height) in pixels of the frame of which the part has so many; never 0."""
        return max(1, round(part[0] / (self.right - self.left))), max(1, round(part[1] / (self.bottom - self.top)))

    def slices(self, frame: Size) -> tuple[slice, slice]:
        """Return the rows and columns of the part in a frame of so many pixels: one at least."""
        columns, rows = (_span(*of) for of in zip(self[:2], self[2:], frame, strict=True))
        return rows, columns

    def heights(self, of_frame: tuple[float, float]) -> tuple[float, float]:
        """Return heights at the part's top and bottom edge as shares of its own, from those at the frame's of its."""
        top, bottom = (of_frame[0] + (of_frame[1] - of_frame[0]) * at for at in (self.top, self.bottom))
        return top / (self.bottom - self.top), bottom / (self.bottom - self.top)

    def shows(self, points: Sequence[tuple[float, float]]) -> bool:
        """Say whether something of the rectangle around points, fractions of the frame, is in the part."""
        low, high = np.min(points, axis=0), np.max(points, axis=0)
        return bool((low < self[2:]).all() and (high > self[:2]).all())


def _span(low: float, high: float, side: int) -> slice:
    length = max(1, round((high - low) * side))
    start = min(round(low * side), side - length)
    return slice(start, start + length)


WHOLE = Crop(0.0, 0.0, 1.0, 1.0)
