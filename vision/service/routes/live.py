"""/api/v1/live: passages, snapshots and camera states as they happen."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from vision.service.context import LiveHub, OneCamera, ServedSite, chosen_cameras
from vision.service.live import Lost, Message
from vision.service.problems import PROBLEM_AS_JSON

router = APIRouter(tags=["live"])

RETRY_MILLISECONDS = 2000
"""How long a browser waits before it connects again."""

EXAMPLE = """id: 41
event: snapshot
data: {"camera":"dorian","kind":"snapshot","utc":1772352000.5,"objects":[["car",0.41,0.62]],"zones":[]}

id: 42
event: passage
data: {"camera":"dorian","kind":"passage","line":"quai","direction":"forward","class":"car","utc":1772352000,"kmh":26.4}

"""


def _chosen(site: ServedSite, camera: OneCamera = None) -> str | None:
    chosen_cameras(site, camera)  # refused before the stream begins: then it would be too late for a status
    return camera


@router.get(
    "/live",
    summary="Live events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"example": EXAMPLE}}}, 422: PROBLEM_AS_JSON},
)
async def live(camera: Annotated[str | None, Depends(_chosen)], hub: LiveHub) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events, beginning with the last state and snapshot of each camera.

    - `passage`: `camera`, `line`, `direction`, `class`, `utc` (unix seconds), `kmh` (null without a ground plane);
    - `snapshot`: `camera`, `utc`, `objects` (class, x, y as fractions of the view) and `zones` (zone, class, count);
    - `state`: `camera`, `state`, `utc`;
    - `lost`: how many `snapshots` and `others` were skipped because this reader was slow; `/api/v1/counts` misses none.

    Ids grow; they jump over what was about other cameras. A comment every fifteen seconds keeps the connection alive.
    """
    yield ServerSentEvent(comment="comptage", retry=RETRY_MILLISECONDS)
    with hub.subscribe(camera) as subscription:
        async for message in subscription:
            yield _encode(message)


def _encode(message: Message | Lost) -> ServerSentEvent:
    if isinstance(message, Lost):
        return ServerSentEvent(event="lost", data={"snapshots": message.snapshots, "others": message.others})
    return ServerSentEvent(id=str(message.number), event=message.kind, raw_data=message.data)
