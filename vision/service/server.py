"""The HTTP server's own settings, and its connections, which end if no request comes."""

import asyncio
import socket

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from vision.answering import Service

MOST_HEADER_BYTES = 16 * 1024


def server_config(app: ASGIApp, service: Service, **settings: object) -> uvicorn.Config:
    """Return the settings of the HTTP server of a service.

    Args:
        app: what it serves.
        service: whom it believes, and how patient it is.
        settings: further ones of uvicorn's.
    """
    limits = service.limits

    class Connection(TimedConnection):
        seconds = limits.seconds
        most = limits.connections

    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        server_header=False,
        access_log=False,
        log_config=None,  # its lines take the way of all others, on which passwords are masked
        proxy_headers=bool(service.proxies),
        forwarded_allow_ips=list(service.proxies),
        **settings,  # type: ignore[arg-type]  # uvicorn's own names and types
    )


class TimedConnection(H11Protocol):
    """A connection that is closed where there are too many, or where a request, to its end, takes too long to come.

    uvicorn itself waits for ever for a first request, and for the rest of one that has begun. Between two requests it
    waits for `timeout_keep_alive`.
    """

    seconds: float
    most: int
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        # asyncio itself sees to this only where a socket names its protocol, which those of create_server() do not:
        # the second part of an answer would wait for the first one's acknowledgement, some 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > self.most:
            transport.abort()
        else:
            self._deadline = self.loop.call_later(self.seconds, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request, and wait for its end only as long as since its begin."""
        super().data_received(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._wait_no_longer()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
