"""/api/v1/pool: swimmers per lane and per basin, now and by bins; whether a lane is open."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vision.basins import Basin
from vision.ledger import LedgerReader
from vision.ledger.reader import Names
from vision.ledger.schema import LENGTHS, OCCUPANCY
from vision.service import formats
from vision.service.access import may_change
from vision.service.binned import Columns, answer, or_null
from vision.service.context import LiveHub, ServedSite, SiteHistory, StatusBoard, chosen_cameras
from vision.service.pool.measurement import COLUMNS, EXAMPLE, PoolNow
from vision.service.pool.stream import PoolStream, PoolTeller
from vision.service.problems import PROBLEM_AS_JSON, PROBLEMS, refuse, refuse_unknown
from vision.service.queries import BinnedQuery
from vision.service.times import Bins, to_iso
from vision.site import Camera, Site

router = APIRouter(prefix="/pool")

LONGEST_DAYS = 7
"""What is said at run time does not last for longer: what does belongs into the site file."""

LIVE_EXAMPLE = """id: 7
event: pool
data: {"site":"butte-aux-cailles","title":"Piscine de la Butte-aux-Cailles","basins":[…]}

"""


class FormatQuery(BaseModel):
    """How it is written."""

    model_config = ConfigDict(extra="forbid")

    format: formats.Format | None = Field(
        None, description="By default what the Accept header prefers.", examples=["csv"]
    )


@router.get(
    "",
    summary="Swimmers per lane and basin now",
    tags=["live"],
    response_model=PoolNow,
    responses={**formats.csv_too(EXAMPLE), 422: PROBLEM_AS_JSON},
)
def pool(request: Request, query: Annotated[FormatQuery, Query()], board: StatusBoard) -> Response:
    """Every basin and lane: who swims there, under water too, how full it is, and whether it is open.

    In CSV the line of a basin has an empty `lane`. After `valid_until` it is no more the present.
    """
    now = _ask(board)
    if formats.choose(query.format, request.headers.get("accept", "")) == "csv":
        return formats.as_csv(COLUMNS, now.rows())
    return Response(now.model_dump_json(), media_type="application/json", headers={"Vary": "Accept"})


@router.get(
    "/live",
    summary="Swimmers as they change",
    tags=["live"],
    status_code=200,
    response_class=PoolStream,
    responses={200: {"content": {"text/event-stream": {"example": LIVE_EXAMPLE}}}},
)
def live(request: Request, hub: LiveHub, board: StatusBoard) -> PoolStream:
    """Server-sent events named `pool`: the whole of `/api/v1/pool`, within a second of a change, else every five."""
    state = request.app.state
    if not hasattr(state, "pool_teller"):
        state.pool_teller = PoolTeller(lambda: _ask(board))
    return PoolStream(state.pool_teller, hub)


class PoolQuery(BinnedQuery):
    """Which basins and lanes are asked for."""

    basin: str | None = Field(None, description="Only this basin.", examples=["grand-bassin"])
    lane: str | None = Field(None, description="Only lanes of this name.", examples=["couloir-1"])


class PoolRow(BaseModel):
    """A lane, or with an empty `lane` a whole basin, during [start, end)."""

    camera: str = Field(examples=["grand-bassin"])
    basin: str = Field(examples=["grand-bassin"])
    lane: str = Field(description="Empty for the whole basin.", examples=["couloir-1"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    swimmers_mean: float | None = Field(
        description="Mean number at once over the time seen; null where nothing was seen.", examples=[2.41]
    )
    swimmers_maximum: int | None = Field(description="Largest number at once.", examples=[5])
    occupancy_ratio: float | None = Field(description="swimmers_mean / capacity_persons.", examples=[0.301])
    lengths: int | None = Field(description="Lengths swum, end to end.", examples=[61])
    lengths_per_minute: float | None = Field(description="Over the time seen.", examples=[4.07])
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class PoolHistory(formats.BinnedPage):
    """Swimmers and lengths by basin, lane and bin; an empty bin has a row too."""

    rows: list[PoolRow]


HISTORY_EXAMPLE = """\
camera,basin,lane,start,end,swimmers_mean,swimmers_maximum,occupancy_ratio,lengths,lengths_per_minute,coverage
grand-bassin,grand-bassin,couloir-1,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,2.41,5,0.301,61,4.07,0.998
"""


@router.get(
    "/history",
    summary="Swimmers per lane and basin by bins",
    tags=["history"],
    response_model=PoolHistory,
    responses={**formats.csv_too(HISTORY_EXAMPLE), **PROBLEMS},
)
def history(request: Request, query: Annotated[PoolQuery, Query()], site: ServedSite, history: SiteHistory) -> Response:
    """Mean and largest number of swimmers, and lengths swum, in bins aligned to their step in UTC.

    Where small numbers are withheld a whole basin is not told, since less its lanes it would give one of them back.
    """
    asked = _asked(site, query)

    def find(reader: LedgerReader, spans: Bins) -> Mapping[Names, Columns]:
        return _found(reader, spans, asked)

    return answer(request, query, history, list(asked), find, PoolRow, _word)


Asked = dict[Names, Basin]
"""(camera, basin, lane or '') -> the basin."""


def _asked(site: Site, query: PoolQuery) -> Asked:
    """Return every series that a question is about, in the order of the site file.

    Raises:
        BadParameterError: no such camera, basin or lane.
    """
    cameras = chosen_cameras(site, query.camera)
    pairs: list[tuple[Camera, Basin]] = [(camera, basin) for camera in cameras for basin in camera.basins]
    if query.basin is not None:
        refuse_unknown("basin", query.basin, [basin.name for _, basin in pairs])
        pairs = [pair for pair in pairs if pair[1].name == query.basin]
    if query.lane is not None:
        refuse_unknown("lane", query.lane, [lane for _, basin in pairs for lane in basin.lane_names])
    return {
        (camera.name, basin.name, lane): basin
        for camera, basin in pairs
        for lane in (*(("",) if site.privacy is None else ()), *basin.lane_names)
        if query.lane in (None, lane)
    }


def _found(reader: LedgerReader, spans: Bins, asked: Asked) -> dict[Names, Columns]:
    grid = (spans.start, spans.end, spans.step)
    present, swum = reader.sums(OCCUPANCY, *grid), reader.sums(LENGTHS, *grid)
    nothing = np.zeros(len(spans))
    found: dict[Names, Columns] = {}
    for (camera, name, lane), basin in asked.items():
        place = present.get((camera, lane or name, "swimmer"), {})
        lanes = [str(lane)] if lane else list(basin.lane_names)
        counts = [swum.get((camera, one, "swimmer"), {}).get("count", nothing) for one in lanes]
        capacity = basin.lane_capacity(str(lane)) if lane else basin.capacity
        found[camera, name, lane] = {
            "seconds": place.get("object_seconds", nothing),
            "maximum": place.get("maximum", nothing),
            "lengths": np.sum(counts, axis=0) if basin.corners else np.full(len(spans), np.nan),
            "capacity": np.full(len(spans), capacity or np.nan),
        }
    return found


def _word(columns: Columns, place: int, seen: float) -> dict[str, Any]:
    mean = columns["seconds"][place] / seen if seen else 0.0
    lengths = columns["lengths"][place]
    return {
        "swimmers_mean": or_null(mean, 3),
        "swimmers_maximum": int(columns["maximum"][place]),
        "occupancy_ratio": or_null(mean / columns["capacity"][place], 3),
        "lengths": None if np.isnan(lengths) else int(lengths),
        "lengths_per_minute": or_null(60 * lengths / seen if seen else 0.0, 2),
    }


class LaneSaid(BaseModel):
    """What is said of a lane."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["open", "closed", "automatic"] = Field(
        description="`automatic` takes back what was said before.", examples=["closed"]
    )
    until: AwareDatetime | None = Field(
        None,
        description="By default the end of the day there; at most a week ahead. A restart of the service forgets it.",
        examples=["2026-03-01T12:30:00Z"],
    )


