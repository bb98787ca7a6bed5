"""/api/v1/cameras: what each camera counts, and how it fares."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from vision.classes import CLASSES, ClassName
from vision.crop import WHOLE
from vision.events import State
from vision.service.board import Board
from vision.service.context import ServedSite, StatusBoard
from vision.service.plan import GroundCard, ground_card
from vision.service.times import from_unix
from vision.site import Camera, Site
from vision.view import Line, Zone

router = APIRouter(prefix="/cameras", tags=["place"])


class Health(BaseModel):
    """How a camera fares."""

    camera: str = Field(examples=["dorian"])
    ready: bool = Field(description="Live, and has been seeing in the last ten seconds.")
    state: State = Field(examples=["live"])
    detail: str = Field(description="One line for the technician.", examples=[""])
    last_seen: datetime | None = Field(
        description="End of the last stretch that the camera really saw; null before the first.",
        examples=["2026-03-01T08:00:00.5Z"],
    )
    coverage: float = Field(ge=0, le=1, description="Share of the last minute that was really seen.", examples=[0.99])


class CameraCard(Health):
    """A camera: its lines and zones, and how it fares. There is no image to be had."""

    size: tuple[int, int] = Field(
        description="Width and height of the view, for its proportions.", examples=[[320, 240]]
    )
    working_size: tuple[int, int] = Field(
        description="Width and height to which what is looked at is shrunk.", examples=[[320, 240]]
    )
    crop: tuple[float, float, float, float] | None = Field(
        description="Left, top, right, bottom of what is looked at, as fractions of the view; null for all of it."
    )
    classes: tuple[ClassName, ...] = Field(description="Classes that may be counted here.")
    lines: tuple[Line, ...] = Field(description="Ends as fractions of the view's width and height, from its top left.")
    zones: tuple[Zone, ...] = Field(
        description="Corners as fractions of the view's width and height, from its top left."
    )
    ground: GroundCard | None = Field(description="null where the camera is not calibrated.")


class Cameras(BaseModel):
    """The cameras of the place, in the order of its site file."""

    cameras: list[CameraCard]


@router.get("", summary="Cameras, lines and zones")
def cameras(site: ServedSite, board: StatusBoard) -> Cameras:
    """Return every camera with its lines and zones, its state, and when it last saw."""
    return Cameras(cameras=[_card(site, camera, board) for camera in site.cameras])


def health(camera: Camera, board: Board) -> Health:
    """Return how a camera fares."""
    status = board.status(camera.name)
    return Health(
        camera=camera.name,
        ready=status.ready,
        state=status.state,
        detail=status.detail,
        last_seen=None if status.last_seen is None else from_unix(status.last_seen),
        coverage=status.coverage,
    )


def _card(site: Site, camera: Camera, board: Board) -> CameraCard:
    return CameraCard(
        **dict(health(camera, board)),
        size=camera.frame_size,
        working_size=camera.working_size,
        crop=None if camera.crop == WHOLE else camera.crop,
        classes=camera.classes or CLASSES,
        lines=camera.lines,
        zones=camera.zones,
        ground=ground_card(site, camera),
    )
