"""What a far end is owed: everything once, in order, whatever is lost on the way and however late something happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.owed import DAY, MINUTE, Clock, Day, counted, since, site, total
from tests.ledger.makers import T0, coverage, open_ledger, passage
from vision.errors import ComptageError
from vision.far_ends import FarEnd
from vision.feeds import backlog as backlog_module
from vision.feeds.backlog import REVISED_S, Backlog
from vision.ledger import LedgerReader
from vision.ledger.released import ReleasedReader
from vision.ledger.schema import COUNTS

FROM_T0 = FarEnd(step=60, start=since(T0))


@pytest.fixture
def hour(tmp_path):
    with Day(tmp_path, minutes=60) as day:
        yield day


def take(backlog, most=7):
    """Acknowledge all that is due; return it."""
    taken = []
    while due := backlog.due(most):
        taken += due
        backlog.acknowledge(due)
    return taken


def minutes(bins):
    return [(one.start - T0) // MINUTE for one in bins]


def test_every_bin_is_due_once_in_order_with_what_was_counted(hour):
    backlog = hour.backlog(site(), FROM_T0)
    bins = take(backlog)
    assert minutes(bins) == list(range(60))
    assert [total(one.document()) for one in bins] == [counted(minute) for minute in range(60)]
    assert backlog.seconds_behind() == 0
    hour.go_on(3)
    assert backlog.seconds_behind() == 180
    assert minutes(take(backlog)) == [60, 61, 62]


def test_a_far_end_that_is_new_is_told_from_now_on_or_from_its_start(hour):
    assert take(hour.backlog(site(), FarEnd(step=60), "now")) == []
    half = FarEnd(step=60, start=since(T0 + 1800))
    assert minutes(take(hour.backlog(site(), half, "half"))) == list(range(30, 60))
    early = FarEnd(step=60, start=since(T0 - 30 * DAY))  # before there was anything
    assert minutes(take(hour.backlog(site(), early, "early"))) == list(range(60))


def test_what_a_new_far_end_is_owed_is_kept_from_its_first_moment(hour):
    hour.backlog(site(), FarEnd(step=60)).begin()
    hour.go_on(5)
    assert minutes(take(hour.backlog(site(), FarEnd(step=60)))) == list(range(60, 65))


def test_what_was_not_acknowledged_comes_again_as_the_same_version(hour):
    first = hour.backlog(site(), FROM_T0).due(5)
    again = hour.backlog(site(), FROM_T0).due(5)
    assert [one.document() for one in first] == [one.document() for one in again]


def test_one_version_never_has_two_contents(hour):
    first = hour.backlog(site(), FROM_T0).due(5)
    hour.ledger.add(passage(T0 + 61))
    hour.ledger.commit()
    again = hour.backlog(site(), FROM_T0).due(5)  # of another process, after a kill
    assert [one.version for one in again] == [1, 2, 1, 1, 1]
    assert total(again[1].document()) == total(first[1].document()) + 1


def test_a_late_change_is_told_as_a_revision_once(hour):
    backlog = hour.backlog(site(), FROM_T0)
    take(backlog)
    hour.ledger.add(passage(T0 + 58 * MINUTE))
    hour.go_on(1)
    revised, new = take(backlog)
    assert (revised.document()["revised"], revised.version, minutes([revised])) == (True, 2, [58])
    assert total(revised.document()) == counted(58) + 1
    assert (new.document()["revised"], minutes([new])) == (False, [60])
    hour.go_on(1)
    assert minutes(take(backlog)) == [61]


def test_a_change_during_an_outage_is_told_after_it(hour):
    take(hour.backlog(site(), FROM_T0))
    hour.ledger.add(passage(T0 + 59 * MINUTE))
    hour.go_on(24 * 60)
    bins = take(hour.backlog(site(), FROM_T0), most=100)
    assert minutes(bins) == list(range(59, 60 + 24 * 60))
    assert bins[0].version == 2


def test_after_ten_minutes_a_bin_is_final_and_nothing_is_kept_of_it(hour):
    backlog = hour.backlog(site(), FROM_T0)
    take(backlog)
    hour.go_on(int(REVISED_S) // MINUTE + 1)
    take(backlog)
    hour.ledger.add(passage(T0 + 59 * MINUTE))
    hour.go_on(1)
    assert minutes(take(backlog)) == [71]
    assert len(backlog._told) <= REVISED_S // MINUTE + 1


def test_a_bin_that_nobody_saw_is_null_and_one_seen_in_part_says_so(tmp_path):
    with open_ledger(tmp_path / "x.sqlite") as ledger:
        ledger.add(coverage(T0 + 30, T0 + MINUTE))
        ledger.add(passage(T0 + 40))
        ledger.commit()
        seen, unseen = take(Backlog(site(), "far", FROM_T0, ledger, tmp_path / "x.sqlite", Clock(T0 + 130)))
    assert (seen.said["coverage"], total(seen.said)) == (0.5, 1)
    assert unseen.said["coverage"] == 0
    assert {row["count"] for row in unseen.said["lines"]} == {None}
    assert {row["mean"] for row in unseen.said["zones"]} == {None}


def test_another_step_begins_where_the_last_one_ended(hour):
    take(hour.backlog(site(), FarEnd(step=60, start=since(T0))))
    hour.go_on(20)
    bins = take(hour.backlog(site(), FarEnd(step=900)))
    assert [one.said["id"] for one in bins] == ["place/a/900/2025-06-15T17:00:00Z"]
    assert total(bins[0].said) == sum(counted(minute) for minute in range(60, 75))


def test_what_is_no_longer_kept_is_passed_over_and_said(hour, caplog):
    backlog = hour.backlog(site(), FROM_T0)
    backlog.acknowledge(backlog.due(10))
    with hour.ledger.transaction() as connection:
        connection.execute("UPDATE state SET value = ? WHERE name = 'minute_from'", (T0 + 30 * MINUTE,))
    backlog = hour.backlog(site(), FROM_T0)
    assert minutes(take(backlog))[0] == 30
    assert min(backlog._told) >= (T0 + 30 * MINUTE, "")
    assert "no longer kept" in caplog.text


def test_a_clock_that_ran_ahead_stops_nothing_for_longer_than_it_takes_to_put_it_right(hour):
    backlog = hour.backlog(site(), FROM_T0)
    hour.clock.now += 3 * MINUTE
    take(backlog)
    hour.clock.now -= 3 * MINUTE
    assert take(backlog) == []
    hour.go_on(4)
    assert minutes(take(backlog))[-1] == 63


def test_bins_wait_while_counts_wait_for_the_disk(hour, monkeypatch):
    status = hour.ledger.status()
    monkeypatch.setattr(hour.ledger, "status", lambda: type(status)("full", 10, {}, ()))
    backlog = hour.backlog(site(), FROM_T0)
    with pytest.raises(ComptageError, match="waits for its disk"):
        backlog.due(5)
    monkeypatch.undo()
    assert minutes(take(backlog)) == list(range(60))


PRIVATE = site(privacy={"threshold": 5, "step": 900})


def test_with_small_numbers_withheld_bins_are_those_of_the_api_and_come_when_they_are_settled(tmp_path):
    with Day(tmp_path, minutes=120) as day:
        day.clock.now = T0 + 2 * 3600 + 299
        backlog = day.backlog(PRIVATE, FarEnd(start=since(T0)))
        bins = take(backlog)
        assert [one.start - T0 for one in bins] == [900 * k for k in range(7)]  # the eighth is not settled
        with ReleasedReader(day.path, PRIVATE.privacy, day.clock) as reader:
            published = reader.sums(COUNTS, T0, T0 + 7 * 900, 900)["a", "l", "forward", "pedestrian"]["count"]
        assert [total(one.said) for one in bins] == published.tolist()
        zone = {row["class"]: (row["mean"], row["maximum"]) for row in bins[0].said["zones"]}
        assert zone == {"pedestrian": (None, None), "car": (0.0, 0)}
        day.clock.now += MINUTE
        last = backlog.due(9)
        assert [one.start - T0 for one in last] == [7 * 900]
        backlog.acknowledge(last)
        for _ in range(9):
            day.ledger.add(passage(T0 + 7 * 900))
        day.ledger.commit()
        assert take(backlog) == []  # no revision: it would tell the difference


class FarWorld:
    """Keeps the highest version of every id, as a receiver should, and refuses another content of a version."""

    def __init__(self):
        self.kept = {}

    def take(self, document):
        version, content = self.kept.get(document["id"], (0, None))
        assert document["version"] != version or document == content
        if document["version"] > version:
            self.kept[document["id"]] = (document["version"], document)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(1, 4)),
        st.tuples(st.just("late"), st.integers(0, 9)),
        st.sampled_from([("send",), ("lose",), ("forget",), ("restart",)]),
    ),
    max_size=30,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_in_the_end_the_far_end_has_what_the_ledger_has(tmp_path_factory, steps):
    with Day(tmp_path_factory.mktemp("x"), minutes=2) as day:
        far, backlog = FarWorld(), day.backlog(site(), FROM_T0)
        for kind, *number in (*steps, ("pass", 1)):
            if kind == "pass":
                day.go_on(number[0])
            elif kind == "late":  # never later than a bin can be revised
                day.ledger.add(passage(T0 + MINUTE * max(0, day.minutes - 1 - number[0])))
                day.ledger.commit()
            elif kind == "restart":
                backlog = day.backlog(site(), FROM_T0)
            else:
                due = backlog.due(3)
                if kind != "lose":
                    for one in due:
                        far.take(one.document())
                if kind == "send":
                    backlog.acknowledge(due)
        for one in take(backlog):
            far.take(one.document())
        with LedgerReader(day.path) as reader:
            kept = reader.sums(COUNTS, T0, T0 + day.minutes * MINUTE, MINUTE)
        wanted = sum(columns["count"] for columns in kept.values())
        told = [total(document) for _, document in sorted(far.kept.values(), key=lambda kept: kept[1]["from"])]
        assert told == list(wanted)


def test_the_constants_agree_with_how_late_events_may_be():
    assert backlog_module.REVISED_S == 2 * backlog_module.SETTLED_S
