"""Blobs of moving pixels into objects: by their size where that of a person is known, else by their shape."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.classes import CLASS_INDEX
from vision.detections import Detections
from vision.pixels.motion.crowd import people_in
from vision.pixels.motion.silhouettes import Silhouettes

Mask = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating]

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

CROWD_BONUS: Final = 0.1
"""Added to how filled a person out of a crowd is, so that 0.4 makes half a certainty. Fitted on PETS 2009."""

CUT_OFF_SCORE: Final = 0.3
"""Score of what reaches over the edge of the view and is no person: enough to follow it, not to believe its class."""

UNKNOWN_PERSON_HEIGHT: Final = 0.12
"""Height of a person as a share of the view's, for the sizes of gaps and specks, where the site file does not say."""

LEAST_AREA_UNKNOWN: Final = 0.035
"""Area of a blob below which it is nothing, over the square of that height: half of what a known size asks for."""

UPRIGHT: Final = 1.25
"""Height over width from which a blob of unknown size is a pedestrian."""

_PEDESTRIAN: Final = CLASS_INDEX["pedestrian"]
_CYCLES: Final = (CLASS_INDEX["bicycle"], CLASS_INDEX["motorcycle"])


@dataclass(frozen=True, slots=True, eq=False)
class Blobs:
    """Connected moving pixels.

    Attributes:
        labels: (H, W), the number of the blob that a pixel belongs to, 0 for none.
        numbers: (N,) of the blobs that are large enough to be something.
        boxes: (N, 4) in pixels.
        areas: (N,) in pixels.
    """

    labels: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int64]
    boxes: Floats
    areas: Floats

    @property
    def fills(self) -> Floats:
        """(N,) share of its box that each blob fills."""
        widths, heights = (self.boxes[:, 2:] - self.boxes[:, :2]).T
        share: Floats = self.areas / (widths * heights)
        return share

    @property
    def cut_off(self) -> Flags:
        """(N,) which blobs touch the left, right or lower edge of the view."""
        height, width = self.labels.shape
        left, _, right, bottom = self.boxes.T
        touches: Flags = (left <= 0) | (right >= width) | (bottom >= height)
        return touches

    def only(self, keep: Flags) -> "Blobs":
        """Return the blobs that a mask (N,) chooses."""
        return Blobs(self.labels, self.numbers[keep], self.boxes[keep], self.areas[keep])

    def cut(self, index: int) -> Mask:
        """Return one blob alone: (H, W) of its box, 1 where it is."""
        x0, y0, x1, y1 = self.boxes[index].astype(int)
        alone: Mask = (self.labels[y0:y1, x0:x1] == self.numbers[index]).astype(np.uint8)
        return alone


def by_size(mask: Mask, sizes: Silhouettes, sole: int | None) -> Detections:
    """Return each blob as what is as large as it is; what is like nothing, as people if it can be made of them.

    Args:
        mask: (H, W), 1 where something moves.
        sizes: how large the classes are where.
        sole: index of the only class that occurs, if there is one.
    """
    blobs = _blobs(mask)
    blobs = blobs.only(blobs.areas >= np.maximum(LEAST_AREA * sizes.least_area(blobs.boxes[:, 3]), LEAST_AREA_PX))
    classes, off = sizes.nearest(blobs.boxes, blobs.fills)
    scores = np.exp(-off / LIKENESS_OF_HALF)
    if sole not in (None, _PEDESTRIAN):
        return Detections(blobs.boxes, 0.5 + scores / 2, classes)
    person = (classes == _PEDESTRIAN) & sizes.is_one_person(blobs.boxes)
    scores[person] = _person_scores(blobs.areas[person], sizes.adult_height(blobs.boxes[person, 3]))
    cut_off = blobs.cut_off & ~person if sole is None else np.zeros_like(person)
    scores[cut_off] = CUT_OFF_SCORE
    alone = person | cut_off | _is_vehicle(blobs, classes, off)
    found = [(blobs.boxes[alone], scores[alone], classes[alone])]
    found += [_people(blobs, index, sizes) for index in np.flatnonzero(~alone).tolist()]
    return Detections(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def by_shape(mask: Mask, sole: int | None) -> Detections:
    """Return blobs of a sensible size: upright ones as pedestrians, others as cars, or all as the only class.

    Args:
        mask: (H, W), 1 where something moves.
        sole: index of the only class that occurs, if there is one.
    """
    blobs = _blobs(mask)
    least = LEAST_AREA_UNKNOWN * (UNKNOWN_PERSON_HEIGHT * mask.shape[0]) ** 2
    blobs = blobs.only(blobs.areas >= max(least, LEAST_AREA_PX))
    widths, heights = (blobs.boxes[:, 2:] - blobs.boxes[:, :2]).T
    classes = np.where(heights > UPRIGHT * widths, _PEDESTRIAN, CLASS_INDEX["car"])
    return Detections(blobs.boxes, 0.3 + 0.7 * blobs.fills, classes if sole is None else np.full_like(classes, sole))


def _blobs(mask: Mask) -> Blobs:
    # this algorithm takes a third of the time of the others
    _, labels, statistics, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_BBDT)
    x, y, width, height, area = statistics[1:].T.astype(float)
    return Blobs(
        np.asarray(labels, np.int32),
        np.arange(1, len(statistics)),
        np.stack((x, y, x + width, y + height), axis=1),
        area,
    )


def _is_vehicle(blobs: Blobs, classes: npt.NDArray[np.int64], off: Floats) -> Flags:
    """Return (N,) which blobs look enough like what they look most like, and do not have the heads of several."""
    vehicle: Flags = (classes != _PEDESTRIAN) & (off <= LIKENESS)
    for index in np.flatnonzero(vehicle & np.isin(classes, _CYCLES)).tolist():
        blob = blobs.cut(index)
        upper = blob[: max(1, round(UPPER * len(blob)))]
        vehicle[index] = np.count_nonzero(upper.any(axis=0)) <= RIDER_TOP * blob.shape[1]
    return vehicle


def _people(blobs: Blobs, index: int, sizes: Silhouettes) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Return boxes, scores and classes of the people who make up one blob."""
    corner = (int(blobs.boxes[index, 0]), int(blobs.boxes[index, 1]))
    boxes, fills = people_in(blobs.cut(index), corner, sizes)
    return boxes, np.minimum(fills + CROWD_BONUS, 1), np.full(len(boxes), _PEDESTRIAN)


def _person_scores(areas: Floats, tall: Floats) -> Floats:
    """Return scores (N,) from 0.35 up to 1, which is given to the 0.2 squared heights that a person fills."""
    return 0.35 + 0.65 * np.minimum(areas / (0.2 * tall**2), 1)
