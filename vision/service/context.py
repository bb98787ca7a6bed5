"""What every route may ask for: the site, the ledger's place, the hub and the board of the application it serves."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, cast

from fastapi import Depends, Query, Request

from vision.feeds.standing import Standing
from vision.ledger import LedgerReader
from vision.ledger.released import ReleasedReader
from vision.service.board import Board
from vision.service.crossings import CrossingDesk
from vision.service.live import Hub
from vision.service.problems import refuse_unknown
from vision.service.queries import BinnedQuery
from vision.service.times import Bins, bins
from vision.site import Camera, PrivacySettings, Site


def _site(request: Request) -> Site:
    return cast("Site", request.app.state.site)


@dataclass(frozen=True, slots=True)
class History:
    """The past as this site tells it: all of it, or without small numbers."""

    path: Path
    privacy: PrivacySettings | None

    def open(self) -> LedgerReader:
        """Open the ledger for one question.

        Raises:
            ComptageError: it cannot be read.
        """
        return LedgerReader(self.path) if self.privacy is None else ReleasedReader(self.path, self.privacy)

    def bins(self, query: BinnedQuery) -> Bins:
        """Return the bins that a question is about.

        Raises:
            BadParameterError: as for `between`.
        """
        return self.between(query.begin, query.end, query.step)

    def between(self, begin: datetime | None, end: datetime | None, step: int | Literal["whole"]) -> Bins:
        """Return the bins of a period.

        Raises:
            BadParameterError: the period is empty, or the step is finer than what this site tells.
        """
        return bins(begin, end, step, 1 if self.privacy is None else self.privacy.step)


def _history(request: Request) -> History:
    return History(cast("Path", request.app.state.ledger_path), _site(request).privacy)


def _hub(request: Request) -> Hub:
    return cast("Hub", request.app.state.hub)


def _board(request: Request) -> Board:
    return cast("Board", request.app.state.board)


def _far_ends(request: Request) -> tuple[Standing, ...]:
    return cast("tuple[Standing, ...]", request.app.state.far_ends)


def _desk(request: Request) -> CrossingDesk:
    return cast("CrossingDesk", request.app.state.desk)


ServedSite = Annotated[Site, Depends(_site)]
SiteHistory = Annotated[History, Depends(_history)]
LiveHub = Annotated[Hub, Depends(_hub)]
StatusBoard = Annotated[Board, Depends(_board)]
FarEnds = Annotated[tuple[Standing, ...], Depends(_far_ends)]
Desk = Annotated[CrossingDesk, Depends(_desk)]


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
    """Return the names of a camera's zones of that name, or of all for None, with '' for the whole view.

    The whole view is left out where small numbers are withheld: less its zones it would tell of what is in none.

    Raises:
        BadParameterError: none of the cameras asked for has a zone of that name.
    """
    if zone is None:
        whole_view = ("",) if site.privacy is None else ()
        return (*whole_view, *(of.name for of in camera.zones))
    refuse_unknown("zone", zone, [of.name for one in chosen_cameras(site, asked_camera) for of in one.zones])
    return tuple(of.name for of in camera.zones if of.name == zone)


OneCamera = Annotated[str | None, Query(description="Only this camera.", examples=["dorian"])]
"""The filter of questions that have no other parameter."""
