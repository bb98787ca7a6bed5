"""Where somebody is, as a function of time: paths on the ground, and the times at which they are travelled.

Paths are polylines (K, 2) in metres of the ground frame of `calibration.pinhole`. A journey moves at constant speed
between its knots, so that the instant at which it meets a line is exact.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, hypot
from typing import Self

import numpy as np

from calibration.pinhole import Floats

_BEND_STEPS = 8
"""Chords by which a bend is drawn; the error of a 90 degree bend of 12 m radius is below 6 cm."""


@dataclass(frozen=True, slots=True)
class Journey:
    """Knots in time and space, with straight and steady motion between them.

    Attributes:
        times: UTC seconds, never falling, at least two.
        points: x, y in metres, one for each time.
        headings: radians, anticlockwise from the x axis, one for each leg; a pause keeps the heading before it.
        distances: metres travelled up to each knot.
    """

    times: tuple[float, ...]
    points: tuple[tuple[float, float], ...]
    headings: tuple[float, ...]
    distances: tuple[float, ...]

    @classmethod
    def through(cls, times: Iterable[float], points: Iterable[Iterable[float]]) -> Self:
        """Return the journey that is at each of `points` at the matching one of `times`.

        Raises:
            ValueError: a time is before the one ahead of it.
        """
        times = tuple(float(time) for time in times)
        if any(later < earlier for earlier, later in pairwise(times)):
            raise ValueError(f"the times of a journey are {times}, wanted them never to fall")
        at = tuple((float(x), float(y)) for x, y in points)
        headings: list[float] = []
        distances = [0.0]
        for (x0, y0), (x1, y1) in pairwise(at):
            moved = hypot(x1 - x0, y1 - y0)
            last = headings[-1] if headings else 0.0
            headings.append(atan2(y1 - y0, x1 - x0) if moved > 1e-9 else last)
            distances.append(distances[-1] + moved)
        return cls(times, at, tuple(headings), tuple(distances))

    @property
    def start(self) -> float:
        """UTC second at which it begins."""
        return self.times[0]

    @property
    def end(self) -> float:
        """UTC second at which it is over."""
        return self.times[-1]

    def at(self, utc: float) -> tuple[float, float, float, float]:
        """Return x, y in metres, heading in radians and metres travelled at `utc`, held between start and end."""
        leg = min(max(bisect_right(self.times, utc) - 1, 0), len(self.headings) - 1)
        t0, t1 = self.times[leg], self.times[leg + 1]
        share = min(max((utc - t0) / (t1 - t0), 0.0), 1.0) if t1 > t0 else 1.0
        (x0, y0), (x1, y1) = self.points[leg], self.points[leg + 1]
        d0, d1 = self.distances[leg], self.distances[leg + 1]
        return x0 + share * (x1 - x0), y0 + share * (y1 - y0), self.headings[leg], d0 + share * (d1 - d0)


def lengths(path: Floats) -> Floats:
    """Return the metres (K,) from the beginning of a path (K, 2) to each of its points."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    return np.concatenate(([0.0], np.cumsum(steps)))


def bend(start: Floats, corner: Floats, end: Floats) -> Floats:
    """Return a quadratic Bezier curve (K, 2) from `start` to `end`, tangent to the lines through `corner`."""
    t = np.linspace(0, 1, _BEND_STEPS + 1)[:, None]
    curve: Floats = (1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end
    return curve


def rounded(path: Floats) -> Floats:
    """Return a path (K, 2) with its corners cut twice (Chaikin), as people cut them; its ends stay."""
    for _ in range(2):
        before, after = path[:-1], path[1:]
        cut = np.stack((0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after), axis=1).reshape(-1, 2)
        path = np.concatenate((path[:1], cut, path[-1:]))
    return path


def walk(path: Floats, start: float, speed: float, pauses: Iterable[tuple[float, float]] = ()) -> Journey:
    """Travel a path (K, 2) from UTC second `start` at `speed` m/s, standing still on the way.

    Args:
        path: points in metres.
        start: UTC seconds.
        speed: metres per second.
        pauses: (metres from the beginning, seconds) of each stop, in order, none at the same place as another.
    """
    along = lengths(path)
    times = along / speed
    for place, seconds in pauses:
        spot = [np.interp(place, along, path[:, axis]) for axis in (0, 1)]
        at = float(np.interp(place, along, times))
        k = int(np.searchsorted(along, place))
        path = np.insert(path, k, [spot, spot], axis=0)
        along = np.insert(along, k, [place, place])
        times = np.concatenate((times[:k], [at, at + seconds], times[k:] + seconds))
    return Journey.through(start + times, path)
