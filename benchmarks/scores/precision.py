"""How right a detector is on labelled frames: average precision at an overlap of one half, recall, and confusion.

Detections and truths of one class, or of several taken as one, come as `Picture`s; `judge` matches them greedily, the
best score first, each truth once. What is ignored counts neither way: see `Picture`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vision.boxes import FloatArray, iou

MIN_IOU = 0.5
"""Overlap from which a detection has found a truth: the 50 of AP50."""

MISSED = -1
"""What a truth is called that nothing has found."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The truths and detections of one frame, all of one class or of classes taken as one.

    Attributes:
        truths: (T, 4), x0, y0, x1, y1 in pixels.
        ignored: bool (T,); a truth that need not be found. A detection that lies on one and on no other counts
            neither as right nor as wrong.
        boxes: (D, 4) detections, in the same pixels.
        scores: (D,).
        spare: bool (D,); a detection that counts if it finds a truth, and is not wrong if it does not.
    """

    truths: FloatArray
    ignored: BoolArray
    boxes: FloatArray
    scores: FloatArray
    spare: BoolArray

    def of_height(self, least: float, below: float) -> "Picture":
        """Return the same frame, asked only for the truths whose height in pixels is in [least, below).

        The other truths are ignored, and so are detections of other heights that find none.
        """
        return replace(
            self,
            ignored=self.ignored | ~_is_high(self.truths, least, below),
            spare=self.spare | ~_is_high(self.boxes, least, below),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What became of the detections that count, best first.

    Attributes:
        scores: (N,), falling.
        right: bool (N,); whether each has found a truth.
        truths: how many there were to find.
    """

    scores: FloatArray
    right: BoolArray
    truths: int

    @property
    def average_precision(self) -> float:
        """Area under precision over recall, all points; nan where there is nothing to find.

        Precision at a recall is the best at this or any higher recall, as for PASCAL VOC 2010 and later. Detections
        of equal score stand or fall together, so that the order in which they come does not matter.
        """
        if not self.truths:
            return np.nan
        last_of_score = np.flatnonzero(np.diff(self.scores, append=-np.inf))
        found = np.cumsum(self.right)[last_of_score]
        precision = found / (last_of_score + 1)
        at_least_this_recall = np.maximum.accumulate(precision[::-1])[::-1]
        return float(at_least_this_recall @ np.diff(found, prepend=0)) / self.truths

    def recall(self, score: float) -> float:
        """Return the share of the truths found by detections of at least this score; nan without truths."""
        return float(self.right[self.scores >= score].sum() / self.truths) if self.truths else np.nan

    def precision(self, score: float) -> float:
        """Return the share of the detections of at least this score that found a truth; nan without detections."""
        chosen = self.right[self.scores >= score]
        return float(chosen.mean()) if len(chosen) else np.nan


def judge(pictures: Iterable[Picture]) -> Verdicts:
    """Match the detections of each frame with its truths and return all verdicts together."""
    scores: list[FloatArray] = [np.empty(0)]
    right: list[BoolArray] = [np.empty(0, bool)]
    truths = 0
    for picture in pictures:
        is_right, counts = _matched(picture)
        scores.append(picture.scores[counts])
        right.append(is_right[counts])
        truths += int((~picture.ignored).sum())
    all_scores = np.concatenate(scores)
    order = np.argsort(-all_scores, kind="stable")
    return Verdicts(all_scores[order], np.concatenate(right)[order], truths)


def called(truths: FloatArray, boxes: FloatArray, classes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return, for each of truths (T, 4), the class of the one of boxes (D, 4) that lies best on it, or MISSED.

    Args:
        truths: (T, 4).
        boxes: (D, 4), of any class.
        classes: (D,), the classes of these boxes.
    """
    if not len(boxes):
        return np.full(len(truths), MISSED)
    overlap = iou(truths, boxes)
    return np.where(overlap.max(axis=1) >= MIN_IOU, classes[overlap.argmax(axis=1)], MISSED)


def _matched(picture: Picture) -> tuple[BoolArray, BoolArray]:
    """Return for each detection (D,) whether it finds a truth, and whether it counts at all."""
    overlap = iou(picture.boxes, picture.truths)
    on_ignored = (overlap[:, picture.ignored] >= MIN_IOU).any(axis=1)
    free = ~picture.ignored
    right = np.zeros(len(picture.boxes), bool)
    for index in np.argsort(-picture.scores, kind="stable"):
        still = overlap[index] * free
        if still.max(initial=0) >= MIN_IOU:
            right[index] = True
            free[still.argmax()] = False
    return right, right | ~(on_ignored | picture.spare)


def _is_high(boxes: FloatArray, least: float, below: float) -> BoolArray:
    heights = boxes[:, 3] - boxes[:, 1]
    high: BoolArray = (heights >= least) & (heights < below)
    return high
