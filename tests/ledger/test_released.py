"""What is told where small numbers are withheld, held against what was counted."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.makers import DAY, T0, coverage, occupancy, open_ledger, passage, trajectory
from vision.ledger.released import SETTLED_S, ReleasedReader
from vision.ledger.schema import COUNTS, OCCUPANCY, STOPS
from vision.site import PrivacySettings

K, STEP = 5, 900
PRIVACY = PrivacySettings(threshold=K, step=STEP)
MIDNIGHT = T0 // DAY * DAY
LONG_AFTER = MIDNIGHT + 100 * DAY
SERIES = ("a", "l", "forward", "pedestrian")


def told(events, start=MIDNIGHT, end=MIDNIGHT + DAY, step=STEP, table=COUNTS, now=LONG_AFTER):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        with open_ledger(path) as ledger:
            for event in events:
                ledger.add(event)
        with ReleasedReader(path, PRIVACY, lambda: now) as reader:
            return reader.sums(table, start, end, step)


def passages(counts):
    """So many passages in each bin from midnight on."""
    return [passage(MIDNIGHT + STEP * k + 10) for k, count in enumerate(counts) for _ in range(count)]


def test_counts_wait_until_there_are_enough():
    counts = told(passages([2, 0, 1, 4, 6, 1, 0, 3]))[SERIES]["count"]
    assert counts[:8].tolist() == [0, 0, 0, 7, 6, 0, 0, 0]
    assert counts.sum() == 13


@given(st.lists(st.integers(0, 9), min_size=1, max_size=96), st.sampled_from([STEP, 3600, 6 * 3600, DAY]))
@settings(deadline=None, max_examples=40)
def test_no_cell_is_small_all_but_a_few_are_told_and_longer_bins_are_sums(counts, step):
    found = told(passages(counts))
    fine = found[SERIES]["count"] if found else np.zeros(96)
    assert not ((fine > 0) & (fine < K)).any()
    behind = np.cumsum(np.pad(counts, (0, 96 - len(counts)))) - np.cumsum(fine)
    assert behind.min() >= 0
    assert behind.max() < K
    coarse = told(passages(counts), step=step)
    if coarse:
        assert coarse[SERIES]["count"].tolist() == fine.reshape(-1, step // STEP).sum(axis=1).tolist()


def test_what_is_told_does_not_depend_on_where_the_question_begins():
    events = passages([3, 3, 3, 3, 3, 3, 3, 3])
    whole = told(events)[SERIES]["count"]
    for first in range(1, 8):
        part = told(events, start=MIDNIGHT + STEP * first)[SERIES]["count"]
        assert part.tolist() == whole[first:].tolist()


def test_a_day_begins_anew():
    events = [passage(MIDNIGHT + DAY - 10)] * 4 + [passage(MIDNIGHT + DAY + 10)] * 4
    assert told(events, end=MIDNIGHT + 2 * DAY)[SERIES]["count"].sum() == 0


def test_a_bin_is_told_once_it_is_settled_and_then_stays_as_it_is():
    events = passages([3, 3])
    over = MIDNIGHT + 2 * STEP
    assert told(events, now=over + SETTLED_S - 1)[SERIES]["count"].sum() == 0
    assert told(events, now=over + SETTLED_S)[SERIES]["count"][:3].tolist() == [0, 6, 0]


def test_what_is_at_once_is_withheld_where_it_is_few_and_so_is_every_sum_over_it():
    few, many = occupancy(MIDNIGHT, 3.0, 2), occupancy(MIDNIGHT + STEP, 9.0, 7)
    everyone = occupancy(MIDNIGHT, 5.0, 9, "a", "z", "all")
    found = told([few, many, everyone], table=OCCUPANCY)
    assert set(found) == {("a", "z", "pedestrian")}
    columns = found["a", "z", "pedestrian"]
    assert np.isnan(columns["object_seconds"][0])
    assert (columns["object_seconds"][1], columns["maximum"][0], columns["maximum"][1]) == (9.0, 0, 7)
    hour = told([few, many], table=OCCUPANCY, step=3600)["a", "z", "pedestrian"]
    assert np.isnan(hour["object_seconds"][0])
    assert hour["maximum"][0] == 7
    assert told([], table=STOPS) == {}


def test_trajectories_are_told_where_enough_share_their_ends():
    def many(number, x):
        points = ((1.0, x, 0.5), (2.0, 0.7, 0.5))
        return [trajectory(MIDNIGHT + 20 * k, points=points) for k in range(number)]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        with open_ledger(path) as ledger:
            for event in [*many(K, 0.25), *many(K - 1, 0.45), coverage(MIDNIGHT, MIDNIGHT + DAY)]:
                ledger.add(event)
        with ReleasedReader(path, PRIVACY, lambda: LONG_AFTER) as reader:
            found = reader.trajectories(MIDNIGHT, MIDNIGHT + DAY)
            assert {one.points[0][1] for one in found} == {0.25}
            assert [one.start for one in found] == [MIDNIGHT] * K
            assert len(reader.trajectories(MIDNIGHT, MIDNIGHT + DAY, limit=2)) == 2


@pytest.mark.parametrize("days", [1, 2])
def test_a_day_of_which_a_part_was_dropped_is_no_longer_told(tmp_path, days):
    path = tmp_path / "x.sqlite"
    with open_ledger(path, minute_bins=1) as ledger:
        for event in (*passages([9] * 90), coverage(MIDNIGHT, MIDNIGHT + DAY)):
            ledger.add(event)
        ledger.commit()
        ledger.prune(MIDNIGHT + days * DAY + 7200)
    with ReleasedReader(path, PRIVACY, lambda: LONG_AFTER) as reader:
        assert (
            reader.sums(COUNTS, MIDNIGHT, MIDNIGHT + DAY, STEP).get(SERIES, {"count": np.zeros(1)})["count"].sum() == 0
        )
        assert reader.seen_seconds("a", MIDNIGHT, MIDNIGHT + DAY, STEP).sum() == 0
