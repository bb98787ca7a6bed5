"""/api/v1/gatherings: how many pedestrians kept together, how densely and for how long; never who."""

import math
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.ledger.reader import Names
from vision.ledger.schema import GATHERINGS
from vision.service import formats
from vision.service.binned import Columns, answer, or_null, sums_of
from vision.service.context import ServedSite, SiteHistory, chosen_cameras, chosen_zones
from vision.service.problems import PROBLEMS
from vision.service.queries import BinnedQuery
from vision.site import Site

router = APIRouter(tags=["history"])


class GatheringsQuery(BinnedQuery):
    """Which gatherings are asked for."""

    zone: str | None = Field(None, description="Only in zones of this name.", examples=["parvis"])


class GatheringRow(BaseModel):
    """Gatherings of pedestrians in one zone that ended during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    zone: str = Field(description="Empty for the whole view.", examples=["parvis"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    count: int | None = Field(description="null where the camera saw nothing of the bin.", examples=[2])
    mean_seconds: float | None = Field(description="Mean duration; null where none ended.", examples=[48.0])
    mean_people: float | None = Field(description="Mean over time of one; null where none ended.", examples=[6.1])
    most_people: int | None = Field(description="Of the largest at its largest; null where none ended.", examples=[9])
    density: float | None = Field(
        description="People per square metre of the densest at its densest; null where none ended.", examples=[0.4]
    )
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Gatherings(formats.BinnedPage):
    """Gatherings by calibrated camera, zone and bin; a bin without gatherings has a row too."""

    rows: list[GatheringRow]


EXAMPLE = """camera,zone,start,end,count,mean_seconds,mean_people,most_people,density,coverage
dorian,parvis,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,2,48.0,6.1,9,0.4,0.998
"""


@router.get(
    "/gatherings", summary="Gatherings", response_model=Gatherings, responses={**formats.csv_too(EXAMPLE), **PROBLEMS}
)
def gatherings(
    request: Request, query: Annotated[GatheringsQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Pedestrians who kept close together for a time, by zone. Cameras without a ground plane have no rows."""
    return answer(request, query, history, _keys(site, query), sums_of(GATHERINGS), GatheringRow, _word)


def _word(columns: Columns, place: int, _: float) -> dict[str, Any]:
    count, seconds, people = columns["count"][place], columns["seconds"][place], int(columns["people"][place])
    return {
        "count": None if math.isnan(count) else int(count),
        "mean_seconds": or_null(seconds / count, 2) if count else None,
        "mean_people": or_null(columns["person_seconds"][place] / seconds, 2) if count else None,
        "most_people": people or None,
        "density": or_null(columns["density"][place], 3) if people else None,
    }


def _keys(site: Site, query: GatheringsQuery) -> list[Names]:
    return [
        (camera.name, zone)
        for camera in chosen_cameras(site, query.camera)
        for zone in chosen_zones(site, camera, query.camera, query.zone)
        if camera.ground is not None
    ]
