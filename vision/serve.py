"""The service process: workers' events go into the ledger, the live hub and the board; HTTP reads from those.

No pixel and no pixels library is ever in this process.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn

from vision.errors import ComptageError
from vision.events import AnyEvent, CameraState
from vision.ledger import Ledger, Storable
from vision.push import Push
from vision.service.app import create_app
from vision.service.board import Board
from vision.service.live import Hub
from vision.service.server import server_config
from vision.site import Site
from vision.supervisor import Supervisor

COMMIT_S = 1.0
PRUNE_S = 60.0
GRACE_S = 2
"""For HTTP requests under way when the service ends."""

log = logging.getLogger(__name__)


def serve(site: Site, on_ready: Callable[[str], None], seconds: float | None = None) -> None:
    """Run the cameras of a site and its HTTP service until SIGINT or SIGTERM, or for so many seconds.

    Args:
        site: settings.
        on_ready: called once with the service's base URL when it answers.
        seconds: how long to run; None for ever.

    Raises:
        ComptageError: the port is taken, or the ledger cannot be opened.
    """
    listening = _listen(site.service.host, site.service.port)
    with listening, Ledger(ledger_path(site), site.ledger.retention_days) as ledger:
        hub, board = Hub(site.privacy), Board(site)

        def on_event(event: AnyEvent) -> None:
            if isinstance(event, Storable):
                ledger.add(event)
            elif isinstance(event, CameraState) and event.state not in ("connecting", "live", "ended"):
                log.warning("camera %s: %s: %s", event.camera, event.state, event.detail)
            board.note(event)
            hub.publish(event)

        supervisor = Supervisor(site.cameras, on_event, workers=os.cpu_count() or 1)
        push = Push(site, ledger, ledger_path(site), hub)
        app = create_app(site, ledger_path(site), hub, board, push.standings)
        http = _HTTP(server_config(app, site.service, timeout_graceful_shutdown=GRACE_S, log_level="error"), listening)
        stop = _stop_on_signals()
        supervisor.start()
        http.start()
        push.start()
        try:
            on_ready(http.wait_until_ready())
            _keep_ledger(ledger, stop, seconds)
        finally:
            supervisor.stop()
            _try(ledger.commit)
            push.stop()
            hub.close()
            http.stop()


def ledger_path(site: Site) -> Path:
    """Return the file in which the site's counts are kept."""
    return site.ledger.path or Path(f"{site.identity.name}.sqlite")


class _HTTP:
    """The HTTP server in a thread of its own, so that signals and the ledger's clock stay with the main thread."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        self._server = uvicorn.Server(config)
        self._listening = listening
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, name="http")

    def start(self) -> None:
        self._thread.start()

    def wait_until_ready(self) -> str:
        while not self._server.started:
            if not self._thread.is_alive():
                raise ComptageError("the HTTP service ended as it started; its log says why")
            time.sleep(0.02)
        host, port = self._listening.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ComptageError(f"service: cannot listen on {host} port {port}: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    # asyncio's and socket's own sentences repeat the address; a name that cannot be resolved has no errno of the system
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _keep_ledger(ledger: Ledger, stop: threading.Event, seconds: float | None) -> None:
    """Commit every second and prune every minute, until it is time to stop."""
    ends_at = time.monotonic() + seconds if seconds is not None else float("inf")
    prune_at = time.monotonic()
    while not stop.wait(min(COMMIT_S, max(ends_at - time.monotonic(), 0))) and time.monotonic() < ends_at:
        _try(ledger.commit)
        if time.monotonic() >= prune_at:
            prune_at = time.monotonic() + PRUNE_S
            _try(lambda: ledger.prune(time.time()))


def _try(write: Callable[[], None]) -> None:
    try:
        write()
    except ComptageError as error:
        # Nothing is lost: the ledger keeps what it could not write, and the next time tries again.
        log.error("%s", error)  # noqa: TRY400  # one line; the trace would say nothing more
