"""What a ledger says of a site in bins, as feeds need it: a figure a series and bin, or None where nothing was seen."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise

import numpy as np

from vision.classes import CLASSES, ClassName
from vision.events import DIRECTIONS, Direction
from vision.ledger import LedgerReader
from vision.ledger.reader import Names, Values
from vision.ledger.schema import Sums
from vision.ledger.shares import shares
from vision.site import Camera
from vision.view import Line

DECIMALS = 6
"""Of a share: a tenth of a second of a day."""


@dataclass(frozen=True, slots=True)
class Binned:
    """Sums of one table in the bins [start + k * step, start + (k + 1) * step), in unix seconds.

    Attributes:
        sums: by names of the series its columns (bins,); a series that has nothing may be absent.
        seen: by camera the seconds seen (bins,).
    """

    start: int
    step: int
    sums: Mapping[Names, Mapping[str, Values]]
    seen: Mapping[str, Values]

    def figures(self, series: Names, column: str) -> list[float | None]:
        """Return a column of a series whose first name is its camera's; None where nothing was seen, or it is unknown.

        What was withheld as too few of a sum reads as the reader tells it.
        """
        seen = self.seen[str(series[0])]
        values = self.sums[series][column] if series in self.sums else np.zeros(len(seen))
        return [
            float(value) if was_seen and not math.isnan(value) else None
            for value, was_seen in zip(values.tolist(), (seen > 0).tolist(), strict=True)
        ]

    def counts(self, series: Names) -> list[int | None]:
        """Return the column `count` as whole numbers."""
        return [None if value is None else int(value) for value in self.figures(series, "count")]

    def coverage(self, camera: str) -> list[float]:
        """Return the share of each bin that a camera really saw."""
        return shares(self.seen[camera], self.step)

    def times(self, timezone: tzinfo) -> list[tuple[datetime, datetime]]:
        """Return start and end of each bin."""
        bins = len(next(iter(self.seen.values()), ()))
        edges = [datetime.fromtimestamp(self.start + k * self.step, timezone) for k in range(bins + 1)]
        return list(pairwise(edges))


def read(reader: LedgerReader, table: Sums, cameras: Sequence[Camera], start: int, end: int, step: int) -> Binned:
    """Read a table of sums and the seconds seen, of one state of the ledger.

    Raises:
        ComptageError: the ledger cannot be read.
        ValueError: as `LedgerReader.sums`.
    """
    with reader.snapshot():
        seen = {camera.name: reader.seen_seconds(camera.name, start, end, step) for camera in cameras}
        return Binned(start, step, reader.sums(table, start, end, step), seen)


@dataclass(frozen=True, slots=True)
class Channel:
    """What is counted across one line, one way, of one class."""

    camera: Camera
    line: Line
    direction: Direction
    object_class: ClassName

    @property
    def series(self) -> tuple[str, str, str, str]:
        """Its names in the ledger."""
        return self.camera.name, self.line.name, self.direction, self.object_class

    @property
    def name(self) -> str:
        """The same as one word."""
        return ":".join(self.series)

    @property
    def words(self) -> str:
        """The site's own words for the direction, or ''."""
        return (self.line.forward if self.direction == "forward" else self.line.backward) or ""


def channels(cameras: Sequence[Camera], classes: Sequence[ClassName] = CLASSES) -> Iterator[Channel]:
    """Yield all that cameras count across lines of some classes, in the order of the site file."""
    for camera in cameras:
        for line in camera.lines:
            for direction in DIRECTIONS:
                for name in camera.classes or CLASSES:
                    if name in classes:
                        yield Channel(camera, line, direction, name)
