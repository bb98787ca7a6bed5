"""Trackers to compare with: SORT on filterpy, and those of roboflow's `trackers` where it is installed.

A tracker takes the detections of one frame after the other and returns the rows id, x0, y0, x1, y1 of the tracks that
it reports for that frame.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from filterpy.kalman import KalmanFilter
from scipy.optimize import linear_sum_assignment

from benchmarks.scores.mot import Rows
from vision.boxes import iou
from vision.detections import Detections


class FrameTracker(Protocol):
    """What trackers have in common."""

    def __call__(self, detections: Detections) -> Rows:
        """Return (N, 5) id, x0, y0, x1, y1 after one more frame."""


class SortTrack:
    """One object of SORT: centre, area and aspect of its box; the first three change steadily."""

    def __init__(self, name: int, box: Rows) -> None:
        self.name = name
        self.hits = 0
        self.misses = 0
        kalman = KalmanFilter(dim_x=7, dim_z=4)
        kalman.F = np.eye(7) + np.eye(7, k=4)
        kalman.H = np.eye(4, 7)
        # Noises as the paper's authors chose them, in pixels and frames.
        kalman.R = np.diag([1.0, 1.0, 10.0, 10.0])
        kalman.P = np.diag([10.0, 10.0, 10.0, 10.0, 1e4, 1e4, 1e4])
        kalman.Q = np.diag([1.0, 1.0, 1.0, 1.0, 0.01, 0.01, 0.0001])
        kalman.x[:4] = _centre_area_aspect(box)
        self._kalman = kalman

    def predict(self) -> Rows:
        """Go one frame on; return the box."""
        if self._kalman.x[2, 0] + self._kalman.x[6, 0] <= 0:
            self._kalman.x[6] = 0
        self._kalman.predict()
        self.hits = self.hits if self.misses == 0 else 0
        self.misses += 1
        return self.box()

    def update(self, box: Rows) -> None:
        """Take the box that was detected."""
        self.misses = 0
        self.hits += 1
        self._kalman.update(_centre_area_aspect(box))

    def box(self) -> Rows:
        """Return x0, y0, x1, y1."""
        x, y, area, aspect = self._kalman.x[:4, 0]
        width = np.sqrt(area * aspect)
        height = area / width
        return np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])


class Sort:
    """SORT as its paper has it (Bewley et al., Simple Online and Realtime Tracking, 2016), one filter an object.

    Tracks are reported while they are detected and once they have been in `min_hits` frames in a row, or from the
    start in the first `min_hits` frames.
    """

    def __init__(self, least_iou: float = 0.3, max_age: int = 1, min_hits: int = 3) -> None:
        self._least_iou, self._max_age, self._min_hits = least_iou, max_age, min_hits
        self._tracks: list[SortTrack] = []
        self._frames = 0
        self._named = 0

    def __call__(self, detections: Detections) -> Rows:
        """Return (N, 5) id, x0, y0, x1, y1 after one more frame."""
        self._frames += 1
        boxes = detections.boxes.astype(np.float64)
        predicted = np.array([track.predict() for track in self._tracks]).reshape(-1, 4)
        overlap = iou(predicted, boxes)
        free = set(range(len(boxes)))
        rows, columns = linear_sum_assignment(overlap, maximize=True)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if overlap[row, column] >= self._least_iou:
                self._tracks[row].update(boxes[column])
                free.remove(column)
        for column in sorted(free):
            self._named += 1
            self._tracks.append(SortTrack(self._named, boxes[column]))
        early = self._frames <= self._min_hits
        reported = [t for t in self._tracks if t.misses == 0 and (early or t.hits >= self._min_hits)]
        self._tracks = [track for track in self._tracks if track.misses <= self._max_age]
        return np.array([[track.name, *track.box()] for track in reported]).reshape(-1, 5)


def _centre_area_aspect(box: Rows) -> Rows:
    """Return (4, 1) centre x and y, area, width over height."""
    width, height = box[2] - box[0], box[3] - box[1]
    return np.array([[box[0] + width / 2], [box[1] + height / 2], [width * height], [width / height]])


def public_trackers() -> Mapping[str, Callable[[float], FrameTracker]]:
    """Return by name what makes a tracker of roboflow's `trackers` for so many frames a second, defaults otherwise.

    Raises:
        ImportError: the package is not here.
    """
    trackers, supervision = import_module("trackers"), import_module("supervision")

    def maker(tracker: Callable[..., Any]) -> Callable[[float], FrameTracker]:
        def make(fps: float) -> FrameTracker:
            return _PublicTracker(tracker(frame_rate=fps), supervision.Detections)

        return make

    classes = {"SORT": "SORTTracker", "ByteTrack": "ByteTrackTracker", "OC-SORT": "OCSORTTracker"}
    return {f"trackers {name}": maker(getattr(trackers, found)) for name, found in classes.items()}


class _PublicTracker:
    """A tracker of `trackers`, behind the words used here."""

    def __init__(self, tracker: Any, detections: Callable[..., Any]) -> None:  # noqa: ANN401  # no types come with it
        self._tracker = tracker
        self._detections = detections

    def __call__(self, detections: Detections) -> Rows:
        """Return (N, 5) id, x0, y0, x1, y1 after one more frame."""
        given = self._detections(
            xyxy=detections.boxes.copy(), confidence=detections.scores.copy(), class_id=detections.classes.copy()
        )
        found = self._tracker.update(given)
        if found.tracker_id is None:
            return np.empty((0, 5))
        named = found.tracker_id >= 0
        return np.column_stack((found.tracker_id[named], found.xyxy[named]))
