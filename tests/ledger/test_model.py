"""The ledger against a model of it in plain Python: lists of events, sums over them."""

import math
import tempfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ledger.makers import T0, coverage, occupancy, open_ledger, passage, plain, trajectory
from vision.events import Coverage, Occupancy, Passage, Trajectory
from vision.ledger import LedgerReader

SPAN = 400  # seconds after T0 in which the events lie
TICKS = 8  # parts of a second, so that every sum is exact

ticks = st.integers(0, SPAN * TICKS - 1)
times = ticks.map(lambda tick: T0 + tick / TICKS)
names = st.sampled_from(["pedestrian", "car"])
cameras = st.sampled_from(["a", "b"])
events = st.one_of(
    st.builds(passage, times, cameras, st.sampled_from("lm"), st.sampled_from(["forward", "backward"]), names),
    st.builds(
        occupancy,
        st.integers(T0, T0 + SPAN - 1),
        st.integers(1, 80).map(lambda tick: tick / TICKS),
        st.integers(1, 9),
        cameras,
        st.sampled_from("yz"),
        st.sampled_from(["pedestrian", "all"]),
    ),
    st.builds(lambda start, length, camera: coverage(start, start + length / TICKS, camera), times, ticks, cameras),
    st.builds(trajectory, times, cameras),
)
commits = st.lists(st.lists(events, max_size=25), max_size=5)
minute_grids = st.tuples(st.integers(-2, 8), st.integers(1, 3), st.integers(1, 8)).map(
    lambda grid: (T0 + 60 * grid[0], 60 * grid[1], grid[2])
)
any_grids = st.tuples(st.integers(T0 - 90, T0 + SPAN + 90), st.integers(1, 130), st.integers(1, 40))
grids = st.lists(minute_grids | any_grids, min_size=1, max_size=4)


def expected_counts(said, start, step, bins):
    found = defaultdict(lambda: [0] * bins)
    for event in said:
        place = (math.floor(event.utc) - start) // step if isinstance(event, Passage) else -1
        if 0 <= place < bins:
            found[event.camera, event.line, event.direction, event.object_class][place] += 1
    return found


def expected_occupancy(said, start, step, bins):
    found = defaultdict(lambda: ([0.0] * bins, [0] * bins))
    for event in said:
        place = (event.start - start) // step if isinstance(event, Occupancy) else -1
        if 0 <= place < bins:
            sums, maxima = found[event.camera, event.zone, event.object_class]
            sums[place] += event.object_seconds
            maxima[place] = max(maxima[place], event.maximum)
    return found


def expected_seen(said, camera, start, step, bins):
    seen = set()
    for event in said:
        if isinstance(event, Coverage) and event.camera == camera:
            seen.update(range(int(event.start * TICKS), int(event.end * TICKS)))
    borders = [(start + place * step) * TICKS for place in range(bins + 1)]
    return [sum(tick in seen for tick in range(first, last)) / TICKS for first, last in pairwise(borders)]


def expected_trajectories(said, start, end):
    return sorted(
        (event for event in said if isinstance(event, Trajectory) and start <= event.start < end),
        key=lambda event: event.start,
    )


@settings(deadline=None, max_examples=60)
@given(commits, grids)
@example([[coverage(T0, T0 + 9)], [coverage(T0 + 9, T0 + 12), coverage(T0 + 3, T0 + 7)]], [(T0, 1, 15), (T0, 60, 1)])
@example(
    [[passage(T0 + 59.875), passage(T0 + 60)], [passage(T0 + 1)], [passage(T0 + 59)]],
    [(T0, 60, 2), (T0, 1, 61), (T0 + 1, 60, 2)],
)
@example([[occupancy(T0, 2.0, 9)], [occupancy(T0, 0.5, 4), occupancy(T0 + 1, 1.0, 7)]], [(T0, 1, 2), (T0, 60, 1)])
def test_every_reading_equals_the_model(batches, asked):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        with open_ledger(path) as ledger:
            for batch in batches:
                for event in batch:
                    ledger.add(event)
                ledger.commit()
        said = [event for batch in batches for event in batch]
        with LedgerReader(path) as reader:
            for start, step, bins in asked:
                end = start + step * bins
                assert plain(reader.line_counts(start, end, step)) == expected_counts(said, start, step, bins)
                assert plain(reader.zone_occupancy(start, end, step)) == expected_occupancy(said, start, step, bins)
                for camera in "ab":
                    seen = reader.seen_seconds(camera, start, end, step)
                    assert seen.tolist() == expected_seen(said, camera, start, step, bins)
                assert reader.trajectories(start, end) == expected_trajectories(said, start, end)


