"""Times in questions and answers: ISO 8601 in UTC outside, whole unix seconds inside, bins aligned to their step."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, WithJsonSchema

from vision.service.problems import refuse

DAY = 86_400
WHOLE: Literal["whole"] = "whole"
MINUTE = 60

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2999, 12, 31, tzinfo=UTC)
_WANTED_TIME = "an ISO 8601 time with its offset, from 1970 to 2999, such as 2026-03-01T08:00:00Z"
_WANTED_STEP = "whole seconds from 1 to 86400, such as 60, 1s, 15m, 1h, 1d, or whole"
_UNITS = {"": 1, "s": 1, "m": MINUTE, "h": 3600, "d": DAY}


def _parse_instant(found: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(found)).astimezone(UTC) if _has_offset(str(found)) else None
    except (ValueError, OverflowError):
        instant = None
    if instant is None or not _EARLIEST <= instant <= _LATEST:
        raise ValueError(_WANTED_TIME)
    return instant


def _has_offset(text: str) -> bool:
    return re.search(r"T.*(Z|z|[+-]\d\d(:?\d\d)?)$", text) is not None


def _parse_step(found: object) -> int | Literal["whole"]:
    if found == WHOLE:
        return WHOLE
    match = re.fullmatch(r"([0-9]{1,5})([smhd]?)", str(found))
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 1 <= seconds <= DAY:
        raise ValueError(_WANTED_STEP)
    return seconds


def to_iso(instant: datetime) -> str:
    """Return ISO 8601 in UTC with a Z, with microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_parse_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment as a client writes it."""

Step = Annotated[
    int | Literal["whole"],
    BeforeValidator(_parse_step),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]{1,5}[smhd]?|whole)$", "examples": ["15m"]}),
]
"""Length of a bin in seconds, or one bin for the whole period."""


def from_unix(seconds: float) -> datetime:
    """Return the moment that is so many seconds after 1970-01-01T00:00:00Z."""
    return _EARLIEST + timedelta(seconds=seconds)


def to_unix(instant: datetime) -> float:
    """Return seconds since 1970-01-01T00:00:00Z."""
    return (instant - _EARLIEST).total_seconds()


@dataclass(frozen=True, slots=True)
class Bins:
    """Consecutive bins [start + i·step, start + (i+1)·step) in whole unix seconds, up to `end`."""

    start: int
    end: int
    step: int

    def __len__(self) -> int:
        return (self.end - self.start) // self.step

    def edges(self) -> list[datetime]:
        """Return the len + 1 moments at which bins begin or end."""
        return [from_unix(second) for second in range(self.start, self.end + 1, self.step)]


def period(begin: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    """Return the period asked for: by default the day that ends now.

    Raises:
        BadParameterError: it ends before it begins, or at once.
    """
    end = end or from_unix(time.time())
    begin = begin or max(_EARLIEST, end - timedelta(days=1))
    if end <= begin:
        refuse("to", to_iso(end), f"a time after from, which is {to_iso(begin)}")
    return begin, end


def bins(begin: datetime | None, end: datetime | None, step: int | Literal["whole"], finest: int = 1) -> Bins:
    """Return the aligned bins that cover a period: its begin floored to the step, its end raised to it.

    A bin of a whole period has its two ends aligned to the minute, or to the finest step.

    Args:
        begin: of the period.
        end: of the period.
        step: seconds.
        finest: seconds, of which every step must be a multiple.

    Raises:
        BadParameterError: the period ends before it begins, or at once; or the step is no such multiple.
    """
    begin, end = period(begin, end)
    if step != WHOLE and step % finest:
        refuse("step", step, f"a multiple of {finest} s, since small numbers are withheld here")
    grain = max(MINUTE, finest) if step == WHOLE else step
    first = int(to_unix(begin)) // grain * grain
    last = -int(-to_unix(end) // grain) * grain
    return Bins(first, last, last - first if step == WHOLE else grain)
