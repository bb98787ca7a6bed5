"""How the tracks of one camera behave: where they go, halt, queue and gather; boxes in, events out."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calibration.ground import GroundPlane
from vision.counting.gatherings import Gathered, GatheringFinder
from vision.counting.movements import MovementFinder
from vision.counting.queues import HEIGHT_M, REACH_M, QueueGauge, Standing
from vision.counting.seconds import Seconds
from vision.counting.stops import Halt, StopFinder
from vision.counting.zones import ZoneCounter
from vision.events import AnyEvent, Direction, Gathering, Movement, Queue, Stop
from vision.site import Camera
from vision.tracking.track import Track, TrackState
from vision.view import Line

STAND_REACH = 0.3
"""In heights of the box: how far from its mean place a standing object's foot may be found. Half a metre for people
and cars alike, some six times the jitter of a detector's box."""

Floats = npt.NDArray[np.float64]
Span = tuple[float, float]


class Instant(NamedTuple):
    """A look: seconds of the clock that never steps, the unix seconds that label it, and for when it speaks."""

    captured_at: float
    utc: float
    seen: Span | None

    def label(self, captured_at: float) -> float:
        """Return the unix seconds of an earlier moment, by the clock that never steps."""
        return self.utc - (self.captured_at - captured_at)


class Behaviour:
    """Movements, stops, queues and gatherings of one camera.

    Args:
        camera: settings.
        zones: its zones, in pixels.
        ground: its ground plane; without one no gathering and no length of a queue is told.
    """

    def __init__(self, camera: Camera, zones: list[ZoneCounter], ground: GroundPlane | None) -> None:
        self._camera = camera
        self._size = np.array(camera.frame_size, np.float64)
        self._crop = camera.crop
        self._zones = zones
        self._ground = ground
        lines = {line.name for line in camera.lines}
        self._line_gates = lines.intersection(camera.gate_names)
        self._zone_gates = set(camera.gate_names) - lines  # a zone may be called as a line is
        self._movements = MovementFinder()
        self._stops = StopFinder(camera.stops.seconds)
        self._gatherings = GatheringFinder(camera.gatherings)
        self._queues = {line.name: self._gauge(line) for line in camera.lines}
        self._queueing: Seconds[tuple[str, Direction]] = Seconds()
        self._reaching: Seconds[tuple[str, Direction]] = Seconds()

    def passed(self, track: int, line: str, crossed_at: float) -> None:
        """Note a passage, tentative or not."""
        if line in self._line_gates:
            self._movements.passed(track, line, crossed_at)

    def look(self, tracks: list[Track], present: list[Track], now: Instant) -> Iterator[AnyEvent]:
        """Take all tracks of one look, and those of them that are surely there; tell what has ended with it."""
        observed = [track for track in tracks if track.observed]
        inside = self._inside(observed)
        for track, zones in zip(observed, inside, strict=True):
            self._movements.observe(track.id, [name for name in zones if name in self._zone_gates], now.captured_at)
            reach = STAND_REACH * (track.box[3] - track.box[1])
            halt = self._stops.observe(track.id, track.foot, reach, now.captured_at)
            if halt and track.state is not TrackState.TENTATIVE:
                yield self._stop(track, halt, now)
        self._queue(present, now)
        if self._ground is not None:
            people = [track for track in present if track.object_class == "pedestrian"]
            places = self._places(people)
            for gathered in self._gatherings.observe([track.id for track in people], places, now.captured_at):
                yield self._gathering(gathered, now)

    def ended(self, track: Track, now: Instant) -> Iterator[AnyEvent]:
        """Forget a track; tell its last stop, and where it went from and to."""
        halt, journey = self._stops.end(track.id), self._movements.end(track.id)
        if track.state is TrackState.TENTATIVE:
            return
        if halt:
            yield self._stop(track, halt, now)
        if journey:
            yield Movement(
                camera=self._camera.name,
                origin=journey.origin,
                destination=journey.destination,
                object_class=track.object_class,
                utc=now.label(journey.seen_at),
                seconds=journey.seconds,
            )

    def finish(self, now: Instant) -> Iterator[AnyEvent]:
        """Tell the gatherings that have not ended by themselves."""
        for gathered in self._gatherings.finish():
            yield self._gathering(gathered, now)

    def seconds_until(self, utc: float) -> Iterator[AnyEvent]:
        """Tell the queues of the seconds that ended by `utc`."""
        metres = {(start, key): most for start, key, _, most in self._reaching.finished(utc)}
        for start, (line, direction), object_seconds, maximum in self._queueing.finished(utc):
            yield Queue(
                camera=self._camera.name,
                line=line,
                direction=direction,
                start=start,
                object_seconds=object_seconds,
                maximum=int(maximum),
                metres=None if self._ground is None else round(metres.get((start, (line, direction)), 0.0), 1),
            )

    def _gauge(self, line: Line) -> QueueGauge:
        ends = np.array((line.a, line.b))
        if self._ground is None:
            return QueueGauge(*(ends * self._size))
        return QueueGauge(*self._ground.metres(ends), mirrored=not self._ground.is_mirrored())

    def _queue(self, present: list[Track], now: Instant) -> None:
        standing = [track for track in present if self._stops.stands(track.id)]
        places = np.array([track.foot for track in standing]).reshape(-1, 2)
        reaches = np.array([REACH_M[track.object_class] for track in standing])
        if self._ground is not None:
            places = self._places(standing)
        else:
            heights = [(track.box[3] - track.box[1]) / HEIGHT_M[track.object_class] for track in standing]
            reaches = reaches * heights
        found = {
            (line, direction): queue
            for line, gauge in self._queues.items()
            for direction, queue in gauge.queues(Standing(places, reaches)).items()
        }
        self._queueing.observe({key: count for key, (count, _) in found.items()}, now.seen)
        self._reaching.observe({key: length for key, (_, length) in found.items()}, now.seen)

    def _places(self, tracks: list[Track]) -> Floats:
        """Return where on the ground, in metres, tracks are (N, 2)."""
        assert self._ground is not None  # noqa: S101  # for the type checker: asked for only where there is one
        return self._ground.metres(np.array([track.foot for track in tracks]).reshape(-1, 2) / self._size)

    def _inside(self, tracks: list[Track]) -> list[list[str]]:
        """Return for each track the names of the zones in which its foot is."""
        feet = np.array([track.foot for track in tracks]).reshape(-1, 2)
        feet = self._crop.drawn_in(feet, self._size)
        there = [zone.holds(feet).tolist() for zone in self._zones]
        return [
            [zone.name for zone, holds in zip(self._zones, there, strict=True) if holds[n]] for n in range(len(tracks))
        ]

    def _at(self, foot: Floats) -> tuple[str, ...]:
        feet = self._crop.drawn_in(foot[None], self._size)
        return tuple(zone.name for zone in self._zones if zone.holds(feet)[0])

    def _stop(self, track: Track, halt: Halt, now: Instant) -> Stop:
        foot = np.array(halt.place)
        x, y = (foot / self._size).clip(0, 1).round(2).tolist()
        return Stop(
            camera=self._camera.name,
            object_class=track.object_class,
            zones=self._at(foot),
            start=round(now.label(halt.start), 3),
            end=round(now.label(halt.end), 3),
            x=x,
            y=y,
        )

    def _gathering(self, gathered: Gathered, now: Instant) -> Gathering:
        assert self._ground is not None  # noqa: S101  # for the type checker: without one there are none
        return Gathering(
            camera=self._camera.name,
            zones=self._at(self._ground.view(gathered.place[None])[0] * self._size),
            start=round(now.label(gathered.start), 3),
            end=round(now.label(gathered.end), 3),
            people=gathered.people,
            person_seconds=round(gathered.person_seconds, 3),
            density=round(gathered.density, 3),
        )
