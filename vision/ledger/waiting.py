"""Where batches wait that could not be written: a ledger in memory, of the same schema and of a bounded size."""

import sqlite3
from collections import Counter

from vision.ledger import schema
from vision.ledger.batch import Batch
from vision.ledger.booking import book, pour

MOST_BYTES = 64 * 1024 * 1024
"""Of what waits. A batch that finds no room is lost."""

ROWS_A_TRANSACTION = 5_000
"""Rows moved from here to the disk at a time: some tens of milliseconds."""

_PAGE = 4096
"""Bytes of a page, SQLite's default."""


class WaitingRoom:
    """Holds what a disk would not take, in the form in which the disk will get it.

    A batch is taken whole, with its coverage, or not at all: what is lost has coverage 0, so that it reads as `null`
    and never as 0.

    Args:
        most_bytes: how large it may grow.

    Attributes:
        lost: events that found no room, by kind, since the beginning.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_pages = most_bytes // _PAGE
        self._connection: sqlite3.Connection | None = None
        self.lost: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return self._connection is not None

    @property
    def size(self) -> int:
        """Bytes in use."""
        if self._connection is None:
            return 0
        (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        (free,) = self._connection.execute("PRAGMA freelist_count").fetchone()
        return (int(pages) - int(free)) * _PAGE

    def take(self, batch: Batch) -> None:
        """Let a batch wait; where there is no room for it, it is lost."""
        if self._connection is None:
            self._connection = schema.connect_memory()
            self._connection.execute(f"PRAGMA max_page_count = {self._most_pages}")
        try:
            with self._connection as connection:
                connection.execute("BEGIN")
                book(connection, batch)
        except sqlite3.OperationalError:  # full is all that can happen to a database in memory
            self.lost += batch.events

    def pour_into(self, target: sqlite3.Connection) -> None:
        """Move the next rows to a file, in one transaction; when all are moved, the memory is given back.

        Raises:
            sqlite3.Error: the file refused; all is still here.
        """
        if self._connection is None:
            return
        with self._connection as source:
            source.execute("BEGIN")
            with target:
                target.execute("BEGIN IMMEDIATE")
                moved = pour(source, target, ROWS_A_TRANSACTION)
        if not moved:
            self._connection.close()
            self._connection = None
