"""/health: whether the service lives, and whether its cameras see."""

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from vision.feeds.standing import Kind, Standing
from vision.ledger import LedgerStatus
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
    """Whether every camera asked about is live and sees, and the counts can be written.

    That a far end is behind makes nothing less ready.
    """

    ready: bool
    cameras: list[Health]
    ledger: LedgerHealth
    far_ends: list[FarEndHealth]


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
    far_ends: FarEnds,
    camera: OneCamera = None,
) -> Readiness:
    """Return 200 where every camera (or the one asked about) is live and sees, and the ledger is written; else 503."""
    found = [health(chosen, board) for chosen in chosen_cameras(site, camera)]
    ledger = _ledger_health(board.ledger)
    readiness = Readiness(
        ready=ledger.ready and all(one.ready for one in found),
        cameras=found,
        ledger=ledger,
        far_ends=[_far_end(standing) for standing in far_ends],
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


def _ledger_health(status: LedgerStatus) -> LedgerHealth:
    return LedgerHealth(
        ready=not status.trouble,
        detail=status.trouble,
        waiting_bytes=status.waiting_bytes,
        lost_events=sum(status.lost.values()),
        set_aside=list(status.set_aside),
    )
