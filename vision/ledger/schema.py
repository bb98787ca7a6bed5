"""What the ledger's file looks like, how an older one is brought up to date, and which files are refused."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vision.errors import ComptageError

FINE, MINUTE = 1, 60
STEPS = (FINE, MINUTE)
"""Lengths of the stored bins, in seconds."""

APPLICATION_ID = 0x436F6D70
"""The letters `Comp` in the header of the file, so that another program's database is never taken for a ledger."""

PATIENCE = 5.0
"""Seconds to wait for somebody else's lock, such as a backup's, before giving up; the buffer is kept."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A table of sums by bin and series, and how its series are named.

    Attributes:
        table: its name; its key is (step, start, series).
        series: the table of the names.
        names: the columns of that one.
        added: columns that add up.
        largest: columns of which the largest is kept; NULL is no value.
    """

    table: str
    series: str
    names: tuple[str, ...]
    added: tuple[str, ...]
    largest: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns beside the key."""
        return self.added + self.largest


COUNTS = Sums("counts", "line_series", ("camera", "line", "direction", "class"), ("count",))
OCCUPANCY = Sums("occupancy", "zone_series", ("camera", "zone", "class"), ("object_seconds",), ("maximum",))
MOVEMENTS = Sums("movements", "movement_series", ("camera", "origin", "destination", "class"), ("count", "seconds"))
SPEEDS = Sums("speeds", "speed_series", ("camera", "line", "direction", "class", "kmh"), ("count", "total_kmh"))
"""A histogram in whole km/h."""
STOPS = Sums("stops", "zone_series", ("camera", "zone", "class"), ("count", "seconds"), ("longest",))
"""Zone '' is the whole view."""
QUEUES = Sums("queues", "queue_series", ("camera", "line", "direction"), ("object_seconds",), ("maximum", "metres"))
GATHERINGS = Sums(
    "gatherings",
    "gathering_series",
    ("camera", "zone"),
    ("count", "seconds", "person_seconds"),
    ("people", "density"),
)
"""Zone '' is the whole view."""
LENGTHS = Sums("lengths", "zone_series", ("camera", "zone", "class"), ("count",))
SUMS = (COUNTS, OCCUPANCY, MOVEMENTS, SPEEDS, STOPS, QUEUES, GATHERINGS, LENGTHS)

_BIN_KEY = "step INTEGER NOT NULL, start INTEGER NOT NULL, series INTEGER NOT NULL"

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # Names are said once; a bin then takes about 15 bytes instead of 60.
        """CREATE TABLE line_series (
            id INTEGER PRIMARY KEY, camera TEXT NOT NULL, line TEXT NOT NULL, direction TEXT NOT NULL,
            class TEXT NOT NULL, UNIQUE (camera, line, direction, class))""",
        """CREATE TABLE zone_series (
            id INTEGER PRIMARY KEY, camera TEXT NOT NULL, zone TEXT NOT NULL, class TEXT NOT NULL,
            UNIQUE (camera, zone, class))""",
        # Keyed by time first: a commit, a reading and a pruning each touch a few neighbouring pages.
        """CREATE TABLE counts (
            step INTEGER NOT NULL, start INTEGER NOT NULL, series INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
        """CREATE TABLE occupancy (
            step INTEGER NOT NULL, start INTEGER NOT NULL, series INTEGER NOT NULL, object_seconds REAL NOT NULL,
            maximum INTEGER NOT NULL, PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
        # Spans of one camera neither overlap nor touch.
        """CREATE TABLE coverage (
            camera TEXT NOT NULL, start REAL NOT NULL, "end" REAL NOT NULL,
            PRIMARY KEY (camera, "end", start)) WITHOUT ROWID""",
        """CREATE TABLE trajectories (
            id INTEGER PRIMARY KEY, camera TEXT NOT NULL, class TEXT NOT NULL, start REAL NOT NULL,
            "end" REAL NOT NULL, points TEXT NOT NULL)""",
        "CREATE INDEX trajectories_by_start ON trajectories (start)",
        # `batch` is the number of the last batch written; the others are horizons, in unix seconds.
        "CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        "INSERT INTO state VALUES ('batch', 0), ('fine_from', 0), ('minute_from', 0), ('trajectories_from', 0)",
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
    (
        """CREATE TABLE movement_series (
            id INTEGER PRIMARY KEY, camera TEXT NOT NULL, origin TEXT NOT NULL, destination TEXT NOT NULL,
            class TEXT NOT NULL, UNIQUE (camera, origin, destination, class))""",
        f"""CREATE TABLE movements (
            {_BIN_KEY}, count INTEGER NOT NULL, seconds REAL NOT NULL,
            PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
        """CREATE TABLE speed_series (
            id INTEGER PRIMARY KEY, camera TEXT NOT NULL, line TEXT NOT NULL, direction TEXT NOT NULL,
            class TEXT NOT NULL, kmh INTEGER NOT NULL, UNIQUE (camera, line, direction, class, kmh))""",
        f"""CREATE TABLE speeds (
            {_BIN_KEY}, count INTEGER NOT NULL, total_kmh REAL NOT NULL,
            PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
        f"""CREATE TABLE stops (
            {_BIN_KEY}, count INTEGER NOT NULL, seconds REAL NOT NULL, longest REAL NOT NULL,
            PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
        """CREATE TABLE queue_series (
            id INTEGER PRIMARY KEY, camera TEXT NOT NULL, line TEXT NOT NULL, direction TEXT NOT NULL,
            UNIQUE (camera, line, direction))""",
        f"""CREATE TABLE queues (
            {_BIN_KEY}, object_seconds REAL NOT NULL, maximum INTEGER NOT NULL, metres REAL,
            PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
        """CREATE TABLE gathering_series (
            id INTEGER PRIMARY KEY, camera TEXT NOT NULL, zone TEXT NOT NULL, UNIQUE (camera, zone))""",
        f"""CREATE TABLE gatherings (
            {_BIN_KEY}, count INTEGER NOT NULL, seconds REAL NOT NULL, person_seconds REAL NOT NULL,
            people INTEGER NOT NULL, density REAL NOT NULL, PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
        "ALTER TABLE trajectories ADD COLUMN unit TEXT NOT NULL DEFAULT 'view'",
    ),
    (
        f"""CREATE TABLE lengths (
            {_BIN_KEY}, count INTEGER NOT NULL, PRIMARY KEY (step, start, series)) WITHOUT ROWID""",
    ),
)
"""Statements that lead from version k (`PRAGMA user_version`) to k + 1, for every k. Only ever appended to."""


@contextmanager
def one_line_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a line that names the file.

    Raises:
        ComptageError: SQLite raised an error inside the block.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise ComptageError(f"{path}: the ledger's database says: {error}") from error


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file in SQLite's mode `rwc` or `ro`; transactions are begun by hand.

    The connection may pass from one thread to another, but serves one at a time.
    """
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )


def connect_memory() -> sqlite3.Connection:
    """Return a new, empty ledger in memory; transactions are begun by hand."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _migrate(connection, 0)
    return connection


def is_damage(error: BaseException | None) -> bool:
    """Say whether SQLite's error means that the file's bytes are no longer those of a database."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # an extended code's last byte says the kind
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def may_pass(error: BaseException | None) -> bool:
    """Say whether an error is worth waiting for: the disk is full, read-only or fails."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the file's schema; 0 for a new, empty file. Writes nothing.

    Raises:
        ComptageError: the file is another program's database, or a ledger of a newer version.
    """
    found = _pragma(connection, "user_version")
    if _pragma(connection, "application_id") != APPLICATION_ID:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables or found:
            raise ComptageError(f"{path}: a database of another program, wanted a ledger of Comptage")
    if found > len(MIGRATIONS):
        raise ComptageError(f"{path}: a ledger of version {found}, wanted at most {len(MIGRATIONS)}: Comptage is older")
    return found


def require_newest(connection: sqlite3.Connection, path: Path) -> None:
    """Let only a ledger of this very version pass.

    Raises:
        ComptageError: as `version`, or no writer of this version has opened the file yet.
    """
    found = version(connection, path)
    if found < len(MIGRATIONS):
        raise ComptageError(
            f"{path}: a ledger of version {found}, wanted {len(MIGRATIONS)}: no writer has opened it yet"
        )


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make a connection the durable writer's, and bring the file to the newest version in one transaction.

    Raises:
        ComptageError: as `version`, or the file's place does not allow write-ahead logging.
    """
    current = version(connection, path)
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise ComptageError(f"{path}: SQLite's journal mode is {mode!r}, wanted a disk that allows 'wal'")
    connection.execute("PRAGMA synchronous = FULL")
    if current < len(MIGRATIONS):
        _migrate(connection, current)


def _migrate(connection: sqlite3.Connection, current: int) -> None:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in (statement for migration in MIGRATIONS[current:] for statement in migration):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
