"""/api/v1/downloads: a day's passages as one file."""

import re
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from vision.feeds import binned, tables
from vision.feeds.catalogue import PARQUET
from vision.ledger.schema import COUNTS
from vision.service.context import History, ServedSite, SiteHistory, chosen_cameras
from vision.service.problems import PROBLEMS, Problem, problem
from vision.service.queries import refuse_too_many
from vision.service.times import DAY, Step, from_unix
from vision.site import Site

router = APIRouter(prefix="/downloads", tags=["feeds"])

WANTED_DAY = "a day from 1970-01-02 to 2999-12-30, such as 2026-03-01"


def _parse_day(found: object) -> date:
    try:
        day = date.fromisoformat(str(found)) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(found)) else None
    except ValueError:
        day = None
    if day is None or not date(1970, 1, 2) <= day <= date(2999, 12, 30):
        raise ValueError(WANTED_DAY)
    return day


Day = Annotated[
    date,
    BeforeValidator(_parse_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-01"]}),
    Path(description="A day of the place, from midnight to midnight local time."),
]


class DownloadQuery(BaseModel):
    """Which rows of the day."""

    model_config = ConfigDict(extra="forbid")

    step: Step = Field(3600, description="Length of a bin, from one second to one day.")
    camera: str | None = Field(None, description="Only this camera.", examples=["dorian"])


EXAMPLE = """camera,line,direction,class,start,end,count,coverage
dorian,piste,forward,bicycle,2026-03-01T00:00:00+01:00,2026-03-01T01:00:00+01:00,12,0.998
"""


@router.get(
    "/{day}.csv",
    summary="A day's passages as CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": EXAMPLE}}}, **PROBLEMS},
)
def download_csv(
    day: Day, query: Annotated[DownloadQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """The bins that begin on a day of the place, local times with their offset; `count` is empty where unseen."""
    rows = _rows(day, query, site, history)
    return _file(tables.to_csv(tables.COLUMNS, rows), "text/csv", site, day)


@router.get(
    "/{day}.parquet",
    summary="A day's passages as Parquet",
    response_class=Response,
    responses={
        200: {"content": {PARQUET: {"schema": {"type": "string", "format": "binary"}}}},
        501: {"model": Problem, "description": "This service was installed without its extra `parquet`."},
        **PROBLEMS,
    },
)
def download_parquet(
    day: Day, query: Annotated[DownloadQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """The same as Apache Parquet; times know the zone of the place, and `count` is null where unseen."""
    rows = _rows(day, query, site, history)
    try:
        content = tables.to_parquet(rows, site.identity.timezone)
    except tables.NoParquetError:
        return problem(501, "no Parquet here: the service was installed without its extra, comptage[parquet]")
    return _file(content, PARQUET, site, day)


def _rows(day: date, query: DownloadQuery, site: Site, history: History) -> list[tables.PassageRow]:
    cameras = chosen_cameras(site, query.camera)
    timezone = ZoneInfo(site.identity.timezone)
    step = DAY if query.step == "whole" else query.step
    start, end = tables.day_bins(day, timezone, step)
    spans = history.between(from_unix(start), from_unix(end), step)
    refuse_too_many(spans, sum(1 for _ in binned.channels(cameras)))
    with history.open() as reader:
        passages = binned.read(reader, COUNTS, cameras, spans.start, spans.end, spans.step)
    return list(tables.passage_rows(cameras, passages, timezone))


def _file(content: str | bytes, media_type: str, site: Site, day: date) -> Response:
    suffix = "csv" if media_type == "text/csv" else "parquet"
    name = f'attachment; filename="{site.identity.name}-{day}.{suffix}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": name})
