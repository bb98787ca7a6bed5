"""/api/v1/occupancy: how many were in each zone, by class."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import CLASSES
from vision.events import ZoneClass
from vision.ledger.reader import Names
from vision.ledger.schema import OCCUPANCY
from vision.service import formats
from vision.service.binned import Columns, answer, or_null, sums_of
from vision.service.context import ServedSite, SiteHistory, chosen_cameras
from vision.service.problems import PROBLEMS, refuse_unknown
from vision.service.queries import BinnedQuery
from vision.site import Site

router = APIRouter(tags=["history"])


class OccupancyQuery(BinnedQuery):
    """Which zones are asked for."""

    zone: str | None = Field(None, description="Only zones of this name.", examples=["parvis"])
    object_class: ZoneClass | None = Field(
        None, alias="class", description="Only this class; `all` for the sum of all.", examples=["all"]
    )


class OccupancyRow(BaseModel):
    """Objects of one class (or of all) in one zone during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    zone: str = Field(examples=["parvis"])
    object_class: ZoneClass = Field(alias="class", examples=["all"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    mean: float | None = Field(
        description="Mean number at once, over the time seen; null where the camera saw nothing.", examples=[4.31]
    )
    maximum: int | None = Field(description="Largest number at once; null where the camera saw nothing.", examples=[11])
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Occupancies(formats.BinnedPage):
    """Objects in zones by camera, zone, class and bin; an empty bin has a row too."""

    rows: list[OccupancyRow]


EXAMPLE = """camera,zone,class,start,end,mean,maximum,coverage
dorian,parvis,all,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,4.31,11,0.998
"""


@router.get(
    "/occupancy",
    summary="Objects in zones",
    response_model=Occupancies,
    responses={**formats.csv_too(EXAMPLE), **PROBLEMS},
)
def occupancy(
    request: Request, query: Annotated[OccupancyQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Mean and largest number of objects in each zone, in bins aligned to their step in UTC."""
    return answer(request, query, history, _keys(site, query), sums_of(OCCUPANCY), OccupancyRow, _word)


def _word(columns: Columns, place: int, seen: float) -> dict[str, Any]:
    return {
        "mean": or_null(columns["object_seconds"][place] / seen if seen else 0.0, 3),
        "maximum": int(columns["maximum"][place]),
    }


def _keys(site: Site, query: OccupancyQuery) -> list[Names]:
    """Return every series that a question is about, in the order of the site file.

    Raises:
        BadParameterError: no such camera or zone.
    """
    cameras = chosen_cameras(site, query.camera)
    if query.zone is not None:
        refuse_unknown("zone", query.zone, [zone.name for camera in cameras for zone in camera.zones])
    everything = ("all",) if site.privacy is None else ()  # less the others it would give a class back
    return [
        (camera.name, zone.name, object_class)
        for camera in cameras
        for zone in camera.zones
        if query.zone in (None, zone.name)
        for object_class in (*everything, *(camera.classes or CLASSES))
        if query.object_class in (None, object_class)
    ]
