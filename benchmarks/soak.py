"""A great many short-lived tracks through one tracker: memory must not grow with what has been."""

import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vision.classes import CLASS_INDEX
from vision.detections import Detections
from vision.tracking.tracker import Tracker

AT_ONCE = 100
LOOKS = 3
"""Each object is seen so often, which confirms it, and then never again."""
FRAME_S, BETWEEN_S = 0.15, 5.0
"""Time between two looks at the same objects, and until the next ones: the former are forgotten by then."""


@dataclass(frozen=True, slots=True)
class SoakState:
    """How a soak stands.

    Attributes:
        tracks: ids given so far.
        blocks: of memory that Python's allocator holds (`sys.getallocatedblocks`).
        peak_kib: the most that the process has ever held, arrays included, in KiB (`ru_maxrss`).
        alive: tracks that live.
    """

    tracks: int
    blocks: int
    peak_kib: int
    alive: int


def soak(tracks: int, reports: int = 10) -> Iterator[SoakState]:
    """Take objects at new places through a tracker; yield how it stands, so many times, evenly."""
    tracker, rng, now = Tracker(), np.random.default_rng(1), 0.0
    groups = -(-tracks // AT_ONCE)
    for group in range(1, groups + 1):
        seen = _objects(rng)
        for _ in range(LOOKS):
            now += FRAME_S
            living = tracker.update(seen, now)
        now += BETWEEN_S
        if group * reports // groups > (group - 1) * reports // groups:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            yield SoakState(max(track.id for track in living), sys.getallocatedblocks(), peak, len(living))


def _objects(rng: np.random.Generator) -> Detections:
    """Return objects that stand apart from each other."""
    across = int(np.ceil(np.sqrt(AT_ONCE)))
    places = 100 * np.stack(np.divmod(np.arange(AT_ONCE), across), axis=1) + rng.uniform(0, 50, (AT_ONCE, 2))
    boxes = np.concatenate((places, places + np.array([16, 40])), axis=1).astype(np.float32)
    scores = np.full(AT_ONCE, 0.9, np.float32)
    return Detections(boxes, scores, np.full(AT_ONCE, CLASS_INDEX["pedestrian"]))
