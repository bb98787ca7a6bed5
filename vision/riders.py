"""A rider and their cycle are one: a person on a bicycle is one `bicycle`, and no pedestrian."""

from typing import Final

import numpy as np
import numpy.typing as npt

from vision.classes import CLASS_INDEX
from vision.detections import Detections

SEATS: Final = {CLASS_INDEX["bicycle"]: 1, CLASS_INDEX["motorcycle"]: 2}
"""How many persons a cycle carries, by class; a child behind a cyclist is left to be part of them."""

MIN_ABREAST: Final = 0.6
"""Share of the narrower of the two boxes, in width, that a rider and their cycle have in common. Seen from the side a
rider is within the wheels, seen from the front the two are as wide as each other."""

FEET: Final = (-0.6, 0.15)
"""How far the feet of a rider are below the wheels, in heights of the cycle: on a pedal or on the ground beside the
wheel. Feet that are lower belong to someone who walks in front of a cycle, feet that are higher to someone behind."""

MIN_RISE: Final = -0.1
"""How far the head of a rider is above the top of the cycle's box, in heights of the cycle. Just below zero, because
some networks put the rider inside the cycle's own box and give the person again."""

HEIGHTS: Final = (0.6, 2.5)
"""Height of a rider in heights of the cycle: neither a far passer-by behind the wheels nor a near one in front."""


def merge_riders(detections: Detections) -> Detections:
    """Return the detections with every rider and their cycle as one object.

    It has the class of the cycle, the union of the boxes and the highest of the scores. A person joins one cycle at
    most, the one that fits best; a cycle takes as many persons as it has `SEATS`. The outcome does not depend on the
    order of the detections; where anything was joined, what is left comes in an order of its own.
    """
    if not (_persons(detections).size and _cycles(detections).size):
        return detections
    detections = _in_one_order(detections)
    persons, cycles = _persons(detections), _cycles(detections)
    fit = rider_fit(detections.boxes[persons], detections.boxes[cycles])
    seats = np.array([SEATS[int(index)] for index in detections.classes[cycles]])
    boxes, scores = detections.boxes.copy(), detections.scores.copy()
    stays = np.ones(len(detections), bool)
    for person, cycle in _seated(fit, seats):
        rider, mount = persons[person], cycles[cycle]
        boxes[mount, :2] = np.minimum(boxes[mount, :2], boxes[rider, :2])
        boxes[mount, 2:] = np.maximum(boxes[mount, 2:], boxes[rider, 2:])
        scores[mount] = max(scores[mount], scores[rider])
        stays[rider] = False
    return Detections(boxes[stays], scores[stays], detections.classes[stays])


def rider_fit(persons: npt.NDArray[np.floating], cycles: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return (P, C) how well each of persons (P, 4) rides each of cycles (C, 4): 0 for not at all, at most 1."""
    left = np.maximum(persons[:, None, 0], cycles[None, :, 0])
    right = np.minimum(persons[:, None, 2], cycles[None, :, 2])
    widths, heights = persons[:, 2] - persons[:, 0], persons[:, 3] - persons[:, 1]
    spans, tallness = cycles[:, 2] - cycles[:, 0], np.maximum(cycles[:, 3] - cycles[:, 1], 1e-6)
    narrower = np.maximum(np.minimum(widths[:, None], spans[None, :]), 1e-6)
    abreast = np.clip((right - left) / narrower, 0, 1)
    feet = (persons[:, None, 3] - cycles[None, :, 3]) / tallness
    rise = (cycles[None, :, 1] - persons[:, None, 1]) / tallness
    relative_height = heights[:, None] / tallness
    rides = (
        (abreast >= MIN_ABREAST)
        & (feet >= FEET[0])
        & (feet <= FEET[1])
        & (rise >= MIN_RISE)
        & (relative_height >= HEIGHTS[0])
        & (relative_height <= HEIGHTS[1])
    )
    fit: npt.NDArray[np.floating] = rides * abreast / (1 + np.abs(feet))
    return fit


def _seated(fit: npt.NDArray[np.floating], seats: npt.NDArray[np.integer]) -> list[tuple[int, int]]:
    """Return pairs (person, cycle), the best fit first, with no person twice and no cycle beyond its seats."""
    persons, cycles = np.nonzero(fit)
    free, standing, pairs = seats.copy(), np.ones(len(fit), bool), []
    for index in np.argsort(-fit[persons, cycles], kind="stable"):
        person, cycle = int(persons[index]), int(cycles[index])
        if standing[person] and free[cycle]:
            standing[person] = False
            free[cycle] -= 1
            pairs.append((person, cycle))
    return pairs


def _in_one_order(detections: Detections) -> Detections:
    """Return the same detections in an order that depends on nothing but themselves, so that ties do not either."""
    keys = (*detections.boxes.T, detections.scores, detections.classes)
    return detections.only(np.lexsort(keys))


def _persons(detections: Detections) -> npt.NDArray[np.int64]:
    return np.flatnonzero(detections.classes == CLASS_INDEX["pedestrian"])


def _cycles(detections: Detections) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.isin(detections.classes, list(SEATS)))
