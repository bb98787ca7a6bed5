"""What has been said since the last commit, summed in memory."""

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import assert_never

from vision.events import Coverage, Occupancy, Passage, Trajectory
from vision.ledger.schema import STEPS

Storable = Passage | Occupancy | Coverage | Trajectory

LAST_TIME = 253_402_300_800
"""Unix seconds of the year 10000, the first instant that ISO 8601 cannot write with four digits."""


@dataclass
class Batch:
    """Sums of events that are to be written in one transaction.

    Attributes:
        number: position in the order of all batches of the file, from 1; the file remembers the last one it holds.
        counts: passages by (step, start, camera, line, direction, class).
        occupancy: (object-seconds, maximum) by (step, start, camera, zone, class).
        coverage: spans (camera, start, end) in unix seconds.
        trajectories: rows (camera, class, start, end, points as JSON).
    """

    number: int
    counts: Counter[tuple[int, int, str, str, str, str]] = field(default_factory=Counter)
    occupancy: dict[tuple[int, int, str, str, str], tuple[float, int]] = field(default_factory=dict)
    coverage: list[tuple[str, float, float]] = field(default_factory=list)
    trajectories: list[tuple[str, str, float, float, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.counts or self.occupancy or self.coverage or self.trajectories)

    def add(self, event: Storable) -> None:
        """Add an event.

        Raises:
            ValueError: the event's numbers cannot be stored; it is not added. One such event, once in the batch,
                would make every later commit fail.
        """
        match event:
            case Passage():
                self._add_passage(event)
            case Occupancy():
                self._add_occupancy(event)
            case Coverage():
                self._add_coverage(event)
            case Trajectory():
                self._add_trajectory(event)
            case _:
                assert_never(event)

    def _add_passage(self, event: Passage) -> None:
        _require_time(event, event.utc)
        second = math.floor(event.utc)
        for step in STEPS:
            start = second - second % step
            self.counts[step, start, event.camera, event.line, event.direction, event.object_class] += 1

    def _add_occupancy(self, event: Occupancy) -> None:
        _require_time(event, event.start)
        _require(event, "maximum", event.maximum, event.maximum < 2**31)
        for step in STEPS:
            key = (step, event.start - event.start % step, event.camera, event.zone, event.object_class)
            object_seconds, maximum = self.occupancy.get(key, (0.0, 0))
            self.occupancy[key] = (object_seconds + event.object_seconds, max(maximum, event.maximum))

    def _add_coverage(self, event: Coverage) -> None:
        _require_time(event, event.start)
        _require_time(event, event.end)
        _require(event, "end", event.end, event.end >= event.start)
        self.coverage.append((event.camera, event.start, event.end))

    def _add_trajectory(self, event: Trajectory) -> None:
        end = event.start + max((seconds for seconds, _, _ in event.points), default=0.0)
        _require_time(event, event.start)
        _require_time(event, end)
        points = json.dumps(event.points, separators=(",", ":"))
        self.trajectories.append((event.camera, event.object_class, event.start, end, points))


def _require_time(event: Storable, seconds: float) -> None:
    _require(event, "time", seconds, 0 <= seconds < LAST_TIME)


def _require(event: Storable, name: str, value: float, holds: bool) -> None:
    if not holds:
        raise ValueError(f"camera {event.camera}: {event.kind} has {name} {value}, which no ledger can hold")
