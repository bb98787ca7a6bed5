"""One detector on one held-out set: what it saw, and how right that was."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from benchmarks.scores.precision import MISSED, Picture, called, judge
from benchmarks.stages import default_camera
from benchmarks.truth.heldout import HeldoutSet, LabelledFrame, Size
from vision.classes import CLASS_INDEX, CLASSES
from vision.detections import Detections
from vision.pixels.detector import Detector, open_detector

HEIGHTS = (0.0, 12.0, 24.0, 48.0, np.inf)
"""Bounds, in pixels at the working size, between which truths are also scored by their height."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right one detector is on one set.

    Attributes:
        truths: how many objects there were to find.
        ap: AP50.
        by_height: AP50 of the truths between each two neighbours of `HEIGHTS`; nan where there are none.
        recall: share of the truths found from the card's `score` up.
        precision: share of what is said from the card's `score` up that is right.
        called: what the truths were called from the card's `score` up, by whatever lies best on each of them; a
            class's name or `missed`.
    """

    truths: int
    ap: float
    by_height: tuple[float, ...]
    recall: float
    precision: float
    called: Counter[str]


def opened(name: str, size: Size) -> Detector:
    """Return a detector of the catalogue as the product opens it for a camera of a working size.

    Raises:
        ComptageError: as for `vision.pixels.detector.open_detector`.
    """
    camera = default_camera("held-out").model_copy(update={"detector": name, "working_size": size})
    return open_detector(camera)


def looks(
    detector: Detector, frames: Iterable[LabelledFrame], progress: Callable[[], object] = lambda: None
) -> list[Detections]:
    """Return what a detector sees in each frame, after a look at the one before; `progress` is called after each."""
    seen = []
    for labelled in frames:
        if labelled.before is not None:
            detector(labelled.before)
        seen.append(detector(labelled.frame))
        progress()
    return seen


def accuracy(
    heldout: HeldoutSet, frames: Sequence[LabelledFrame], seen: Sequence[Detections], score: float
) -> Accuracy:
    """Score what a detector saw.

    Args:
        heldout: says what is asked for.
        frames: its frames.
        seen: the detections of each.
        score: the detector's threshold for recall, precision and what truths are called.
    """
    pictures, names = [], Counter[str]()
    for labelled, detections in zip(frames, seen, strict=True):
        high_enough = detections.only(np.diff(detections.boxes[:, 1::2])[:, 0] >= heldout.least_height)
        pictures.append(_picture(heldout, labelled, high_enough))
        sure = high_enough.only(high_enough.scores >= score)
        asked = _is_asked(heldout, labelled.classes) & ~labelled.ignored
        for index in called(labelled.boxes[asked], sure.boxes, sure.classes):
            names["missed" if index == MISSED else CLASSES[index]] += 1
    verdicts = judge(pictures)
    by_height = tuple(
        judge(picture.of_height(least, below) for picture in pictures).average_precision
        for least, below in pairwise(HEIGHTS)
    )
    return Accuracy(
        verdicts.truths,
        verdicts.average_precision,
        by_height,
        verdicts.recall(score),
        verdicts.precision(score),
        names,
    )


def _picture(heldout: HeldoutSet, labelled: LabelledFrame, detections: Detections) -> Picture:
    asked = _is_asked(heldout, labelled.classes)
    said = detections.only(_is_asked(heldout, detections.classes))
    return Picture(labelled.boxes[asked], labelled.ignored[asked], said.boxes, said.scores, np.zeros(len(said), bool))


def _is_asked(heldout: HeldoutSet, classes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return np.isin(classes, [CLASS_INDEX[name] for name in heldout.asked])