@settings(deadline=None, max_examples=20)
@given(st.lists(events, max_size=60))
def test_minute_bins_are_the_sums_of_fine_bins(said):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        with open_ledger(path) as ledger:
            for event in said:
                ledger.add(event)
        with LedgerReader(path) as reader:
            window = (T0, T0 + 420)
            fine = {key: bins.reshape(7, 60).sum(axis=1) for key, bins in reader.line_counts(*window, 1).items()}
            assert plain(reader.line_counts(*window, 60)) == plain(fine)
            zones = {
                key: (sums.reshape(7, 60).sum(axis=1), maxima.reshape(7, 60).max(axis=1))
                for key, (sums, maxima) in reader.zone_occupancy(*window, 1).items()
            }
            assert plain(reader.zone_occupancy(*window, 60)) == plain(zones)
            for camera in "ab":
                seconds = reader.seen_seconds(camera, *window, 1)
                assert seconds.reshape(7, 60).sum(axis=1).tolist() == reader.seen_seconds(camera, *window, 60).tolist()


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 90)), max_size=30), any_grids)
def test_coverage_never_passes_one_whatever_the_clock_does(spans, grid):
    start, step, bins = grid
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        with open_ledger(path) as ledger:
            for number, (begin, length) in enumerate(spans):
                ledger.add(coverage(T0 + begin, T0 + begin + length))
                if number % 3 == 0:
                    ledger.commit()
        with LedgerReader(path) as reader:
            seen = reader.seen_seconds("a", start, start + step * bins, step)
    assert (seen >= 0).all()
    assert (seen <= step).all()
    edges = sorted((begin, begin + length) for begin, length in spans)
    covered, until = 0.0, 0.0
    for begin, end in edges:
        begin, end = (min(max(T0 + edge, start), start + step * bins) for edge in (begin, end))  # noqa: PLW2901
        covered += max(end - max(begin, until), 0)
        until = max(until, end)
    # each join may bridge a gap of at most a millisecond
    assert covered - 1e-3 <= seen.sum() <= covered + 1e-3 * (len(spans) + 1)


@pytest.mark.parametrize(("gap", "seen"), [(0.0, 20.0), (0.0005, 20.0), (0.002, 19.998), (-0.5, 19.5)])
@pytest.mark.parametrize("together", [True, False])
def test_spans_that_touch_become_one(tmp_path, gap, seen, together):
    with open_ledger(tmp_path / "x.sqlite") as ledger:
        ledger.add(coverage(T0, T0 + 10))
        if not together:
            ledger.commit()
        ledger.add(coverage(T0 + 10 + gap, T0 + 20 + min(gap, 0)))
        ledger.commit()
        (rows,) = ledger._connection.execute("SELECT count(*) FROM coverage").fetchone()
    assert rows == (2 if gap > 0.001 else 1)
    with LedgerReader(tmp_path / "x.sqlite") as reader:
        assert reader.seen_seconds("a", T0, T0 + 60, 60)[0] == pytest.approx(seen, abs=1e-6)


def test_the_seconds_seen_are_as_exact_as_the_times(tmp_path):
    with open_ledger(tmp_path / "x.sqlite") as ledger:
        for second in range(50):
            ledger.add(coverage(T0 + second + 0.1, T0 + second + 0.4))
    with LedgerReader(tmp_path / "x.sqlite") as reader:
        assert set(reader.seen_seconds("a", T0, T0 + 50, 1).tolist()) == {0.3}


def test_a_full_bin_is_seen_exactly_whole(tmp_path):
    with open_ledger(tmp_path / "x.sqlite") as ledger:
        for second in range(0, 300, 3):
            ledger.add(coverage(T0 + second + 0.1, T0 + second + 3.1))
    with LedgerReader(tmp_path / "x.sqlite") as reader:
        assert set(reader.seen_seconds("a", T0 + 1, T0 + 300, 1).tolist()) == {1.0}
        assert reader.seen_seconds("a", T0 + 301, T0 + 303, 1).tolist() == [0.0, 0.0]
        assert reader.seen_seconds("b", T0, T0 + 300, 60).tolist() == [0.0] * 5
