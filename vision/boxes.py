"""Geometry of axis-aligned boxes: float arrays (N, 4) as x0, y0, x1, y1 in pixels, x right, y down."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]


def foot_points(boxes: FloatArray) -> FloatArray:
    """Return the bottom centres (N, 2) of boxes (N, 4): where an object touches the ground."""
    return np.stack(((boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]), axis=1)


def iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return intersection over union (N, M) in [0, 1] of boxes (N, 4) with boxes (M, 4); 0 where both are empty."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared: FloatArray = np.clip(high - low, 0, None).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(axis=1)[:, None] + (b[:, 2:] - b[:, :2]).prod(axis=1) - shared
    ratio: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio
