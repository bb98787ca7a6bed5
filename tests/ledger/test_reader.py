import pytest

from tests.ledger.makers import DAY, T0, coverage, occupancy, open_ledger, passage, plain, trajectory
from vision.ledger import Horizons, LedgerReader

LINE = ("a", "l", "forward", "pedestrian")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.sqlite"


def fill(ledger, seconds=180):
    """Every second is seen, with one passage and one object in the zone."""
    for second in range(T0, T0 + seconds):
        ledger.add(passage(second))
        ledger.add(occupancy(second))
        ledger.add(coverage(second, second + 1))
    ledger.add(trajectory(T0 + 50))
    ledger.add(trajectory(T0 + 150))
    ledger.commit()


@pytest.mark.parametrize(("length", "step"), [(60, 0), (60, -1), (0, 60), (-60, 60), (61, 60)])
def test_a_grid_that_is_none(path, length, step):
    grid = (T0, T0 + length, step)
    open_ledger(path).close()
    with LedgerReader(path) as reader:
        for ask in (reader.line_counts, reader.zone_occupancy, lambda *grid: reader.seen_seconds("a", *grid)):
            with pytest.raises(ValueError, match="wanted a whole, positive number of bins"):
                ask(*grid)


def test_fine_bins_go_first_and_minutes_stay(path):
    with open_ledger(path, fine_bins=1, minute_bins=30) as ledger, LedgerReader(path) as reader:
        fill(ledger)
        assert reader.horizons() == Horizons(0, 0, 0)
        ledger.prune(T0 + DAY + 100.5)
        assert reader.horizons() == Horizons(T0 + 100, T0 + 60 - 29 * DAY, T0 + 100)
        # of fine bins there is neither a count nor coverage before the horizon, and all of both from there on
        whole = [0] * 100 + [1] * 80
        assert plain(reader.line_counts(T0, T0 + 180, 1)) == {LINE: whole}
        assert plain(reader.zone_occupancy(T0, T0 + 180, 1)) == {("a", "z", "pedestrian"): (whole, whole)}
        assert reader.seen_seconds("a", T0, T0 + 180, 1).tolist() == whole
        # a bin kept in part has the coverage of that part
        assert plain(reader.line_counts(T0 + 90, T0 + 120, 15)) == {LINE: [5, 15]}
        assert reader.seen_seconds("a", T0 + 90, T0 + 120, 15).tolist() == [5, 15]
        # minutes are whole
        assert plain(reader.line_counts(T0, T0 + 180, 60)) == {LINE: [60, 60, 60]}
        assert reader.seen_seconds("a", T0, T0 + 180, 60).tolist() == [60, 60, 60]
        assert [found.start for found in reader.trajectories(T0, T0 + 200)] == [T0 + 150]


def test_minutes_and_coverage_go_in_the_end(path):
    with open_ledger(path, fine_bins=1, minute_bins=30) as ledger, LedgerReader(path) as reader:
        fill(ledger)
        ledger.add(coverage(T0 + 600, T0 + 660))
        ledger.commit()
        ledger.prune(T0 + 30 * DAY + 130)
        assert reader.horizons().minute == T0 + 120
        assert plain(reader.line_counts(T0, T0 + 180, 60)) == {LINE: [0, 0, 60]}
        assert reader.seen_seconds("a", T0, T0 + 180, 60).tolist() == [0, 0, 60]
        ledger.prune(T0 + 40 * DAY)
        rows = [
            ledger._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("counts", "occupancy", "coverage", "trajectories")
        ]
        assert rows == [0, 0, 0, 0]
        assert reader.seen_seconds("a", T0, T0 + 660, 60).tolist() == [0] * 11


def test_coverage_stays_as_long_as_the_longer_bins_even_if_those_are_the_fine_ones(path):
    with open_ledger(path, fine_bins=30, minute_bins=1) as ledger, LedgerReader(path) as reader:
        fill(ledger)
        ledger.prune(T0 + 2 * DAY)
        assert plain(reader.line_counts(T0 + 1, T0 + 11, 5)) == {LINE: [5, 5]}
        assert reader.seen_seconds("a", T0 + 1, T0 + 11, 5).tolist() == [5, 5]
        assert reader.seen_seconds("a", T0, T0 + 60, 60).tolist() == [0]


def test_an_event_later_than_the_retention_is_not_shown_as_a_whole_bin(path):
    with open_ledger(path, fine_bins=1) as ledger, LedgerReader(path) as reader:
        fill(ledger)
        ledger.prune(T0 + 2 * DAY)
        ledger.add(passage(T0 + 10))
        ledger.add(trajectory(T0 + 10))
        ledger.commit()
        assert reader.trajectories(T0, T0 + 30) == []
        assert reader.line_counts(T0, T0 + 30, 1) == {}
        assert reader.seen_seconds("a", T0, T0 + 30, 1).tolist() == [0] * 30
        assert plain(reader.line_counts(T0, T0 + 60, 60)) == {LINE: [61]}


def test_a_clock_stepped_back_does_not_bring_dropped_bins_back(path):
    with open_ledger(path, fine_bins=1) as ledger, LedgerReader(path) as reader:
        fill(ledger)
        ledger.prune(T0 + DAY + 120)
        ledger.prune(T0 + DAY + 60)
        assert reader.horizons().fine == T0 + 120
        assert reader.seen_seconds("a", T0, T0 + 180, 1).sum() == 60


def test_a_clock_that_was_once_far_ahead_does_not_hide_what_comes_after(path):
    with open_ledger(path, fine_bins=1) as ledger, LedgerReader(path) as reader:
        ledger.prune(T0 + 9000 * DAY)
        ledger.prune(T0 + 20.25)
        assert reader.horizons()[::2] == (T0 + 21, T0 + 21)
        assert reader.horizons().minute == T0 + 60
        fill(ledger)
        assert reader.seen_seconds("a", T0, T0 + 180, 1).sum() == 159
        assert reader.line_counts(T0, T0 + 180, 1)[LINE].sum() == 159


def test_a_snapshot_shows_counts_and_coverage_of_one_state(path):
    with open_ledger(path) as ledger, LedgerReader(path) as reader:
        with reader.snapshot():
            fill(ledger)
            assert reader.line_counts(T0, T0 + 60, 60) == {}
            assert reader.seen_seconds("a", T0, T0 + 60, 60).tolist() == [0]
            assert reader.trajectories(T0, T0 + 60) == []
        assert plain(reader.line_counts(T0, T0 + 60, 60)) == {LINE: [60]}
        assert reader.seen_seconds("a", T0, T0 + 60, 60).tolist() == [60]


def test_trajectories_come_in_order_up_to_a_limit_and_by_camera(path):
    said = [trajectory(T0 + start, camera) for start, camera in ((3.5, "a"), (1.0, "b"), (2.0, "a"), (1.0, "a"))]
    with open_ledger(path) as ledger:
        for event in said:
            ledger.add(event)
        ledger.add(trajectory(T0 + 9, points=()))
    with LedgerReader(path) as reader:
        assert reader.trajectories(T0, T0 + 9) == [said[1], said[3], said[2], said[0]]
        assert reader.trajectories(T0 + 1, T0 + 3.5, camera="a") == [said[3], said[2]]
        assert reader.trajectories(T0, T0 + 9, limit=2) == [said[1], said[3]]
        assert reader.trajectories(T0 + 9, T0 + 10)[0].points == ()


def test_a_reader_cannot_write(path):
    open_ledger(path).close()
    with LedgerReader(path) as reader, pytest.raises(Exception, match="readonly"):
        reader._connection.execute("DELETE FROM counts")
