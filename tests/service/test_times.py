from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from vision.service.problems import BadParameterError
from vision.service.times import DAY, Instant, Step, bins, from_unix, to_unix

INSTANT = TypeAdapter(Instant)
STEP = TypeAdapter(Step)

moments = st.datetimes(datetime(1971, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None)
@given(moments, st.floats(0.001, 10_000), st.integers(1, DAY))
def test_bins_are_aligned_and_cover_the_period_with_less_than_a_step_to_spare(begin, seconds, step):
    end = from_unix(to_unix(begin) + seconds)
    if end <= begin:
        return
    spans = bins(begin, end, step)
    assert spans.start % step == spans.end % step == 0
    assert spans.start <= to_unix(begin) < spans.start + step
    assert spans.end - step < to_unix(end) <= spans.end
    assert len(spans) * step == spans.end - spans.start
    assert len(spans.edges()) == len(spans) + 1


@given(moments, st.integers(1, 10**6))
def test_a_whole_period_is_one_bin_between_minutes(begin, seconds):
    spans = bins(begin, from_unix(to_unix(begin) + seconds), "whole")
    assert len(spans) == 1
    assert spans.start % 60 == spans.end % 60 == 0
    assert spans.start <= to_unix(begin) < spans.start + 60
    assert spans.end - 60 < to_unix(begin) + seconds <= spans.end


@given(moments)
def test_a_moment_is_read_as_it_was_written(moment):
    assert INSTANT.validate_python(moment.isoformat()) == moment
    assert INSTANT.validate_python(moment.isoformat().replace("+00:00", "Z")) == moment


def test_an_offset_is_honoured():
    assert INSTANT.validate_python("2026-03-01T09:00:00+01:00") == datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "found",
    ["", "now", "2026-03-01", "2026-03-01T08:00:00", "1772352000", "2026-03-01T08:00:00 01:00", "2026-02-30T08:00:00Z",
     "1969-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_other_times_are_refused(found):
    with pytest.raises(ValidationError, match="an ISO 8601 time with its offset"):
        INSTANT.validate_python(found)


@pytest.mark.parametrize(
    ("found", "seconds"), [("60", 60), ("1s", 1), ("15m", 900), ("1h", 3600), ("1d", DAY), ("86400", DAY), ("07", 7)]
)
def test_steps(found, seconds):
    assert STEP.validate_python(found) == seconds


@pytest.mark.parametrize("found", ["0", "0s", "-1", "1.5", "86401", "25h", "2d", "1w", "m", "1 h", "1h30", "", "٣"])
def test_other_steps_are_refused(found):
    with pytest.raises(ValidationError, match="whole seconds from 1 to 86400"):
        STEP.validate_python(found)


def test_a_period_that_ends_before_it_begins_is_refused():
    moment = from_unix(1000)
    with pytest.raises(BadParameterError, match="to: found '1970-01-01T00:16:40Z', wanted a time after from"):
        bins(moment, moment, 60)


def test_the_default_period_is_the_day_that_ends_now():
    spans = bins(None, None, 3600)
    assert len(spans) in (24, 25)
    assert spans.end - 3600 <= datetime.now(UTC).timestamp() <= spans.end + 1
