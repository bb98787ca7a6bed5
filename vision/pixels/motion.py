"""`motion`: what moves against a learnt background. No weights; crude.

It sees whatever moves and only that. What stands still for about twenty seconds becomes background; two cars that
overlap are one blob; a bicycle ridden towards the camera looks like a pedestrian. It is right for demonstrations, for
quiet places, and for a first day before a network is at hand. `person_height` in the site file makes it much better.

The background it learns is kept from frame to frame, in the memory of the worker only: a blend of the last minute in
which what moved does not show.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.classes import CLASS_INDEX, CLASSES, ClassName
from vision.detections import Detections
from vision.pixels.crowd import people_in
from vision.pixels.frame import Frame
from vision.pixels.light import SteadyLight
from vision.silhouettes import Silhouettes, silhouettes

Mask = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]
Indices = npt.NDArray[np.int64]

HISTORY_S: Final = 200.0
"""Time constant with which the background is learnt."""

BACKGROUND_SHARE: Final = 0.7
"""Share of the history that the background takes: what stays for (1 - 0.7) * 60 s belongs to it."""

DEVIATIONS_SQUARED: Final = 16.0
"""Squared distance from the background, in variances, beyond which a pixel moves. OpenCV's own default."""

SHADOW_DEPTH: Final = 0.55
"""A pixel that is darker than the background, but not below this share of it, and of its hue, is a shadow."""

MIXTURES: Final = 3
"""Gaussians a pixel; as good as five on PETS 2009 and quicker."""

CLOSING: Final = 0.14
"""Height of the gaps that are closed, in heights of a person: between a coat and a dark leg."""

LEAST_AREA: Final = 0.35
"""Area of a blob below which it is nothing, as a share of that of the smallest thing that may be there."""

LEAST_AREA_PX: Final = 8
"""And in pixels."""

LIKENESS: Final = 9.0
"""Squared distance up to which a blob is one object of a class: three standard deviations."""

LIKENESS_OF_HALF: Final = 13.0
"""Squared distance over which a score falls to 1/e, so that it is 0.5 at `LIKENESS`."""

RIDER_TOP: Final = 0.6
"""Width of the upper part of a blob over its whole width, above which it is a group of people and not a rider."""

UPPER: Final = 0.25
"""Share of a blob's height that is its upper part: the head of one rider, or the heads of several people."""

CUT_OFF_SCORE: Final = 0.3
"""Score of what reaches over the edge of the view and is no person: enough to follow it, not to believe its class."""

UNKNOWN_PERSON_HEIGHT: Final = 0.12
"""Height of a person as a share of the view's, for the sizes above, where the site file does not say."""

_STREET: Final = tuple(CLASS_INDEX[name] for name in CLASSES if name != "swimmer")
_CYCLES: Final = (CLASS_INDEX["bicycle"], CLASS_INDEX["motorcycle"])
_PEDESTRIAN: Final = CLASS_INDEX["pedestrian"]
_FOREGROUND: Final = 255
"""OpenCV's value of a pixel that moves; a shadow has another."""


