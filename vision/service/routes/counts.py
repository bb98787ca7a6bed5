"""/api/v1/counts: how many went across each line, each way, by class."""

from datetime import datetime
from itertools import product
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import CLASSES, ClassName
from vision.events import DIRECTIONS, Direction
from vision.ledger.reader import Names
from vision.ledger.schema import COUNTS
from vision.service import formats
from vision.service.binned import Columns, answer, sums_of
from vision.service.context import ServedSite, SiteHistory, chosen_cameras
from vision.service.problems import PROBLEMS, refuse_unknown
from vision.service.queries import BinnedQuery
from vision.site import Site

router = APIRouter(tags=["history"])


class CountsQuery(BinnedQuery):
    """Which passages are asked for."""

    line: str | None = Field(None, description="Only lines of this name.", examples=["avenue-dorian"])
    direction: Direction | None = Field(None, description="Only this direction.", examples=["forward"])
    object_class: ClassName | None = Field(None, alias="class", description="Only this class.", examples=["bicycle"])


class CountRow(BaseModel):
    """Passages across one line, one way, of one class, during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    line: str = Field(examples=["avenue-dorian"])
    direction: Direction = Field(
        description="`forward` is from left to right for who stands at the line's `a` and looks towards `b`."
    )
    object_class: ClassName = Field(alias="class", examples=["bicycle"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    count: int | None = Field(
        description="null where the camera saw nothing of the bin; 0 means nobody.", examples=[12]
    )
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Counts(formats.BinnedPage):
    """Passages by camera, line, direction, class and bin; a bin without passages has a row too."""

    rows: list[CountRow]


EXAMPLE = """camera,line,direction,class,start,end,count,coverage
dorian,avenue-dorian,forward,bicycle,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,12,0.998
"""


@router.get(
    "/counts",
    summary="Passages across lines",
    response_model=Counts,
    responses={**formats.csv_too(EXAMPLE), **PROBLEMS},
)
def counts(
    request: Request, query: Annotated[CountsQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Passages in bins of one second to one day, aligned to their step in UTC, with the share that was really seen."""
    return answer(request, query, history, line_keys(site, query), sums_of(COUNTS), CountRow, _word)


def _word(columns: Columns, place: int, _: float) -> dict[str, Any]:
    return {"count": int(columns["count"][place])}


def line_keys(site: Site, query: CountsQuery) -> list[Names]:
    """Return every series that a question is about, in the order of the site file.

    Raises:
        BadParameterError: no such camera or line.
    """
    cameras = chosen_cameras(site, query.camera)
    if query.line is not None:
        refuse_unknown("line", query.line, [line.name for camera in cameras for line in camera.lines])
    directions = (query.direction,) if query.direction else DIRECTIONS
    return [
        (camera.name, line.name, direction, object_class)
        for camera in cameras
        for line in camera.lines
        if query.line in (None, line.name)
        for direction, object_class in product(directions, camera.classes or CLASSES)
        if query.object_class in (None, object_class)
    ]
