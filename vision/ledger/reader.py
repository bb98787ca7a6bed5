"""Readers of a ledger: sums over any bins, as arrays."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, cast

import numpy as np
import numpy.typing as npt

from vision.errors import ComptageError
from vision.events import Trajectory
from vision.ledger import schema
from vision.ledger.schema import COUNTS, FINE, MINUTE, OCCUPANCY, Sums

LineKey = tuple[str, str, str, str]
"""camera, line, direction, class."""

ZoneKey = tuple[str, str, str]
"""camera, zone, class or 'all'."""

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Names = tuple[str | int, ...]

MICROSECONDS = 6
"""Decimals of the seconds seen: unix time in a float64 says no more."""

_SPANS = 'SELECT start, "end" FROM coverage WHERE camera = ? AND "end" > ? AND start < ? ORDER BY start'
_TRAJECTORIES = """
    SELECT camera, class, start, unit, points FROM trajectories
    WHERE start >= max(:start, :kept_from) AND start < :end AND (:camera IS NULL OR camera = :camera)
    ORDER BY start, id LIMIT :limit"""


def _select(table: Sums) -> str:
    """Return the statement that sums a table over the bins of a grid."""
    columns = [f"sum({column})" for column in table.added] + [f"max({column})" for column in table.largest]
    return f"""
        SELECT series, (start - :start) / :step AS bin, {", ".join(columns)} FROM {table.table}
        WHERE step = :resolution AND start >= :kept_from AND start < :end GROUP BY series, bin"""  # noqa: S608


class Horizons(NamedTuple):
    """Unix seconds before which each table may have been dropped; 0 until the first pruning."""

    fine: int
    minute: int
    trajectories: int


@dataclass(frozen=True, slots=True)
class _Grid:
    """The bins that are asked for, and the resolution and horizon of the stored bins that answer."""

    start: int
    end: int
    step: int
    resolution: int
    kept_from: int

    @property
    def bins(self) -> int:
        return (self.end - self.start) // self.step


class LedgerReader:
    """A ledger, open for reading while a writer goes on; for one thread at a time, and cheap to open.

    The methods that take `start`, `end` and `step` (unix seconds, `end - start` a multiple of `step`) answer for the
    bins [start + k * step, start + (k + 1) * step). They read the minute bins where `start` and `step` are multiples
    of 60, else the bins of one second, which are kept for a shorter time; `horizons` says since when. What lies
    before the horizon of the bins that are read is left out of the counts **and** of the seconds seen: a bin that is
    no longer kept has coverage 0, thus `null`, and one that is kept in part has the coverage of that part.

    Methods called one after another may see two states of the ledger; inside `with reader.snapshot():` they see one,
    so that a count and the coverage that came with it are seen together.

    Args:
        path: the SQLite file that a `Ledger` has made.

    Raises:
        ComptageError: the file is missing, is not a ledger, or is of another version. Every method raises it, too,
            where the database cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        if not self._path.exists():
            raise ComptageError(f"{self._path}: no such file, wanted a ledger")
        with schema.one_line_errors(self._path), ExitStack() as stack:
            self._connection = stack.enter_context(closing(schema.connect(self._path, "ro")))
            schema.require_newest(self._connection, self._path)
            stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See one state of the ledger in all calls inside the block. Keep it short: the log grows meanwhile."""
        if self._connection.in_transaction:
            yield
            return
        with schema.one_line_errors(self._path), self._connection:
            self._connection.execute("BEGIN")
            self._connection.execute("SELECT 1 FROM state").fetchone()  # the state is fixed by the first reading
            yield

    def horizons(self) -> Horizons:
        """Return since when each table is kept."""
        with self.snapshot():
            state: dict[str, int] = dict(self._connection.execute("SELECT name, value FROM state").fetchall())
        return Horizons(state["fine_from"], state["minute_from"], state["trajectories_from"])

    def sums(self, table: Sums, start: int, end: int, step: int) -> dict[Names, dict[str, Values]]:
        """Return by names of the series the columns of a table of sums, float64 (bins,); only series that have any.

        Where a bin has no row its sums are 0 and so are its largest values; a largest value that is not known is nan.

        Raises:
            ValueError: `step` is not positive, or `end - start` is not a positive multiple of it.
        """
        with self.snapshot():
            grid = self._grid(start, end, step)
            found: dict[int, dict[str, Values]] = defaultdict(
                lambda: {column: np.zeros(grid.bins) for column in table.columns}
            )
            for series, place, *values in self._connection.execute(_select(table), asdict(grid)):
                for column, value in zip(table.columns, values, strict=True):
                    found[series][column][place] = math.nan if value is None else value
            names = self._connection.execute(f"SELECT id, {', '.join(table.names)} FROM {table.series}")  # noqa: S608
            return {tuple(said): found[key] for key, *said in names if key in found}

    def line_counts(self, start: int, end: int, step: int) -> dict[LineKey, Counts]:
        """Return passages by (camera, line, direction, class), int64 (bins,); only keys that have any.

        Raises:
            ValueError: as `sums`.
        """
        sums = cast("dict[LineKey, dict[str, Values]]", self.sums(COUNTS, start, end, step))
        return {key: columns["count"].astype(np.int64) for key, columns in sums.items()}

    def zone_occupancy(self, start: int, end: int, step: int) -> dict[ZoneKey, tuple[Values, Counts]]:
        """Return by (camera, zone, class) the object-seconds, float64 (bins,), and the maximum at once, int64 (bins,).

        Only keys that have any. Object-seconds over `seen_seconds` is the mean number of objects.

        Raises:
            ValueError: as `sums`.
        """
        sums = cast("dict[ZoneKey, dict[str, Values]]", self.sums(OCCUPANCY, start, end, step))
        return {key: (of["object_seconds"], of["maximum"].astype(np.int64)) for key, of in sums.items()}

    def seen_seconds(self, camera: str, start: int, end: int, step: int) -> Values:
        """Return how long the camera saw in each bin, float64 (bins,) in [0, step], rounded to microseconds.

        Raises:
            ValueError: as `sums`.
        """
        with self.snapshot():
            grid = self._grid(start, end, step)
            rows = self._connection.execute(_SPANS, (camera, grid.kept_from, end)).fetchall()
        if not rows:
            return np.zeros(grid.bins)
        # Spans neither overlap nor touch, so the seconds seen so far rise from edge to edge. They are taken from
        # `start` on: small numbers keep the decimals.
        edges = np.clip(np.array(rows, np.float64), grid.kept_from, end) - start
        lengths = edges[:, 1] - edges[:, 0]
        seen = np.cumsum(lengths)
        seen_at_edges = np.stack((seen - lengths, seen), axis=1)
        borders = np.arange(grid.bins + 1) * float(step)
        in_bins: Values = np.diff(np.interp(borders, edges.ravel(), seen_at_edges.ravel()))
        return np.round(in_bins, MICROSECONDS)

    def coverage_spans(self, camera: str) -> list[tuple[float, float]]:
        """Return when the camera saw, as disjoint [start, end) in unix seconds, in order; all that is kept."""
        with self.snapshot():
            return self._connection.execute(_SPANS, (camera, 0, float("inf"))).fetchall()

    def first_seen(self) -> dict[str, float]:
        """Return by camera when it first saw, in unix seconds, as far as that is kept."""
        with self.snapshot():
            return dict(self._connection.execute("SELECT camera, min(start) FROM coverage GROUP BY camera").fetchall())

    def trajectories(
        self, start: float, end: float, camera: str | None = None, limit: int = 10_000
    ) -> list[Trajectory]:
        """Return the first `limit` trajectories that began in [start, end), by the time at which they began."""
        with self.snapshot():
            kept_from = self.horizons().trajectories
            asked = {"start": start, "end": end, "kept_from": kept_from, "camera": camera, "limit": limit}
            return [
                Trajectory.model_validate(
                    {"camera": at, "class": name, "start": began, "unit": unit, "points": json.loads(points)}
                )
                for at, name, began, unit, points in self._connection.execute(_TRAJECTORIES, asked)
            ]

    def _grid(self, start: int, end: int, step: int) -> _Grid:
        if step <= 0 or end <= start or (end - start) % step:
            raise ValueError(f"bins of {step} s from {start} to {end}, wanted a whole, positive number of bins")
        horizons = self.horizons()
        minutes = start % MINUTE == 0 and step % MINUTE == 0
        resolution, horizon = (MINUTE, horizons.minute) if minutes else (FINE, horizons.fine)
        return _Grid(start, end, step, resolution, min(max(start, horizon), end))