class MotionDetector:
    """Background subtraction with a mixture of Gaussians (OpenCV's MOG2), then blobs, then classes by size.

    Args:
        person_height: of a standing adult as a share of the view's height, at the view's top and bottom edge.
        classes: that may occur. With a single one every blob has it; swimmers are seen only where they are named.
    """

    def __init__(
        self, person_height: tuple[float, float] | None = None, classes: tuple[ClassName, ...] | None = None
    ) -> None:
        self._background = cv2.createBackgroundSubtractorMOG2(varThreshold=DEVIATIONS_SQUARED, detectShadows=True)
        self._background.setShadowThreshold(SHADOW_DEPTH)
        self._background.setNMixtures(MIXTURES)
        self._background.setBackgroundRatio(BACKGROUND_SHARE)
        self._light = SteadyLight()
        self._person_height = person_height
        indices = tuple(sorted(CLASS_INDEX[name] for name in classes or ()))
        self._sole = indices[0] if len(indices) == 1 else None
        self._classes = indices if CLASS_INDEX["swimmer"] in indices or self._sole is not None else _STREET
        self._first_at: float | None = None
        self._last_at = 0.0

    def __call__(self, frame: Frame) -> Detections:
        """Return what moves in a frame, in its pixels. Nothing in the first one."""
        mask = self._moving(frame)
        if self._person_height is None:
            return _by_shape(mask, self._sole)
        return self._by_size(mask, silhouettes(self._person_height, frame.size, self._classes))

    def _moving(self, frame: Frame) -> Mask:
        """Return (H, W): 1 where something moves, small holes closed and single pixels dropped."""
        rate = self._learning_rate(frame.captured_at)
        smooth = cv2.GaussianBlur(self._light(frame.pixels, rate), (3, 3), 0)
        levels = self._background.apply(smooth, learningRate=rate)
        moving = cv2.medianBlur((levels == _FOREGROUND).astype(np.uint8), 3)
        top, bottom = self._person_height or (UNKNOWN_PERSON_HEIGHT, UNKNOWN_PERSON_HEIGHT)
        gap = CLOSING * (top + bottom) / 2 * frame.size[1]
        window = (int(gap * 0.5) | 1, int(gap) | 1)
        return cv2.morphologyEx(moving, cv2.MORPH_CLOSE, np.ones(window[::-1], np.uint8))

    def _learning_rate(self, now: float) -> float:
        """Return the weight of this frame: all frames weigh the same at first, then the old ones fade."""
        if self._first_at is None:
            self._first_at = self._last_at = now
            return 1.0
        elapsed, self._last_at = now - self._last_at, now
        known_for = min(now - self._first_at + elapsed, HISTORY_S)
        return float(np.clip(elapsed / known_for, 0, 1)) if known_for > 0 else 0.0

    def _by_size(self, mask: Mask, sizes: Silhouettes) -> Detections:
        """Return blobs as what they are as large as; what is nothing of that kind, as people if it can be."""
        labels, boxes, areas = _blobs(mask)
        large = areas >= np.maximum(LEAST_AREA * sizes.least_area(boxes[:, 3]), LEAST_AREA_PX)
        boxes, areas, numbers = boxes[large], areas[large], np.flatnonzero(large) + 1
        classes, off = sizes.nearest(boxes, areas / _box_areas(boxes))
        scores = np.exp(-off / LIKENESS_OF_HALF)
        if self._sole not in (None, _PEDESTRIAN):
            return Detections(boxes, 0.5 + scores / 2, classes)
        person = (classes == _PEDESTRIAN) & sizes.is_one_person(boxes)
        whole = ~_cut_off(boxes, mask.shape) | (self._sole == _PEDESTRIAN)
        alone = person | ((classes != _PEDESTRIAN) & (off <= LIKENESS)) | ~whole
        for index in np.flatnonzero(np.isin(classes, _CYCLES) & alone & whole):
            alone[index] = not _wide_on_top(_cut(labels, numbers[index], boxes[index]))
        scores[person] = _person_score(areas[person], sizes.adult_height(boxes[person, 3]))
        scores[~whole & ~person] = CUT_OFF_SCORE
        found = [(boxes[alone], scores[alone], classes[alone])]
        for index in np.flatnonzero(~alone):
            corner = (int(boxes[index, 0]), int(boxes[index, 1]))
            people, fills = people_in(_cut(labels, numbers[index], boxes[index]), corner, sizes)
            found.append((people, 0.3 + 0.7 * fills, np.full(len(people), _PEDESTRIAN)))
        return Detections(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _cut(labels: npt.NDArray[np.int32], number: int, box: Floats) -> Mask:
    """Return the blob of that number alone: (H, W) of its box, 1 where it is."""
    x0, y0, x1, y1 = box.astype(int)
    return (labels[y0:y1, x0:x1] == number).astype(np.uint8)


def _cut_off(boxes: Floats, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return (N,) which boxes touch the left, right or lower edge of the view."""
    return (boxes[:, 0] <= 0) | (boxes[:, 2] >= shape[1]) | (boxes[:, 3] >= shape[0])


def _wide_on_top(blob: Mask) -> bool:
    upper = blob[: max(1, round(UPPER * len(blob)))]
    return bool(np.count_nonzero(upper.any(axis=0)) > RIDER_TOP * blob.shape[1])


def _person_score(areas: Floats, tall: Floats) -> Floats:
    """Return scores (N,) from 0.35 to 1 for as much of a person as can be expected to be seen."""
    return 0.35 + 0.65 * np.minimum(areas / (0.2 * tall**2), 1)


def _by_shape(mask: Mask, sole: int | None) -> Detections:
    """Return blobs of a sensible size: upright ones as pedestrians, others as cars, or all of the only class."""
    _, boxes, areas = _blobs(mask)
    height, width = mask.shape
    large = areas >= max(0.1 * LEAST_AREA * (UNKNOWN_PERSON_HEIGHT * height) ** 2, LEAST_AREA_PX)
    boxes, areas = boxes[large], areas[large]
    upright = boxes[:, 3] - boxes[:, 1] > 1.25 * (boxes[:, 2] - boxes[:, 0])
    classes = np.where(upright, _PEDESTRIAN, CLASS_INDEX["car"])
    return Detections(boxes, 0.3 + 0.7 * areas / _box_areas(boxes), classes if sole is None else np.full(len(boxes), sole))


def _blobs(mask: Mask) -> tuple[npt.NDArray[np.int32], Floats, Floats]:
    """Return the image of blob numbers (H, W) from 1 up, and by number less one: boxes (N, 4), areas (N,)."""
    # this algorithm takes a third of the time of the others
    _, labels, statistics, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_BBDT)
    x, y, width, height, area = statistics[1:].T.astype(float)
    return labels, np.stack((x, y, x + width, y + height), axis=1), area


def _box_areas(boxes: Floats) -> Floats:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
