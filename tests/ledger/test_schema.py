import sqlite3
from contextlib import closing

import pytest

from tests.ledger.makers import T0, open_ledger, passage, plain
from vision.errors import ComptageError
from vision.ledger import LedgerReader, schema


def refuses(path, match):
    """Both doors refuse the file in one line, and leave every byte of it as it was."""
    before = path.read_bytes()
    for open_door in (open_ledger, LedgerReader):
        with pytest.raises(ComptageError, match=match) as caught:
            open_door(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"xy", b"name,count\n" * 40, bytes(range(256)) * 64])
def test_a_file_that_is_not_a_database_is_refused_and_untouched(tmp_path, content):
    path = tmp_path / "x.sqlite"
    path.write_bytes(content)
    refuses(path, "not a database")
    assert {entry.name for entry in tmp_path.iterdir()} == {path.name, f"{path.name}.lock"}


@pytest.mark.parametrize("statement", ["CREATE TABLE invoices (id)", "PRAGMA user_version = 1"])
def test_another_program_s_database_is_refused_and_untouched(tmp_path, statement):
    path = tmp_path / "x.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    refuses(path, "another program")


def test_a_newer_ledger_is_refused_and_untouched(tmp_path):
    path = tmp_path / "x.sqlite"
    open_ledger(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    refuses(path, f"version 99, wanted at most {len(schema.MIGRATIONS)}")


def test_an_empty_file_becomes_a_ledger_but_is_none_yet_for_a_reader(tmp_path):
    path = tmp_path / "x.sqlite"
    path.touch()
    with pytest.raises(ComptageError, match=f"version 0, wanted {len(schema.MIGRATIONS)}"):
        LedgerReader(path)
    open_ledger(path).close()
    with LedgerReader(path) as reader:
        assert reader.line_counts(T0, T0 + 60, 60) == {}


def test_a_place_without_a_file(tmp_path):
    with pytest.raises(ComptageError, match=r"none\.sqlite: no such file"):
        LedgerReader(tmp_path / "none.sqlite")
    with pytest.raises(ComptageError, match="No such file or directory"):
        open_ledger(tmp_path / "nowhere" / "x.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(ComptageError, match="unable to open"):
        open_ledger(tmp_path / "folder.sqlite")


def test_a_path_with_the_marks_of_an_address(tmp_path):
    path = tmp_path / "50% of #1? é.sqlite"
    with open_ledger(path) as ledger:
        ledger.add(passage(T0))
    assert path.exists()
    with LedgerReader(path) as reader:
        assert reader.line_counts(T0, T0 + 60, 60)


def test_an_older_ledger_is_brought_up_to_date_with_its_counts(tmp_path, monkeypatch):
    path = tmp_path / "x.sqlite"
    with open_ledger(path) as ledger:
        ledger.add(passage(T0))
    newer = (
        *schema.MIGRATIONS,
        ("ALTER TABLE counts ADD COLUMN doubt INTEGER NOT NULL DEFAULT 7",),
        ("CREATE TABLE notes (note)", "INSERT INTO notes VALUES ('third')"),
    )
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    with pytest.raises(ComptageError, match=f"version {len(newer) - 2}, wanted {len(newer)}"):
        LedgerReader(path)
    with open_ledger(path) as ledger:
        ledger.add(passage(T0))
        ledger.commit()
        assert ledger._connection.execute("SELECT doubt FROM counts").fetchall() == [(7,), (7,)]
        assert ledger._connection.execute("SELECT note FROM notes").fetchall() == [("third",)]
    with LedgerReader(path) as reader:
        assert plain(reader.line_counts(T0, T0 + 60, 60)) == {("a", "l", "forward", "pedestrian"): [2]}


def test_a_ledger_of_the_first_version_keeps_what_it_holds(tmp_path):
    path = tmp_path / "x.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in schema.MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO trajectories VALUES (1, 'a', 'car', ?, ?, '[[0,0.1,0.2]]')", (T0, T0 + 1))
    with open_ledger(path) as ledger:
        ledger.add(passage(T0))
    with LedgerReader(path) as reader:
        assert plain(reader.line_counts(T0, T0 + 60, 60)) == {("a", "l", "forward", "pedestrian"): [1]}
        (old,) = reader.trajectories(T0, T0 + 60)
        assert old.unit == "view"


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    path = tmp_path / "x.sqlite"
    with open_ledger(path) as ledger:
        ledger.add(passage(T0))
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("DROP TABLE counts", "DROP TABLE missing")))
        with pytest.raises(ComptageError, match="missing"):
            open_ledger(path)
    with LedgerReader(path) as reader:
        assert plain(reader.line_counts(T0, T0 + 60, 60)) == {("a", "l", "forward", "pedestrian"): [1]}


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path):
    with open_ledger(tmp_path / "x.sqlite") as ledger:
        assert ledger._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert ledger._connection.execute("PRAGMA synchronous").fetchone() == (2,)
