"""Who waits at a crossing, who is on it, and how long the slowest of them will take: tracks in, numbers out."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from calibration.ground import GroundPlane
from vision.counting.behaviour import Instant
from vision.counting.waits import Waits
from vision.counting.walks import Walks
from vision.counting.zones import inside
from vision.crossings.seen import Seen
from vision.crossings.settings import Crossing
from vision.crossings.way import ways
from vision.site import Camera
from vision.tracking.track import Track

Floats = npt.NDArray[np.float64]

EDGE_M = 0.5
"""Nearer to the end of a carriageway nobody is on it: who waits at its edge sways, and feet jitter."""
WALKS_MPS = 0.3
"""Whoever is slower may turn either way."""
COVERAGE_S = 5.0
"""The coverage is that of so long."""
ARRIVAL_S = 60.0
"""Arrivals are those of so long."""
LEAST_ARRIVAL_S = 10.0
"""Of a shorter time no rate is made: one person would be many a minute."""
STOPPED_S = 900.0
"""The share of those who stopped on the island is that of so long."""


@dataclass(slots=True)
class _Person:
    """What is remembered of one track for as long as it lives."""

    came_from: str | None = None
    """The kerb, or the island, where they were last."""
    arrived: bool = False
    stage: int | None = None
    walked: set[int] = field(default_factory=set)
    """Stages that they have set off on."""
    stopped: bool = False


class CrossingCounter:
    """The people of one crossing.

    Args:
        crossing: settings.
        camera: in whose view it is.
        ground: the camera's ground plane, if it has one.

    Raises:
        ValueError: as for `Way`.
    """

    def __init__(self, crossing: Crossing, camera: Camera, ground: GroundPlane | None) -> None:
        self.name = crossing.name
        self._crossing = crossing
        self._size = np.array(camera.frame_size, np.float64)
        self._polygons = {zone.name: np.array(zone.polygon) for zone in camera.zones if zone.name in crossing.zones}
        self._ways = ways(crossing, self._polygons, ground)
        self._waits = Waits({name: self._polygons[name] * self._size for name in crossing.waiting_zones})
        self._walks = [Walks() for _ in self._ways]
        self._people: dict[int, _Person] = {}
        self._looks: deque[tuple[float, float]] = deque()
        self._began_at: float | None = None
        self._arrivals: dict[str, deque[float]] = {crossing.kerb_a: deque(), crossing.kerb_b: deque()}
        self._crossed: deque[tuple[float, bool]] = deque()
        self._set_off = 0
        self._clearing: list[float] = []

    def look(self, present: list[Track], doubted: list[Track], now: Instant) -> None:
        """Take all tracks of one look that are surely there, their feet in the view, and those that may be nobody."""
        self._began_at = now.captured_at if self._began_at is None else self._began_at
        self._looks.append((now.captured_at, 0.0 if now.seen is None else now.seen[1] - now.seen[0]))
        people = [track for track in present if track.object_class == "pedestrian"]
        self._waits.look(people + [track for track in doubted if track.object_class == "pedestrian"], now.captured_at)
        feet = np.array([track.foot for track in people], np.float64).reshape(-1, 2) / self._size
        there = {name: inside(feet, polygon).tolist() for name, polygon in self._polygons.items()}
        along = [way.along(feet).tolist() for way in self._ways]
        self._clearing = []
        for n, track in enumerate(people):
            person = self._people.setdefault(track.id, _Person())
            self._wait(track, person, [name for name, holds in there.items() if holds[n]], now.captured_at)
            self._walk(track, person, [(holds[n], metres[n]) for holds, metres in self._onto(there, along)], now)

    def seen(self, now: Instant) -> Seen:
        """Return what can be said now; those who have set off are told once."""
        set_off, self._set_off = self._set_off, 0
        return Seen(
            utc=now.utc,
            coverage=self._coverage(now.captured_at),
            kerb_a=self._waits.waiting(self._crossing.kerb_a, now.captured_at),
            kerb_b=self._waits.waiting(self._crossing.kerb_b, now.captured_at),
            island=self._waits.waiting(self._crossing.island, now.captured_at),
            on_crossing=len(self._clearing),
            slowest_s=round(max(self._clearing, default=0.0), 2),
            arrivals_a=self._rate(self._crossing.kerb_a, now.captured_at),
            arrivals_b=self._rate(self._crossing.kerb_b, now.captured_at),
            set_off=set_off,
            stopped=self._stopped(now.captured_at),
        )

    def forget(self, track: int) -> None:
        """Drop a track."""
        self._people.pop(track, None)
        self._waits.forget(track)
        for walks in self._walks:
            walks.forget(track)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._people)

    def _onto(self, there: dict[str, list[bool]], along: list[list[float]]) -> list[tuple[list[bool], list[float]]]:
        return [(there[stage.zone], metres) for stage, metres in zip(self._crossing.stages, along, strict=True)]

    def _wait(self, track: Track, person: _Person, zones: list[str], time: float) -> None:
        wait = self._waits.of(track.id)
        if wait is None:
            person.came_from = next((name for name in self._crossing.waiting_zones if name in zones), person.came_from)
            return
        person.came_from = wait.zone
        if wait.zone == self._crossing.island:
            person.stopped = True
            return
        person.arrived |= wait.has_arrived  # before they were lost and found again
        self._arrive(person, time)
        wait.has_arrived = True

    def _walk(self, track: Track, person: _Person, onto: list[tuple[bool, float]], now: Instant) -> None:
        """Take whether a person is in each carriageway, and where along it."""
        stage, waits = None, self._waits.of(track.id) is not None
        for index, ((is_in, metres), way) in enumerate(zip(onto, self._ways, strict=True)):
            if waits or not (is_in and EDGE_M <= metres <= way.length - EDGE_M):
                self._walks[index].forget(track.id)
                continue
            self._walks[index].observe(track.id, metres, now.captured_at)
            speed = self._walks[index].speed(track.id)
            if speed is None and person.came_from is None:
                continue  # what comes along the street is soon gone again
            stage = index
            self._clearing.append(self._time_left(index, metres, speed, person))
        if stage is not None and stage != person.stage:
            self._step_off(person, stage, now.captured_at)
        person.stage = stage

    def _step_off(self, person: _Person, stage: int, time: float) -> None:
        if stage in person.walked or person.came_from is None:
            return  # back after a step aside, or found only on the way
        self._set_off += 1
        self._arrive(person, time)
        person.walked.add(stage)
        if len(person.walked) == 2:
            self._crossed.append((time, person.stopped))

    def _time_left(self, stage: int, metres: float, speed: float | None, person: _Person) -> float:
        """Return the seconds until somebody `metres` along a stage is off it, at their own speed if it is known."""
        ahead, behind = self._ways[stage].length - metres, metres
        pace = self._crossing.clearance_speed if speed is None else max(abs(speed), self._crossing.slowest_speed)
        if speed is None:
            halts = self._crossing.halts
            speed = {halts[stage]: pace, halts[stage + 1]: -pace}.get(str(person.came_from), 0.0)
        left = max(ahead, behind) if abs(speed) < WALKS_MPS else (ahead if speed > 0 else behind)
        return left / pace

    def _arrive(self, person: _Person, time: float) -> None:
        if not person.arrived and person.came_from in self._arrivals:
            person.arrived = True
            self._arrivals[person.came_from].append(time)

    def _coverage(self, time: float) -> float:
        while self._looks and self._looks[0][0] <= time - COVERAGE_S + 1e-6:
            self._looks.popleft()
        return round(min(sum(seconds for _, seconds in self._looks) / COVERAGE_S, 1.0), 3)

    def _rate(self, kerb: str, time: float) -> float:
        times = self._arrivals[kerb]
        while times and times[0] <= time - ARRIVAL_S:
            times.popleft()
        watched = time - (time if self._began_at is None else self._began_at)
        return round(len(times) * 60 / min(max(watched, LEAST_ARRIVAL_S), ARRIVAL_S), 1)

    def _stopped(self, time: float) -> float | None:
        while self._crossed and self._crossed[0][0] <= time - STOPPED_S:
            self._crossed.popleft()
        return round(sum(stopped for _, stopped in self._crossed) / len(self._crossed), 2) if self._crossed else None
