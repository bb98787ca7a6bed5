"""What every route may ask for: the site, the ledger's place, the hub and the board of the application it serves."""

from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Query, Request

from vision.service.board import Board
from vision.service.live import Hub
from vision.service.problems import refuse_unknown
from vision.site import Camera, Site


def _site(request: Request) -> Site:
    return cast("Site", request.app.state.site)


def _ledger_path(request: Request) -> Path:
    return cast("Path", request.app.state.ledger_path)


def _hub(request: Request) -> Hub:
    return cast("Hub", request.app.state.hub)


def _board(request: Request) -> Board:
    return cast("Board", request.app.state.board)


ServedSite = Annotated[Site, Depends(_site)]
LedgerPath = Annotated[Path, Depends(_ledger_path)]
LiveHub = Annotated[Hub, Depends(_hub)]
StatusBoard = Annotated[Board, Depends(_board)]


def chosen_cameras(site: Site, name: str | None) -> tuple[Camera, ...]:
    """Return the cameras of that name, which is one, or all of the site's for None.

    Raises:
        BadParameterError: the site has no camera of that name.
    """
    if name is None:
        return site.cameras
    refuse_unknown("camera", name, [camera.name for camera in site.cameras])
    return tuple(camera for camera in site.cameras if camera.name == name)


def chosen_zones(site: Site, camera: Camera, asked_camera: str | None, zone: str | None) -> tuple[str, ...]:
    """Return the names of a camera's zones of that name, or of all with '' for the whole view for None.

    Raises:
        BadParameterError: none of the cameras asked for has a zone of that name.
    """
    if zone is None:
        return ("", *(of.name for of in camera.zones))
    refuse_unknown("zone", zone, [of.name for one in chosen_cameras(site, asked_camera) for of in one.zones])
    return tuple(of.name for of in camera.zones if of.name == zone)


OneCamera = Annotated[str | None, Query(description="Only this camera.", examples=["dorian"])]
"""The filter of questions that have no other parameter."""
