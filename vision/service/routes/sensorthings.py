"""/api/sensorthings/v1.1: OGC SensorThings, for clients that read and plot it."""

import json
import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from vision.feeds.sensorthings import odata
from vision.feeds.sensorthings.answers import Answers, NotThereError, index
from vision.feeds.sensorthings.entities import model
from vision.feeds.sensorthings.observations import Observations
from vision.service.context import ServedSite, SiteHistory
from vision.service.problems import PROBLEMS, Problem, problem

VERSION = "/api/sensorthings/v1.1"
"""Below /api, where tokens and turns are asked for."""

STEP = 900
"""Seconds of a bin, or as many as small numbers want."""

router = APIRouter(prefix=VERSION, tags=["feeds"])

REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "An option is wrong or not answered here; the detail says which."},
    404: {"model": Problem, "description": "The path leads nowhere; the detail says what was wanted."},
    **PROBLEMS,
}
DOCUMENT: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


@router.get("", summary="Entity sets of SensorThings 1.1", response_class=Response, responses=DOCUMENT)
def root(request: Request) -> Response:
    """The entity sets that can be read. Nothing can be written."""
    return _json(index(_base(request)))


class ODataQuery(BaseModel):
    """What is asked of a collection, for the document; `odata.parse` reads it."""

    filter: str | None = Field(
        None,
        alias="$filter",
        description="Comparisons joined by `and`. Of Observations by `phenomenonTime` (its begin), `resultTime`, "
        "`result` and `parameters/coverage`.",
        examples=["phenomenonTime ge 2026-03-01T08:00:00Z and result gt 5"],
    )
    orderby: str | None = Field(
        None, alias="$orderby", description="Names, each perhaps with `desc`.", examples=["id desc"]
    )
    top: str | None = Field(
        None, alias="$top", description="At most so many, up to 1000; 100 by default.", examples=["10"]
    )
    skip: str | None = Field(None, alias="$skip", description="Without the first.", examples=["10"])
    count: str | None = Field(None, alias="$count", description="Whether to say how many there are.", examples=["true"])
    select: str | None = Field(None, alias="$select", description="Only these names.", examples=["id,name"])
    expand: str | None = Field(
        None, alias="$expand", description="Links, to one level.", examples=["Observations($top=1)"]
    )


EntityPath = Annotated[
    str, Path(description="As the standard has it.", examples=["Datastreams('dorian:piste:forward:bicycle')"])
]


@router.get(
    "/{path:path}",
    summary="Entities of SensorThings 1.1",
    response_class=Response,
    responses={**DOCUMENT, **REFUSALS},
)
def entities(
    request: Request,
    path: EntityPath,
    _: Annotated[ODataQuery, Query()],
    site: ServedSite,
    history: SiteHistory,
) -> Response:
    """Things (cameras), Datastreams (line, direction, class), Observations (bins of a quarter of an hour), and so on.

    Where nothing was seen there is no Observation; `parameters/coverage` is the share of the bin that was really seen.
    """
    query = request.query_params.multi_items()
    finest = 1 if site.privacy is None else site.privacy.step
    step = -(-STEP // finest) * finest
    try:
        options = odata.parse(query)
        with history.open() as reader:
            observations = Observations(reader, _base(request), step, time.time())
            return _json(Answers(model(site, _base(request)), observations).at(path, options, query))
    except NotThereError as error:
        return problem(404, str(error))
    except (odata.BadOptionError, odata.UnsupportedError) as error:
        return problem(400, str(error))


def _base(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{VERSION}"


def _json(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), media_type="application/json")
