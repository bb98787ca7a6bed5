"""What `/api/v1/pool` says: one measurement a lane and a basin, every field named with its unit."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from vision.basins import LaneState

Reason = Literal["override", "setting", "hours", "dark", "quiet", "light", "unknown"]
"""Why it is open or closed: said while the service runs; said in the site file; the opening hours; the view has been
black for a minute; nobody has been in the basin for two hours, where no hours are given; there is light, where no hours
are given; nothing is known."""


class Measurement(BaseModel):
    """How many swim, and how long that may be believed."""

    state: LaneState | None = Field(description="Open to the public; null where nothing is known.", examples=["open"])
    state_reason: Reason = Field(
        description="override: said at run time; setting: said in the site file; hours: opening hours; dark: the view "
        "is black; quiet: nobody for two hours; light: there is light; unknown: nothing is known.",
        examples=["hours"],
    )
    state_until: datetime | None = Field(
        description="When that is known to change, by opening hours or at the end of what was said at run time.",
        examples=["2026-03-01T12:30:00Z"],
    )
    swimmers: int | None = Field(
        description="In the water, those under water included: the median of the last ten seconds; of a basin the sum "
        "of its lanes; null where nothing is seen.",
        examples=[3],
    )
    capacity_persons: int | None = Field(description="Persons that it holds; null where not said.", examples=[8])
    occupancy_ratio: float | None = Field(description="swimmers / capacity_persons.", examples=[0.375])
    lengths_per_minute: float | None = Field(
        description="Lengths swum, end to end, over the last five minutes seen; null where the ends are not known.",
        examples=[4.2],
    )
    coverage: float = Field(ge=0, le=1, description="Share of the last minute that was really seen.", examples=[0.99])
    time: datetime | None = Field(
        description="When it was measured; null before the first time.", examples=["2026-03-01T08:00:00.4Z"]
    )
    valid_until: datetime | None = Field(
        description="Until when it may be shown as the present; no later than this a newer one is due.",
        examples=["2026-03-01T08:00:30.4Z"],
    )


class LaneNow(Measurement):
    """A lane now."""

    lane: str = Field(examples=["couloir-1"])
    polygon: tuple[tuple[float, float], ...] = Field(
        description="Corners as fractions of the view's width and height, from its top left."
    )


class BasinNow(Measurement):
    """A basin now, with its lanes in the order of the site file."""

    basin: str = Field(examples=["grand-bassin"])
    title: str = Field(examples=["Grand bassin"])
    camera: str = Field(examples=["grand-bassin"])
    free_lanes: int | None = Field(description="Lanes that are open and empty.", examples=[1])
    lanes: list[LaneNow]


class PoolNow(BaseModel):
    """All basins of the place."""

    site: str = Field(examples=["butte-aux-cailles"])
    title: str = Field(examples=["Piscine de la Butte-aux-Cailles"])
    basins: list[BasinNow]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of the CSV: of each basin one with an empty `lane`, then one a lane."""
        for basin in self.basins:
            said = basin.model_dump(mode="json")
            for one in [{**said, "lane": ""}, *said["lanes"]]:
                yield {"basin": basin.basin, **{column: one[column] for column in COLUMNS[1:]}}


COLUMNS = ("basin", "lane", *Measurement.model_fields)
"""Of the CSV."""

EXAMPLE = """\
basin,lane,state,state_reason,state_until,swimmers,capacity_persons,occupancy_ratio,lengths_per_minute,coverage,time,\
valid_until
grand-bassin,,open,hours,2026-03-01T12:30:00Z,11,40,0.275,17.4,0.99,2026-03-01T08:00:00.4Z,2026-03-01T08:00:30.4Z
grand-bassin,couloir-1,open,hours,2026-03-01T12:30:00Z,3,8,0.375,4.2,0.99,2026-03-01T08:00:00.4Z,2026-03-01T08:00:30.4Z
"""
