"""A blob of several people into people: where boxes of a person's size explain most of it."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.pixels.motion.silhouettes import EDGE_PX, Silhouettes

Floats = npt.NDArray[np.floating]

WIDTH: Final = 0.26
"""Width of a walking person's trunk over their height. Fitted on PETS 2009: a box around the arms takes from others."""

LEAST_FILL: Final = 0.3
"""Share of a person's box that must move for somebody to be there. Fitted on PETS 2009."""

MOST_PEOPLE: Final = 12
"""Found in one blob. More than this is beyond any telling apart."""

_FINE_PX: Final = 3000
"""A blob whose box is larger than this is searched at every other pixel."""

_BELOW_PX: Final = 3
"""Feet may be this far below a blob whose lower end was lost."""


def people_in(blob: npt.NDArray[np.uint8], corner: tuple[int, int], sizes: Silhouettes) -> tuple[Floats, Floats]:
    """Return the people who make up one blob: boxes (N, 4) in pixels of the frame, and how filled (N,) each is.

    The most filled box of a person's size is taken, what it covers is taken out, and so on until nothing is left that
    could be a person.

    Args:
        blob: (H, W), 1 where something moves.
        corner: (x, y) of the blob in the frame.
        sizes: how tall people are where.
    """
    height, width = blob.shape
    step = 1 if blob.size <= _FINE_PX else 2
    feet, middles = np.arange(_BELOW_PX, height + _BELOW_PX, step), np.arange(0, width + 1, step)
    tall = sizes.adult_height(feet + float(corner[1]))
    wide = tall * WIDTH + EDGE_PX
    top, bottom = np.clip(np.rint(feet - tall), 0, height).astype(int), np.clip(feet, 0, height)
    left, right = (np.clip(np.rint(middles + side * wide[:, None] / 2), 0, width).astype(int) for side in (-1, 1))
    rest, boxes, fills = blob.copy(), [], []
    for _ in range(MOST_PEOPLE):
        sums = cv2.integral(rest)
        inside = sums[bottom[:, None], right] - sums[top[:, None], right]
        inside -= sums[bottom[:, None], left] - sums[top[:, None], left]
        filled = inside / (tall * wide)[:, None]
        row, column = np.unravel_index(filled.argmax(), filled.shape)
        if filled[row, column] < LEAST_FILL:
            break
        foot, middle, half = feet[row], middles[column], wide[row] / 2
        boxes.append((middle - half, foot - tall[row], middle + half, foot))
        fills.append(min(filled[row, column], 1.0))
        rest[top[row] : bottom[row], left[row, column] : right[row, column]] = 0
    return np.reshape(boxes, (-1, 4)) + np.tile(corner, 2), np.array(fills)
