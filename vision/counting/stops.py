"""Stops: who halts, where, how long.

A track stands while its foot keeps within a reach of the mean of where it has stood, the stay point of Li et al.
(Mining user similarity based on location history, 2008) found as the track goes. The foot is smoothed first, so that
a detector's jitter neither begins a halt nor ends one.
"""

import math
from dataclasses import dataclass

XY = tuple[float, float]

SMOOTHED_S = 0.3
"""Time constant of the smoothing: some looks at any usual rate, and far less than a halt."""


@dataclass(frozen=True, slots=True)
class Halt:
    """One track stood at `place` from `start` to `end`, in seconds of the clock that never steps."""

    place: XY
    start: float
    end: float


@dataclass(slots=True)
class _Stand:
    smooth: XY
    place: XY
    looks: int
    start: float
    end: float

    def halt(self) -> Halt:
        return Halt(self.place, self.start, self.end)


class StopFinder:
    """The halts of one camera's tracks.

    Args:
        seconds: how long an object must stand for it to be a stop.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._stands: dict[int, _Stand] = {}

    def observe(self, track: int, place: XY, reach: float, time: float) -> Halt | None:
        """Take where a track was observed; return the stop that has ended with this.

        Args:
            track: id of the track.
            place: of the foot, in any unit of length.
            reach: how far from its mean place a standing object's foot may be found, in the same unit.
            time: of the observation, in seconds.
        """
        stand = self._stands.get(track)
        if stand is None:
            self._stands[track] = _Stand(place, place, 1, time, time)
            return None
        weight = 1 - math.exp((stand.end - time) / SMOOTHED_S)
        stand.smooth = _between(stand.smooth, place, weight)
        if math.dist(stand.smooth, stand.place) <= reach:
            stand.looks += 1
            stand.place = _between(stand.place, stand.smooth, 1 / stand.looks)
            stand.end = time
            return None
        halt = self._long_enough(stand)
        self._stands[track] = _Stand(stand.smooth, stand.smooth, 1, time, time)
        return halt

    def stands(self, track: int) -> bool:
        """Return whether a track stands now, and has for long enough."""
        stand = self._stands.get(track)
        return stand is not None and self._long_enough(stand) is not None

    def end(self, track: int) -> Halt | None:
        """Forget a track; return the stop in which it ended."""
        stand = self._stands.pop(track, None)
        return self._long_enough(stand) if stand else None

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._stands)

    def _long_enough(self, stand: _Stand) -> Halt | None:
        # The tolerance is that of frame times, such as 2.9999999999999996.
        return stand.halt() if stand.end - stand.start >= self._seconds - 1e-6 else None


def _between(one: XY, other: XY, share: float) -> XY:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])
