"""What every answer tells the browser about what it may do with it."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""Only what this service itself serves may be loaded, and only it is told what a form says. Embedders are appended."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}
"""Nothing is guessed, told on, or shown again unasked; and no page here will ever ask for a visitor's camera."""


LOADING = "Cross-Origin-Resource-Policy"
"""Who may load an answer without reading it, as scripts and pictures are. Who may read is for CORS to say."""


class SecurityHeaders:
    """Adds `POLICY` and `HEADERS` to every answer that does not have them. Plain ASGI, so that streams stay streams.

    Args:
        app: whose answers they are.
        embedders: web sites that may show the pages in a frame.
        is_for_all: whether the scripts of any web site may read the answers; then any may load them too.
    """

    def __init__(self, app: ASGIApp, embedders: Sequence[str] = (), is_for_all: bool = False) -> None:
        self._app = app
        policy = " ".join([POLICY, *embedders])
        loading = "cross-origin" if is_for_all else "same-origin"
        self._headers = {"Content-Security-Policy": policy, LOADING: loading, **HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
