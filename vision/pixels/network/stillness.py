"""Whether a view stands still, so that a network need not look at it again.

Light is averaged over small squares and compared with that of the network's last look. Squares average a camera's noise
away, and light that changes everywhere alike, and not by much, is no change. Where noise is stronger than that, where
a clock runs in the picture or trees wave, a view never stands still and is looked at as ever.

While nothing changes, what the network saw last holds, and it looks every so often all the same.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.pixels.network.preprocess import Pixels

Squares = npt.NDArray[np.int16]

FULL_LOOK_S: Final = 2.0
"""Between two looks of a network at a view that stands still. So much later, at most, is noticed what comes so faintly
or so slowly that no square changes."""
SETTLED_S: Final = 1.0
"""A view stands still once nothing has changed for so long: then a network that sees changes sees none either
(`earlier.LONGEST_S`)."""
SQUARE_PX: Final = 4
"""Side of a square: about the width of the smallest walkers that `street` sees."""
LEAST_CHANGE: Final = 4
"""Grey levels by which a square changes. A walker 3 px wide and 15 levels from the ground makes 3 or 4 with each pixel
of way, and it is the way since the network's last look that counts."""
MOST_SHIFT: Final = 4
"""Grey levels by which the light of the whole view may have changed since the network's last look."""


class Stillness:
    """Says of each frame of a camera whether what a network saw last still holds."""

    def __init__(self) -> None:
        self._squares: Squares | None = None
        self._still_since = self._looked_at = float("-inf")

    def holds(self, grey: Pixels, now: float) -> bool:
        """Take the next frame; say whether the network's last answer holds for it. If not, it is to be looked at.

        Args:
            grey: (H, W) grey levels.
            now: seconds at which it was captured.
        """
        squares = _squares(grey)
        if self._squares is None or _differ(squares, self._squares):
            self._still_since = now
        elif now - self._still_since >= SETTLED_S and 0 <= now - self._looked_at < FULL_LOOK_S - 1e-6:
            squares.fill(0)
            return True
        if self._squares is not None:
            self._squares.fill(0)
        self._squares, self._looked_at = squares, now
        return False

    def forget(self) -> None:
        """Overwrite the squares; the next frame is to be looked at."""
        if self._squares is not None:
            self._squares.fill(0)
        self._squares = None


def _squares(grey: Pixels) -> Squares:
    height, width = grey.shape
    size = max(width // SQUARE_PX, 1), max(height // SQUARE_PX, 1)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.int16)


def _differ(squares: Squares, before: Squares) -> bool:
    if squares.shape != before.shape:
        return True
    change = squares - before
    shift = round(float(change.mean()))
    return abs(shift) > MOST_SHIFT or max(int(change.max()) - shift, shift - int(change.min())) >= LEAST_CHANGE
