"""/api/v1/live: passages, snapshots and camera states as they happen."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.types import Send

from vision.service.context import LiveHub, OneCamera, ServedSite, chosen_cameras
from vision.service.live import Hub
from vision.service.problems import PROBLEM_AS_JSON

router = APIRouter(tags=["live"])

RETRY_MILLISECONDS = 2000
"""How long a browser waits before it connects again."""

KEEPALIVE_S = 15.0

EXAMPLE = """id: 41
event: snapshot
data: {"camera":"dorian","kind":"snapshot","utc":1772352000.5,"objects":[["car",0.41,0.62]],"zones":[]}

id: 42
event: passage
data: {"camera":"dorian","kind":"passage","line":"quai","direction":"forward","class":"car","utc":1772352000,"kmh":26.4}

"""


class EventStream(StreamingResponse):
    """Server-sent events, encoded once, whoever listens; the subscription ends with the connection, however it ends.

    FastAPI's own response encodes each event for each reader, in three tasks a reader; and a generator that is not
    awaited when its reader leaves would go on until it is collected as garbage.
    """

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, camera: str | None) -> None:
        super().__init__((), headers={"X-Accel-Buffering": "no"})  # a proxy is to hold nothing back
        self._hub = hub
        self._camera = camera

    async def stream_response(self, send: Send) -> None:
        """Tell what happens until the hub closes; starlette cancels this when the reader leaves."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        piece = format_sse_event(comment="comptage", retry=RETRY_MILLISECONDS)
        with self._hub.subscribe(self._camera) as subscription:
            while piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                try:
                    piece = await asyncio.wait_for(subscription.encoded(), KEEPALIVE_S)
                except TimeoutError:
                    piece = KEEPALIVE_COMMENT
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _chosen(site: ServedSite, camera: OneCamera = None) -> str | None:
    chosen_cameras(site, camera)  # refused before the stream begins: then it would be too late for a status
    return camera


@router.get(
    "/live",
    summary="Live events",
    status_code=200,  # said, since the response takes none
    response_class=EventStream,
    responses={200: {"content": {"text/event-stream": {"example": EXAMPLE}}}, 422: PROBLEM_AS_JSON},
)
def live(camera: Annotated[str | None, Depends(_chosen)], hub: LiveHub) -> EventStream:
    """Server-sent events, beginning with the last state and snapshot of each camera.

    - `passage`: `camera`, `line`, `direction`, `class`, `utc` (unix seconds), `kmh` (null without a ground plane);
    - `snapshot`: `camera`, `utc`, `objects` (class, x, y as fractions of the view) and `zones` (zone, class, count);
    - `crossing`: as of `/api/v1/crossings/{name}`, once a second;
    - `state`: `camera`, `state`, `utc`;
    - `lost`: how many `snapshots` and `others` were skipped because this reader was slow; `/api/v1/counts` misses none.

    Ids grow; they jump over what was about other cameras. A comment every fifteen seconds keeps the connection alive.
    """
    return EventStream(hub, camera)
