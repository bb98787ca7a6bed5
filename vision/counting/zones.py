"""Occupancy of a zone: how many are there now, and their time integral and maximum in each second of UTC."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.classes import ClassName
from vision.counting.seconds import Seconds
from vision.events import ZoneClass


def inside(points: npt.NDArray[np.float64], polygon: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return for points (N, 2) whether each lies in polygon (V, 2), by the even-odd rule.

    A side belongs to the polygon to its left and above only, so that zones which share a side share no object.
    """
    x, y = points[:, :1], points[:, 1:]
    x0, y0 = polygon.T
    x1, y1 = polygon[np.arange(len(polygon)) - len(polygon) + 1].T
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
        self._seconds: Seconds[ZoneClass] = Seconds()

    def holds(self, feet: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return for feet (N, 2), in pixels, whether each is in the zone."""
        return inside(feet, self._polygon)

    def observe(
        self, there: npt.NDArray[np.bool_], classes: Iterable[ClassName], seen: tuple[float, float] | None
    ) -> None:
        """Take all objects of one look.

        Args:
            there: (N,), whether each is in the zone.
            classes: of the N objects.
            seen: the time [start, end) in unix seconds for which this look speaks; None if for none.
        """
        self.now = Counter(name for name, is_there in zip(classes, there, strict=True) if is_there)
        if there.any():
            self.now["all"] = int(there.sum())
        self._seconds.observe(self.now, seen)

    def finished(self, before: float) -> Iterator[OccupiedSecond]:
        """Hand out, once, the seconds that ended by `before` (unix seconds)."""
        for start, name, object_seconds, maximum in self._seconds.finished(before):
            yield OccupiedSecond(self.name, name, start, object_seconds, int(maximum))
