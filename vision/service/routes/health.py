"""/health: whether the service lives, and whether its cameras see."""

from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from vision.service.context import OneCamera, ServedSite, StatusBoard, chosen_cameras
from vision.service.problems import PROBLEMS
from vision.service.routes.cameras import Health, health

router = APIRouter(prefix="/health", tags=["operation"])


class Liveness(BaseModel):
    """The service answers; that is all it takes to be alive."""

    alive: bool = True
    cameras: list[Health]


class Readiness(BaseModel):
    """Whether every camera asked about is live and sees."""

    ready: bool
    cameras: list[Health]


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
    camera: OneCamera = None,
) -> Readiness:
    """Return 200 where every camera (or the one asked about) is live and sees, else 503."""
    found = [health(chosen, board) for chosen in chosen_cameras(site, camera)]
    readiness = Readiness(ready=all(one.ready for one in found), cameras=found)
    if not readiness.ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return readiness
