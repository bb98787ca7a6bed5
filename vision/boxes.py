"""Geometry of axis-aligned boxes: float arrays (N, 4) as x0, y0, x1, y1 in pixels, x right, y down."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]


def foot_points(boxes: FloatArray) -> FloatArray:
    """Return the bottom centres (N, 2) of boxes (N, 4): where an object touches the ground."""
    return np.stack(((boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]), axis=1)


def iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return intersection over union (N, M) in [0, 1] of boxes (N, 4) with boxes (M, 4); 0 where both are empty."""
    return buffered_iou(a, b, np.zeros((len(a), 2)))


def buffered_iou(a: FloatArray, b: FloatArray, share: FloatArray) -> FloatArray:
    """Return (N, M) intersection over union of boxes that have both been grown.

    Args:
        a: boxes (N, 4).
        b: boxes (M, 4).
        share: (N, 2) by which share of its own width and height each side of a box moves outwards; row n holds for
            both partners of every pair (n, m). So an object that has moved past the end of its own box is still met
            (buffered IoU; Yang et al., Hard to Track Objects with Irregular Motions and Similar Appearances, 2023).
    """
    size_a = (a[:, 2:] - a[:, :2])[:, None, :] * (1 + 2 * share[:, None, :])
    size_b = (b[:, 2:] - b[:, :2])[None, :, :] * (1 + 2 * share[:, None, :])
    apart = np.abs((a[:, :2] + a[:, 2:])[:, None, :] - (b[:, :2] + b[:, 2:])[None, :, :]) / 2
    # Two intervals share what is left of their mean length after their centres moved apart, at most the shorter one.
    overlap = np.clip(np.minimum((size_a + size_b) / 2 - apart, np.minimum(size_a, size_b)), 0, None)
    shared: FloatArray = overlap.prod(axis=2)
    union = size_a.prod(axis=2) + size_b.prod(axis=2) - shared
    ratio: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio
