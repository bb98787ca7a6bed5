"""Statements that book rows into a ledger. All names in them are those of `schema`."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from vision.ledger.batch import Batch
from vision.ledger.schema import SUMS, Sums

JOIN = 0.001
"""Seconds: two spans that lie no further apart are one, because a frame's time is no more exact than that."""

Rows = Iterable[tuple[Any, ...]]

_TOUCHING = 'FROM coverage WHERE camera = ? AND "end" >= ? AND start <= ?'
_UNION = f'SELECT min(start), max("end") {_TOUCHING}'
_FORGET_TOUCHING = f"DELETE {_TOUCHING}"
_ADD_SPAN = 'INSERT INTO coverage (camera, start, "end") VALUES (?, ?, ?)'
_TRAJECTORY = 'camera, class, start, "end", unit, points'
_ADD_TRAJECTORY = f"INSERT INTO trajectories ({_TRAJECTORY}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
_OLDEST_TRAJECTORIES = f"SELECT id, {_TRAJECTORY} FROM trajectories ORDER BY id LIMIT ?"  # noqa: S608


def book(connection: sqlite3.Connection, batch: Batch) -> None:
    """Add a batch to the bins, spans and trajectories of a ledger, inside the caller's transaction."""
    for table, rows in batch.sums.items():
        connection.executemany(_name(table), {names for _, _, names in rows})
        connection.executemany(_add(table), ((step, start, *row, *names) for (step, start, names), row in rows.items()))
    _cover(connection, batch.coverage)
    connection.executemany(_ADD_TRAJECTORY, batch.trajectories)


def pour(source: sqlite3.Connection, target: sqlite3.Connection, most: int) -> int:
    """Move rows from one ledger to another, inside the caller's transactions on both; return how many, 0 at the end.

    Spans come last: what is counted is never claimed to be all while a part of it is still to come.

    Args:
        source: loses the rows.
        target: gets them, added to what it holds.
        most: rows at a time.
    """
    for table in SUMS:
        moved = _pour_sums(source, target, table, most)
        if moved:
            return moved
    rows = source.execute(_OLDEST_TRAJECTORIES, (most,)).fetchall()
    target.executemany(_ADD_TRAJECTORY, (row for _, *row in rows))
    source.executemany("DELETE FROM trajectories WHERE id = ?", ((identity,) for identity, *_ in rows))
    if rows:
        return len(rows)
    spans = source.execute('SELECT camera, start, "end" FROM coverage').fetchall()
    _cover(target, spans)
    source.execute("DELETE FROM coverage")
    return len(spans)


def _pour_sums(source: sqlite3.Connection, target: sqlite3.Connection, table: Sums, most: int) -> int:
    key, columns, names = "step, start, series", ", ".join(table.columns), ", ".join(table.names)
    rows = source.execute(
        f"SELECT {key}, {columns}, {names} FROM {table.table} JOIN {table.series} ON id = series LIMIT ?",  # noqa: S608
        (most,),
    ).fetchall()
    target.executemany(_name(table), {row[3 + len(table.columns) :] for row in rows})
    target.executemany(_add(table), ((step, start, *rest) for step, start, _, *rest in rows))
    source.executemany(f"DELETE FROM {table.table} WHERE ({key}) = (?, ?, ?)", (row[:3] for row in rows))  # noqa: S608
    return len(rows)


def _cover(connection: sqlite3.Connection, spans: Rows) -> None:
    """Add spans (camera, start, end), each joined with those that it touches."""
    for camera, start, end in spans:
        touching = (camera, start - JOIN, end + JOIN)
        first, last = connection.execute(_UNION, touching).fetchone()
        connection.execute(_FORGET_TOUCHING, touching)
        whole = (start, end) if first is None else (min(start, first), max(end, last))
        connection.execute(_ADD_SPAN, (camera, *whole))


def _name(table: Sums) -> str:
    """Return the statement that makes a series known."""
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
