"""Detections with a known truth, for trackers: no image is looked at.

| sequence | from | frames a second |
| --- | --- | --- |
| `TUD-Campus`, `TUD-Stadtmitte` | MOTChallenge 2015; the detections are those of the SORT paper | 25 |
| `PETS09-S2L1` | the same detections; the truth is the one that lies with the video | 10 |
| `PETS09-S2L1 /2`, `/4` | one in 2 and in 4 of its frames | 5, 2.5 |
| `100 walkers` | made here from a seed | 10 |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.scores.mot import Rows, read_rows
from vision.classes import CLASS_INDEX
from vision.detections import Detections

TUD = ("TUD-Campus", "TUD-Stadtmitte")
PETS = "PETS09-S2L1"
LEFT_OUT = (2, 4)
"""PETS is also tracked with one in so many of its frames."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackedSequence:
    """One sequence.

    Attributes:
        name: as above.
        fps: frames a second.
        truth: rows of the true objects (`benchmarks.scores.mot`), of frames counted from 1.
        frames: the detections of each frame, in order.
    """

    name: str
    fps: float
    truth: Rows
    frames: Sequence[Detections]


def real_sequences(data: Path) -> list[TrackedSequence]:
    """Return the sequences of the shared data folder.

    Raises:
        OSError: a file of theirs is not there.
    """
    mot15 = data / "mot15"
    sequences = [_sequence(name, 25, read_rows(mot15 / name / "gt.txt"), mot15 / name / "det.txt") for name in TUD]
    pets = _sequence(PETS, 10, read_rows(data / "pets09" / "gt.txt"), mot15 / PETS / "det.txt")
    return [*sequences, pets, *(thinned(pets, every) for every in LEFT_OUT)]


def thinned(sequence: TrackedSequence, every: int) -> TrackedSequence:
    """Return a sequence of which only one in `every` frames was looked at, from the first on."""
    truth = sequence.truth[(sequence.truth[:, 0] - 1) % every == 0].copy()
    truth[:, 0] = (truth[:, 0] - 1) // every + 1
    return TrackedSequence(f"{sequence.name} /{every}", sequence.fps / every, truth, sequence.frames[::every])


def walkers(count: int, frames: int = 200, seed: int = 1) -> TrackedSequence:
    """Return people who walk across a wide square at 10 frames a second, as a detector with faults sees them.

    Heights are 40 to 80 px; speeds have a standard deviation of one height a second along each axis. Box sides jitter
    by 3 % of the height, one box in 20 is not seen, and each frame has on average two boxes where nobody is.
    """
    rng = np.random.default_rng(seed)
    view = np.array([1920.0, 1080.0])
    height = rng.uniform(40, 80, count)
    velocity = rng.normal(0, 1, (count, 2)) * height[:, None]
    start = rng.uniform(0, view, (count, 2))
    truth, seen = [], []
    for frame in range(1, frames + 1):
        # Who leaves on one side comes back on the other; trackers see an exit and an entry, the truth names them anew.
        laps, feet = np.divmod(start + velocity * (frame / 10), view)
        boxes = np.stack((feet[:, 0] - height / 5, feet[:, 1] - height, feet[:, 0] + height / 5, feet[:, 1]), axis=1)
        names = np.arange(count) + count * ((laps + 100) @ (1000, 1))
        truth.append(np.column_stack((np.full(count, frame), names, boxes[:, :2], boxes[:, 2:] - boxes[:, :2])))
        seen.append(_faulty(rng, boxes, height, view))
    return TrackedSequence(f"{count} walkers", 10, np.concatenate(truth), seen)


def _faulty(rng: np.random.Generator, boxes: Rows, height: Rows, view: Rows) -> Detections:
    """Return what a detector might make of boxes (N, 4) xyxy."""
    jittered = boxes + rng.normal(0, 0.03, boxes.shape) * height[:, None]
    jittered = jittered[rng.random(len(boxes)) >= 0.05]
    false = rng.uniform(0, view, (rng.poisson(2), 2))
    every = np.concatenate((jittered, np.concatenate((false, false + np.array([24, 60])), axis=1)))
    return _pedestrians(every, np.full(len(every), 0.9))


def _sequence(name: str, fps: float, truth: Rows, detected: Path) -> TrackedSequence:
    rows = read_rows(detected)
    frames = []
    for frame in range(1, int(max(truth[:, 0].max(), rows[:, 0].max())) + 1):
        here = rows[rows[:, 0] == frame]
        frames.append(_pedestrians(np.concatenate((here[:, 2:4], here[:, 2:4] + here[:, 4:6]), axis=1), here[:, 6]))
    return TrackedSequence(name, fps, truth, frames)


def _pedestrians(boxes: Rows, scores: Rows) -> Detections:
    pedestrian = np.full(len(boxes), CLASS_INDEX["pedestrian"])
    return Detections(boxes.astype(np.float32), scores.astype(np.float32), pedestrian)
