"""Boxes -> what a heatmap network of stride 4, or finer, should say, and where its loss counts.

The form is that of CenterNet (Zhou, Wang, Krähenbühl: Objects as Points, 2019): a Gaussian a class around each box's
centre, the size and the centre's offset within its cell at the centre. `vision.pixels.network.heads.heatmap` reads it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.classes import ClassName

STREET: tuple[ClassName, ...] = ("pedestrian", "bicycle", "motorcycle", "car", "truck", "bus")
"""The network's classes; they are the first of `vision.classes.CLASSES`, so indices need no translation."""
STRIDE = 4
"""Input pixels a cell."""
SPREAD = 6.0
"""A box's Gaussian has a standard deviation of this part of its width and height: it fades at the box's sides."""
LEAST_SPREAD_PX = 1.5
"""Of the deviation, where cells are fine: nobody says surely to the pixel where someone is who is five pixels high, and
a narrower bell would make each of the cells in question score low. At stride 4 half a cell is more."""
FADED = 3.5
"""Standard deviations at which it is taken for nothing: 0.002 of its height."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Target:
    """What the network should say about one view of H x W pixels; h = H / 4, w = W / 4, or as the stride is.

    Attributes:
        heat: float32 (C, h, w) in [0, 1], 1 exactly at the centres' cells.
        weight: float32 (1, h, w), 0 where nothing is known.
        size: float32 (2, h, w), width and height in pixels at the centres' cells.
        offset: float32 (2, h, w), x and y of the centre within its cell, in cells.
        centre: float32 (1, h, w), 1 at the centres' cells.
    """

    heat: Floats
    weight: Floats
    size: Floats
    offset: Floats
    centre: Floats


def encode(
    boxes: Floats,
    classes: npt.NDArray[np.int64],
    sure: npt.NDArray[np.bool_],
    size: tuple[int, int],
    channels: int = len(STREET),
    stride: int = STRIDE,
) -> Target:
    """Return the target for boxes (N, 4) in pixels of a view of size (width, height), multiples of the stride.

    `classes` are positions in a heatmap of so many `channels`.

    Where two centres share a cell the smaller box has it, since a larger one is more easily found by its neighbours.
    """
    width, height = size[0] // stride, size[1] // stride
    target = Target(
        heat=np.zeros((channels, height, width), np.float32),
        weight=np.ones((1, height, width), np.float32),
        size=np.zeros((2, height, width), np.float32),
        offset=np.zeros((2, height, width), np.float32),
        centre=np.zeros((1, height, width), np.float32),
    )
    extents = boxes[:, 2:] - boxes[:, :2]
    columns, rows = np.arange(width), np.arange(height)
    for n in np.argsort(-extents.prod(axis=1)):
        if not sure[n]:
            left, top, right, bottom = (boxes[n] / stride).round().astype(int).clip(0)
            target.weight[:, top : bottom + 1, left : right + 1] = 0
            continue
        x, y = (boxes[n, :2] + boxes[n, 2:]) / (2 * stride)
        column, row = int(x), int(y)
        if not (0 <= column < width and 0 <= row < height):
            continue
        spread = np.maximum(extents[n] / SPREAD, max(LEAST_SPREAD_PX, 0.5 * stride)) / stride
        reach = np.ceil(spread * FADED).astype(int)
        near = (
            slice(max(0, row - reach[1]), row + reach[1] + 1),
            slice(max(0, column - reach[0]), column + reach[0] + 1),
        )
        bell = np.exp(-(((columns[near[1]] - column) / spread[0]) ** 2) / 2)[None, :]
        bell = bell * np.exp(-(((rows[near[0]] - row) / spread[1]) ** 2) / 2)[:, None]
        heat = target.heat[classes[n]][near]
        np.maximum(heat, bell, out=heat)
        target.size[:, row, column] = extents[n]
        target.offset[:, row, column] = x - column, y - row
        target.centre[:, row, column] = 1
    np.maximum(target.weight, target.centre, out=target.weight)
    return target
