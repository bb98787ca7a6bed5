"""/api/v1/movements: from which gate to which one, by class."""

from datetime import datetime
from itertools import product
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import CLASSES, ClassName
from vision.ledger.reader import Names
from vision.ledger.schema import MOVEMENTS
from vision.service import formats
from vision.service.binned import Columns, answer, sums_of
from vision.service.context import ServedSite, SiteHistory, chosen_cameras
from vision.service.problems import PROBLEMS, refuse_unknown
from vision.service.queries import BinnedQuery
from vision.site import Site

router = APIRouter(tags=["history"])


class MovementsQuery(BinnedQuery):
    """Which movements are asked for."""

    origin: str | None = Field(None, description="Only from this line or zone.", examples=["avenue-dorian"])
    destination: str | None = Field(None, description="Only to this line or zone.", examples=["parvis"])
    object_class: ClassName | None = Field(None, alias="class", description="Only this class.", examples=["bicycle"])


class MovementRow(BaseModel):
    """Objects of one class that went from one gate to another and were last seen during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    origin: str = Field(description="The first line or zone at which they were.", examples=["avenue-dorian"])
    destination: str = Field(description="The last one; the same for those who turned back.", examples=["parvis"])
    object_class: ClassName = Field(alias="class", examples=["bicycle"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    count: int | None = Field(description="null where the camera saw nothing of the bin.", examples=[12])
    mean_seconds: float | None = Field(
        description="Mean time from leaving the origin to reaching the destination; null where nobody went.",
        examples=[8.4],
    )
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Movements(formats.BinnedPage):
    """Movements by camera, origin, destination, class and bin; a bin without movements has a row too."""

    rows: list[MovementRow]


EXAMPLE = """camera,origin,destination,class,start,end,count,mean_seconds,coverage
dorian,avenue-dorian,parvis,bicycle,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,12,8.4,0.998
"""


@router.get(
    "/movements",
    summary="Movements between lines and zones",
    response_model=Movements,
    responses={**formats.csv_too(EXAMPLE), **PROBLEMS},
)
def movements(
    request: Request, query: Annotated[MovementsQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Origin and destination of whole tracks within one camera's view, between its gates, with the time it took."""
    return answer(request, query, history, _keys(site, query), sums_of(MOVEMENTS), MovementRow, _word)


def _word(columns: Columns, place: int, _: float) -> dict[str, Any]:
    count = int(columns["count"][place])
    return {"count": count, "mean_seconds": round(columns["seconds"][place] / count, 2) if count else None}


def _keys(site: Site, query: MovementsQuery) -> list[Names]:
    cameras = chosen_cameras(site, query.camera)
    for parameter, found in (("origin", query.origin), ("destination", query.destination)):
        if found is not None:
            refuse_unknown(parameter, found, [gate for camera in cameras for gate in camera.gate_names])
    return [
        (camera.name, origin, destination, name)
        for camera in cameras
        for origin, destination in product(camera.gate_names, repeat=2)
        if query.origin in (None, origin) and query.destination in (None, destination)
        for name in camera.classes or CLASSES
        if query.object_class in (None, name)
    ]
