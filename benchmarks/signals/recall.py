"""How many of the drawn people a detector sees, and how many of those who wait are counted."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from calibration.pinhole import Floats

NEAR_PX = 8.0
"""Feet that are further apart are not those of the same person."""


class Recall(NamedTuple):
    """What the camera sees of the people, summed over looks.

    Attributes:
        there, detected, both: people who were there, detections of people, and how many of them belong together.
        waited, seen_to_wait: people who waited, and as how many they were counted.
    """

    there: int = 0
    detected: int = 0
    both: int = 0
    waited: int = 0
    seen_to_wait: int = 0

    def plus(self, other: "Recall") -> "Recall":
        """Return both together."""
        return Recall(*(one + another for one, another in zip(self, other, strict=True)))


def recall(people: Floats, detected: Floats) -> Recall:
    """Compare the feet (N, 2) of people with those (M, 2) of detections, in pixels."""
    if not len(people) or not len(detected):
        return Recall(len(people), len(detected), 0)
    apart = np.hypot(*(people[:, None] - detected[None]).transpose(2, 0, 1))
    rows, columns = linear_sum_assignment(np.minimum(apart, 2 * NEAR_PX))
    return Recall(len(people), len(detected), int((apart[rows, columns] < NEAR_PX).sum()))
