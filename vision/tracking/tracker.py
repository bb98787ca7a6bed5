"""Detections of one camera, frame after frame, become tracks.

A track is *tentative* until it has been observed for `confirm_s`, then *confirmed*; a confirmed track that is not
observed is *lost*, and is forgotten after `patience_s`. Association goes in two stages: confident detections with all
tracks, then the others with the tracks that are left, so that an object which is half hidden keeps its track but
never starts one (the idea of ByteTrack, Zhang et al. 2022).
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from vision.boxes import FloatArray, buffered_iou, foot_points
from vision.classes import CLASSES, ClassName
from vision.detections import Detections
from vision.tracking import motion
from vision.tracking.association import Indices, associate
from vision.tracking.motion import Floats


class TrackState(Enum):
    """How sure it is that a track is an object, and whether it is seen now."""

    TENTATIVE = auto()
    CONFIRMED = auto()
    LOST = auto()


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

    The values are first choices from how people and vehicles move, held against the counts on PETS2009 S2.L1
    (benchmarks/passages.py); they have not been searched for.
    """

    confirm_s: float = 0.2
    tentative_patience_s: float = 0.25
    patience_s: float = 1.0
    least_similarity: float = 0.2
    least_similarity_low: float = 0.4
    position_std: float = 0.05
    """Of a measured coordinate: the usual jitter of a detector's box sides (SORT and DeepSORT use 1/20)."""
    velocity_std: float = 2.0
    """Of a new track: a walker makes about one height a second, a car several."""
    acceleration_std: float = 1.0
    """Square root of the acceleration's spectral density: a walker gains about a height a second in a second."""
    size_acceleration_std: float = 0.2
    """The same for width and height, which change far more slowly than the place."""
    buffer_stds: float = 1.0
    """Boxes are compared after growing by so many standard deviations of the predicted foot point."""
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
        self._settings = settings or TrackerSettings()
        self._time: float | None = None
        self._next_id = 1
        self._ids = np.empty(0, np.int64)
        self._mean = np.empty((0, 4, 2))
        self._covariance = np.empty((0, 4, 2, 2))
        self._votes = np.empty((0, len(CLASSES)))
        self._born_at = np.empty(0)
        self._seen_at = np.empty(0)
        self._confirmed = np.empty(0, np.bool_)

    def update(self, detections: Detections, captured_at: float) -> list[Track]:
        """Take the detections of one frame and return all tracks that live after it.

        Args:
            detections: boxes in pixels of the working frame.
            captured_at: seconds on a clock that never goes back.

        Raises:
            ValueError: captured_at is not later than that of the frame before.
        """
        if self._time is not None and captured_at <= self._time:
            raise ValueError(f"frame captured at {captured_at} s, expected later than {self._time} s")
        # What has been away for too long is not to be found again, however long the gap between two frames was.
        self._keep(captured_at - self._seen_at <= self._settings.patience_s)
        self._predict(0.0 if self._time is None else captured_at - self._time)
        self._time = captured_at
        measured = motion.coordinates(detections.boxes)
        of_track = self._associate(detections)
        self._observe(of_track, measured, detections, captured_at)
        free = np.ones(len(detections), np.bool_)
        free[of_track[of_track >= 0]] = False
        started = self._start(np.flatnonzero(free), measured, detections, captured_at)
        observed_as = np.concatenate((of_track, started))
        alive = self._alive(captured_at)
        self._keep(alive)
        return self._tracks(observed_as[alive], detections, captured_at)

    def _noise_scale(self) -> Floats:
        """Return box heights (N, 1), at least a pixel, in which all noises are expressed."""
        return np.maximum(self._mean[:, 3:4, 0], 1)

    def _predict(self, dt: float) -> None:
        s = self._settings
        std = self._noise_scale() * (
            s.acceleration_std,
            s.acceleration_std,
            s.size_acceleration_std,
            s.size_acceleration_std,
        )
        self._mean, self._covariance = motion.predict(self._mean, self._covariance, dt, std**2)

    def _associate(self, detections: Detections) -> Indices:
        """Return, for each track, the index of its detection, or -1."""
        similarity = self._similarity(detections)
        confident = detections.scores >= self._confident
        of_track = np.full(len(self._ids), -1, np.int64)
        everyone = np.arange(len(self._ids))
        for tracks, candidates, least in (
            (everyone, np.flatnonzero(confident), self._settings.least_similarity),
            (everyone, np.flatnonzero(~confident), self._settings.least_similarity_low),
        ):
            free = tracks[of_track[tracks] < 0]
            rows, columns = associate(similarity[np.ix_(free, candidates)], least)
            of_track[free[rows]] = candidates[columns]
        return of_track

    def _similarity(self, detections: Detections) -> FloatArray:
        """Return (T, D) overlap of predicted and detected boxes, both grown by how unsure the prediction is."""
        predicted = motion.to_boxes(self._mean[..., 0])
        sides = np.clip(self._mean[:, 2:, 0], 1, None)
        unsure = np.sqrt(self._covariance[:, :2, 0, 0]) * self._settings.buffer_stds
        return buffered_iou(predicted, detections.boxes.astype(np.float64), np.minimum(unsure / sides, 1.0))

    def _observe(self, of_track: Indices, measured: Floats, detections: Detections, now: float) -> None:
        seen = np.flatnonzero(of_track >= 0)
        chosen = of_track[seen]
        std = np.repeat(np.maximum(measured[chosen, 3:4], 1) * self._settings.position_std, 4, axis=1)
        self._mean[seen], self._covariance[seen] = motion.update(
            self._mean[seen], self._covariance[seen], measured[chosen], std
        )
        self._votes[seen, detections.classes[chosen]] += detections.scores[chosen]
        self._seen_at[seen] = now
        # The tolerance keeps a frame time such as 0.30000000000000004 from waiting for one frame more.
        self._confirmed[seen] |= now - self._born_at[seen] >= self._settings.confirm_s - 1e-6

    def _start(self, free: Indices, measured: Floats, detections: Detections, now: float) -> Indices:
        """Start tracks on confident detections that continue none; return the indices of those detections."""
        room = self._settings.most_tracks - len(self._ids)
        chosen = free[detections.scores[free] >= self._confident][: max(room, 0)]
        n = len(chosen)
        if n == 0:
            return chosen
        height = np.repeat(np.maximum(measured[chosen, 3:4], 1), 4, axis=1)
        mean, covariance = motion.initiate(
            measured[chosen],
            height * self._settings.position_std,
            height * self._settings.velocity_std * (1, 1, 0.1, 0.1),
        )
        votes = np.zeros((n, len(CLASSES)))
        votes[np.arange(n), detections.classes[chosen]] = detections.scores[chosen]
        self._ids = np.concatenate((self._ids, np.arange(self._next_id, self._next_id + n)))
        self._next_id += n
        self._mean = np.concatenate((self._mean, mean))
        self._covariance = np.concatenate((self._covariance, covariance))
        self._votes = np.concatenate((self._votes, votes))
        self._born_at = np.concatenate((self._born_at, np.full(n, now)))
        self._seen_at = np.concatenate((self._seen_at, np.full(n, now)))
        self._confirmed = np.concatenate((self._confirmed, np.zeros(n, np.bool_)))
        return chosen

    def _alive(self, now: float) -> npt.NDArray[np.bool_]:
        patience = np.where(self._confirmed, self._settings.patience_s, self._settings.tentative_patience_s)
        return now - self._seen_at <= patience

    def _keep(self, alive: npt.NDArray[np.bool_]) -> None:
        if alive.all():
            return
        self._ids = self._ids[alive]
        self._mean = self._mean[alive]
        self._covariance = self._covariance[alive]
        self._votes = self._votes[alive]
        self._born_at = self._born_at[alive]
        self._seen_at = self._seen_at[alive]
        self._confirmed = self._confirmed[alive]

    def _tracks(self, observed_as: Indices, detections: Detections, now: float) -> list[Track]:
        boxes = motion.to_boxes(self._mean[..., 0])
        observed = observed_as >= 0
        boxes[observed] = detections.boxes[observed_as[observed]]
        rows = zip(
            self._ids.tolist(),
            self._votes.argmax(axis=1).tolist(),
            boxes.tolist(),
            foot_points(boxes).tolist(),
            self._mean[:, :2, 1].tolist(),
            self._confirmed.tolist(),
            (now - self._seen_at).tolist(),
            strict=True,
        )
        return [
            Track(i, CLASSES[c], tuple(box), tuple(foot), tuple(velocity), _state(confirmed, unobserved), unobserved)
            for i, c, box, foot, velocity, confirmed, unobserved in rows
        ]


def _state(confirmed: bool, unobserved_s: float) -> TrackState:
    if not confirmed:
        return TrackState.TENTATIVE
    return TrackState.CONFIRMED if unobserved_s == 0 else TrackState.LOST
