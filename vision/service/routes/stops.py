"""/api/v1/stops: who halted where, and for how long."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import CLASSES, ClassName
from vision.ledger.reader import Names
from vision.ledger.schema import STOPS
from vision.service import formats
from vision.service.binned import Columns, answer, or_null, sums_of
from vision.service.context import ServedSite, SiteHistory, chosen_cameras, chosen_zones
from vision.service.problems import PROBLEMS
from vision.service.queries import BinnedQuery
from vision.site import Site

router = APIRouter(tags=["history"])


class StopsQuery(BinnedQuery):
    """Which stops are asked for."""

    zone: str | None = Field(None, description="Only in zones of this name.", examples=["parvis"])
    object_class: ClassName | None = Field(None, alias="class", description="Only this class.", examples=["car"])


class StopRow(BaseModel):
    """Stops of objects of one class in one zone that ended during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    zone: str = Field(description="Empty for the whole view.", examples=["parvis"])
    object_class: ClassName = Field(alias="class", examples=["car"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    count: int | None = Field(description="null where the camera saw nothing of the bin.", examples=[7])
    mean_seconds: float | None = Field(description="Mean duration; null where none ended.", examples=[12.5])
    longest_seconds: float | None = Field(description="Longest duration; null where none ended.", examples=[41.2])
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Stops(formats.BinnedPage):
    """Stops by camera, zone, class and bin; a bin without stops has a row too."""

    rows: list[StopRow]


EXAMPLE = """camera,zone,class,start,end,count,mean_seconds,longest_seconds,coverage
dorian,parvis,car,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,7,12.5,41.2,0.998
"""


@router.get("/stops", summary="Stops", response_model=Stops, responses={**formats.csv_too(EXAMPLE), **PROBLEMS})
def stops(request: Request, query: Annotated[StopsQuery, Query()], site: ServedSite, history: SiteHistory) -> Response:
    """How many objects halted in each zone, and for how long; a stop belongs to the bin in which it ended."""
    return answer(request, query, history, _keys(site, query), sums_of(STOPS), StopRow, _word)


def _word(columns: Columns, place: int, _: float) -> dict[str, Any]:
    count = int(columns["count"][place])
    return {
        "count": count,
        "mean_seconds": round(columns["seconds"][place] / count, 2) if count else None,
        "longest_seconds": or_null(columns["longest"][place], 2) if count else None,
    }


def _keys(site: Site, query: StopsQuery) -> list[Names]:
    return [
        (camera.name, zone, name)
        for camera in chosen_cameras(site, query.camera)
        for zone in chosen_zones(site, camera, query.camera, query.zone)
        for name in camera.classes or CLASSES
        if query.object_class in (None, name)
    ]