@router.put(
    "/lanes/{lane}/state",
    summary="Open or close a lane by hand",
    tags=["operation"],
    status_code=204,
    responses={422: PROBLEM_AS_JSON},
)
def say_state(
    request: Request,
    lane: Annotated[str, Path(description="A lane, or a basin for all its lanes.", examples=["couloir-1"])],
    said: LaneSaid,
    site: ServedSite,
    board: StatusBoard,
) -> None:
    """Let a lane be open or closed whatever hours, light and the site file say; needs a token, or to ask from the box.

    Lanes of several basins that have the same name are all meant; a basin's name means all its lanes.
    """
    if not may_change(request, site.service, request.app.state.tokens):
        raise HTTPException(401, "wanted a token, as Authorization: Bearer", {"WWW-Authenticate": "Bearer"})
    basins = [basin for camera in site.cameras for basin in camera.basins]
    places = [(basin.name, name) for basin in basins for name in basin.lane_names]
    meant = [place for place in places if lane in place]
    if not meant:
        refuse_unknown("lane", lane, sorted({name for place in places for name in place}))
    until = _until(said, ZoneInfo(site.identity.timezone))
    for basin_name, name in meant:
        board.pool.override(basin_name, name, None if said.state == "automatic" else said.state, until)


def _until(said: LaneSaid, zone: ZoneInfo) -> float:
    """Return the unix second at which what is said ends.

    Raises:
        BadParameterError: that is over, or too far ahead.
    """
    now = datetime.now(zone)
    if said.until is None:
        return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()
    if not now < said.until <= now + timedelta(days=LONGEST_DAYS):
        refuse("until", to_iso(said.until), f"a time at most {LONGEST_DAYS} days ahead")
    return said.until.timestamp()


def _ask(board: StatusBoard) -> PoolNow:
    return board.pool.now(lambda camera: board.status(camera).coverage)
