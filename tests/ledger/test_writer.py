import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager

import pytest

from tests.ledger.makers import DAY, T0, coverage, occupancy, open_ledger, passage, plain, trajectory
from vision.errors import ComptageError
from vision.ledger import LedgerReader, LedgerStatus, writer

LINE = ("a", "l", "forward", "pedestrian")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.sqlite"


@pytest.fixture
def ledger(path):
    with open_ledger(path) as ledger:
        yield ledger


@pytest.fixture
def reader(path, ledger):  # noqa: ARG001 - the file must be there
    with LedgerReader(path) as reader:
        yield reader


def counts(reader):
    return plain(reader.line_counts(T0, T0 + 60, 60)).get(LINE, [0])[0]


def test_an_event_waits_in_memory_for_the_commit(ledger, reader):
    ledger.add(passage(T0))
    assert counts(reader) == 0
    ledger.commit()
    ledger.commit()
    assert counts(reader) == 1


def test_closing_commits_and_may_be_done_twice(path):
    ledger = open_ledger(path)
    ledger.add(passage(T0))
    ledger.close()
    ledger.close()
    with LedgerReader(path) as reader:
        assert counts(reader) == 1


def test_a_second_writer_is_refused_until_the_first_has_gone(path, ledger, reader):
    with pytest.raises(ComptageError, match=r"x\.sqlite: another writer holds this ledger"):
        open_ledger(path)
    link = path.with_name("link.sqlite")
    link.symlink_to(path)
    with pytest.raises(ComptageError, match="another writer"):
        open_ledger(link)
    ledger.add(passage(T0))
    ledger.close()
    with open_ledger(path) as second:
        second.add(passage(T0))
    assert counts(reader) == 2


def test_a_writer_of_another_process_is_refused_and_its_death_frees_the_file(path):
    say = "import sys, time; from tests.ledger.makers import *; from pathlib import Path; "
    hold = say + "ledger = open_ledger(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ComptageError, match="another writer"):
            open_ledger(path)
        holder.kill()
    open_ledger(path).close()


def test_a_refused_file_is_not_held(path):
    path.write_bytes(b"not a database" * 99)
    with pytest.raises(ComptageError):
        open_ledger(path)
    path.unlink()
    open_ledger(path).close()


def test_a_full_disk_loses_nothing_and_doubles_nothing(ledger, reader):
    ledger.add(passage(T0))
    ledger.commit()
    (pages,) = ledger._connection.execute("PRAGMA page_count").fetchone()
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
    ledger.add(passage(T0 + 1))
    ledger.add(coverage(T0, T0 + 2))
    for start in range(2000):
        ledger.add(trajectory(T0 + start))
    for late in (2, 3):
        with pytest.raises(ComptageError, match="full"):
            ledger.commit()
        ledger.add(passage(T0 + late))
    assert ledger.status().trouble == "database or disk is full"
    assert ledger.status().waiting_bytes > 0
    assert counts(reader) < 4
    assert reader.seen_seconds("a", T0, T0 + 60, 60)[0] == 0
    ledger._connection.execute("PRAGMA max_page_count = 1000000")
    ledger.commit()
    ledger.commit()
    assert counts(reader) == 4
    assert reader.seen_seconds("a", T0, T0 + 60, 60)[0] == 2
    assert len(reader.trajectories(T0, T0 + DAY)) == 2000
    assert ledger.status() == LedgerStatus()


def test_a_locked_file_loses_nothing(path, ledger, reader):
    ledger._connection.execute("PRAGMA busy_timeout = 0")
    ledger.add(passage(T0))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ComptageError, match="locked"):
            ledger.commit()
        with pytest.raises(ComptageError, match="locked"):
            ledger.prune(T0)
    ledger.commit()
    assert counts(reader) == 1


def test_a_last_commit_that_fails_still_frees_the_file(path):
    ledger = open_ledger(path)
    ledger._connection.execute("PRAGMA query_only = 1")
    ledger.add(passage(T0))
    with pytest.raises(ComptageError, match="readonly"):
        ledger.close()
    open_ledger(path).close()


@pytest.mark.parametrize("after_the_end", [False, True])
def test_an_interrupt_around_the_end_of_the_transaction_doubles_nothing(ledger, reader, monkeypatch, after_the_end):
    whole = ledger.transaction

    @contextmanager
    def interrupted():
        with whole():
            yield
            if not after_the_end:
                raise KeyboardInterrupt
        raise KeyboardInterrupt

    ledger.add(passage(T0))
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "transaction", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ledger.commit()
    assert counts(reader) == (1 if after_the_end else 0)
    ledger.add(passage(T0))
    ledger.commit()
    assert counts(reader) == 2


@pytest.mark.parametrize(
    "event",
    [
        passage(1e13),
        passage(-1.0),
        occupancy(T0, maximum=2**70),
        occupancy(2**70),
        coverage(T0 + 1, T0),
    ],
)
def test_a_number_that_cannot_be_stored_does_not_spoil_the_batch(ledger, reader, event):
    ledger.add(passage(T0))
    with pytest.raises(ValueError, match="no ledger can hold"):
        ledger.add(event)
    ledger.commit()
    assert counts(reader) == 1


def test_one_thread_may_add_while_others_commit_and_prune(path, monkeypatch):
    monkeypatch.setattr(writer, "ROWS_A_DELETION", 3)
    with open_ledger(path, fine_bins=0.001) as ledger:
        for second in range(100):
            ledger.add(passage(T0 - 1000 + second))
        ledger.commit()
        done = threading.Event()
        refused = []

        def until_done(work):
            try:
                while not done.is_set():
                    work()
            except ComptageError as error:
                refused.append(error)

        works = (ledger.commit, ledger.commit, lambda: ledger.prune(T0))
        threads = [threading.Thread(target=until_done, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for number in range(20_000):
            ledger.add(passage(T0 + number % 60))
        done.set()
        for thread in threads:
            thread.join()
        assert not refused
    with LedgerReader(path) as reader:
        assert counts(reader) == 20_000
        assert reader.line_counts(T0 - 1000, T0 - 100, 1) == {}


def test_pruning_goes_in_small_steps(ledger, monkeypatch):
    monkeypatch.setattr(writer, "ROWS_A_DELETION", 10)
    for second in range(100):
        ledger.add(passage(T0 + second))
    ledger.commit()
    statements = []
    ledger._connection.set_trace_callback(statements.append)
    ledger.prune(T0 + 8 * DAY)
    ledger._connection.set_trace_callback(None)
    assert sum("DELETE FROM counts" in statement for statement in statements) >= 10
    assert ledger._connection.execute("SELECT count(*) FROM counts WHERE step = 1").fetchone() == (0,)
