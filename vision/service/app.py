"""The HTTP application: routes, errors, headers and the first page put together."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig

from vision.answering import Service
from vision.errors import ComptageError
from vision.feeds.standing import Standing
from vision.service.access import AccessControl, read_tokens
from vision.service.board import Board
from vision.service.crossings import CrossingDesk
from vision.service.headers import SecurityHeaders
from vision.service.hosts import HostCheck
from vision.service.limits import RequestLimits
from vision.service.live import Hub
from vision.service.plan import read_map
from vision.service.problems import ALWAYS, BadParameterError, answer_bad_parameter, answer_trouble, answer_validation
from vision.service.routes import (
    cameras,
    check,
    city_map,
    counts,
    crossings,
    downloads,
    feeds,
    gatherings,
    health,
    live,
    metrics,
    movements,
    occupancy,
    pool,
    queues,
    sensorthings,
    sites,
    speeds,
    stops,
    trajectories,
)
from vision.site import Site

PREFIX = "/api/v1"
PAGES = Path(__file__).with_name("pages")

DESCRIPTION = """Counts of pedestrians, cyclists, motorbikes, cars, trucks, buses and swimmers, as numbers only.

Times are UTC, ISO 8601. A bin is `[start, end)`; its `coverage` is the share of it that the camera really saw, and a
figure is `null`, never 0, where that is 0. Tables come as JSON or CSV, by `Accept` or `format=`.
"""

TAGS = [
    {"name": "place", "description": "The place, its cameras, lines and zones."},
    {"name": "history", "description": "What was counted."},
    {"name": "feeds", "description": "The same in the formats of others."},
    {"name": "live", "description": "What happens now."},
    {"name": "operation", "description": "For those who run the service."},
]

SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Only counts leave: the framework tells no collector about requests, whatever the environment says."""

VERSIONED = (
    *(sites, cameras, counts, speeds, movements, stops, queues, occupancy, gatherings, trajectories, live),
    *(pool, crossings, feeds, downloads, check),
)
"""What is told below `PREFIX`, in the order of its document."""


def create_app(
    site: Site,
    ledger_path: Path,
    hub: Hub,
    board: Board,
    far_ends: Sequence[Standing] = (),
    desk: CrossingDesk | None = None,
) -> FastAPI:
    """Return the HTTP application of a site.

    Args:
        site: what is served; no camera's `source` is ever told.
        ledger_path: read for history, once a question; need not be there yet.
        hub: what happens now. Close it before the server stops, since live streams have no end of their own.
        board: how the cameras fare.
        far_ends: how those fare who are told of themselves.
        desk: advises the controllers of crossings; by default one that has heard nothing.

    Raises:
        UsageError: the site wants tokens, and they cannot be read or there are none; or its map cannot be read.
    """
    service = site.service
    app = FastAPI(
        title="Comptage",
        description=DESCRIPTION,
        version="1.0.0",
        openapi_tags=TAGS,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its page would fetch scripts from another host
        redoc_url=None,
        telemetry=SILENT,
        responses=ALWAYS,
        dependencies=[] if service.access == "open" else [Depends(HTTPBearer(auto_error=False))],  # for its document
    )
    app.state.site, app.state.ledger_path, app.state.hub, app.state.board = site, ledger_path, hub, board
    app.state.map = read_map(site)
    app.state.far_ends = tuple(far_ends)
    app.state.tokens = read_tokens(service)
    app.state.desk = desk or CrossingDesk(site, hub)
    _guard(app, service)
    app.add_exception_handler(RequestValidationError, answer_validation)
    app.add_exception_handler(BadParameterError, answer_bad_parameter)
    app.add_exception_handler(ComptageError, answer_trouble)
    for noun in VERSIONED:
        app.include_router(noun.router, prefix=PREFIX)
    for noun in (sensorthings, health, metrics, city_map):
        app.include_router(noun.router)
    app.mount("/", StaticFiles(directory=PAGES, html=True), name="pages")
    return app


def _guard(app: FastAPI, service: Service) -> None:
    """Put up what a request must pass; what is named last is passed first."""
    anyone = ("*",) if service.access == "open" and not service.is_private else ()
    origins = anyone if service.origins is None else service.origins
    app.add_middleware(AccessControl, service=service, tokens=app.state.tokens)
    if origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["GET"], allow_headers=["Authorization"]
        )
    app.add_middleware(RequestLimits, limits=service.limits)
    app.add_middleware(HostCheck, service=service)
    app.add_middleware(SecurityHeaders, embedders=service.embedders, is_for_all="*" in origins)
