"""/api/v1/feeds: the same figures in the formats of others; what each says is in `vision.feeds`."""

import json
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.feeds import binned, catalogue, geojson, mobilites, moving_features, multimodal, ngsi, tables
from vision.ledger.released import SETTLED_S
from vision.ledger.schema import COUNTS, MOVEMENTS, SPEEDS
from vision.service import formats
from vision.service.context import ServedSite, SiteHistory, chosen_cameras
from vision.service.problems import PROBLEMS
from vision.service.queries import BinnedQuery, PeriodQuery, refuse_too_many
from vision.service.routes.trajectories import TrajectoriesQuery
from vision.service.times import Instant, Step, from_unix, period, to_unix

router = APIRouter(prefix="/feeds", tags=["feeds"])

NOT_TOLD = "Comptage-Not-Told"
"""Header with the classes that a format has no word for."""


class MultimodalQuery(PeriodQuery):
    """Which hours are asked for."""

    coverage: bool = Field(
        default=False,
        description="Whether an eleventh column, `couverture`, says which share of each hour was really seen; the "
        "city's own files do not have it.",
        examples=[True],
    )


MULTIMODAL = """id_trajectoire;id_site;label;t;mode;nb_usagers;voie;sens;trajectoire;coordonnees_geo
dorian_piste gauche > piste droite;dorian;Place de la Nation, dorian;2026-03-01T09:00:00+01:00;Vélos;12;Piste cyclable;\
S-N;piste gauche > piste droite;48.8483, 2.3959
"""


