"""The one writer of a ledger."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from vision.errors import ComptageError
from vision.ledger import files, schema
from vision.ledger.batch import Batch, Storable
from vision.ledger.booking import book
from vision.ledger.schema import FINE, MINUTE, SUMS, Sums
from vision.ledger.status import LedgerStatus
from vision.ledger.waiting import MOST_BYTES, WaitingRoom
from vision.site import Retention

DAY = 86_400
"""Seconds."""

ROWS_A_DELETION = 2_000
"""Rows pruned in one transaction: some milliseconds, so that a commit never waits long."""

BREATH = 0.001
"""Seconds between two deletions, in which a commit of another thread gets its turn."""

POUR_S = 0.5
"""Time a commit spends on what has waited; the rest is for the next one."""

READ_BACK_S = 1.0
"""Between two readings of what has been written."""

_GET_STATE = "SELECT value FROM state WHERE name = ?"
_SET_STATE = "UPDATE state SET value = ? WHERE name = ?"
_PRUNE_TRAJECTORIES = "DELETE FROM trajectories WHERE id IN (SELECT id FROM trajectories WHERE start < ? LIMIT ?)"
_PRUNE_COVERAGE = """
    DELETE FROM coverage WHERE (camera, "end", start) IN
    (SELECT camera, "end", start FROM coverage WHERE "end" <= ? LIMIT ?)"""

log = logging.getLogger(__name__)


def _prune(table: Sums) -> str:
    """Return the statement that drops so many bins of a step before an instant."""
    return f"""
        DELETE FROM {table.table} WHERE (step, start, series) IN
        (SELECT step, start, series FROM {table.table} WHERE step = ? AND start < ? LIMIT ?)"""  # noqa: S608


class Ledger:
    """The ledger, open for writing. One at a time may hold a file; the hold ends with the process, however it ends.

    `add` may be called from one thread while `commit` or `prune` runs in another.

    A disk that is full, read-only or fails is waited for, also at the start: events wait in memory, up to a bound. A
    file whose bytes are no longer a database's is set aside under a name with the time, and a new one takes its place.

    Args:
        path: the SQLite file; made when it is not there. `path` + ".lock" beside it tells other writers to stay away.
        retention: how long each table is kept.
        most_waiting: bytes that may wait in memory.

    Raises:
        ComptageError: the file is held by another writer, is not a ledger, is of a newer version, or cannot be opened.
    """

    def __init__(self, path: Path, retention: Retention, most_waiting: int = MOST_BYTES) -> None:
        self._path = path.resolve()
        self._retention = retention
        self._adding = threading.Lock()
        self._writing = threading.RLock()
        self._resources = ExitStack()
        self._lock: TextIO | None = None
        self._connection: sqlite3.Connection | None = None
        self._waiting = WaitingRoom(most_waiting)
        self._trouble = ""
        self._read_back_at = time.monotonic()
        # The last batch is still open to events; those before it are to be written.
        self._batches = [Batch(1)]
        self._offset = 0
        """What the file adds to our numbers of batches."""
        self._start()

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

        What has waited since an earlier commit was refused is written afterwards, in a part a commit.

        Raises:
            ComptageError: the disk is full, the file is locked, or the like. What was not written is kept in memory as
                long as there is room, and the next commit tries again.
        """
        with self._writing:
            with self._adding:
                if self._batches[-1]:
                    self._batches.append(Batch(self._batches[-1].number + 1))
                closed = self._batches[:-1]
            if not (closed or self._waiting or self._trouble):
                return
            try:
                self._write_somewhere(closed)
            except ComptageError:
                for batch in closed:
                    self._waiting.take(batch)
                self._forget(closed)
                raise
            self._forget(closed)
            self._pour()

    def status(self) -> LedgerStatus:
        """Return how the writing fares."""
        with self._writing:
            lost = dict(self._waiting.lost)
            return LedgerStatus(self._trouble, self._waiting.size, lost, files.found_aside(self._path))

    def prune(self, now: float) -> None:
        """Drop what is older than its retention; to be called every minute or so.

        Works in short transactions, between which another thread may commit. The room in the file is used again, but
        not given back to the disk.

        Args:
            now: unix seconds.

        Raises:
            ComptageError: the database refused; what was not dropped is dropped the next time.
        """
        with self.transaction():
            fine = self._advance("fine_from", now, self._retention.fine_bins, FINE)
            minute = self._advance("minute_from", now, self._retention.minute_bins, MINUTE)
            trajectories = self._advance("trajectories_from", now, self._retention.trajectories, FINE)
        for step, horizon in ((FINE, fine), (MINUTE, minute)):
            for table in SUMS:
                self._delete(_prune(table), step, horizon)
        self._delete(_PRUNE_TRAJECTORIES, trajectories)
        self._delete(_PRUNE_COVERAGE, min(fine, minute))

    def close(self) -> None:
        """Commit, then let go of the file, even where the commit fails. Closing twice does nothing more.

        Raises:
            ComptageError: the last commit failed, and what was still in memory is lost.
        """
        with self._writing, self._resources:
            self.commit()
            while self._waiting:
                self._pour()

    def _start(self) -> None:
        try:
            with self._troubles():
                self._opened()
        except ComptageError as error:
            if schema.is_damage(error.__cause__) and not self._path.exists():
                self._start()  # it has been set aside
            elif not schema.may_pass(error.__cause__):
                self._resources.close()
                raise

    def _opened(self) -> sqlite3.Connection:
        """Return the connection; opens the file where that could not be done before.

        Raises:
            ComptageError: as for the class.
            sqlite3.Error: the database refused.
        """
        if self._connection is not None:
            return self._connection
        if self._lock is None:
            self._lock = self._resources.enter_context(files.hold(self._path))
        with ExitStack() as stack:
            connection = stack.enter_context(closing(schema.connect(self._path, "rwc")))
            schema.prepare(connection, self._path)
            (known,) = connection.execute(_GET_STATE, ("batch",)).fetchone()
            self._offset = int(known) - (self._batches[0].number - 1)
            self._resources.push(stack.pop_all())
        files.sign(self._lock)
        self._connection = connection
        return connection

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        """Remember why the database refused, and set a damaged file aside.

        Raises:
            ComptageError: an error was raised inside the block.
        """
        try:
            with schema.one_line_errors(self._path):
                yield
        except ComptageError as error:
            cause = error.__cause__
            self._trouble = (cause.strerror or "") if isinstance(cause, OSError) else str(cause or "not a ledger")
            is_lost = schema.is_damage(cause) or (self._connection is not None and not self._path.exists())
            if is_lost and self._lock and files.is_signed(self._lock):
                self._set_aside()
            raise
        self._trouble = ""

    def _set_aside(self) -> None:
        """Close a damaged file and rename it, unless it is gone; the next transaction begins a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        fate = f"set aside as {files.set_aside(self._path).name}" if self._path.exists() else "the file is gone"
        log.error("%s: %s: %s, counts go on in a new file", self._path, self._trouble, fate)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write what is in the block in one transaction; at its end it is on the disk.

        Raises:
            ComptageError: the database refused, and nothing was written.
        """
        with self._writing, self._troubles(), self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def _write_somewhere(self, batches: list[Batch]) -> None:
        """Write batches to the file, or to a new one where it turns out to be damaged and is set aside."""
        try:
            self._write(batches)
        except ComptageError as error:
            if self._connection is not None or self._path.exists() or schema.may_pass(error.__cause__):
                raise
            self._write(batches)

    def _write(self, batches: list[Batch]) -> None:
        with self.transaction():
            # Written already if this process was interrupted between the end of the transaction and `_forget`.
            written = self._state("batch") - self._offset
            for batch in batches:
                if batch.number > written:
                    book(self._opened(), batch)
            number = max([written, *(batch.number for batch in batches)])
            self._opened().execute(_SET_STATE, (number + self._offset, "batch"))
        if time.monotonic() >= self._read_back_at:
            self._read_back_at = time.monotonic() + READ_BACK_S
            self._read_back()

    def _read_back(self) -> None:
        """Read the file as others do: this connection has its pages in memory and would not see what became of them."""
        with self._troubles(), closing(schema.connect(self._path, "ro")) as fresh:
            schema.require_newest(fresh, self._path)
            fresh.execute(_GET_STATE, ("batch",)).fetchone()

    def _forget(self, batches: list[Batch]) -> None:
        with self._adding:
            del self._batches[: len(batches)]

    def _pour(self) -> None:
        """Write what has waited, for as long as a commit may take."""
        ends_at = time.monotonic() + POUR_S
        while self._waiting and time.monotonic() < ends_at:
            with self._troubles():
                self._waiting.pour_into(self._opened())

    def _advance(self, name: str, now: float, days: float, step: int) -> int:
        """Move a horizon, a multiple of `step`, to `now` less the retention, and return it.

        It never goes back behind what has been dropped, but for one case: a horizon in the future comes from a clock
        that was wrong for a while, and would hide all new bins for as long; it becomes the present.
        """
        cutoff = int((now - days * DAY) // step) * step
        present = -int(-now // step) * step
        horizon = min(max(self._state(name), cutoff), present)
        self._opened().execute(_SET_STATE, (horizon, name))
        return horizon

    def _delete(self, statement: str, *parameters: int) -> None:
        deleted = ROWS_A_DELETION
        while deleted == ROWS_A_DELETION:
            with self.transaction():
                deleted = self._opened().execute(statement, (*parameters, ROWS_A_DELETION)).rowcount
            time.sleep(BREATH)

    def _state(self, name: str) -> int:
        (value,) = self._opened().execute(_GET_STATE, (name,)).fetchone()
        return int(value)
