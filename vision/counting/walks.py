"""How fast people walk along a crossing."""

from collections import deque

import numpy as np

WINDOW_S = 1.0
"""A walker's speed is the slope of a straight line through so long, as in `counting.speeds`."""
LEAST_S = 0.8
"""Of a shorter way no speed is told: feet that are 0.3 m off would make somebody fast of one who stands."""


class Walks:
    """How fast tracks walk along a way."""

    def __init__(self) -> None:
        self._places: dict[int, deque[tuple[float, float]]] = {}

    def observe(self, track: int, along: float, time: float) -> None:
        """Take how many metres along its way a track is, and when, in seconds."""
        places = self._places.setdefault(track, deque())
        places.append((time, along))
        while time - places[0][0] > WINDOW_S + 1e-6:
            places.popleft()

    def speed(self, track: int) -> float | None:
        """Return m/s, negative towards the beginning of the way; None if the track was not seen for long enough."""
        rows = np.array(self._places.get(track, ()))
        if len(rows) < 3 or rows[-1, 0] - rows[0, 0] < LEAST_S:
            return None
        since, along = (rows - rows.mean(axis=0)).T
        return float(since @ along / (since @ since))

    def forget(self, track: int) -> None:
        """Drop a track."""
        self._places.pop(track, None)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._places)
