"""The one writer of a ledger."""

import fcntl
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from vision.errors import ComptageError
from vision.ledger import schema
from vision.ledger.batch import Batch, Storable
from vision.ledger.schema import FINE, MINUTE, SUMS, Sums
from vision.site import Retention

DAY = 86_400
"""Seconds."""

JOIN = 0.001
"""Seconds: two spans that lie no further apart are one, because a frame's time is no more exact than that."""

ROWS_A_DELETION = 2_000
"""Rows pruned in one transaction: some milliseconds, so that a commit never waits long."""

BREATH = 0.001
"""Seconds between two deletions, in which a commit of another thread gets its turn."""

_TOUCHING = 'FROM coverage WHERE camera = ? AND "end" >= ? AND start <= ?'
_UNION = f'SELECT min(start), max("end") {_TOUCHING}'
_FORGET_TOUCHING = f"DELETE {_TOUCHING}"
_ADD_SPAN = 'INSERT INTO coverage (camera, start, "end") VALUES (?, ?, ?)'
_ADD_TRAJECTORY = 'INSERT INTO trajectories (camera, class, start, "end", unit, points) VALUES (?, ?, ?, ?, ?, ?)'
_GET_STATE = "SELECT value FROM state WHERE name = ?"
_SET_STATE = "UPDATE state SET value = ? WHERE name = ?"
_PRUNE_TRAJECTORIES = "DELETE FROM trajectories WHERE id IN (SELECT id FROM trajectories WHERE start < ? LIMIT ?)"
_PRUNE_COVERAGE = """
    DELETE FROM coverage WHERE (camera, "end", start) IN
    (SELECT camera, "end", start FROM coverage WHERE "end" <= ? LIMIT ?)"""


def _name(table: Sums) -> str:
    """Return the statement that makes a series known. All names in statements are those of `schema`."""
    marks = ", ".join("?" for _ in table.names)
    return f"INSERT INTO {table.series} ({', '.join(table.names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608


def _add(table: Sums) -> str:
    """Return the statement that adds a row (step, start, values, names) to its bin."""
    values = ", ".join("?" for _ in table.columns)
    names = " AND ".join(f"{name} = ?" for name in table.names)
    merged = [f"{column} = {column} + excluded.{column}" for column in table.added]
    merged += [
        # max() of SQLite is NULL where either is
        f"{column} = coalesce(max({column}, excluded.{column}), {column}, excluded.{column})"
        for column in table.largest
    ]
    return f"""
        INSERT INTO {table.table} (step, start, series, {", ".join(table.columns)})
        SELECT ?, ?, id, {values} FROM {table.series} WHERE {names}
        ON CONFLICT (step, start, series) DO UPDATE SET {", ".join(merged)}"""  # noqa: S608


def _prune(table: Sums) -> str:
    """Return the statement that drops so many bins of a step before an instant."""
    return f"""
        DELETE FROM {table.table} WHERE (step, start, series) IN
        (SELECT step, start, series FROM {table.table} WHERE step = ? AND start < ? LIMIT ?)"""  # noqa: S608


