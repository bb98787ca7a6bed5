"""Detections of one camera, frame after frame, become tracks.

A track is *tentative* until it has been observed for `confirm_s` and is believed, then *confirmed*; a confirmed track
that is not observed is *lost*, and is forgotten after `patience_s`. What has wheels is believed; a walker is once seen
surely, or to have left the place where it was found: what a detector takes for a person all day, though never surely,
is a post. Such a track is soon expected to stand for ever, so that whoever passes the post neither takes its box nor
gives it theirs.

Tracks and detections are paired by how likely the one is given the other (`association.evidence`), in two stages:
confident detections with all tracks, then the others with the tracks that are left, so that an object which is half
hidden keeps its track but never starts one (the idea of ByteTrack, Zhang et al. 2022). A track that is found again
takes its old name: gaps are stitched by motion alone.
"""

import numpy as np
import numpy.typing as npt

from vision.boxes import iou
from vision.classes import CLASSES
from vision.detections import Detections
from vision.tracking import motion
from vision.tracking.association import Indices, associate, evidence
from vision.tracking.motion import POSITION, VELOCITY, Floats
from vision.tracking.settings import WALKERS, TrackerSettings
from vision.tracking.track import STATES, Track


class Tracker:
    """The tracks of one camera.

    Args:
        confident: detections of at least this score may start tracks and are associated first.
        sure: walkers of at least this score are believed wherever they stand; `confident` if not given.
        settings: constants.
    """

    def __init__(
        self, confident: float = 0.5, sure: float | None = None, settings: TrackerSettings | None = None
    ) -> None:
        self._confident = confident
        self._sure = confident if sure is None else sure
        self._settings = s = settings or TrackerSettings()
        self._noise_std = np.array(s.noise_std)
        self._heavy_tail = 1 / np.array(s.update_freedom)
        self._walks = walks = np.array([name in WALKERS for name in CLASSES])
        # By class, of foot x, foot y, width and height.
        self._velocity_std = _by_class(walks, s.walker_velocity_std, s.vehicle_velocity_std, s.size_velocity_std)
        self._acceleration_density = (
            _by_class(walks, s.walker_acceleration_std, s.vehicle_acceleration_std, s.size_acceleration_std) ** 2
        )
        self._time = float("-inf")
        self._next_id = 1
        self._ids = np.empty(0, np.int64)
        self._state = np.empty((5, 0, 4))
        self._origin = np.empty((0, 2))
        self._found = np.empty((0, 4))
        self._votes = np.empty((0, len(CLASSES)))
        self._classes = np.empty(0, np.int64)
        self._born_at = np.empty(0)
        self._seen_at = np.empty(0)
        self._believed = np.empty(0, np.bool_)
        self._lasting = np.empty(0, np.bool_)
        self._confirmed = np.empty(0, np.bool_)

    @property
    def settled_after_s(self) -> float:
        """Seconds after which what is seen later hardly changes what is known of a frame (`tracking.hindsight`).

        Only of a walker who stood, doubted, for longer before moving does one learn later still.
        """
        return self._settings.patience_s + self._settings.confirm_s

    def update(self, detections: Detections, captured_at: float) -> list[Track]:
        """Take the detections of one frame and return all tracks that live after it.

        Args:
            detections: boxes in pixels of the camera's `frame_size`.
            captured_at: seconds on a clock that never goes back.

        Raises:
            ValueError: captured_at is not later than that of the frame before.
        """
        if captured_at <= self._time:
            raise ValueError(f"frame captured at {captured_at} s, expected later than {self._time} s")
        # What has been away for too long is not to be found again, however long the gap between two frames was.
        self._keep(captured_at - self._seen_at <= self._patience())
        if len(self._ids):
            self._predict(captured_at - self._time)
        before, self._time = self._time, captured_at
        measured = motion.coordinates(detections.boxes)
        of_track = self._associate(measured, detections)
        self._turn(of_track, measured, detections, before)
        self._observe(of_track, measured, detections)
        of_track = self._start(of_track, measured, detections)
        alive = captured_at - self._seen_at <= np.where(
            self._lasting, self._patience(), self._settings.tentative_patience_s
        )
        self._keep(alive)
        return self._tracks(of_track[alive], detections)

    def forget(self) -> None:
        """Forget all tracks; no later one has the id of one of them."""
        self._keep(np.zeros(len(self._ids), np.bool_))

    def _stands(self) -> npt.NDArray[np.bool_]:
        """Return for each track whether it is taken to stand for ever: neither moved nor sure for long enough."""
        return ~self._believed & (self._seen_at - self._born_at > self._settings.standing_s)

    def _patience(self) -> Floats:
        """Return for how many seconds each track that has lasted may be unobserved."""
        if _all(self._believed):
            return np.full(len(self._ids), self._settings.patience_s)
        return np.where(self._stands(), self._settings.standing_patience_s, self._settings.patience_s)

    def _predict(self, dt: float) -> None:
        height = np.maximum(self._state[POSITION, :, 3:], 1)
        density = self._acceleration_density[self._classes] * (height * height)
        if not _all(self._believed):
            stands = self._stands()
            density[stands] = 0
            motion.rest(self._state, stands)
        motion.predict(self._state, dt, density)

    def _associate(self, measured: Floats, detections: Detections) -> Indices:
        """Return, for each track, the index of its detection, or -1."""
        s = self._settings
        of_track = np.full(len(self._ids), -1, np.int64)
        if not len(self._ids) or not len(detections):
            return of_track
        worth = evidence(self._state, measured, self._noise_std, s.association_freedom, s.least_peak_evidence)
        if not _all(self._believed):
            # Never a post: it belongs to who passes before it, or if there is nobody, to who stands there (`_turn`).
            worth[np.ix_(self._stands(), detections.scores >= self._sure)] = -np.inf
        confident = detections.scores >= self._confident
        if _all(confident):
            rows, columns = associate(worth, s.least_evidence)
            of_track[rows] = columns
            return of_track
        sure, unsure = confident.nonzero()[0], (~confident).nonzero()[0]
        rows, columns = associate(worth[:, sure], s.least_evidence)
        of_track[rows] = sure[columns]
        free = (of_track < 0).nonzero()[0]
        rows, columns = associate(worth[free[:, None], unsure], s.least_evidence_low)
        of_track[free[rows]] = unsure[columns]
        return of_track

    def _turn(self, of_track: Indices, measured: Floats, detections: Detections, before: float) -> None:
        """Give tracks that were seen at the look `before` a detection that is left over in about the same place.

        Whoever turns on the spot is not where anybody expects, and a filter that does not believe in outliers does
        not follow; but the box still lies over the one before. The motion of such a track begins anew. `of_track` is
        changed.
        """
        left = ((of_track < 0) & (self._seen_at == before)).nonzero()[0]
        free = detections.scores >= self._confident
        free[of_track[of_track >= 0]] = False
        if not len(left) or not free.any():
            return
        unclaimed = free.nonzero()[0]
        overlap = iou(motion.to_boxes(self._found[left]), detections.boxes[unclaimed])
        rows, columns = associate(np.asarray(overlap, np.float64), self._settings.least_turning_iou)
        turned, chosen = left[rows], unclaimed[columns]
        of_track[turned] = chosen
        velocity_std = self._velocity_std[self._classes[turned]] * np.maximum(measured[chosen, 3:], 1)
        self._state[:, turned] = motion.initiate(measured[chosen], self._measured_std(measured[chosen]), velocity_std)

    def _observe(self, of_track: Indices, measured: Floats, detections: Detections) -> None:
        seen = (of_track >= 0).nonzero()[0]
        if not len(seen):
            return
        chosen = of_track[seen]
        found = measured[chosen]
        variance = self._measured_std(found) ** 2
        self._state[:, seen] = motion.update(self._state[:, seen], found, variance, self._heavy_tail)
        self._votes[seen, detections.classes[chosen]] += detections.scores[chosen]
        self._classes = self._votes.argmax(axis=1)
        self._seen_at[seen] = self._time
        self._found[seen] = found
        # The tolerance keeps a frame time such as 0.30000000000000004 from waiting for one frame more.
        self._lasting[seen] |= self._time - self._born_at[seen] >= self._settings.confirm_s - 1e-6
        self._believed[seen] |= detections.scores[chosen] >= self._sure
        if not _all(self._believed):
            self._believed |= self._has_left() | ~self._walks[self._classes]
        self._confirmed |= self._lasting & self._believed

    def _has_left(self) -> npt.NDArray[np.bool_]:
        """Return for each track whether its foot has left the place where it was found."""
        foot, height = self._state[POSITION, :, :2], self._state[POSITION, :, 3]
        left: npt.NDArray[np.bool_] = np.hypot(*(foot - self._origin).T) > self._settings.least_way * np.maximum(
            height, 1
        )
        return left

    def _measured_std(self, measured: Floats) -> Floats:
        """Return the standard deviation (N, 4) of measured coordinates (N, 4); no box counts as lower than a pixel."""
        return self._noise_std * np.maximum(measured[:, 3:], 1)

    def _start(self, of_track: Indices, measured: Floats, detections: Detections) -> Indices:
        """Start tracks on confident detections that continue none; return what each track is observed as, or -1."""
        free = detections.scores >= self._confident
        free[of_track[of_track >= 0]] = False
        chosen = free.nonzero()[0][: max(self._settings.most_tracks - len(self._ids), 0)]
        n = len(chosen)
        if n == 0:
            return of_track
        found = measured[chosen]
        velocity_std = self._velocity_std[detections.classes[chosen]] * np.maximum(found[:, 3:], 1)
        state = motion.initiate(found, self._measured_std(found), velocity_std)
        votes = np.zeros((n, len(CLASSES)))
        votes[np.arange(n), detections.classes[chosen]] = detections.scores[chosen]
        now = np.full(n, self._time)
        self._ids = np.concatenate((self._ids, np.arange(self._next_id, self._next_id + n)))
        self._next_id += n
        self._state = np.concatenate((self._state, state), axis=1)
        self._origin = np.concatenate((self._origin, found[:, :2]))
        self._found = np.concatenate((self._found, found))
        self._votes = np.concatenate((self._votes, votes))
        self._classes = np.concatenate((self._classes, detections.classes[chosen]))
        self._born_at = np.concatenate((self._born_at, now))
        self._seen_at = np.concatenate((self._seen_at, now))
        self._believed = np.concatenate((self._believed, detections.scores[chosen] >= self._sure))
        self._lasting = np.concatenate((self._lasting, np.zeros(n, np.bool_)))
        self._confirmed = np.concatenate((self._confirmed, np.zeros(n, np.bool_)))
        return np.concatenate((of_track, chosen))

    def _keep(self, alive: npt.NDArray[np.bool_]) -> None:
        if _all(alive):
            return
        self._ids = self._ids[alive]
        self._state = self._state[:, alive]
        self._origin = self._origin[alive]
        self._found = self._found[alive]
        self._votes = self._votes[alive]
        self._classes = self._classes[alive]
        self._born_at = self._born_at[alive]
        self._seen_at = self._seen_at[alive]
        self._believed = self._believed[alive]
        self._lasting = self._lasting[alive]
        self._confirmed = self._confirmed[alive]

    def _tracks(self, of_track: Indices, detections: Detections) -> list[Track]:
        boxes = motion.to_boxes(self._state[POSITION])
        observed = of_track >= 0
        boxes[observed] = detections.boxes[of_track[observed]]
        feet = zip(((boxes[:, 0] + boxes[:, 2]) / 2).tolist(), boxes[:, 3].tolist(), strict=True)
        states = self._confirmed * (1 + (self._time > self._seen_at))
        fields = zip(
            self._ids.tolist(),
            [CLASSES[index] for index in self._classes.tolist()],
            zip(*boxes.T.tolist(), strict=True),
            feet,
            zip(*self._state[VELOCITY, :, :2].T.tolist(), strict=True),
            [STATES[index] for index in states.tolist()],
            (self._time - self._seen_at).tolist(),
            strict=True,
        )
        return list(map(Track._make, fields))


def _all(flags: npt.NDArray[np.bool_]) -> bool:
    """Return whether all flags are set; numpy's `all` takes ten times as long for a handful."""
    return bool(np.count_nonzero(flags) == len(flags))


def _by_class(walks: npt.NDArray[np.bool_], walker: float, vehicle: float, size: float) -> Floats:
    """Return (classes, 4): of a walker's or a vehicle's foot x and y, then of width and height."""
    foot = np.where(walks, walker, vehicle)
    return np.column_stack((foot, foot, np.full((len(walks), 2), size)))
