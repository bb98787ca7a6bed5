"""What is in the water now, as last heard: swimmers and lengths by lane, and what somebody said of its state."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from vision.basins import Basin, LaneState
from vision.events import AnyEvent, CameraState, Coverage, Length, Snapshot
from vision.service.pool.measurement import BasinNow, LaneNow, PoolNow
from vision.service.pool.opening import Evidence, Opening, Override, known, said
from vision.service.pool.withheld import without_small_numbers
from vision.service.times import from_unix
from vision.site import Camera, Site

Said = dict[str, object]
"""Fields of a measurement."""

VALID_S = 30.0
"""A measurement may be shown as the present for so long; the next one comes within a second where the camera sees."""
WINDOW_S = 300.0
"""Lengths a minute are those of so long: a lane of two swimmers makes some twenty lengths meanwhile."""
LEAST_WINDOW_S = 60.0
"""Of which so much must have been seen."""


@dataclass(slots=True)
class _Row:
    """What was last heard of a camera; times of the monotonic clock."""

    snapshot: Snapshot | None = None
    dark_since: float | None = None
    is_live: bool = False
    lengths: deque[tuple[float, str]] = field(default_factory=deque)
    stretches: deque[tuple[float, float]] = field(default_factory=deque)
    """When heard, seconds seen."""


class PoolBoard:
    """Hears every event, from any thread; keeps a row a camera.

    Args:
        site: what is served.
        clock: monotonic seconds.
        wall: unix seconds.
    """

    def __init__(
        self, site: Site, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._site = site
        self._zone = ZoneInfo(site.identity.timezone)
        self._clock = clock
        self._wall = wall
        self._lock = threading.Lock()
        self._rows = {camera.name: _Row() for camera in site.cameras if camera.basins}
        self._busy_at = {basin.name: clock() for camera in site.cameras for basin in camera.basins}
        self._overrides: dict[tuple[str, str], Override] = {}
        """By basin and lane."""

    def note(self, event: AnyEvent) -> None:
        """Take in an event; what says nothing about a pool is passed over."""
        if not isinstance(event, Snapshot | Length | CameraState | Coverage) or event.camera not in self._rows:
            return
        now = self._clock()
        with self._lock:
            row = self._rows[event.camera]
            match event:
                case Snapshot():
                    row.snapshot, row.dark_since = event, None
                    self._note_busy(event, now)
                case Length():
                    row.lengths.append((now, event.lane))
                case Coverage():
                    row.stretches.append((now, event.end - event.start))
                case CameraState():
                    row.is_live = event.state == "live"
                    row.dark_since = (row.dark_since or now) if event.state == "black" else None
            for heard in (row.lengths, row.stretches):
                while heard and heard[0][0] <= now - WINDOW_S:
                    heard.popleft()

    def override(self, basin: str, lane: str, state: LaneState | None, until: float) -> None:
        """Let a lane be open or closed whatever else says, up to a unix second; None takes that back."""
        with self._lock:
            self._overrides.pop((basin, lane), None)
            if state is not None:
                self._overrides[basin, lane] = Override(state, until)

    def now(self, coverage: Callable[[str], float]) -> PoolNow:
        """Return all basins as they are now and may be told.

        Args:
            coverage: of a camera by name, the share of the last minute that was seen.
        """
        shares = {name: coverage(name) for name in self._rows}
        with self._lock:
            basins = [
                self._basin(camera, basin, shares[camera.name])
                for camera in self._site.cameras
                for basin in camera.basins
            ]
        identity = self._site.identity
        pool = PoolNow(site=identity.name, title=identity.title or identity.name, basins=basins)
        privacy = self._site.privacy
        return pool if privacy is None else without_small_numbers(pool, privacy.threshold)

    def _note_busy(self, snapshot: Snapshot, now: float) -> None:
        busy = {zone.zone for zone in snapshot.zones if zone.count}
        for camera in self._site.cameras:
            if camera.name == snapshot.camera:
                for basin in camera.basins:
                    if busy.intersection(basin.lane_names):
                        self._busy_at[basin.name] = now

    def _basin(self, camera: Camera, basin: Basin, coverage: float) -> BasinNow:
        row, utc = self._rows[camera.name], self._wall()
        swimmers, lengths = self._swimmers(row, basin, utc), self._lengths(row, basin)
        opening = self._opening(row, basin, utc)
        measured_at = row.snapshot.utc if row.snapshot else None
        common: Said = {
            "coverage": coverage,
            "time": None if measured_at is None else from_unix(measured_at),
            "valid_until": None if measured_at is None else from_unix(measured_at + VALID_S),
        }
        lanes = []
        for zone in basin.zones(camera.drawn):
            override = self._overrides.get((basin.name, zone.name))
            said_of_it = common | {"lane": zone.name, "polygon": zone.polygon}
            said_of_it |= _said_of(said(override, basin.lane_states.get(zone.name), utc) or opening)
            said_of_it |= _numbers(None if swimmers is None else swimmers[zone.name], basin.lane_capacity(zone.name))
            said_of_it |= {"lengths_per_minute": None if lengths is None else lengths[zone.name]}
            lanes.append(LaneNow.model_validate(said_of_it))
        free = sum(lane.state == "open" and lane.swimmers == 0 for lane in lanes)
        said_of_all = common | {"basin": basin.name, "title": basin.title or basin.name, "camera": camera.name}
        said_of_all |= _said_of(opening) | _numbers(
            None if swimmers is None else sum(swimmers.values()), basin.capacity
        )
        said_of_all |= {"lengths_per_minute": None if lengths is None else round(sum(lengths.values()), 2)}
        return BasinNow.model_validate(said_of_all | {"free_lanes": None if swimmers is None else free, "lanes": lanes})

    def _swimmers(self, row: _Row, basin: Basin, utc: float) -> dict[str, int] | None:
        """Return swimmers by lane; None where that is not known now."""
        if row.snapshot is None or not row.is_live or utc > row.snapshot.utc + VALID_S:
            return None
        counts = dict.fromkeys(basin.lane_names, 0)
        for zone in row.snapshot.zones:
            if zone.zone in counts:
                counts[zone.zone] += zone.count
        return counts

    def _lengths(self, row: _Row, basin: Basin) -> dict[str, float] | None:
        """Return lengths a minute by lane; None where the ends are not known, or too little was seen."""
        now = self._clock()
        seen_s = sum(seconds for heard_at, seconds in row.stretches if heard_at > now - WINDOW_S)
        if basin.corners is None or seen_s < LEAST_WINDOW_S:
            return None
        swum = Counter(lane for heard_at, lane in row.lengths if heard_at > now - WINDOW_S)
        return {lane: round(60 * swum[lane] / seen_s, 2) for lane in basin.lane_names}

    def _opening(self, row: _Row, basin: Basin, utc: float) -> Opening:
        hours = basin.hours or self._site.pool.hours
        now = self._clock()
        is_told = self._site.privacy is None  # that nobody has been there is a small number, too
        return said(None, basin.state, utc) or known(
            Evidence(
                hours=None if hours is None else (hours.is_open(utc, self._zone), hours.next_change(utc, self._zone)),
                dark_s=None if row.dark_since is None else now - row.dark_since,
                quiet_s=now - self._busy_at[basin.name] if is_told else 0.0,
                sees=row.is_live,
            )
        )


def _said_of(opening: Opening) -> Said:
    until = None if opening.until is None else from_unix(opening.until)
    return {"state": opening.state, "state_reason": opening.reason, "state_until": until}


def _numbers(swimmers: int | None, capacity: int | None) -> Said:
    ratio = None if swimmers is None or capacity is None else round(swimmers / capacity, 3)
    return {"swimmers": swimmers, "capacity_persons": capacity, "occupancy_ratio": ratio}