class Ledger:
    """The ledger, open for writing. One at a time may hold a file; the hold ends with the process, however it ends.

    `add` may be called from one thread while `commit` or `prune` runs in another.

    Args:
        path: the SQLite file; made when it is not there. `path` + ".lock" beside it tells other writers to stay away.
        retention: how long each table is kept.

    Raises:
        ComptageError: the file is held by another writer, is not a ledger, is of a newer version, or cannot be opened.
    """

    def __init__(self, path: Path, retention: Retention) -> None:
        self._path = path.resolve()
        self._retention = retention
        self._adding = threading.Lock()
        self._writing = threading.RLock()
        with ExitStack() as stack:
            stack.enter_context(_hold(self._path))
            with schema.one_line_errors(self._path):
                self._connection = stack.enter_context(closing(schema.connect(self._path, "rwc")))
                schema.prepare(self._connection, self._path)
                # The last batch is still open to events; those before it wait to be written.
                self._batches = [Batch(self._state("batch") + 1)]
            self._resources = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def add(self, event: Storable) -> None:
        """Take an event into memory; the next commit writes it, in the bin of its own time however late it comes.

        Raises:
            ValueError: the event says a number that cannot be stored, such as an infinite time.
        """
        with self._adding:
            self._batches[-1].add(event)

    def commit(self) -> None:
        """Write all that was added, in one transaction; when it returns, a power cut takes nothing of it away.

        Raises:
            ComptageError: the disk is full, the file is locked, or the like. Nothing was written, all is kept in
                memory, and the next commit tries again.
        """
        with self._writing:
            with self._adding:
                if self._batches[-1]:
                    self._batches.append(Batch(self._batches[-1].number + 1))
                waiting = self._batches[:-1]
            if not waiting:
                return
            with self._transaction():
                # Written already if this process was interrupted between the end of the transaction and the `del`.
                written = self._state("batch")
                for batch in waiting:
                    if batch.number > written:
                        self._write(batch)
                self._connection.execute(_SET_STATE, (waiting[-1].number, "batch"))
            with self._adding:
                del self._batches[: len(waiting)]

    def prune(self, now: float) -> None:
        """Drop what is older than its retention; to be called every minute or so.

        Works in short transactions, between which another thread may commit. The room in the file is used again, but
        not given back to the disk.

        Args:
            now: unix seconds.

        Raises:
            ComptageError: the database refused; what was not dropped is dropped the next time.
        """
        with self._transaction():
            fine = self._advance("fine_from", now, self._retention.fine_bins, FINE)
            minute = self._advance("minute_from", now, self._retention.minute_bins, MINUTE)
            trajectories = self._advance("trajectories_from", now, self._retention.trajectories, FINE)
        for step, horizon in ((FINE, fine), (MINUTE, minute)):
            for table in SUMS:
                self._delete(_prune(table), step, horizon)
        self._delete(_PRUNE_TRAJECTORIES, trajectories)
        self._delete(_PRUNE_COVERAGE, min(fine, minute))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write something beside the counts, in a transaction of its own; at the end of the block it is on the disk.

        Raises:
            ComptageError: the database refused, and nothing was written.
        """
        with self._transaction():
            yield self._connection

    def close(self) -> None:
        """Commit, then let go of the file, even where the commit fails. Closing twice does nothing more.

        Raises:
            ComptageError: the last commit failed, and what was still in memory is lost.
        """
        with self._writing, self._resources:
            self.commit()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._writing, schema.one_line_errors(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    def _write(self, batch: Batch) -> None:
        execute, executemany = self._connection.execute, self._connection.executemany
        for table, rows in batch.sums.items():
            executemany(_name(table), {names for _, _, names in rows})
            executemany(_add(table), ((step, start, *row, *names) for (step, start, names), row in rows.items()))
        for camera, start, end in batch.coverage:
            touching = (camera, start - JOIN, end + JOIN)
            first, last = execute(_UNION, touching).fetchone()
            execute(_FORGET_TOUCHING, touching)
            whole = (start, end) if first is None else (min(start, first), max(end, last))
            execute(_ADD_SPAN, (camera, *whole))
        executemany(_ADD_TRAJECTORY, batch.trajectories)

    def _advance(self, name: str, now: float, days: float, step: int) -> int:
        """Move a horizon, a multiple of `step`, to `now` less the retention, and return it.

        It never goes back behind what has been dropped, but for one case: a horizon in the future comes from a clock
        that was wrong for a while, and would hide all new bins for as long; it becomes the present.
        """
        cutoff = int((now - days * DAY) // step) * step
        present = -int(-now // step) * step
        horizon = min(max(self._state(name), cutoff), present)
        self._connection.execute(_SET_STATE, (horizon, name))
        return horizon

    def _delete(self, statement: str, *parameters: int) -> None:
        deleted = ROWS_A_DELETION
        while deleted == ROWS_A_DELETION:
            with self._transaction():
                deleted = self._connection.execute(statement, (*parameters, ROWS_A_DELETION)).rowcount
            time.sleep(BREATH)

    def _state(self, name: str) -> int:
        (value,) = self._connection.execute(_GET_STATE, (name,)).fetchone()
        return int(value)


def _hold(path: Path) -> TextIO:
    """Return the lock file beside `path`, held by this process until it is closed or the process ends.

    A lock file and not the ledger itself: closing any descriptor of a database drops the locks that SQLite holds on
    it in this process. It is never removed, since two writers could then hold two files of the same name.
    A child forked without exec would share the hold; workers are programs of their own and do not.
    """
    lock = path.with_name(f"{path.name}.lock")
    with ExitStack() as stack:
        try:
            file = stack.enter_context(lock.open("a"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ComptageError(f"{path}: another writer holds this ledger, wanted to be the only one") from error
        except OSError as error:
            raise ComptageError(f"{lock}: {error.strerror}, wanted a place for the ledger's lock") from error
        stack.pop_all()
        return file
