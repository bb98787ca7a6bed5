"""Detections of one camera, frame after frame, become tracks.

A track is *tentative* until it has been observed for `confirm_s`, then *confirmed*; a confirmed track that is not
observed is *lost*, and is forgotten after `patience_s`. Tracks and detections are paired by how likely the one is given
the other (`association.evidence`), in two stages: confident detections with all tracks, then the others with the tracks
that are left, so that an object which is half hidden keeps its track but never starts one (the idea of ByteTrack, Zhang
et al. 2022). A track that is found again takes its old name: gaps are stitched by motion alone.
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from vision.boxes import iou
from vision.classes import CLASSES, ClassName
from vision.detections import Detections
from vision.tracking import motion
from vision.tracking.association import Indices, associate, evidence
from vision.tracking.motion import POSITION, VELOCITY, Floats

WALKERS: tuple[ClassName, ...] = ("pedestrian", "swimmer")
"""Whoever moves on their own feet or arms; all others have wheels."""


class TrackState(Enum):
    """How sure it is that a track is an object, and whether it is seen now."""

    TENTATIVE = auto()
    CONFIRMED = auto()
    LOST = auto()


STATES = tuple(TrackState)


@dataclass(frozen=True, slots=True)
class Track:
    """One object as it is known after a frame.

    Attributes:
        id: distinct within the tracker's life; never stored and never published.
        object_class: the score-weighted vote of the track's life so far.
        box: x0, y0, x1, y1 in pixels of the working frame; as observed, or as predicted while not observed.
        foot: bottom centre of the box.
        velocity: of the foot, pixels per second.
        state: tentative, confirmed or lost.
        unobserved_s: seconds since a detection last belonged to it; 0 when one of this frame does.
    """

    id: int
    object_class: ClassName
    box: tuple[float, float, float, float]
    foot: tuple[float, float]
    velocity: tuple[float, float]
    state: TrackState
    unobserved_s: float

    @property
    def observed(self) -> bool:
        """Whether a detection of this frame belongs to the track."""
        return self.unobserved_s == 0


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """Every constant of the tracker. Lengths are in heights of the object's box, times in seconds.

    Noises and accelerations of walkers are measured (benchmarks/detection_noise.py); what was found on PETS2009 S2.L1,
    TUD-Campus and TUD-Stadtmitte is given in brackets, in this order. `least_evidence`, `patience_s`,
    `size_acceleration_std` and the velocities were chosen by trying a few values of each, one at a time, on PETS at 10,
    5 and 2.5 frames a second, TUD-Stadtmitte at 25 and 5, all also backwards, and on what the detector `street` sees of
    PETS and of the vehicles of `jamcam_mot`. Nothing was chosen by TUD-Campus, though its scores were seen meanwhile.
    """

    confirm_s: float = 0.2
    tentative_patience_s: float = 0.2
    patience_s: float = 2.0
    least_evidence: float = 2.0
    """Of a pair of track and detection (`association.evidence`): the log density of detections that are somebody
    else's, or nobody's, up to the same constant."""
    least_evidence_low: float = 8.0
    """The same where the detection is not confident. It has to be nearly where it is expected, or what is seen in the
    background keeps alive what is gone."""
    least_peak_evidence: float = 4.0
    """Of a detection just where it is expected: it is never out of question."""
    least_turning_iou: float = 0.5
    """Overlap of a detection that nothing expects with the box of a track at the look before, from which on they are
    one that has turned on the spot."""
    noise_std: tuple[float, float, float, float] = (0.05, 0.08, 0.08, 0.11)
    """Of measured foot x (0.06, 0.05, 0.03), foot y (0.09, 0.08, 0.07), width (0.08, 0.09, 0.06) and height (0.13,
    0.10, 0.09)."""
    association_freedom: float = 5.0
    """Degrees of freedom of Student's t when tracks and detections are paired …"""
    update_freedom: tuple[float, float, float, float] = (np.inf, 4.0, 4.0, 4.0)
    """… and when a track takes in a foot x, foot y, width and height: errors from frame to frame have a kurtosis of 4
    to 17. Whoever stands in front cuts the lower end off a box; foot x is left to tell at once that somebody stops."""
    walker_velocity_std: float = 2.0
    """Of a new track that is a pedestrian or a swimmer: walkers make 0.3 to 0.6 heights a second, runners more."""
    vehicle_velocity_std: float = 8.0
    """The same of anything with wheels: 50 km/h are some 8 heights of a car a second."""
    walker_acceleration_std: float = 0.25
    """Square root of the acceleration's spectral density (0.17, 0.18, 0.10, over 0.4 s); somewhat more, for nearly
    everybody there walks on and on."""
    vehicle_acceleration_std: float = 0.6
    """The same with wheels: a car that brakes changes its speed by one or two heights a second in a second."""
    size_velocity_std: float = 0.05
    """Of width and height of a new track, which change slowly …"""
    size_acceleration_std: float = 0.1
    """… and at a slowly changing rate."""
    most_tracks: int = 500
    """Bound on memory: beyond it no new track is started."""


