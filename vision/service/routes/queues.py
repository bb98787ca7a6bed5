"""/api/v1/queues: how many stood before each line, and how far back."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.events import DIRECTIONS, Direction
from vision.ledger.reader import Names
from vision.ledger.schema import QUEUES
from vision.service import formats
from vision.service.binned import Columns, answer, or_null, sums_of
from vision.service.context import ServedSite, SiteHistory, chosen_cameras
from vision.service.problems import PROBLEMS, refuse_unknown
from vision.service.queries import BinnedQuery
from vision.site import Site

router = APIRouter(tags=["history"])


class QueuesQuery(BinnedQuery):
    """Which queues are asked for."""

    line: str | None = Field(None, description="Only before lines of this name.", examples=["avenue-dorian"])
    direction: Direction | None = Field(None, description="Only to cross this way.", examples=["forward"])


class QueueRow(BaseModel):
    """What stood before one line, to cross it one way, during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    line: str = Field(examples=["avenue-dorian"])
    direction: Direction = Field(description="In which the queue would cross the line.")
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    mean: float | None = Field(
        description="Mean number of objects, over the time seen; null where the camera saw nothing.", examples=[2.3]
    )
    maximum: int | None = Field(description="Largest number at once.", examples=[8])
    metres: float | None = Field(
        description="Greatest length, from the line to the last; null without a queue or without a ground plane.",
        examples=[47.5],
    )
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Queues(formats.BinnedPage):
    """Queues by camera, line, direction and bin; a bin without one has a row too."""

    rows: list[QueueRow]


EXAMPLE = """camera,line,direction,start,end,mean,maximum,metres,coverage
dorian,avenue-dorian,forward,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,2.3,8,47.5,0.998
"""


@router.get(
    "/queues", summary="Queues before lines", response_model=Queues, responses={**formats.csv_too(EXAMPLE), **PROBLEMS}
)
def queues(
    request: Request, query: Annotated[QueuesQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Objects that stand one behind another before a line: their mean and largest number, and how far it reached."""
    return answer(request, query, history, _keys(site, query), sums_of(QUEUES), QueueRow, _word)


def _word(columns: Columns, place: int, seen: float) -> dict[str, Any]:
    maximum = int(columns["maximum"][place])
    return {
        "mean": or_null(columns["object_seconds"][place] / seen if seen else 0.0, 3),
        "maximum": maximum,
        "metres": or_null(columns["metres"][place], 1) if maximum else None,
    }


def _keys(site: Site, query: QueuesQuery) -> list[Names]:
    cameras = chosen_cameras(site, query.camera)
    if query.line is not None:
        refuse_unknown("line", query.line, [line.name for camera in cameras for line in camera.lines])
    return [
        (camera.name, line.name, direction)
        for camera in cameras
        for line in camera.lines
        if query.line in (None, line.name)
        for direction in DIRECTIONS
        if query.direction in (None, direction)
    ]
