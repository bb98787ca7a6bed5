"""/health: whether the service lives, and whether its cameras see."""

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from vision.feeds.standing import Kind, Standing
from vision.service.context import FarEnds, OneCamera, ServedSite, StatusBoard, chosen_cameras
from vision.service.problems import PROBLEMS
from vision.service.routes.cameras import Health, health

router = APIRouter(prefix="/health", tags=["operation"])


class Liveness(BaseModel):
    """The service answers; that is all it takes to be alive."""

    alive: bool = True
    cameras: list[Health]


class FarEndHealth(BaseModel):
    """How one of those fares to whom bins are pushed; what it is owed is kept."""

    name: str = Field(examples=["open-data"])
    kind: Kind
    behind_seconds: float | None = Field(
        description="Seconds of bins that are ready and not acknowledged; null before that is known.", examples=[0]
    )
    acknowledged: int = Field(description="Bins since the service started.", examples=[1440])
    failures: int = Field(description="Attempts that failed since the service started.", examples=[0])
    trouble: str = Field(description="Why the last attempt failed; empty where it did not.", examples=["answered 500"])


class Readiness(BaseModel):
    """Whether every camera asked about is live and sees. That a far end is behind makes nothing less ready."""

    ready: bool
    cameras: list[Health]
    far_ends: list[FarEndHealth]


@router.get("", summary="Liveness, and how each camera fares")
def alive(site: ServedSite, board: StatusBoard) -> Liveness:
    """Return 200 as long as the service answers, whatever its cameras do."""
    return Liveness(cameras=[health(camera, board) for camera in site.cameras])


@router.get(
    "/ready",
    summary="Readiness",
    responses={422: PROBLEMS[422], 503: {"model": Readiness, "description": "A camera is not live, or does not see."}},
)
def ready(
    response: Response,
    site: ServedSite,
    board: StatusBoard,
    far_ends: FarEnds,
    camera: OneCamera = None,
) -> Readiness:
    """Return 200 where every camera (or the one asked about) is live and sees, else 503."""
    found = [health(chosen, board) for chosen in chosen_cameras(site, camera)]
    readiness = Readiness(
        ready=all(one.ready for one in found), cameras=found, far_ends=[_far_end(standing) for standing in far_ends]
    )
    if not readiness.ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return readiness


def _far_end(standing: Standing) -> FarEndHealth:
    return FarEndHealth(
        name=standing.name,
        kind=standing.kind,
        behind_seconds=standing.seconds_behind(),
        acknowledged=standing.acknowledged,
        failures=standing.failures,
        trouble=standing.trouble,
    )
