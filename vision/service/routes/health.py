"""/health: whether the service lives, and whether its cameras see."""

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from vision.ledger import LedgerStatus
from vision.service.context import OneCamera, ServedSite, StatusBoard, chosen_cameras
from vision.service.problems import PROBLEMS
from vision.service.routes.cameras import Health, health

router = APIRouter(prefix="/health", tags=["operation"])


class Liveness(BaseModel):
    """The service answers; that is all it takes to be alive."""

    alive: bool = True
    cameras: list[Health]


class LedgerHealth(BaseModel):
    """How the writing of the counts fares."""

    ready: bool = Field(description="What is counted is on the disk a second later.")
    detail: str = Field(description="One line for the technician.", examples=["database or disk is full"])
    waiting_bytes: int = Field(description="What waits in memory for the disk.", examples=[0])
    lost_events: int = Field(description="Events for which there was no room since the start.", examples=[0])
    set_aside: list[str] = Field(
        description="Damaged files that lie beside the ledger.", examples=[["nation.sqlite.damaged-20260301T080000Z"]]
    )


class Readiness(BaseModel):
    """Whether every camera asked about is live and sees, and the counts can be written."""

    ready: bool
    cameras: list[Health]
    ledger: LedgerHealth


@router.get("", summary="Liveness, and how each camera fares")
def alive(site: ServedSite, board: StatusBoard) -> Liveness:
    """Return 200 as long as the service answers, whatever its cameras do."""
    return Liveness(cameras=[health(camera, board) for camera in site.cameras])


@router.get(
    "/ready",
    summary="Readiness",
    responses={
        422: PROBLEMS[422],
        503: {"model": Readiness, "description": "A camera is not live or does not see, or the disk refuses."},
    },
)
def ready(
    response: Response,
    site: ServedSite,
    board: StatusBoard,
    camera: OneCamera = None,
) -> Readiness:
    """Return 200 where every camera (or the one asked about) is live and sees, and the ledger is written; else 503."""
    found = [health(chosen, board) for chosen in chosen_cameras(site, camera)]
    ledger = _ledger_health(board.ledger)
    readiness = Readiness(ready=ledger.ready and all(one.ready for one in found), cameras=found, ledger=ledger)
    if not readiness.ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return readiness


def _ledger_health(status: LedgerStatus) -> LedgerHealth:
    return LedgerHealth(
        ready=not status.trouble,
        detail=status.trouble,
        waiting_bytes=status.waiting_bytes,
        lost_events=sum(status.lost.values()),
        set_aside=list(status.set_aside),
    )
