"""What a far end has acknowledged, kept beside the counts that it was told."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from vision.ledger import schema
from vision.ledger.writer import Ledger

Place = tuple[int, str]
"""Start of a bin in unix seconds, and its camera."""

_GET_POSITION = "SELECT step, until FROM deliveries WHERE far_end = ?"
_SET_POSITION = """
    INSERT INTO deliveries (far_end, step, until) VALUES (?, ?, ?)
    ON CONFLICT (far_end) DO UPDATE SET step = excluded.step, until = excluded.until"""
_GET_TOLD = "SELECT start, camera, version, digest, acknowledged FROM told WHERE far_end = ?"
_SET_TOLD = """
    INSERT INTO told (far_end, start, camera, version, digest, acknowledged) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (far_end, start, camera) DO UPDATE
    SET version = excluded.version, digest = excluded.digest, acknowledged = excluded.acknowledged"""
_FORGET_TOLD = "DELETE FROM told WHERE far_end = ? AND start = ? AND camera = ?"
_FIRST_SEEN = "SELECT min(start) FROM coverage"


class Told(NamedTuple):
    """A bin as it was sent last: its version, from 1, a digest of what it said, and whether that was acknowledged."""

    version: int
    digest: bytes
    acknowledged: bool


class Position(NamedTuple):
    """How far a far end has come: every bin of `step` seconds that ended by `until`, unix seconds, was acknowledged."""

    step: int
    until: int


class Deliveries:
    """How far one far end has come, in the ledger's file.

    Args:
        ledger: through which is written.
        path: its file, from which is read.
        far_end: the name under which the far end is known.
    """

    def __init__(self, ledger: Ledger, path: Path, far_end: str) -> None:
        self._ledger = ledger
        self._path = path.resolve()
        self._far_end = far_end

    def read(self) -> tuple[Position | None, dict[Place, Told]]:
        """Return the position, None for a far end that is new, and the bins that are under way or may still change.

        Raises:
            ComptageError: the ledger cannot be read.
        """
        with schema.one_line_errors(self._path), closing(schema.connect(self._path, "ro")) as connection:
            position = connection.execute(_GET_POSITION, (self._far_end,)).fetchone()
            rows = connection.execute(_GET_TOLD, (self._far_end,)).fetchall()
        told = {
            (start, camera): Told(version, digest, bool(acknowledged))
            for start, camera, version, digest, acknowledged in rows
        }
        return position and Position(*position), told

    def first_seen(self) -> float | None:
        """Return when any camera first saw, in unix seconds, as far as that is kept; None where there is nothing.

        Raises:
            ComptageError: the ledger cannot be read.
        """
        with schema.one_line_errors(self._path), closing(schema.connect(self._path, "ro")) as connection:
            (first,) = connection.execute(_FIRST_SEEN).fetchone()
        return None if first is None else float(first)

    def write(self, position: Position, told: Mapping[Place, Told], forgotten: Iterable[Place] = ()) -> None:
        """Set the position, and remember and forget bins, all or nothing.

        Raises:
            ComptageError: the ledger cannot be written.
        """
        name = self._far_end
        with self._ledger.transaction() as connection:
            connection.execute(_SET_POSITION, (name, *position))
            connection.executemany(_SET_TOLD, ((name, *place, *row) for place, row in told.items()))
            connection.executemany(_FORGET_TOLD, ((name, *place) for place in forgotten))
