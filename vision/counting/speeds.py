"""Speed of tracks on the ground."""

import math
from collections import deque

import numpy as np

WINDOW_S = 1.0
"""Speed is the slope of a straight line through the places of so long: a foot that is 0.3 m off at each of ten looks
then makes some 0.3 m/s of it, while a car that brakes has not yet changed much."""
LEAST_S = 0.4
"""Of a shorter way no speed is told."""
KMH = 3.6
"""Kilometres an hour of a metre a second."""

Place = tuple[float, float]


class SpeedGauge:
    """The last places of one camera's tracks, in metres."""

    def __init__(self) -> None:
        self._places: dict[int, deque[tuple[float, float, float]]] = {}

    def observe(self, track: int, place: Place, time: float) -> None:
        """Take where on the ground, in metres, a track was observed, and when, in seconds; nan is passed over."""
        if not math.isfinite(sum(place)):  # on or above the horizon
            return
        places = self._places.setdefault(track, deque())
        places.append((time, *place))
        while time - places[0][0] > WINDOW_S + 1e-6:
            places.popleft()

    def kmh(self, track: int) -> float | None:
        """Return the speed of a track over the last second, km/h; None if it has not been seen for long enough."""
        rows = np.array(self._places.get(track, ()))
        if len(rows) < 3 or rows[-1, 0] - rows[0, 0] < LEAST_S:
            return None
        since, places = rows[:, 0] - rows[:, 0].mean(), rows[:, 1:] - rows[:, 1:].mean(axis=0)
        return float(np.hypot(*(since @ places / (since @ since)))) * KMH

    def forget(self, track: int) -> None:
        """Drop a track."""
        self._places.pop(track, None)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._places)
