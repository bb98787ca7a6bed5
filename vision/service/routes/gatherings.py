"""/api/v1/gatherings: how many pedestrians kept together, how densely and for how long; never who."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.ledger.reader import Names
from vision.ledger.schema import GATHERINGS
from vision.service import formats
from vision.service.binned import Columns, answer, sums_of
from vision.service.context import LedgerPath, ServedSite, chosen_cameras, chosen_zones
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
    request: Request, query: Annotated[GatheringsQuery, Query()], site: ServedSite, ledger: LedgerPath
) -> Response:
    """Pedestrians who kept close together for a time, by zone. Cameras without a ground plane have no rows."""
    return answer(request, query, ledger, _keys(site, query), sums_of(GATHERINGS), GatheringRow, _word)


def _word(columns: Columns, place: int, _: float) -> dict[str, Any]:
    count, seconds = int(columns["count"][place]), float(columns["seconds"][place])
    return {
        "count": count,
        "mean_seconds": round(seconds / count, 2) if count else None,
        "mean_people": round(float(columns["person_seconds"][place]) / seconds, 2) if seconds else None,
        "most_people": int(columns["people"][place]) if count else None,
        "density": round(float(columns["density"][place]), 3) if count else None,
    }


def _keys(site: Site, query: GatheringsQuery) -> list[Names]:
    return [
        (camera.name, zone)
        for camera in chosen_cameras(site, query.camera)
        for zone in chosen_zones(site, camera, query.camera, query.zone)
        if camera.ground is not None
    ]
