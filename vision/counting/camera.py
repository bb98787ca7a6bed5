"""Everything that is counted in one camera's view: detections in, events out.

This is the middle of the way of a frame. It begins where pixels have ended: `look` takes boxes, scores, classes and
two times, and returns what may be said about them.
"""

from collections.abc import Iterator

import numpy as np

from vision.counting.coverage import CoverageKeeper
from vision.counting.lines import LineCounter
from vision.counting.paths import Paths
from vision.counting.zones import ZoneCounter
from vision.detections import Detections
from vision.events import AnyEvent, Coverage, Occupancy, Passage, Snapshot, Trajectory, ZoneCount
from vision.site import Camera
from vision.tracking.tracker import Track, Tracker, TrackState

OCCLUSION_S = 0.5
"""An object that has not been observed for so long no longer occupies a zone."""
SNAPSHOT_S = 0.2
"""Least time between two snapshots for live pages."""


class CameraCounter:
    """Tracks, passages, occupancy, trajectories and coverage of one camera.

    Args:
        camera: settings; boxes are taken in pixels of a view of its working size.
        confident: the score from which a detection may start a track (see `Tracker`).

    Attributes:
        tracks: those that live after the last look.
    """

    def __init__(self, camera: Camera, confident: float = 0.5) -> None:
        self._name = camera.name
        self._size = np.array(camera.working_size, np.float64)
        self._tracker = Tracker(confident)
        self._lines = [LineCounter(line.name, self._pixels(line.a), self._pixels(line.b)) for line in camera.lines]
        self._zones = [ZoneCounter(zone.name, np.array(zone.polygon) * self._size) for zone in camera.zones]
        self._paths = Paths(camera.working_size)
        self._coverage = CoverageKeeper(camera.fps)
        self._waiting: dict[int, list[Passage]] = {}
        self._said_second = 0
        self._snapshot_at = float("-inf")
        self.tracks: list[Track] = []

    def look(self, detections: Detections, captured_at: float, utc: float) -> list[AnyEvent]:
        """Take the detections of one frame.

        Args:
            detections: boxes in pixels of a view of the camera's working size.
            captured_at: monotonic seconds, later than the look before.
            utc: unix seconds of the same instant.

        Returns:
            What can be said after this look, in order.
        """
        before, self.tracks = self.tracks, self._tracker.update(detections, captured_at)
        events: list[AnyEvent] = list(self._passages(captured_at, utc))
        events += self._ended(before)
        self._occupy(self._coverage.look(captured_at, utc))
        if int(utc) != self._said_second:
            self._said_second = int(utc)
            events += self._seconds_until(utc)
        if captured_at - self._snapshot_at >= SNAPSHOT_S - 1e-6:
            self._snapshot_at = captured_at
            events.append(self._snapshot(utc))
        return events

    def pause(self) -> list[AnyEvent]:
        """Return what can be said now that the camera is silent; if it comes back, its tracks may go on."""
        return list(self._seconds_until(float("inf")))

    def finish(self) -> list[AnyEvent]:
        """Return what is left to say when the camera stops: the ends of its tracks, the second that is open."""
        before, self.tracks = self.tracks, []
        return [*self._ended(before), *self.pause()]

    def _pixels(self, point: tuple[float, float]) -> tuple[float, float]:
        x, y = np.array(point) * self._size
        return float(x), float(y)

    def _passages(self, captured_at: float, utc: float) -> Iterator[Passage]:
        """Walk the observed tracks over the lines; a tentative track's passages wait until it is confirmed."""
        for track in self.tracks:
            if not track.observed:
                continue
            self._paths.observe(track.id, track.foot, captured_at, utc)
            passed = list(self._crossed(track, captured_at, utc))
            if track.state is TrackState.TENTATIVE:
                self._waiting.setdefault(track.id, []).extend(passed)
                continue
            for passage in self._waiting.pop(track.id, []) + passed:
                yield passage.model_copy(update={"object_class": track.object_class})

    def _crossed(self, track: Track, captured_at: float, utc: float) -> Iterator[Passage]:
        for line in self._lines:
            passed = line.observe(track.id, track.foot, track.box[3] - track.box[1], captured_at)
            if passed:
                direction, crossed_at = passed
                # How long ago is measured by the clock that never steps; the label is today's.
                at = utc - (captured_at - crossed_at)
                yield Passage(
                    camera=self._name, line=line.name, direction=direction, object_class=track.object_class, utc=at
                )

    def _ended(self, before: list[Track]) -> Iterator[Trajectory]:
        """Forget the tracks that are no more, and tell where the confirmed ones went."""
        alive = {track.id for track in self.tracks}
        for track in before:
            if track.id in alive:
                continue
            for line in self._lines:
                line.forget(track.id)
            self._waiting.pop(track.id, None)
            path = self._paths.end(track.id)
            if path and track.state is not TrackState.TENTATIVE:
                start, points = path
                yield Trajectory(camera=self._name, object_class=track.object_class, start=start, points=points)

    def _present(self) -> list[Track]:
        return [
            track
            for track in self.tracks
            if track.state is not TrackState.TENTATIVE and track.unobserved_s <= OCCLUSION_S
        ]

    def _occupy(self, seen: tuple[float, float] | None) -> None:
        present = self._present()
        feet = np.array([track.foot for track in present], np.float64).reshape(-1, 2)
        # A box that reaches the lower edge of the view ends outside it; the person is still there.
        feet = feet.clip(0, np.nextafter(self._size, 0))
        classes = [track.object_class for track in present]
        for zone in self._zones:
            zone.observe(feet, classes, seen)

    def _seconds_until(self, utc: float) -> Iterator[AnyEvent]:
        """Say the occupancy of the seconds that are over, then the coverage, so that none is claimed without it."""
        for zone in self._zones:
            for second in zone.finished(utc):
                yield Occupancy(
                    camera=self._name,
                    zone=second.zone,
                    object_class=second.object_class,
                    start=second.start,
                    object_seconds=second.object_seconds,
                    maximum=second.maximum,
                )
        for start, end in self._coverage.said():
            yield Coverage(camera=self._name, start=start, end=end)

    def _snapshot(self, utc: float) -> Snapshot:
        width, height = self._size.tolist()
        objects = tuple(
            (track.object_class, round(track.foot[0] / width, 3), round(track.foot[1] / height, 3))
            for track in self._present()
        )
        zones = tuple(
            ZoneCount(zone=zone.name, object_class=name, count=count)
            for zone in self._zones
            for name, count in zone.now.items()
            if name != "all"
        )
        return Snapshot(camera=self._name, utc=round(utc, 3), objects=objects, zones=zones)
