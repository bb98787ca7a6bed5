"""What is told of the crossings: what was last seen, the controllers' phases, and the advice, made once a second."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from pydantic import BaseModel, ConfigDict, Field

from vision.crossings.adviser import Advice, Adviser
from vision.crossings.seen import Phase, Seen, Waiting
from vision.crossings.settings import Crossing
from vision.events import AnyEvent, CameraState, CrossingSeen
from vision.service.live import Hub
from vision.site import PrivacySettings, Site

SILENT_S = 1.5
"""A crossing of which nothing was heard for so long is advised about all the same: that there may be no data."""
TICK_S = 0.5
OUTSIDE_S = 900.0
"""How many set off outside the green is told of so long."""


class CrossingNow(BaseModel):
    """One crossing now: the advice to its controller, and what it rests on."""

    model_config = ConfigDict(frozen=True)

    crossing: str = Field(examples=["choisy"])
    camera: str = Field(examples=["italie-choisy"])
    service: str = Field(
        description="Drawn anew when the service starts: of two that speak for one crossing, each counts for itself.",
        examples=["5f0c2e9b"],
    )
    advice: Advice = Field(description="Times are unix seconds; it holds for `validity_s` from `utc` on.")
    seen: Seen | None = Field(description="What the advice rests on; null without data, or where little is told.")
    phase: Phase | None = Field(
        description="What the controller last said that it shows; null where it has not said so lately."
    )
    outside_green: int | None = Field(
        description="How many stepped on to the carriageway outside the green in the last quarter of an hour, as far "
        "as the phase was known; null where little is told.",
        examples=[2],
    )


@dataclass(slots=True)
class _Row:
    camera: str
    crossing: Crossing
    adviser: Adviser
    seen: Seen | None = None
    phase: Phase | None = None
    phase_heard_at: float = float("-inf")
    now: CrossingNow | None = None
    advised_at: float = float("-inf")
    outside: deque[tuple[float, int]] = field(default_factory=deque)


class CrossingDesk:
    """Hears of the crossings of a site, from any thread, and advises their controllers.

    Args:
        site: settings. Where small numbers are withheld, nothing is told of people: a few count as one for the advice,
            the time that somebody needs is rounded up to seconds, and no reasons are given.
        hub: is told every advice.
        clock: never goes back.
        utc: unix seconds.
    """

    def __init__(
        self,
        site: Site,
        hub: Hub,
        clock: Callable[[], float] = time.monotonic,
        utc: Callable[[], float] = time.time,
    ) -> None:
        self._hub = hub
        self._privacy = site.privacy
        self._clock = clock
        self._utc = utc
        self._lock = threading.Lock()
        self._service = secrets.token_hex(4)
        self._rows = {
            crossing.name: _Row(camera.name, crossing, Adviser(crossing))
            for camera in site.cameras
            for crossing in camera.crossings
        }
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tick, name="crossings", daemon=True)

    @property
    def names(self) -> list[str]:
        """The crossings, in the order of the site file."""
        return list(self._rows)

    def start(self) -> None:
        """Begin to advise where nothing is heard."""
        if self._rows:
            self._thread.start()

    def stop(self) -> None:
        """Advise no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def note(self, event: AnyEvent) -> None:
        """Take in an event, and advise if it changes what is known of a crossing; others are passed over."""
        if isinstance(event, CrossingSeen):
            row = self._rows.get(event.crossing)
            if row is not None:
                with self._lock:
                    self._see(row, event.seen)
        elif isinstance(event, CameraState) and event.state != "live":
            for row in self._rows.values():
                if row.camera == event.camera:
                    with self._lock:
                        row.seen = None
                        self._advise(row)

    def say_phase(self, name: str, phase: Phase | None) -> CrossingNow:
        """Take what a controller shows, None where that is no longer known; return what it is advised now.

        What is said holds for the crossing's `phase_validity`, unless it is said again.

        Raises:
            KeyError: there is no crossing of that name.
        """
        row = self._rows[name]
        with self._lock:
            row.phase_heard_at = self._clock()
            if row.phase == phase and row.now is not None and not self._is_over(row, row.now.advice):
                return row.now
            row.phase = phase
            return self._advise(row)

    def now(self, name: str) -> CrossingNow:
        """Return what was last said of a crossing.

        Raises:
            KeyError: there is no crossing of that name.
        """
        row = self._rows[name]
        with self._lock:
            return self._advise(row) if row.now is None or self._is_over(row, row.now.advice) else row.now

    def turn(self) -> None:
        """Advise about every crossing of which nothing was heard for a while."""
        for row in self._rows.values():
            with self._lock:
                if row.now is None or self._is_over(row, row.now.advice):
                    self._advise(row)

    def _tick(self) -> None:
        while not self._stop.wait(TICK_S):
            self.turn()

    def _is_over(self, row: _Row, advice: Advice) -> bool:
        return not advice.holds(self._utc()) or self._clock() - row.advised_at > SILENT_S

    def _see(self, row: _Row, seen: Seen) -> None:
        row.seen = seen
        self._drop_old_phase(row)
        if row.phase is not None and row.phase.signal != "walk" and seen.set_off:
            row.outside.append((self._clock(), seen.set_off))
        self._advise(row)

    def _drop_old_phase(self, row: _Row) -> None:
        if self._clock() - row.phase_heard_at > row.crossing.phase_validity:
            row.phase = None

    def _advise(self, row: _Row) -> CrossingNow:
        self._drop_old_phase(row)
        seen = row.seen if row.seen is None or self._privacy is None else _coarse(row.seen, self._privacy)
        advice = row.adviser.advise(seen, row.phase, self._utc())
        row.advised_at = self._clock()
        while row.outside and row.outside[0][0] <= row.advised_at - OUTSIDE_S:
            row.outside.popleft()
        is_told = self._privacy is None
        row.now = CrossingNow(
            crossing=row.crossing.name,
            camera=row.camera,
            service=self._service,
            advice=advice if is_told else advice.model_copy(update={"reasons": ()}),
            seen=seen if is_told and advice.demand != "no data" else None,
            phase=row.phase,
            outside_green=sum(count for _, count in row.outside) if is_told else None,
        )
        self._hub.tell(row.camera, "crossing", row.now.model_dump_json(), about=row.crossing.name)
        return row.now


def _coarse(seen: Seen, privacy: PrivacySettings) -> Seen:
    """Return what the advice may rest on where small numbers are withheld."""
    few = {
        place: Waiting(people=1, longest_s=waiting.longest_s)
        for place in ("kerb_a", "kerb_b", "island")
        if 0 < (waiting := getattr(seen, place)).people < privacy.threshold
    }
    return seen.model_copy(update={**few, "slowest_s": float(ceil(seen.slowest_s))})