class Tracker:
    """The tracks of one camera.

    Args:
        confident: detections of at least this score may start tracks and are associated first.
        settings: constants.
    """

    def __init__(self, confident: float = 0.5, settings: TrackerSettings | None = None) -> None:
        self._confident = confident
        self._settings = s = settings or TrackerSettings()
        self._noise_std = np.array(s.noise_std)
        self._heavy_tail = 1 / np.array(s.update_freedom)
        walks = np.array([name in WALKERS for name in CLASSES])
        # By class, of foot x, foot y, width and height.
        self._velocity_std = _by_class(walks, s.walker_velocity_std, s.vehicle_velocity_std, s.size_velocity_std)
        self._acceleration_density = (
            _by_class(walks, s.walker_acceleration_std, s.vehicle_acceleration_std, s.size_acceleration_std) ** 2
        )
        self._time = float("-inf")
        self._next_id = 1
        self._ids = np.empty(0, np.int64)
        self._state = np.empty((5, 0, 4))
        self._found = np.empty((0, 4))
        self._votes = np.empty((0, len(CLASSES)))
        self._classes = np.empty(0, np.int64)
        self._born_at = np.empty(0)
        self._seen_at = np.empty(0)
        self._confirmed = np.empty(0, np.bool_)

    @property
    def settled_after_s(self) -> float:
        """Seconds after which nothing that is seen later changes what is known of a frame (`tracking.hindsight`)."""
        return self._settings.patience_s + self._settings.confirm_s

    def update(self, detections: Detections, captured_at: float) -> list[Track]:
        """Take the detections of one frame and return all tracks that live after it.

        Args:
            detections: boxes in pixels of the working frame.
            captured_at: seconds on a clock that never goes back.

        Raises:
            ValueError: captured_at is not later than that of the frame before.
        """
        if captured_at <= self._time:
            raise ValueError(f"frame captured at {captured_at} s, expected later than {self._time} s")
        # What has been away for too long is not to be found again, however long the gap between two frames was.
        self._keep(captured_at - self._seen_at <= self._settings.patience_s)
        if len(self._ids):
            height = np.maximum(self._state[POSITION, :, 3:], 1)
            density = self._acceleration_density[self._classes] * (height * height)
            motion.predict(self._state, captured_at - self._time, density)
        before, self._time = self._time, captured_at
        measured = motion.coordinates(detections.boxes)
        of_track = self._associate(measured, detections)
        self._turn(of_track, measured, detections, before)
        self._observe(of_track, measured, detections)
        of_track = self._start(of_track, measured, detections)
        patience = np.where(self._confirmed, self._settings.patience_s, self._settings.tentative_patience_s)
        alive = captured_at - self._seen_at <= patience
        self._keep(alive)
        return self._tracks(of_track[alive], detections)

    def forget(self) -> None:
        """Forget all tracks; no later one has the id of one of them."""
        self._keep(np.zeros(len(self._ids), np.bool_))

    def _associate(self, measured: Floats, detections: Detections) -> Indices:
        """Return, for each track, the index of its detection, or -1."""
        s = self._settings
        of_track = np.full(len(self._ids), -1, np.int64)
        if not len(self._ids) or not len(detections):
            return of_track
        worth = evidence(self._state, measured, self._noise_std, s.association_freedom, s.least_peak_evidence)
        confident = detections.scores >= self._confident
        if confident.all():
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
        self._confirmed[seen] |= self._time - self._born_at[seen] >= self._settings.confirm_s - 1e-6

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
        self._found = np.concatenate((self._found, found))
        self._votes = np.concatenate((self._votes, votes))
        self._classes = np.concatenate((self._classes, detections.classes[chosen]))
        self._born_at = np.concatenate((self._born_at, now))
        self._seen_at = np.concatenate((self._seen_at, now))
        self._confirmed = np.concatenate((self._confirmed, np.zeros(n, np.bool_)))
        return np.concatenate((of_track, chosen))

    def _keep(self, alive: npt.NDArray[np.bool_]) -> None:
        if alive.all():
            return
        self._ids = self._ids[alive]
        self._state = self._state[:, alive]
        self._found = self._found[alive]
        self._votes = self._votes[alive]
        self._classes = self._classes[alive]
        self._born_at = self._born_at[alive]
        self._seen_at = self._seen_at[alive]
        self._confirmed = self._confirmed[alive]

    def _tracks(self, of_track: Indices, detections: Detections) -> list[Track]:
        boxes = motion.to_boxes(self._state[POSITION])
        observed = of_track >= 0
        boxes[observed] = detections.boxes[of_track[observed]]
        feet = zip(((boxes[:, 0] + boxes[:, 2]) / 2).tolist(), boxes[:, 3].tolist(), strict=True)
        states = self._confirmed * (1 + (self._time > self._seen_at))
        return list(
            map(
                Track,
                self._ids.tolist(),
                [CLASSES[index] for index in self._classes.tolist()],
                zip(*boxes.T.tolist(), strict=True),
                feet,
                zip(*self._state[VELOCITY, :, :2].T.tolist(), strict=True),
                [STATES[index] for index in states.tolist()],
                (self._time - self._seen_at).tolist(),
            )
        )


def _by_class(walks: npt.NDArray[np.bool_], walker: float, vehicle: float, size: float) -> Floats:
    """Return (classes, 4): of a walker's or a vehicle's foot x and y, then of width and height."""
    foot = np.where(walks, walker, vehicle)
    return np.column_stack((foot, foot, np.full((len(walks), 2), size)))
