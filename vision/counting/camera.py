"""Everything that is counted in one camera's view: detections in, events out.

This is the middle of the way of a frame. It begins where pixels have ended: `look` takes boxes, scores, classes and
two times, and returns what may be said about them.
"""

from collections.abc import Iterator

import numpy as np

from vision.counting.behaviour import Behaviour, Instant
from vision.counting.coverage import CoverageKeeper
from vision.counting.crossings import CrossingCounter
from vision.counting.jitter import JitterGauge
from vision.counting.lanes import BasinCounter
from vision.counting.lines import LineCounter, ends
from vision.counting.paths import Paths
from vision.counting.speeds import SpeedGauge
from vision.counting.zones import ZoneCounter
from vision.detections import Detections
from vision.events import (
    AnyEvent,
    Coverage,
    CrossingSeen,
    Length,
    Occupancy,
    Passage,
    Snapshot,
    Trajectory,
    ZoneCount,
)
from vision.site import Camera
from vision.tracking.settings import IN_BASINS
from vision.tracking.track import Track, TrackState
from vision.tracking.tracker import Tracker

OCCLUSION_S = 0.5
"""An object that has not been observed for so long no longer occupies a zone."""
LONGEST_WAIT_S = 10.0
"""A passage waits so long for its track to be confirmed: who crosses goes on, what trembles on a line for hours does
not."""
SNAPSHOT_S = 0.2
"""Least time between two snapshots for live pages."""


