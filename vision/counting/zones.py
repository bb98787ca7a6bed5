"""Occupancy of a zone: how many are there now, and their time integral and maximum in each second of UTC."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vision.classes import ClassName
from vision.events import ZoneClass


def inside(points: npt.NDArray[np.float64], polygon: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return for points (N, 2) whether each lies in polygon (V, 2), by the even-odd rule.

    A side belongs to the polygon to its left and above only, so that zones which share a side share no object.
    """
    x, y = points[:, :1], points[:, 1:]
    x0, y0 = polygon.T
    x1, y1 = np.roll(polygon, -1, axis=0).T
    rise = np.where(y1 == y0, 1.0, y1 - y0)  # a level side is never straddled: any other number will do
    straddled = (y0 > y) != (y1 > y)
    to_the_left = x < x0 + (y - y0) * (x1 - x0) / rise
    odd: npt.NDArray[np.bool_] = (straddled & to_the_left).sum(axis=1) % 2 == 1
    return odd


@dataclass(frozen=True, slots=True)
class OccupiedSecond:
    """One class in one zone during the second of UTC that begins at `start`."""

    zone: str
    object_class: ZoneClass
    start: int
    object_seconds: float
    maximum: int


@dataclass(slots=True)
class _Second:
    object_seconds: Counter[ZoneClass] = field(default_factory=Counter)
    maximum: Counter[ZoneClass] = field(default_factory=Counter)


class ZoneCounter:
    """Occupancy of one zone.

    Args:
        name: of the zone.
        polygon: (V, 2) in pixels.
    """

    def __init__(self, name: str, polygon: npt.NDArray[np.float64]) -> None:
        self.name = name
        self.now: Counter[ZoneClass] = Counter()
        self._polygon = polygon
        self._seconds: dict[int, _Second] = {}

    def observe(
        self, feet: npt.NDArray[np.float64], classes: Iterable[ClassName], seen: tuple[float, float] | None
    ) -> None:
        """Take all objects of one look.

        Args:
            feet: (N, 2) in pixels.
            classes: of the N objects.
            seen: the time [start, end) in unix seconds for which this look speaks; None if for none.
        """
        there = inside(feet, self._polygon)
        self.now = Counter(name for name, is_there in zip(classes, there, strict=True) if is_there)
        if there.any():
            self.now["all"] = int(there.sum())
        if seen is None:
            return
        for second, share in _seconds_of(*seen):
            tally = self._seconds.setdefault(second, _Second())
            for name, count in self.now.items():
                tally.object_seconds[name] += share * count  # type: ignore[assignment]  # a Counter of floats
                tally.maximum[name] = max(tally.maximum[name], count)

    def finished(self, before: float) -> Iterator[OccupiedSecond]:
        """Hand out, once, the seconds that ended by `before` (unix seconds)."""
        for second in sorted(second for second in self._seconds if second + 1 <= before):
            tally = self._seconds.pop(second)
            for name, integral in tally.object_seconds.items():
                yield OccupiedSecond(self.name, name, second, float(integral), tally.maximum[name])


def _seconds_of(start: float, end: float) -> Iterator[tuple[int, float]]:
    """Split [start, end) at whole seconds; yield each second with the part of it that is covered."""
    while start < end:
        second = math.floor(start)
        stop = min(end, second + 1.0)
        yield second, stop - start
        start = stop
