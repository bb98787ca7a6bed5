"""Opening hours as a person writes them: local times by weekday, and days on which it is otherwise.

A local time is what a clock on the wall shows. On the night on which clocks are set back the hour that comes twice is
open twice, and on the one on which they are set forward the hour that is left out is open for no time at all.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from vision.settings import Settings

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LOOK_AHEAD_DAYS = 8
"""A change that is further away is not told: it is no news for somebody who stands before the door."""
_DAY_S = 86_400
_QUARTER_S = 900
"""Offsets of time zones are whole quarters of an hour, and so are the steps between them."""


def _parse_span(text: str) -> str:
    _seconds(text)
    return text


Span = Annotated[str, AfterValidator(_parse_span)]
"""`HH:MM-HH:MM`, the end outside; `24:00` is the end of the day."""
Day = tuple[Span, ...]


class Hours(Settings):
    """When it is open; a weekday that is not named is closed."""

    monday: Day = ()
    tuesday: Day = ()
    wednesday: Day = ()
    thursday: Day = ()
    friday: Day = ()
    saturday: Day = ()
    sunday: Day = ()
    exceptions: dict[date, Day] = Field(default_factory=dict)
    """Days on which it is otherwise, such as `2026-12-25 = []`."""

    @model_validator(mode="after")
    def _do_not_overlap(self) -> "Hours":
        for name, spans in [*((name, getattr(self, name)) for name in WEEKDAYS), *self.exceptions.items()]:
            ends = sorted(map(_seconds, spans))
            if any(later[0] < earlier[1] for earlier, later in pairwise(ends)):
                raise ValueError(f"{name}: found {', '.join(spans)}, wanted spans that do not overlap")
        return self

    def is_open(self, utc: float, zone: ZoneInfo) -> bool:
        """Say whether it is open at a unix second, by the clocks of a time zone."""
        local = datetime.fromtimestamp(utc, zone)
        second = local.hour * 3600 + local.minute * 60 + local.second
        return any(start <= second < end for start, end in self._spans(local.date()))

    def next_change(self, utc: float, zone: ZoneInfo) -> float | None:
        """Return the unix second after `utc` at which it opens or closes next; None where that is over a week away."""
        now = self.is_open(utc, zone)
        today = datetime.fromtimestamp(utc, zone).date()
        for ahead in range(LOOK_AHEAD_DAYS + 1):
            moments = sorted(self._moments(today + timedelta(days=ahead), zone))
            for moment in moments:
                if moment > utc and self.is_open(moment, zone) != now:
                    return moment
        return None

    def _spans(self, day: date) -> list[tuple[int, int]]:
        spans: Day = self.exceptions.get(day, getattr(self, WEEKDAYS[day.weekday()]))
        return [_seconds(span) for span in spans]

    def _moments(self, day: date, zone: ZoneInfo) -> Iterator[float]:
        """Yield the unix seconds of a local day at which it may open or close."""
        midnight = datetime.combine(day, time())
        begin, end = (_unix(midnight + timedelta(days=days), zone) for days in (0, 1))
        yield begin
        for second in {second for span in self._spans(day) for second in span}:
            for fold in (0, 1):  # an hour may come twice
                yield _unix((midnight + timedelta(seconds=second)).replace(fold=fold), zone)
        if end - begin != _DAY_S:
            yield from range(int(begin), int(end), _QUARTER_S)


def _unix(local: datetime, zone: ZoneInfo) -> float:
    return local.replace(tzinfo=zone).astimezone(UTC).timestamp()


def _seconds(span: str) -> tuple[int, int]:
    """Return the two ends of a span in seconds of the day.

    Raises:
        ValueError: it is none.
    """
    match = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", span)
    hour, minute, to_hour, to_minute = map(int, match.groups()) if match else (0, 60, 0, 60)
    start, end = hour * 3600 + minute * 60, to_hour * 3600 + to_minute * 60
    if max(minute, to_minute) > 59 or not start < end <= _DAY_S:
        raise ValueError("wanted HH:MM-HH:MM, the end after the begin, such as 07:00-08:30")
    return start, end
