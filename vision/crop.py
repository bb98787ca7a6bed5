"""The part of a camera's frame that is looked at. What is beyond it is cut off before anything looks.

    frame ┌─────────────────────┐
          │     left,top ┌────┐ │
          │              │ ?? │ │    is looked at
          │              └────┘ │
          └────────right,bottom─┘

Whatever a site file draws is drawn on the frame. Pixels are those of the frame at the scale at which the part that is
looked at has the working size.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from vision.view import Fraction

Size = tuple[int, int]
LEAST = 0.05
"""Of a side of the frame."""
MARGIN = 0.015
"""The same, around what shall be in the part."""
HAIR = 1e-6
"""The same: far less than a pixel, more than rounding."""
STEP = 16
"""Pixels of which the sides of what a network looks at are multiples."""
MOST = 1920
"""Pixels of a side."""


class Crop(NamedTuple):
    """Sides of the part, as fractions of the frame's width and height."""

    left: Fraction
    top: Fraction
    right: Fraction
    bottom: Fraction

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]], above: float = 0.0) -> Self:
        """Return the part around points of the frame, a little wider.

        Args:
            points: x and y as fractions of the frame.
            above: fraction of its height that is to be seen above them.
        """
        low, high = np.min(points, axis=0) - (MARGIN, MARGIN + above), np.max(points, axis=0) + MARGIN
        return cls(*np.concatenate((low, high)).clip(0, 1).round(3).tolist())

    def checked(self) -> Self:
        """Return the part, if there is one.

        Raises:
            ValueError: it is none, or too small.
        """
        if min(self.right - self.left, self.bottom - self.top) < LEAST - HAIR:
            sides = ", ".join(self._fields)
            raise ValueError(f"found {list(self)}, wanted {sides}, at least {LEAST} of a side apart")
        return self

    def size_like(self, whole: Size) -> Size:
        """Return a working size for the part: its shape, and no more pixels than a whole frame of `whole` has.

        The frame is taken to have the shape of `whole`. The sides are multiples of `STEP`.
        """
        shape = np.array((self.right - self.left, self.bottom - self.top))
        wide, high = (shape * whole / np.sqrt(shape.prod()) // STEP * STEP).clip(STEP, MOST).astype(int).tolist()
        return wide, high

    def frame_size(self, part: Size) -> Size:
        """Return (width, height) in pixels of the frame of which the part has so many; never 0."""
        return max(1, round(part[0] / (self.right - self.left))), max(1, round(part[1] / (self.bottom - self.top)))

    def slices(self, frame: Size) -> tuple[slice, slice]:
        """Return the rows and columns of the part in a frame of (width, height) pixels: one at least."""
        columns, rows = (_span(*of) for of in zip(self[:2], self[2:], frame, strict=True))
        return rows, columns

    def heights(self, of_frame: tuple[float, float]) -> tuple[float, float]:
        """Return heights at the part's top and bottom edge as shares of its own, from those at the frame's of its."""
        top, bottom = (of_frame[0] + (of_frame[1] - of_frame[0]) * at for at in (self.top, self.bottom))
        return top / (self.bottom - self.top), bottom / (self.bottom - self.top)

    def holds(self, points: Iterable[tuple[float, float]]) -> bool:
        """Say whether all of some points, fractions of the frame, are in the part or on its sides."""
        return all(
            self.left - HAIR <= x <= self.right + HAIR and self.top - HAIR <= y <= self.bottom + HAIR for x, y in points
        )

    def ends_at(self, point: tuple[float, float]) -> bool:
        """Say whether a point, in fractions of the frame, lies on a side of the part or beyond it."""
        x, y = point
        return min(x - self.left, self.right - x) <= HAIR or min(y - self.top, self.bottom - y) <= HAIR

    def drawn_in(self, feet: npt.NDArray[np.float64], size: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return feet (N, 2) of which those on the part's sides or beyond are just within.

        A box that reaches a side ends there, or by rounding beyond it; the person is still in the part.

        Args:
            feet: in pixels of a frame.
            size: (width, height) of that frame in pixels.
        """
        return feet.clip(np.multiply(np.add(self[:2], HAIR), size), np.multiply(np.subtract(self[2:], HAIR), size))


def _span(low: float, high: float, side: int) -> slice:
    length = max(1, round((high - low) * side))
    start = min(round(low * side), side - length)
    return slice(start, start + length)


WHOLE = Crop(0.0, 0.0, 1.0, 1.0)
