"""Under which names the service answers, so that no web page can reach it under one of its own.

A page of `evil.example` may have that name resolved to 127.0.0.1 once it is loaded (DNS rebinding): its scripts then
ask this service, and the browser takes the two for one site. The Host header still says `evil.example`.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vision.answering import LOOPBACK, Service
from vision.service.problems import problem


class HostCheck:
    """Answers 421 to a request for a host name that is none of the service's."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        # An address is a name that nobody can have resolved to another one.
        self._names = {*LOOPBACK, "[::1]", service.host, f"[{service.host}]", *service.names}
        self._any = not service.names and service.host not in LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer: ASGIApp = self._app
        if scope["type"] == "http" and not self._any and _name(Headers(scope=scope).get("host", "")) not in self._names:
            answer = problem(421, "the host is none of this service's names, wanted one of service.names")
        await answer(scope, receive, send)


def _name(host: str) -> str:
    """Return a Host header without its port, in lower case."""
    name, colon, port = host.lower().rpartition(":")
    return (name if colon and port.isdecimal() else host.lower()).removesuffix(".")
