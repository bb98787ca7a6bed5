"""The ledger as it may be told where small numbers are withheld.

What is published is decided once, bin by bin of one fixed step, and every answer is made of that and of nothing else:
a longer bin is the sum of what was published of it, so no total gives back what a part of it withholds.

    counted     2  0  1  4 │ 6 │ 1  0 ...        threshold 5
    published   0  0  0  7 │ 6 │ 0  0 ...        a count waits until there are enough; nothing is lost but the last few

Counts wait, within a day of UTC, until at least `threshold` of the same series have come together; they are told in the
bin in which that happens. What is no sum, such as how many are in a zone at once, is withheld where it is not zero and
below the threshold. Sums over classes and over zones (`all`, and the whole view) are not published, since they would
give a class or the rest of the view back. A bin is published when it has been over for `SETTLED_S`, and no longer once
a part of its day has been dropped.
"""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vision.events import Trajectory
from vision.ledger.reader import LedgerReader, Names, Values
from vision.ledger.schema import GATHERINGS, OCCUPANCY, QUEUES, SPEEDS, STOPS, Sums
from vision.site import PrivacySettings

Flags = npt.NDArray[np.bool_]

DAY = 86_400
SETTLED_S = 300
"""Events come late: a passage when the object is beyond the band, a movement when its track has ended."""
CELLS_A_SIDE = 10
"""Grid of a view within whose cells the two ends of trajectories must agree."""
CELL_M = 5.0
"""The same on the ground."""

_SIZES = {OCCUPANCY: "maximum", QUEUES: "maximum", GATHERINGS: "people"}
"""Tables of what is at once, and the column that says how many."""
_SUMS_OVER = {OCCUPANCY: "all", STOPS: "", GATHERINGS: ""}
"""The name that stands for all classes, or for the whole view."""


class ReleasedReader(LedgerReader):
    """A `LedgerReader` that only tells what may be told.

    The `step` and `start` of every question must be multiples of the step that is published.

    Args:
        path: as for `LedgerReader`.
        privacy: threshold and step.
        clock: unix seconds now.
    """

    def __init__(self, path: Path, privacy: PrivacySettings, clock: Callable[[], float] = time.time) -> None:
        super().__init__(path)
        self._threshold = privacy.threshold
        self._base = privacy.step
        self._clock = clock

    def sums(self, table: Sums, start: int, end: int, step: int) -> dict[Names, dict[str, Values]]:
        """As `LedgerReader.sums`; an added column is nan in a bin of which a part is withheld."""
        days_from = start // DAY * DAY
        with self.snapshot():
            open_bins = self._open_bins(days_from, end)
            counted = super().sums(table, days_from, end, self._base)
        counted = {names: columns for names, columns in counted.items() if _SUMS_OVER.get(table) not in names[1:]}
        if table in _SIZES:
            told = {names: self._large(table, columns, open_bins) for names, columns in counted.items()}
        else:
            told = dict(self._gathered(table, counted, open_bins))
        skipped, merged = (start - days_from) // self._base, step // self._base
        return {
            names: {
                name: _coarse(column[skipped:], merged, largest=name in table.largest)
                for name, column in columns.items()
            }
            for names, columns in told.items()
        }

    def seen_seconds(self, camera: str, start: int, end: int, step: int) -> Values:
        """As `LedgerReader.seen_seconds`, of published bins only."""
        with self.snapshot():
            seen = super().seen_seconds(camera, start, end, self._base)
            return _coarse(np.where(self._open_bins(start, end), seen, 0.0), step // self._base, largest=False)

    def trajectories(
        self, start: float, end: float, camera: str | None = None, limit: int = 10_000
    ) -> list[Trajectory]:
        """As `LedgerReader.trajectories`, of those that many share.

        At least `threshold` of the same class must have begun in the same bin and gone from about the same place to
        about the same place; they are told as if all had begun with the bin.
        """
        first, last = math.floor(start / self._base) * self._base, math.ceil(end / self._base) * self._base
        with self.snapshot():
            found = super().trajectories(first, last, camera, limit=-1)
            open_bins = self._open_bins(first, last)
        alike = Counter(self._likeness(trajectory) for trajectory in found)
        return [
            trajectory.model_copy(update={"start": float(begin)})
            for trajectory in found
            if start <= (begin := self._likeness(trajectory)[0]) < end
            and alike[self._likeness(trajectory)] >= self._threshold
            and open_bins[(begin - first) // self._base]
        ][:limit]

    def _likeness(self, trajectory: Trajectory) -> tuple[int, Names]:
        """Return the bin in which a trajectory began, and what it must share with others."""
        cell = CELL_M if trajectory.unit == "m" else 1 / CELLS_A_SIDE
        ends = [
            math.floor(value / cell) for point in (trajectory.points[0], trajectory.points[-1]) for value in point[1:]
        ]
        begin = int(trajectory.start // self._base) * self._base
        return begin, (trajectory.camera, trajectory.object_class, trajectory.unit, *ends)

    def _open_bins(self, start: int, end: int) -> Flags:
        """Return which of the bins from `start` on, a multiple of the step, are published."""
        begins = np.arange(start, end, self._base)
        settled = begins + self._base <= self._clock() - SETTLED_S
        published: Flags = settled & (begins // DAY * DAY >= self.horizons().minute)
        return published

    def _large(self, table: Sums, columns: dict[str, Values], open_bins: Flags) -> dict[str, Values]:
        """Return what is at once, nan where it is too few; in bins that are not published it is nothing."""
        size = columns[_SIZES[table]]
        few = (size > 0) & (size < self._threshold)
        return {
            name: np.where(open_bins, np.where(few, np.nan if name in table.added else 0.0, column), 0.0)
            for name, column in columns.items()
        }

    def _gathered(
        self, table: Sums, counted: dict[Names, dict[str, Values]], open_bins: Flags
    ) -> Iterator[tuple[Names, dict[str, Values]]]:
        """Yield sums that have waited until there were enough of the series; the largest of them are withheld."""
        totals: defaultdict[Names, Values] = defaultdict(lambda: np.zeros(len(open_bins)))
        for names, columns in counted.items():
            totals[_series(table, names)] += columns["count"]
        told_in = {series: self._told_in(total, open_bins) for series, total in totals.items()}
        for names, columns in counted.items():
            places = told_in[_series(table, names)]
            told = {name: np.zeros(len(open_bins)) for name in table.added}
            for name, column in told.items():
                np.add.at(column, places[places >= 0], columns[name][places >= 0])
            yield names, told | {name: np.full(len(open_bins), np.nan) for name in table.largest}

    def _told_in(self, total: Values, open_bins: Flags) -> npt.NDArray[np.int64]:
        """Return for each bin of whole days the bin in which its count is told, -1 where it never is."""
        places = np.full(len(total), -1)
        waiting, since, bins_a_day = 0.0, 0, DAY // self._base
        for place, (count, published) in enumerate(zip(total.tolist(), open_bins.tolist(), strict=True)):
            if place % bins_a_day == 0:
                waiting, since = 0.0, place
            waiting += count
            if published and waiting >= self._threshold:
                places[since : place + 1] = place
                waiting, since = 0.0, place + 1
        return places


def _series(table: Sums, names: Names) -> Names:
    """Return what must come together: a histogram's classes do."""
    return names[:-1] if table == SPEEDS else names


def _coarse(column: Values, merged: int, *, largest: bool) -> Values:
    """Return a column whose bins are so many of the given ones."""
    parts = column.reshape(-1, merged)
    coarse: Values = np.fmax.reduce(parts, axis=1) if largest else parts.sum(axis=1)
    return coarse
