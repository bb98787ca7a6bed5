"""How each camera fares, as last heard: one row a camera, for /cameras, /health and /metrics."""

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from vision.classes import ClassName
from vision.events import AnyEvent, CameraState, Coverage, Direction, Heartbeat, Passage, State
from vision.ledger import LedgerStatus
from vision.service.pool.board import PoolBoard
from vision.site import Camera, Site

FRESH_SECONDS = 10.0
"""A camera that has seen nothing for longer is not ready: ten times the second in which a worker says its coverage."""

COVERAGE_SECONDS = 60.0
"""The coverage shown is that of the last minute."""

PassageKey = tuple[str, str, Direction, ClassName]
"""camera, line, direction, class."""


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera as last heard.

    Attributes:
        state: as the worker said it; "connecting" before its first word.
        detail: one line for the technician, without the camera's address.
        last_seen: end of the last stretch really seen, unix seconds; None before the first.
        age: seconds since that was heard, on the monotonic clock; None before the first.
        coverage: share in [0, 1] of the last minute (of the time since the start, where shorter) that was seen.
    """

    state: State
    detail: str
    last_seen: float | None
    age: float | None
    coverage: float

    @property
    def ready(self) -> bool:
        """Whether the camera is live and has been seeing just now."""
        return self.state == "live" and self.age is not None and self.age <= FRESH_SECONDS


@dataclass(slots=True)
class _Row:
    state: State = "connecting"
    detail: str = ""
    last_seen: float | None = None
    heard_at: float | None = None
    looked_at: int = 0
    missed: int = 0
    stretches: deque[tuple[float, float]] = field(default_factory=deque)
    """(when heard on the monotonic clock, seconds seen), of the last minute."""


class Board:
    """Hears every event, from any thread, and keeps the last word of each camera of the site.

    Attributes:
        ledger: how its writing fares, as last heard; replaced whole.
        pool: what is in the water.
    """

    def __init__(self, site: Site, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._started_at = clock()
        self._cameras = {camera.name: camera for camera in site.cameras}
        self._rows = {name: _Row() for name in self._cameras}
        self._passages: Counter[PassageKey] = Counter()
        self.ledger = LedgerStatus()
        self.pool = PoolBoard(site, clock)

    def note(self, event: AnyEvent) -> None:
        """Take in an event; what says nothing about how a camera fares is passed over."""
        self.pool.note(event)
        if isinstance(event, Heartbeat):
            self._note_frames(event)
            return
        if not isinstance(event, Passage | Coverage | CameraState) or event.camera not in self._rows:
            return
        with self._lock:
            row = self._rows[event.camera]
            if isinstance(event, Passage):
                self._passages[event.camera, event.line, event.direction, event.object_class] += 1
            elif isinstance(event, Coverage):
                row.last_seen = event.end
                row.heard_at = self._clock()
                row.stretches.append((row.heard_at, event.end - event.start))
                self._forget_old(row, row.heard_at)
            else:
                row.state = event.state
                row.detail = without_address(event.detail, self._cameras[event.camera])

    def _note_frames(self, heartbeat: Heartbeat) -> None:
        with self._lock:
            for count in heartbeat.frames:
                row = self._rows.get(count.camera)
                if row:
                    row.looked_at += count.looked_at
                    row.missed += count.missed

    def frames(self, camera: str) -> tuple[int, int]:
        """Return how many frames of a camera were looked at since the board was made, and how many were missed.

        Raises:
            KeyError: the site has no camera of that name.
        """
        with self._lock:
            row = self._rows[camera]
            return row.looked_at, row.missed

    def status(self, camera: str) -> CameraStatus:
        """Return how a camera fares.

        Raises:
            KeyError: the site has no camera of that name.
        """
        now = self._clock()
        with self._lock:
            row = self._rows[camera]
            self._forget_old(row, now)
            period = min(COVERAGE_SECONDS, max(now - self._started_at, 1.0))
            coverage = min(1.0, sum(seconds for _, seconds in row.stretches) / period)
            age = None if row.heard_at is None else now - row.heard_at
            return CameraStatus(row.state, row.detail, row.last_seen, age, coverage)

    def summary(self) -> str:
        """Return one line for whoever runs the box; it names no address and no file."""
        ready = sum(self.status(name).ready for name in self._cameras)
        ledger = f"ledger waits: {self.ledger.trouble}" if self.ledger.trouble else "ledger written"
        damaged = f"; set aside: {', '.join(self.ledger.set_aside)}" if self.ledger.set_aside else ""
        return f"{ready} of {len(self._cameras)} cameras see; {ledger}{damaged}"

    def passages(self) -> dict[PassageKey, int]:
        """Return the passages heard since the board was made."""
        with self._lock:
            return dict(self._passages)

    @staticmethod
    def _forget_old(row: _Row, now: float) -> None:
        while row.stretches and row.stretches[0][0] <= now - COVERAGE_SECONDS:
            row.stretches.popleft()


def without_address(detail: str, camera: Camera) -> str:
    """Return a technician's line with the camera's address (source, host, URLs, paths) replaced by an ellipsis."""
    secrets = [camera.source]
    if "://" in camera.source:
        secrets.append(urlsplit(camera.source).hostname or "")
    for secret in filter(None, secrets):
        detail = re.sub(re.escape(secret), "…", detail, flags=re.IGNORECASE)
    return re.sub(r"\S*[/\\@]\S*", "…", detail)
