"""What has been said since the last commit, summed in memory."""

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import assert_never

from vision.events import Coverage, Gathering, Length, Movement, Occupancy, Passage, Queue, Stop, Trajectory
from vision.ledger.schema import COUNTS, GATHERINGS, LENGTHS, MOVEMENTS, OCCUPANCY, QUEUES, SPEEDS, STEPS, STOPS, Sums

Storable = Passage | Movement | Stop | Queue | Gathering | Occupancy | Length | Coverage | Trajectory
Names = tuple[str | int, ...]
BinKey = tuple[int, int, Names]
"""Step, start, names of the series."""
Row = tuple[float | None, ...]
"""Values of a table's columns, in their order."""

LARGEST = 2**31
FASTEST = 255
"""Kilometres an hour; what is faster, by a fault, is in the last class of the histogram."""

LAST_TIME = 253_402_300_800
"""Unix seconds of the year 10000, the first instant that ISO 8601 cannot write with four digits."""


@dataclass
class Batch:
    """Sums of events that are to be written in one transaction.

    Attributes:
        number: position in the order of all batches of the file, from 1; the file remembers the last one it holds.
        sums: for each table of sums, its columns by (step, start, names of the series).
        coverage: spans (camera, start, end) in unix seconds.
        trajectories: rows (camera, class, start, end, unit, points as JSON).
        events: how many were added, by kind.
    """

    number: int
    sums: defaultdict[Sums, dict[BinKey, Row]] = field(default_factory=lambda: defaultdict(dict))
    coverage: list[tuple[str, float, float]] = field(default_factory=list)
    trajectories: list[tuple[str, str, float, float, str, str]] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.sums or self.coverage or self.trajectories)

    def add(self, event: Storable) -> None:
        """Add an event. What lasts is booked where it ended, which is when it became known.

        Raises:
            ValueError: the event's numbers cannot be stored; it is not added. One such event, once in the batch,
                would make every later commit fail.
        """
        match event:
            case Passage():
                self._add_passage(event)
            case Movement():
                way: Names = (event.camera, event.origin, event.destination, event.object_class)
                self._add(MOVEMENTS, event, event.utc, way, (1, event.seconds))
            case Stop():
                self._add_stop(event)
            case Queue():
                before: Names = (event.camera, event.line, event.direction)
                self._add(QUEUES, event, event.start, before, (event.object_seconds, event.maximum, event.metres))
            case Gathering():
                self._add_gathering(event)
            case Occupancy():
                within: Names = (event.camera, event.zone, event.object_class)
                self._add(OCCUPANCY, event, event.start, within, (event.object_seconds, event.maximum))
            case Length():
                self._add(LENGTHS, event, event.utc, (event.camera, event.lane, "swimmer"), (1,))
            case Coverage():
                self._add_coverage(event)
            case Trajectory():
                self._add_trajectory(event)
            case _:
                assert_never(event)
        self.events[event.kind] += 1

    def _add(self, table: Sums, event: Storable, time: float, names: Names, row: Row) -> None:
        """Add a row's values to the bins in which its time lies."""
        _require_time(event, time)
        for column, value in zip(table.columns, row, strict=True):
            _require(event, column, value, value is None or 0 <= value < LARGEST)
        second = math.floor(time)
        for step in STEPS:
            key = (step, second - second % step, names)
            before = self.sums[table].get(key)
            self.sums[table][key] = row if before is None else _merged(table, before, row)

    def _add_passage(self, event: Passage) -> None:
        names = (event.camera, event.line, event.direction, event.object_class)
        self._add(COUNTS, event, event.utc, names, (1,))
        if event.kmh is not None:
            self._add(SPEEDS, event, event.utc, (*names, min(math.floor(event.kmh), FASTEST)), (1, event.kmh))

    def _add_stop(self, event: Stop) -> None:
        seconds = event.end - event.start
        for zone in ("", *event.zones):
            self._add(STOPS, event, event.end, (event.camera, zone, event.object_class), (1, seconds, seconds))

    def _add_gathering(self, event: Gathering) -> None:
        row = (1, event.end - event.start, event.person_seconds, event.people, event.density)
        for zone in ("", *event.zones):
            self._add(GATHERINGS, event, event.end, (event.camera, zone), row)

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
        self.trajectories.append((event.camera, event.object_class, event.start, end, event.unit, points))


def _merged(table: Sums, one: Row, other: Row) -> Row:
    """Return two rows of a bin as one: the added columns added, the larger of the others."""
    pairs = list(zip(one, other, strict=True))
    added = [(a or 0) + (b or 0) for a, b in pairs[: len(table.added)]]
    largest = [max((v for v in pair if v is not None), default=None) for pair in pairs[len(table.added) :]]
    return (*added, *largest)


def _require_time(event: Storable, seconds: float) -> None:
    _require(event, "time", seconds, 0 <= seconds < LAST_TIME)


def _require(event: Storable, name: str, value: float | None, holds: bool) -> None:
    if not holds:
        raise ValueError(f"camera {event.camera}: {event.kind} has {name} {value}, which no ledger can hold")