class CameraCounter:
    """Everything that is counted in one camera's view.

    Args:
        camera: settings; boxes are taken in pixels of its `frame_size`.
        confident: the score from which a detection may start a track (see `Tracker`).
        sure: the score from which it is believed although it has never moved; `confident` if not given.

    Attributes:
        tracks: those that live after the last look.
    """

    def __init__(self, camera: Camera, confident: float = 0.5, sure: float | None = None) -> None:
        self._name = camera.name
        self._size = np.array(camera.frame_size, np.float64)
        self._ground = camera.ground.plane() if camera.ground else None
        self._tracker = Tracker(confident, sure, IN_BASINS if camera.basins else None)
        size, self._crop = camera.frame_size, camera.crop
        self._lines = [LineCounter(line.name, *ends(line.a, line.b, size, self._crop)) for line in camera.lines]
        self._zones = [ZoneCounter(zone.name, np.array(zone.polygon) * self._size) for zone in camera.zones]
        self._basins = [BasinCounter(basin, basin.zones(camera.drawn), size) for basin in camera.basins]
        self._lanes = {lane for basin in camera.basins for lane in basin.lane_names}
        self._behaviour = Behaviour(camera, self._zones, self._ground)
        self._crossings = [CrossingCounter(crossing, camera, self._ground) for crossing in camera.crossings]
        self._speeds = SpeedGauge()
        self._paths = Paths(size, camera.trajectories, self._ground)
        self._jitter = JitterGauge()
        self._coverage = CoverageKeeper(camera.fps)
        self._waiting: dict[int, list[tuple[float, Passage]]] = {}
        self._now = Instant(0.0, 0.0, None)
        self._said_second = 0
        self._snapshot_at = float("-inf")
        self.tracks: list[Track] = []

    def look(self, detections: Detections, captured_at: float, utc: float) -> list[AnyEvent]:
        """Take the detections of one frame.

        Args:
            detections: boxes in pixels of the camera's `frame_size`.
            captured_at: monotonic seconds, later than the look before.
            utc: unix seconds of the same instant.

        Returns:
            What can be said after this look, in order.
        """
        before, self.tracks = self.tracks, self._tracker.update(detections, captured_at)
        self._now = Instant(captured_at, utc, self._coverage.look(captured_at, utc))
        present = self._present()
        events: list[AnyEvent] = list(self._passages())
        events += self._behaviour.look(self.tracks, present, self._now)
        events += self._ended(before)
        events += self._occupy(present)
        for crossing in self._crossings:
            crossing.look(present, [track for track in self.tracks if track.state is TrackState.TENTATIVE], self._now)
        if int(utc) != self._said_second:
            self._said_second = int(utc)
            events += self._seconds_until(utc)
            events += self._crossings_seen()
        if captured_at - self._snapshot_at >= SNAPSHOT_S - 1e-6:
            self._snapshot_at = captured_at
            events.append(self._snapshot(present))
        return events

    def pause(self) -> list[AnyEvent]:
        """Return what can be said now that the camera is silent; if it comes back, its tracks may go on."""
        return list(self._seconds_until(float("inf")))

    def finish(self) -> list[AnyEvent]:
        """Return what is left to say when nothing more is seen: the ends of the tracks, the second that is open.

        A look may follow; no track goes on in it.
        """
        before, self.tracks = self.tracks, []
        self._tracker.forget()
        for basin in self._basins:
            basin.forget()
        return [*self._ended(before), *self._behaviour.finish(self._now), *self.pause()]

    def _passages(self) -> Iterator[Passage]:
        """Walk the observed tracks over the lines; a tentative track's passages wait until it is confirmed."""
        observed = [track for track in self.tracks if track.observed]
        for track, speed in zip(observed, self._kmh(observed), strict=True):
            self._paths.observe(track.id, track.foot, track.box[3] - track.box[1], *self._now[:2])
            passed = self._still_waiting(track.id)
            passed += [(self._now.captured_at, passage) for passage in self._crossed(track, speed)]
            if track.state is TrackState.TENTATIVE:
                if passed:
                    self._waiting[track.id] = passed
                continue
            for _, passage in passed:
                yield passage.model_copy(update={"object_class": track.object_class})

    def _still_waiting(self, name: int) -> list[tuple[float, Passage]]:
        """Take out a track's passages that wait for it to be confirmed, each with when it was seen."""
        earliest = self._now.captured_at - LONGEST_WAIT_S
        return [(at, passage) for at, passage in self._waiting.pop(name, []) if at >= earliest]

    def _kmh(self, tracks: list[Track]) -> Iterator[float | None]:
        """Yield the speeds of observed tracks, None for each where the camera is not calibrated."""
        if self._ground is None:
            yield from (None for _ in tracks)
            return
        feet = np.array([track.foot for track in tracks]).reshape(-1, 2)
        for track, place in zip(tracks, self._ground.metres(feet / self._size).tolist(), strict=True):
            self._speeds.observe(track.id, (place[0], place[1]), self._now.captured_at)
            yield self._speeds.kmh(track.id)

    def _crossed(self, track: Track, kmh: float | None) -> Iterator[Passage]:
        now = self._now.captured_at
        jitter = self._jitter.observe(track.id, track.foot, now)
        for line in self._lines:
            passed = line.observe(track.id, track.foot, track.box[3] - track.box[1], now, jitter)
            if passed:
                direction, crossed_at = passed
                self._behaviour.passed(track.id, line.name, crossed_at)
                yield Passage(
                    camera=self._name,
                    line=line.name,
                    direction=direction,
                    object_class=track.object_class,
                    utc=self._now.label(crossed_at),
                    kmh=None if kmh is None else round(kmh, 1),
                )

    def _ended(self, before: list[Track]) -> Iterator[AnyEvent]:
        """Forget the tracks that are no more, and tell where the confirmed ones stood and went."""
        alive = {track.id for track in self.tracks}
        for track in before:
            if track.id in alive:
                continue
            for line in self._lines:
                line.forget(track.id)
            for crossing in self._crossings:
                crossing.forget(track.id)
            self._jitter.forget(track.id)
            self._speeds.forget(track.id)
            self._waiting.pop(track.id, None)
            yield from self._behaviour.ended(track, self._now)
            if track.state is TrackState.TENTATIVE:
                self._paths.forget(track.id)
            elif way := self._paths.end(track.id):
                yield Trajectory(camera=self._name, object_class=track.object_class, **way._asdict())

    def _present(self) -> list[Track]:
        """Return the tracks that are surely there, with feet within what is looked at."""
        present = [
            track
            for track in self.tracks
            if track.state is not TrackState.TENTATIVE and track.unobserved_s <= OCCLUSION_S
        ]
        feet = np.array([track.foot for track in present], np.float64).reshape(-1, 2)
        within = self._crop.drawn_in(feet, self._size).tolist()
        return [track._replace(foot=(x, y)) for track, (x, y) in zip(present, within, strict=True)]

    def _occupy(self, present: list[Track]) -> Iterator[Length]:
        """Let the zones and basins see who is there; tell the lengths that end with it."""
        feet = np.array([track.foot for track in present], np.float64).reshape(-1, 2)
        classes = [track.object_class for track in present]
        for zone in self._zones:
            if zone.name not in self._lanes:
                zone.observe(zone.holds(feet), classes, self._now.seen)
        for basin in self._basins:
            for lane in basin.observe(present, self._now.captured_at, self._now.seen):
                yield Length(camera=self._name, lane=lane, utc=self._now.utc)

    def _seconds_until(self, utc: float) -> Iterator[AnyEvent]:
        """Say what was in the seconds that are over, then the coverage, so that none is claimed without it."""
        places: list[ZoneCounter | BasinCounter] = [*self._zones, *self._basins]
        for place in places:
            for second in place.finished(utc):
                yield Occupancy(
                    camera=self._name,
                    zone=second.zone,
                    object_class=second.object_class,
                    start=second.start,
                    object_seconds=second.object_seconds,
                    maximum=second.maximum,
                )
        yield from self._behaviour.seconds_until(utc)
        for start, end in self._coverage.said():
            yield Coverage(camera=self._name, start=start, end=end)

    def _crossings_seen(self) -> Iterator[CrossingSeen]:
        for crossing in self._crossings:
            yield CrossingSeen(camera=self._name, crossing=crossing.name, seen=crossing.seen(self._now))

    def _snapshot(self, present: list[Track]) -> Snapshot:
        width, height = self._size.tolist()
        objects = tuple(
            (track.object_class, round(track.foot[0] / width, 3), round(track.foot[1] / height, 3)) for track in present
        )
        zones = tuple(
            ZoneCount(zone=zone.name, object_class=name, count=count)
            for zone in self._zones
            for name, count in zone.now.items()
            if name != "all"
        )
        zones += tuple(
            ZoneCount(zone=lane, object_class="swimmer", count=count)
            for basin in self._basins
            for lane, count in basin.now.items()
            if lane in self._lanes and count
        )
        return Snapshot(camera=self._name, utc=round(self._now.utc, 3), objects=objects, zones=zones)
