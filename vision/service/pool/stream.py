"""The pool as server-sent events: the whole of `/api/v1/pool` whenever it has changed."""

import asyncio
import time
from collections.abc import Callable

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic.main import IncEx
from starlette.types import Send

from vision.service.live import Hub
from vision.service.pool.measurement import PoolNow

TURN_S = 1.0
"""Between two looks at whether something has changed."""
RENEW_S = 5.0
"""It is told again after so long although it has not, for the time until which it is valid."""
RETRY_MILLISECONDS = 2000

_LANES: dict[str, IncEx | bool] = {"time": True, "valid_until": True}
_STILL: dict[str, IncEx | bool] = {"basins": {"__all__": {**_LANES, "lanes": {"__all__": _LANES}}}}
"""What says no more than that time goes by."""


class PoolTeller:
    """Encodes the pool once a turn, whoever listens; belongs to the event loop.

    Args:
        ask: returns the pool as it is now and may be told.
    """

    def __init__(self, ask: Callable[[], PoolNow]) -> None:
        self._ask = ask
        self._asked_at = self._told_at = float("-inf")
        self._content = ""
        self._number = 0
        self._piece = b""

    def latest(self) -> tuple[int, bytes]:
        """Return the newest event and its number."""
        now = time.monotonic()
        if now - self._asked_at >= TURN_S / 2:
            self._asked_at = now
            pool = self._ask()
            content = pool.model_dump_json(exclude=_STILL)
            if content != self._content or now - self._told_at >= RENEW_S:
                self._content, self._told_at = content, now
                self._number += 1
                said = pool.model_dump_json()
                self._piece = format_sse_event(id=str(self._number), event="pool", data_str=said)
        return self._number, self._piece


class PoolStream(StreamingResponse):
    """Tells one reader; ends with its connection, or when the hub closes."""

    media_type = "text/event-stream"

    def __init__(self, teller: PoolTeller, hub: Hub) -> None:
        super().__init__((), headers={"X-Accel-Buffering": "no"})  # a proxy is to hold nothing back
        self._teller = teller
        self._hub = hub

    async def stream_response(self, send: Send) -> None:
        """Tell what changes."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        piece = format_sse_event(comment="comptage", retry=RETRY_MILLISECONDS)
        told = 0
        while not self._hub.closed:
            number, newest = self._teller.latest()
            if number != told:
                told = number
                await send({"type": "http.response.body", "body": piece + newest, "more_body": True})
                piece = b""
            await asyncio.sleep(TURN_S)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
