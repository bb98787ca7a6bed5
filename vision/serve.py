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
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from vision.box.notify import Notifier
from vision.controllers import Controllers
from vision.errors import ComptageError
from vision.events import AnyEvent, CameraState
from vision.ledger import Ledger, LedgerStatus, Storable, trial_path
from vision.push import Push
from vision.service.app import create_app
from vision.service.board import Board
from vision.service.crossings import CrossingDesk
from vision.service.live import Hub
from vision.service.server import server_config
from vision.site import Site
from vision.supervisor import Supervisor

COMMIT_S = 1.0
PRUNE_S = 60.0
HUNG_S = 10.0
"""The HTTP loop turns ten times a second; where it has not for so long, systemd is told nothing and acts."""
SEND_BUFFER = 128 * 1024
"""Bytes that the kernel keeps for a connection; twice as many with what it keeps beside them."""
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
    trials = {trial.name for camera in site.cameras for trial in camera.trials}
    with ExitStack() as stack:
        stack.enter_context(listening)
        path = ledger_path(site)
        ledger = stack.enter_context(Ledger(path, site.ledger.retention_days))
        tried = None
        if trials or trial_path(path).exists():  # what was tried once is to be pruned when nothing is tried any more
            tried = stack.enter_context(Ledger(trial_path(path), site.ledger.retention_days))
        hub, board = Hub(site.privacy), Board(site)
        desk = CrossingDesk(site, hub)
        controllers = Controllers(site, desk)

        def on_event(event: AnyEvent) -> None:
            if isinstance(event, Storable):
                if tried and event.camera in trials:
                    tried.add(event)
                    return
                ledger.add(event)
            elif isinstance(event, CameraState) and event.state not in ("connecting", "live", "ended"):
                log.warning("camera %s: %s: %s", event.camera, event.state, event.detail)
            board.note(event)
            hub.publish(event)
            desk.note(event)

        supervisor = Supervisor(site.cameras, on_event, workers=os.cpu_count() or 1)
        push = Push(site, ledger, path, hub, desk)
        app = create_app(site, path, hub, board, push.standings, desk)
        http = _HTTP(server_config(app, site.service, timeout_graceful_shutdown=GRACE_S, log_level="error"), listening)
        stop = _stop_on_signals()
        notifier = Notifier()
        supervisor.start()
        desk.start()
        controllers.start()
        http.start()
        push.start()
        try:
            on_ready(http.wait_until_ready())
            notifier.ready()
            _Upkeep(ledger, tried, board, http, notifier).run(stop, seconds)
        finally:
            notifier.stopping()
            supervisor.stop()
            push.stop()
            controllers.stop()
            desk.stop()
            hub.close()
            http.stop()


def ledger_path(site: Site) -> Path:
    """Return the file in which the site's counts are kept."""
    return site.ledger.path or Path(f"{site.identity.name}.sqlite")


class _Server(uvicorn.Server):
    """Remembers when its loop last turned, on the monotonic clock: the framework's own callback follows the wall's."""

    ticked_at = float("-inf")

    async def on_tick(self, counter: int) -> bool:
        self.ticked_at = time.monotonic()
        return await super().on_tick(counter)


class _HTTP:
    """The HTTP server in a thread of its own, so that signals and the ledger's clock stay with the main thread."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        self._server = _Server(config)
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

    def is_alive(self) -> bool:
        return self._thread.is_alive() and time.monotonic() - self._server.ticked_at < HUNG_S

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ComptageError(f"service: cannot listen on {host} port {port}: {_reason(error)}") from error
    # Every connection takes it over: the kernel would keep megabytes for each reader that does not read.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return listening


def _reason(error: OSError) -> str:
    # asyncio's and socket's own sentences repeat the address; a name that cannot be resolved has no errno of the system
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


class _Kept:
    """A ledger that is committed and pruned; what goes wrong with it is said once."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._name = name
        self._trouble = ""
        self._lost = 0

    def commit(self) -> LedgerStatus:
        """Write what was added, if it can be; return how the writing fares."""
        self._try(self._ledger.commit)
        status = self._ledger.status()
        self._say_what_changed(status)
        return status

    def prune(self) -> None:
        """Drop what is older than its retention."""
        self._try(lambda: self._ledger.prune(time.time()))

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except ComptageError as error:
            # What could not be written waits in the ledger's memory, and the next time tries again. A disk that is
            # full for a night is no reason to fill the log as well.
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.error("%s", error)  # noqa: TRY400  # one line; the trace would say nothing more

    def _say_what_changed(self, status: LedgerStatus) -> None:
        lost = sum(status.lost.values())
        if lost and not self._lost:
            log.error("%s: no room in memory for what waits: counts are lost, their time is not covered", self._name)
        self._lost = lost
        if self._trouble and not status.trouble and not status.waiting_bytes:
            log.warning("%s: all that waited is written; %d events have been lost since the start", self._name, lost)
            self._trouble = ""


class _Upkeep:
    """What the main thread does every second: writes the ledgers, and says how the service fares.

    Args:
        ledger: is committed, and pruned every minute.
        tried: the same, where scores are tried.
        board: learns how the ledger fares.
        http: must be alive for the service to be.
    """

    def __init__(self, ledger: Ledger, tried: Ledger | None, board: Board, http: _HTTP, notifier: Notifier) -> None:
        self._kept = _Kept(ledger, "ledger")
        self._tried = _Kept(tried, "ledger of scores that are tried") if tried else None
        self._board = board
        self._http = http
        self._notifier = notifier
        self._prune_at = time.monotonic()

    def run(self, stop: threading.Event, seconds: float | None) -> None:
        """Turn until it is time to stop."""
        ends_at = time.monotonic() + seconds if seconds is not None else float("inf")
        while not stop.wait(min(COMMIT_S, max(ends_at - time.monotonic(), 0))) and time.monotonic() < ends_at:
            self.turn()

    def turn(self) -> None:
        """Commit, prune when it is time, and tell the board and systemd."""
        self._board.ledger = self._kept.commit()
        if self._tried:
            self._tried.commit()
        if time.monotonic() >= self._prune_at:
            self._prune_at = time.monotonic() + PRUNE_S
            for kept in filter(None, (self._kept, self._tried)):
                kept.prune()
        if self._http.is_alive():
            self._notifier.alive()
        self._notifier.status(self._board.summary())
