"""Opening hours by the clocks on the wall, over the nights on which these are changed too."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from vision.hours import WEEKDAYS, Hours

PARIS = ZoneInfo("Europe/Paris")
HOURS = Hours.model_validate(
    {
        "monday": ["07:00-08:30", "11:30-24:00"],
        "sunday": ["01:30-02:30", "08:00-18:00"],
        "exceptions": {"2026-12-28": [], "2026-12-29": ["10:00-12:00"]},
    }
)


def unix(text, zone=PARIS):
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-23T06:59:59", False),
        ("2026-11-23T07:00:00", True),
        ("2026-11-23T08:29:59", True),
        ("2026-11-23T08:30:00", False),
        ("2026-11-23T23:59:59", True),
        ("2026-11-24T00:00:00", False),
        ("2026-12-28T07:30:00", False),  # a monday on which it is otherwise
        ("2026-12-29T10:30:00", True),
        ("2026-10-25T07:59:59", False),  # the day on which clocks were set back
        ("2026-10-25T08:00:00", True),
        ("2026-03-29T08:00:00", True),
        ("2026-03-29T07:59:59", False),
    ],
)
def test_open_and_closed(local, is_open):
    assert HOURS.is_open(unix(local), PARIS) == is_open


def open_minutes(day):
    start, end = unix(f"{day}T00:00"), unix(f"{day}T23:59") + 60
    return sum(HOURS.is_open(start + 60 * minute, PARIS) for minute in range(int((end - start) / 60)))


def test_an_hour_that_comes_twice_is_open_twice_and_one_that_is_left_out_never():
    ordinary = 60 + 600
    assert open_minutes("2026-10-18") == ordinary
    assert open_minutes("2026-10-25") == ordinary + 30  # 02:00 to 02:30 comes twice
    assert open_minutes("2026-03-29") == ordinary - 30  # 02:00 to 02:30 is left out


day_spans = st.lists(st.integers(0, 95), min_size=2, max_size=6, unique=True).map(sorted)


def clock(quarter):
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def weeks(draw):
    week = {}
    for name in draw(st.sets(st.sampled_from(WEEKDAYS))):
        ends = draw(day_spans)
        week[name] = [f"{clock(a)}-{clock(b)}" for a, b in zip(ends[::2], ends[1::2], strict=False)]
    return Hours.model_validate(week)


@given(
    hours=weeks(),
    day=st.sampled_from(["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-07-01"]),
    minute=st.integers(0, 1439),
)
@settings(deadline=None, max_examples=40)
def test_the_next_change_is_the_first_quarter_of_an_hour_at_which_it_is_otherwise(hours, day, minute):
    now = unix(f"{day}T00:00") + 60 * minute
    quarters = range(int(now // 900 + 1) * 900, int(now) + 6 * 86_400, 900)
    is_open = hours.is_open(now, PARIS)
    expected = next((quarter for quarter in quarters if hours.is_open(quarter, PARIS) != is_open), None)
    found = hours.next_change(now, PARIS)
    if expected is not None:
        assert found == expected
    else:
        assert found is None or found >= quarters[-1]


@pytest.mark.parametrize(
    "week",
    [
        {"monday": ["7-8"]},
        {"monday": ["08:00-07:00"]},
        {"monday": ["08:00-24:01"]},
        {"monday": ["08:60-09:00"]},
        {"monday": ["07:00-09:00", "08:59-10:00"]},
        {"lundi": []},
        {"exceptions": {"christmas": []}},
    ],
)
def test_what_is_no_opening_hour_is_refused(week):
    with pytest.raises(ValidationError):
        Hours.model_validate(week)
