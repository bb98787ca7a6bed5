"""A disk that refuses, a room in memory that fills, a file that goes: whatever happens, no figure is invented."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ledger.makers import DAY, T0, coverage, occupancy, open_ledger, passage, trajectory
from vision.errors import ComptageError
from vision.ledger import Ledger, LedgerReader, waiting
from vision.site import Retention

LINE = ("a", "l", "forward", "pedestrian")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.sqlite"


def refuse(ledger, refused):
    ledger._connection.execute(f"PRAGMA query_only = {int(refused)}")


def commit(ledger):
    try:
        ledger.commit()
    except ComptageError:
        return False
    return True


def settle(ledger):
    while ledger.status().waiting_bytes:
        ledger.commit()


@settings(max_examples=8)
@example(refusals=[True] * 60, room=120_000)
@given(refusals=st.lists(st.booleans(), min_size=5, max_size=60), room=st.sampled_from([120_000, 140_000, 2**26]))
def test_a_second_is_written_whole_or_is_not_covered(tmp_path_factory, refusals, room):
    path = tmp_path_factory.mktemp("ledger") / "x.sqlite"
    with Ledger(path, Retention(), room) as ledger:
        for second, refused in enumerate(refusals):
            for number in range(3):
                ledger.add(passage(T0 + second + number / 4))
            for series in range(40):
                ledger.add(occupancy(T0 + second, 1.0, 1, "a", f"z{series}", "car"))
            ledger.add(coverage(T0 + second, T0 + second + 1))
            refuse(ledger, refused)
            assert commit(ledger) is not refused
            assert ledger.status().waiting_bytes <= room
        refuse(ledger, refused=False)
        ledger.commit()
        settle(ledger)
        lost = Counter(ledger.status().lost)
    with LedgerReader(path) as reader:
        end = T0 + len(refusals)
        counts = reader.line_counts(T0, end, 1)
        seen = reader.seen_seconds("a", T0, end, 1)
        counted = counts[LINE] if counts else 0 * seen
        assert (counted == 3 * seen).all()
        assert lost["coverage"] == len(refusals) - seen.sum()
        assert lost["passage"] == 3 * lost["coverage"]
        minutes = reader.line_counts(T0 - T0 % 60, T0 - T0 % 60 + DAY, DAY)
        assert sum(bins.sum() for bins in minutes.values()) == counted.sum()
    if room == 2**26:
        assert not lost
    elif all(refusals) and len(refusals) == 60:
        assert 0 < lost["coverage"] < 60


def test_what_waits_costs_little_memory(path, monkeypatch):
    """A busy second of fifty cameras; the figure is in the README."""
    with Ledger(path, Retention()) as ledger:
        refuse(ledger, refused=True)
        for second in range(60):
            for camera in range(50):
                name = f"camera-{camera}"
                for zone, kind in (("", "all"), ("", "pedestrian"), ("z", "all"), ("z", "pedestrian")):
                    ledger.add(occupancy(T0 + second, 2.0, 2, name, zone, kind))
                ledger.add(coverage(T0 + second, T0 + second + 1, name))
            assert not commit(ledger)
        assert ledger.status().waiting_bytes < 60 * 50 * 4 * 40
        refuse(ledger, refused=False)
        monkeypatch.setattr(waiting, "ROWS_A_TRANSACTION", 1000)
        ledger.commit()
        settle(ledger)
    with LedgerReader(path) as reader:
        assert reader.zone_occupancy(T0, T0 + 60, 60)["camera-7", "z", "all"][0].tolist() == [120.0]


def test_a_disk_that_takes_a_second_but_not_what_waited_claims_no_coverage(path, monkeypatch):
    monkeypatch.setattr(waiting, "ROWS_A_TRANSACTION", 10)
    with open_ledger(path) as ledger, closing(sqlite3.connect(path)) as other:
        refuse(ledger, refused=True)
        for second in range(50):
            ledger.add(passage(T0 + second))
            ledger.add(trajectory(T0 + second))
        ledger.add(coverage(T0, T0 + 50))
        assert not commit(ledger)
        refuse(ledger, refused=False)
        monkeypatch.setattr("vision.ledger.writer.POUR_S", 0)
        ledger.commit()
        assert other.execute("SELECT count(*) FROM coverage").fetchone() == (0,)
        monkeypatch.setattr("vision.ledger.writer.POUR_S", 1)
        ledger.commit()
        assert other.execute("SELECT count(*) FROM coverage").fetchone() == (1,)
        assert other.execute("SELECT sum(count) FROM counts WHERE step = 1").fetchone() == (50,)
        assert other.execute("SELECT count(*) FROM trajectories").fetchone() == (50,)


def test_a_file_that_is_removed_while_it_is_written_has_a_successor(path, caplog, monkeypatch):
    monkeypatch.setattr("vision.ledger.writer.READ_BACK_S", 0)
    with open_ledger(path) as ledger:
        ledger.add(passage(T0))
        ledger.commit()
        path.unlink()
        ledger.add(passage(T0 + 1))
        ledger.commit()
        assert "the file is gone, counts go on in a new file" in caplog.text
        with LedgerReader(path) as reader:
            assert reader.line_counts(T0, T0 + 2, 1)[LINE].tolist() == [0, 1]
        ledger.add(passage(T0 + 1))
        ledger.commit()
        with LedgerReader(path) as reader:
            assert reader.line_counts(T0, T0 + 2, 1)[LINE].tolist() == [0, 2]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_ledger_cut_short_or_overwritten_is_set_aside(path, share):
    with open_ledger(path) as ledger:
        for second in range(2000):
            ledger.add(passage(T0 + second, line=f"l{second % 50}"))
    whole = path.read_bytes()
    cut = int(len(whole) * share) // 4096 * 4096
    path.write_bytes(whole[:cut] + b"\xa5" * (len(whole) - cut))
    with open_ledger(path) as ledger:
        for _ in range(3):
            ledger.add(passage(T0))
            commit(ledger)
        ledger.add(passage(T0, line="l7"))
        ledger.commit()
        (name,) = ledger.status().set_aside
        assert path.with_name(name).stat().st_size == len(whole)
    with LedgerReader(path) as reader:
        assert sum(bins.sum() for bins in reader.line_counts(T0, T0 + 60, 60).values()) == 4


def test_another_programs_file_is_never_set_aside(path):
    path.write_bytes(b"[site]\nname = 'nation'\n" * 99)
    for _ in range(2):
        with pytest.raises(ComptageError, match="not a database"):
            open_ledger(path)
    assert path.exists()
