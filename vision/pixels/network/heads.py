"""What the outputs of a network mean: one pure function for each kind of head, and the choice among its boxes.

Every head takes the outputs in the order of the network, the input's (width, height) and the lowest score of
interest; it returns `Candidates` in pixels of the input, before any suppression. A candidate has the one network class
that scores highest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from models.catalogue import Head

FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.integer]
Size = tuple[int, int]

_YOLOX_STRIDES: Final = (8, 16, 32)
"""Input pixels a cell of each of YOLOX's three grids, in the order of its output rows."""

_HEATMAP_STRIDE, _FINE_STRIDE = 4, 2
"""Input pixels a cell of a heatmap: the one or the other."""

_AROUND: Final = np.arange(-1, 2)
"""From a cell to itself and its neighbours, along one side of a map."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes as a head gives them.

    Attributes:
        boxes: (N, 4), x0, y0, x1, y1 in pixels of the network's input; may reach beyond it.
        scores: (N,) in [0, 1].
        labels: (N,), class indices of the network.
    """

    boxes: FloatArray
    scores: FloatArray
    labels: IntArray


class HeadError(ValueError):
    """The outputs do not have the shapes that the head is made for."""


def yolox(outputs: Sequence[FloatArray], size: Size, low: float) -> Candidates:
    """Decode YOLOX: [1, cells, 5 + C] as dx, dy, log w, log h (in cells), objectness, class scores.

    Raises:
        HeadError: the number of cells is not that of grids with strides 8, 16 and 32 over the input.
    """
    (output,) = _shaped(outputs, "[1, cells, 5 + classes]", (1, None, None))
    origins, strides = _yolox_grid(size)
    if len(output[0]) != len(origins):
        raise HeadError(f"found {len(output[0])} cells, wanted {len(origins)} for an input of {size[0]}x{size[1]}")
    keep, scores, labels = _best_class(output[0, :, 4:5] * output[0, :, 5:], low)
    rows, cell = output[0, keep], strides[keep, None]
    return Candidates(_from_centres((rows[:, :2] + origins[keep]) * cell, np.exp(rows[:, 2:4]) * cell), scores, labels)


def boxes_scores(outputs: Sequence[FloatArray], size: Size, low: float) -> Candidates:
    """Decode plain boxes [1, N, 4] as y0, x0, y1, x1 in fractions of the input, and scores [1, N, C].

    Raises:
        HeadError: there are not two outputs of these shapes.
    """
    fractions, all_scores = _shaped(
        outputs, "boxes [1, N, 4] and scores [1, N, classes]", (1, None, 4), (1, None, None)
    )
    if fractions.shape[1] != all_scores.shape[1]:
        raise HeadError(f"found {fractions.shape[1]} boxes and {all_scores.shape[1]} scores, wanted as many of each")
    keep, scores, labels = _best_class(all_scores[0], low)
    return Candidates(fractions[0, keep][:, [1, 0, 3, 2]] * np.tile(size, 2), scores, labels)


def yolov8(outputs: Sequence[FloatArray], size: Size, low: float) -> Candidates:  # noqa: ARG001 (the form of a head)
    """Decode YOLOv8 and its kin: [1, 4 + C, N] as centre x, y, width, height in input pixels, then class scores.

    Raises:
        HeadError: the output has another shape.
    """
    (output,) = _shaped(outputs, "[1, 4 + classes, N]", (1, None, None))
    keep, scores, labels = _best_class(output[0, 4:].T, low)
    rows = output[0, :4, keep]
    return Candidates(_from_centres(rows[:, :2], rows[:, 2:]), scores, labels)


