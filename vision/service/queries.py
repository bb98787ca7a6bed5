"""Parameters that several questions share, and how much may be asked at once."""

from typing import cast

from pydantic import BaseModel, ConfigDict, Field

from vision.service.formats import Format
from vision.service.problems import BadParameterError
from vision.service.times import Bins, Instant, Step

MAX_ROWS = 50_000
"""Rows of one answer: eight megabytes of JSON, about a second of work."""


class PeriodQuery(BaseModel):
    """A period, of one camera or of all. A parameter that is not known is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    begin: Instant | None = Field(
        None,
        alias="from",
        description="Begin of the period, floored to the step. By default one day before its end.",
        examples=["2026-03-01T08:00:00Z"],
    )
    end: Instant | None = Field(
        None,
        alias="to",
        description="End of the period (itself outside), raised to the step. By default now.",
        examples=["2026-03-01T09:00:00Z"],
    )
    camera: str | None = Field(None, description="Only this camera.", examples=["dorian"])
    format: Format | None = Field(None, description="By default what the Accept header prefers.", examples=["csv"])


class BinnedQuery(PeriodQuery):
    """A period cut into bins."""

    step: Step = Field(
        cast("Step", "1h"),
        validate_default=True,
        description="Length of a bin: whole seconds (`60`), or a number with a unit (`1s`, `15m`, `1h`, `1d`), from "
        "one second to one day; bins begin at multiples of it since 1970-01-01T00:00:00Z. Or `whole`: one bin for the "
        "whole period, its two ends aligned to the minute.",
    )


def refuse_too_many(bins: Bins, series: int) -> None:
    """Refuse to answer with more rows than one answer may have.

    Raises:
        BadParameterError: bins times series are more than `MAX_ROWS`.
    """
    rows = len(bins) * max(series, 1)  # bins are laid out even where there is nothing to put into them
    if rows > MAX_ROWS:
        raise BadParameterError(
            f"step: found {len(bins)} bins of {series} series, which is {rows} rows, wanted at most {MAX_ROWS}: "
            "a longer step, a shorter period or fewer cameras, lines, zones or classes"
        )
