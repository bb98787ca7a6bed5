"""/api/v1/trajectories: where objects went, without telling who is who."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import ClassName
from vision.events import Trajectory, Unit
from vision.service import formats
from vision.service.context import ServedSite, SiteHistory, chosen_cameras
from vision.service.problems import PROBLEMS
from vision.service.queries import PeriodQuery
from vision.service.times import from_unix, period, to_unix

router = APIRouter(tags=["history"])

MAX_TRAJECTORIES = 10_000
"""Trajectories of one answer: a few megabytes."""

COLUMNS = ("trajectory", "camera", "class", "start", "unit", "seconds", "x", "y")


class TrajectoriesQuery(PeriodQuery):
    """Which trajectories are asked for."""

    limit: int = Field(
        1000, ge=1, le=MAX_TRAJECTORIES, description="At most so many, the earliest first.", examples=[1000]
    )


class TrajectoryRow(BaseModel):
    """Where one object went. It has no identifier."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    object_class: ClassName = Field(alias="class", examples=["bicycle"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    unit: Unit = Field(description="Of x and y: `m` where the camera is calibrated, else `view`.", examples=["m"])
    points: tuple[tuple[float, float, float], ...] = Field(
        description="Seconds since `start`, x and y: metres on the ground in the frame of the camera's calibration, or "
        "fractions of the view's width and height from its top left. Smoothed, rounded, and without their ends.",
        examples=[[[1.0, 12.5, 3.0], [2.0, 14.0, 3.0]]],
    )


class Trajectories(formats.Page):
    """Trajectories that began in the period, by the time at which they began."""

    complete: bool = Field(description="false where the period holds more than `limit`: ask again from the last start.")
    rows: list[TrajectoryRow]


EXAMPLE = """trajectory,camera,class,start,unit,seconds,x,y
0,dorian,bicycle,2026-03-01T08:00:00Z,m,1.0,12.5,3.0
0,dorian,bicycle,2026-03-01T08:00:00Z,m,2.0,14.0,3.0
"""


@router.get(
    "/trajectories",
    summary="Trajectories",
    response_model=Trajectories,
    responses={**formats.csv_too(EXAMPLE), **PROBLEMS},
)
def trajectories(
    request: Request, query: Annotated[TrajectoriesQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Trajectories that began in the period.

    The CSV has one line a point; its column `trajectory` is a position in this very answer and means nothing beyond it.
    """
    chosen_cameras(site, query.camera)
    begin, end = period(query.begin, query.end)
    with history.open() as reader:
        found = reader.trajectories(to_unix(begin), to_unix(end), query.camera, query.limit + 1)
    rows = [_row(trajectory) for trajectory in found[: query.limit]]
    page = Trajectories.model_construct(begin=begin, end=end, complete=len(found) <= query.limit, rows=rows)
    return formats.write(request, query.format, page, COLUMNS, _lines(rows))


def _row(found: Trajectory) -> TrajectoryRow:
    return TrajectoryRow.model_construct(
        camera=found.camera,
        object_class=found.object_class,
        start=from_unix(found.start),
        unit=found.unit,
        points=found.points,
    )


def _lines(rows: list[TrajectoryRow]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows):
        same = row.model_dump(mode="json", by_alias=True, exclude={"points"})
        for seconds, x, y in row.points:
            yield {"trajectory": number, **same, "seconds": seconds, "x": x, "y": y}