def heatmap(outputs: Sequence[FloatArray], size: Size, low: float) -> Candidates:
    """Decode centre points on a grid of stride s, 4 or 2, for an input of width W and height H.

    The outputs are a heatmap [1, C, H/s, W/s] in [0, 1], sizes [1, 2, H/s, W/s] as width, height in input pixels, and
    offsets [1, 2, H/s, W/s] as x, y in cells. An object is a cell that none of its eight neighbours surpasses.

    Raises:
        HeadError: there are not three outputs of these shapes.
    """
    is_fine = bool(outputs) and outputs[0].shape[-1:] == (size[0] // _FINE_STRIDE,)
    stride = _FINE_STRIDE if is_fine else _HEATMAP_STRIDE
    width, height = size[0] // stride, size[1] // stride
    heat, extent, offset = _shaped(
        outputs,
        f"heatmap, size and offset [1, C | 2 | 2, {height}, {width}]",
        (1, None, height, width),
        (1, 2, height, width),
        (1, 2, height, width),
    )
    labels, y, x, scores = _peaks(heat[0], low)
    centres = (np.stack((x, y), axis=1) + offset[0, :, y, x]) * stride
    return Candidates(_from_centres(centres, extent[0, :, y, x]), scores, labels)


def _peaks(heat: FloatArray, low: float) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Return class, row, column and value of the cells of (C, h, w) that are high, and that no neighbour surpasses.

    Few cells are high, so only their neighbours are looked at.
    """
    _, height, width = heat.shape
    cells = heat.ravel()
    high = np.flatnonzero(cells >= max(low, np.finfo(np.float32).smallest_normal.item()))
    scores = cells[high]
    labels, rest = np.divmod(high, height * width)
    y, x = np.divmod(rest, width)
    # Beyond the edge of the map a cell is its own neighbour.
    rows = (labels * height)[:, None] + (y[:, None] + _AROUND).clip(0, height - 1)
    columns = (x[:, None] + _AROUND).clip(0, width - 1)
    around = cells[rows[:, :, None] * width + columns[:, None]]
    peak = scores >= around.max(axis=(1, 2), initial=0)
    return labels[peak], y[peak], x[peak], scores[peak]


HEADS: Final[dict[Head, Callable[[Sequence[FloatArray], Size, float], Candidates]]] = {
    "yolox": yolox,
    "boxes-scores": boxes_scores,
    "yolov8": yolov8,
    "heatmap": heatmap,
}
"""The function for each `head` that a card may name."""


def suppress(boxes: FloatArray, scores: FloatArray, kinds: IntArray, max_iou: float, at_most: int) -> IntArray:
    """Return indices of the boxes to keep, best first.

    Args:
        boxes: (N, 4) in pixels, in any frame of reference.
        scores: (N,).
        kinds: (N,); only boxes of the same kind suppress each other.
        max_iou: a box that overlaps a better one more than this is dropped.
        at_most: how many to keep.
    """
    if len(boxes) == 0:
        return np.empty(0, np.int64)
    corner_and_size = np.concatenate((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]), axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        corner_and_size.tolist(), scores.tolist(), kinds.tolist(), 0.0, max_iou, top_k=at_most
    )
    return np.asarray(kept, np.int64).reshape(-1)


def _best_class(class_scores: FloatArray, low: float) -> tuple[IntArray, FloatArray, IntArray]:
    """Return the rows of (N, C) whose highest score reaches `low`, those scores, and their columns."""
    rows = np.flatnonzero(class_scores.max(axis=1, initial=0) >= low)
    labels = class_scores[rows].argmax(axis=1)
    return rows, class_scores[rows, labels], labels


def _from_centres(centres: FloatArray, sizes: FloatArray) -> FloatArray:
    return np.concatenate((centres - sizes / 2, centres + sizes / 2), axis=1)


def _yolox_grid(size: Size) -> tuple[FloatArray, FloatArray]:
    """Return for each cell its column and row (cells, 2), and its stride (cells,)."""
    origins, strides = [], []
    for stride in _YOLOX_STRIDES:
        columns, rows = np.meshgrid(np.arange(size[0] // stride), np.arange(size[1] // stride))
        origins.append(np.stack((columns.ravel(), rows.ravel()), axis=1))
        strides.append(np.full(columns.size, stride))
    return np.concatenate(origins).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _shaped(outputs: Sequence[FloatArray], wanted: str, *shapes: tuple[int | None, ...]) -> Sequence[FloatArray]:
    """Return the outputs, if they have the shapes; None stands for any length."""
    found = [output.shape for output in outputs]
    fits = len(found) == len(shapes) and all(
        len(shape) == len(pattern) and all(side in (length, None) for length, side in zip(shape, pattern, strict=True))
        for shape, pattern in zip(found, shapes, strict=False)
    )
    if not fits:
        raise HeadError(f"found outputs of shapes {', '.join(str(list(shape)) for shape in found)}, wanted {wanted}")
    return outputs
