"""/api/sensorthings/v1.1: OGC SensorThings, for clients that read and plot it."""

import json
import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

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


@router.get(
    "/{path:path}",
    summary="Entities of SensorThings 1.1",
    response_class=Response,
    responses={**DOCUMENT, **REFUSALS},
)
def entities(
    request: Request,
    path: Annotated[
        str, Path(description="As the standard has it.", examples=["Datastreams('dorian:piste:forward:bicycle')"])
    ],
    site: ServedSite,
    history: SiteHistory,
    _filter: Annotated[
        str | None,
        Query(
            alias="$filter",
            description="Comparisons joined by `and`. Of Observations by `phenomenonTime` (its begin), `resultTime`, "
            "`result` and `parameters/coverage`.",
            examples=["phenomenonTime ge 2026-03-01T08:00:00Z and result gt 5"],
        ),
    ] = None,
    _orderby: Annotated[
        str | None, Query(alias="$orderby", description="Names, each perhaps with `desc`.", examples=["id desc"])
    ] = None,
    _top: Annotated[
        str | None, Query(alias="$top", description="At most so many, up to 1000; 100 by default.", examples=["10"])
    ] = None,
    _skip: Annotated[str | None, Query(alias="$skip", description="Without the first.", examples=["10"])] = None,
    _count: Annotated[
        str | None, Query(alias="$count", description="Whether to say how many there are.", examples=["true"])
    ] = None,
    _select: Annotated[
        str | None, Query(alias="$select", description="Only these names.", examples=["id,name"])
    ] = None,
    _expand: Annotated[
        str | None,
        Query(alias="$expand", description="Links, to one level.", examples=["Observations($top=1)"]),
    ] = None,
) -> Response:
    """Things (cameras), Datastreams (line, direction, class), Observations (bins of a quarter of an hour), and so on.

    Where nothing was seen there is no Observation; `parameters/coverage` is the share of the bin that was really seen.
    """
    query = request.query_params.multi_items()
    step = STEP if site.privacy is None else max(site.privacy.step, -(-STEP // site.privacy.step) * site.privacy.step)
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