@router.get(
    "/multimodal",
    summary="As «comptage multimodal» of the city of Paris",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}, "example": MULTIMODAL},
            }
        },
        **PROBLEMS,
    },
)
def multimodal_feed(
    request: Request, query: Annotated[MultimodalQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Hourly passages by mode and trajectory, in the columns and words of the city's own dataset.

    That dataset has no mode for pedestrians nor for swimmers: they are not told here, and the header
    `Comptage-Not-Told` and the member `notTold` say so. `nb_usagers` is empty where the camera saw nothing of the hour.
    Local time with its offset; the CSV has semicolons, as the city's.
    """
    cameras = chosen_cameras(site, query.camera)
    spans = history.between(query.begin, query.end, multimodal.HOUR)
    refuse_too_many(spans, multimodal.series(cameras, site))
    with history.open() as reader, reader.snapshot():
        grid = (spans.start, spans.end, spans.step)
        passages, movements = (binned.read(reader, table, cameras, *grid) for table in (COUNTS, MOVEMENTS))
    columns = multimodal.Row._fields if query.coverage else multimodal.COLUMNS
    rows = multimodal.rows(site, passages, movements, ZoneInfo(site.identity.timezone))
    told = (row[: len(columns)] for row in rows)
    if formats.choose(query.format, request.headers.get("accept", "")) == "csv":
        place = columns.index("coordonnees_geo")
        geo = ((*row[:place], _lat_lon(row[place]), *row[place + 1 :]) for row in told)
        answer = _csv(tables.to_csv(columns, geo, delimiter=";"))
    else:
        answer = _json(columns, told, {"notTold": multimodal.WITHOUT_A_MODE.split(", ")})
    answer.headers[NOT_TOLD] = multimodal.WITHOUT_A_MODE
    return answer


class MeasuresQuery(BinnedQuery):
    """Which measures are asked for."""


Table = Annotated[
    Literal["site", "channel", "measure"],
    Path(description="Which of the three tables.", json_schema_extra={"examples": ["measure"]}),
]

MEASURES = """channel_id,counter_id,start_datetime,end_datetime,count
dorian:piste:forward:bicycle,dorian,2026-03-01T09:00:00+01:00,2026-03-01T10:00:00+01:00,12
"""


@router.get(
    "/mobilites/{table}",
    summary="As the French schema «comptage des mobilités» 0.2",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}, "example": MEASURES},
            }
        },
        **PROBLEMS,
    },
)
def mobilites_feed(
    request: Request, table: Table, query: Annotated[MeasuresQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """One of the three tables: `site`, `channel` or `measure`; the period is of measures only, the step of both.

    `count` is 0 where nobody passed and empty where nothing was counted. A camera of which it is not known where it is
    (`camera.place`, `site.place` or its ground plane) is no site, and one that has never seen has no channels, for the
    schema wants both. Swimmers have no `mobility_type` and are not told.
    """
    cameras = chosen_cameras(site, query.camera)
    spans = history.bins(query)
    columns: tuple[str, ...]
    rows: Iterable[Sequence[object]]
    with history.open() as reader, reader.snapshot():
        if table == "site":
            columns, rows = mobilites.SiteRow._fields, list(mobilites.sites(site))
        elif table == "channel":
            began = reader.first_seen()
            columns, rows = mobilites.ChannelRow._fields, list(mobilites.channel_rows(site, began, spans.step))
        else:
            refuse_too_many(spans, mobilites.series(cameras))
            passages = binned.read(reader, COUNTS, cameras, spans.start, spans.end, spans.step)
            columns = mobilites.MEASURE_COLUMNS
            rows = mobilites.measures(cameras, passages, ZoneInfo(site.identity.timezone))
    told = rows if query.camera is None or table == "measure" else (row for row in rows if query.camera in row)
    if formats.choose(query.format, request.headers.get("accept", "")) == "csv":
        answer = _csv(tables.to_csv(columns, told))
    else:
        answer = _json(columns, told, {})
    answer.headers[NOT_TOLD] = "swimmer"
    return answer


@router.get(
    "/geojson",
    summary="Lines and zones as GeoJSON",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {"schema": {"type": "object"}}}}},
)
def geojson_feed(site: ServedSite) -> Response:
    """Lines and zones in WGS 84 where the camera's ground plane knows it; elsewhere `geometry` is null (RFC 7946)."""
    return Response(json.dumps(geojson.document(site), ensure_ascii=False), media_type="application/geo+json")


@router.get(
    "/moving-features",
    summary="Trajectories as OGC Moving Features JSON",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {"schema": {"type": "object"}}}}, **PROBLEMS},
)
def moving_features_feed(
    query: Annotated[TrajectoriesQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Trajectories that began in the period, as «MF-JSON Trajectory» 1.0; `format` does not matter.

    Only of cameras whose ground plane is in WGS 84; `camerasWithoutPlace` names the others. `complete` is false where
    the period holds more than `limit`.
    """
    chosen_cameras(site, query.camera)
    begin, end = period(query.begin, query.end)
    with history.open() as reader:
        found = reader.trajectories(to_unix(begin), to_unix(end), query.camera, query.limit + 1)
    told = moving_features.document(site, found[: query.limit], complete=len(found) <= query.limit)
    return Response(json.dumps(told), media_type="application/geo+json")


class StateQuery(BaseModel):
    """Which state is asked for."""

    model_config = ConfigDict(extra="forbid")

    at: Instant | None = Field(
        None,
        description="The bin that had ended by then; by default by five minutes ago, when late passages are in.",
        examples=["2026-03-01T09:00:00Z"],
    )
    step: Step = Field(900, description="Length of the bin, from one second to one day.")
    camera: str | None = Field(None, description="Only this camera.", examples=["dorian"])
    options: Literal["normalized", "keyValues"] = Field(
        "normalized", description="Whether values are NGSI-LD properties, or plain.", examples=["keyValues"]
    )


@router.get(
    "/ngsi-ld",
    summary="The newest bin as NGSI-LD",
    response_class=Response,
    responses={
        200: {"content": {"application/ld+json": {"schema": {"type": "array", "items": {"type": "object"}}}}},
        **PROBLEMS,
    },
)
def ngsi_feed(query: Annotated[StateQuery, Query()], site: ServedSite, history: SiteHistory) -> Response:
    """`TrafficFlowObserved` and `CrowdFlowObserved` of Smart Data Models: a bin of each line, direction and class.

    Where nothing was seen there is no `intensity` and no `peopleCount`; `coverage` says which share was really seen.
    Swimmers have no model and are not told.
    """
    cameras = chosen_cameras(site, query.camera)
    at = query.at or from_unix(max(SETTLED_S, time.time() - SETTLED_S))
    step = 86_400 if query.step == "whole" else query.step
    end = int(to_unix(at)) // step * step
    spans = history.between(from_unix(max(0, end - step)), from_unix(max(step, end)), step)
    refuse_too_many(spans, multimodal.series(cameras, site))
    chosen = site.model_copy(update={"cameras": cameras})
    with history.open() as reader, reader.snapshot():
        passages = binned.read(reader, COUNTS, cameras, spans.start, spans.end, spans.step)
        speeds = ngsi.mean_speeds(reader.sums(SPEEDS, spans.start, spans.end, spans.step))
    entities = ngsi.entities(chosen, passages, speeds)
    told = [ngsi.normalized(one) if query.options == "normalized" else one for one in entities]
    return Response(json.dumps(told, ensure_ascii=False), media_type="application/ld+json")


class CatalogueQuery(BaseModel):
    """Which catalogue is to read it."""

    model_config = ConfigDict(extra="forbid")

    target: Literal["ckan", "opendatasoft"] = Field(
        "ckan", alias="for", description="Whose words are used.", examples=["opendatasoft"]
    )


@router.get("/catalogue", summary="Metadata for a catalogue of open data", responses={422: PROBLEMS[422]})
def catalogue_feed(request: Request, query: Annotated[CatalogueQuery, Query()], site: ServedSite) -> dict[str, Any]:
    """Title, licence, publisher, frequency, columns and addresses, ready for CKAN or Opendatasoft."""
    yesterday = (datetime.now(ZoneInfo(site.identity.timezone)) - timedelta(days=1)).date()
    words = catalogue.ckan if query.target == "ckan" else catalogue.opendatasoft
    return words(site, str(request.base_url).rstrip("/"), yesterday)


def _lat_lon(geo: Any) -> str | None:  # noqa: ANN401  # a cell of a row
    """Return a point as Opendatasoft's CSV says it."""
    return None if geo is None else f"{geo['lat']}, {geo['lon']}"


def _csv(text: str) -> Response:
    return Response(text, media_type="text/csv", headers={"Vary": "Accept"})


def _json(columns: Sequence[str], rows: Iterable[Sequence[object]], head: dict[str, Any]) -> Response:
    """Return rows as objects, encoded one by one, as `formats.write` does and for the same reason."""
    told = ",".join(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows)
    start = json.dumps(head | {"rows": []}, ensure_ascii=False).removesuffix("]}")
    return Response(f"{start}{told}]}}", media_type="application/json", headers={"Vary": "Accept"})
