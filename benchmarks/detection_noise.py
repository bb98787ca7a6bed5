"""How detections err and how people move, in heights: where the tracker's noises come from.

    python -m benchmarks.detection_noise --data DIR

DIR is the shared data folder. Detections are matched with the truth from an overlap of 0.3 on. For each sequence are
printed: the standard deviation of detected less true foot x, foot y, width and height; the same of how that changes
from one frame to the next, over the square root of 2, and its kurtosis (3 were Gaussian); and by axis how the true
speed differs between two stretches of 0.4 s, over the square root of the time between them, which is the square root of
the acceleration's spectral density.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import kurtosis

from benchmarks.scores.mot import Rows
from benchmarks.truth.sequences import TrackedSequence, real_sequences
from vision.boxes import iou
from vision.tracking.motion import coordinates

STRETCH_S = 0.4


def true_coordinates(rows: Rows) -> Rows:
    """Return (N, 4) foot x, foot y, width, height of rows."""
    return coordinates(np.concatenate((rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]), axis=1))


def errors(sequence: TrackedSequence) -> Rows:
    """Return (N, 6) true id, frame, and by how many true heights the detected coordinates are off."""
    found = []
    for frame, seen in enumerate(sequence.frames, 1):
        truth = sequence.truth[sequence.truth[:, 0] == frame]
        true_boxes = np.concatenate((truth[:, 2:4], truth[:, 2:4] + truth[:, 4:6]), axis=1)
        overlap = iou(true_boxes, seen.boxes)
        rows, columns = linear_sum_assignment(overlap, maximize=True)
        enough = overlap[rows, columns] >= 0.3
        rows, columns = rows[enough], columns[enough]
        off = (coordinates(seen.boxes[columns]) - true_coordinates(truth[rows])) / truth[rows, 5:6]
        found.append(np.column_stack((truth[rows, 1], truth[rows, 0], off)))
    return np.concatenate(found)


def steps(off: Rows) -> Rows:
    """Return (N, 4) how errors change between neighbouring frames of the same object."""
    ordered = off[np.lexsort((off[:, 1], off[:, 0]))]
    change = np.diff(ordered, axis=0)
    return change[(change[:, 0] == 0) & (change[:, 1] == 1), 2:]


def accelerations(sequence: TrackedSequence) -> Rows:
    """Return (N, 2) changes of the true foot's speed from one stretch to the next, over the square root of its time."""
    stretch = round(STRETCH_S * sequence.fps)
    found = []
    for name in np.unique(sequence.truth[:, 1]):
        rows = sequence.truth[sequence.truth[:, 1] == name]
        feet = true_coordinates(rows[np.argsort(rows[:, 0])])[:, :2] / rows[:, 5].mean()
        speed = (feet[stretch:] - feet[:-stretch]) / STRETCH_S
        found.append((speed[stretch:] - speed[:-stretch]) / np.sqrt(STRETCH_S))
    return np.concatenate(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    for sequence in real_sequences(parser.parse_args().data)[:3]:
        off = errors(sequence)
        change = steps(off)
        with np.printoptions(precision=3, suppress=True):
            print(f"{sequence.name}: {len(off)} detections of {len(sequence.truth)} true boxes")
            print("  std of the error, foot x and y, width, height:", off[:, 2:].std(axis=0))
            print("  from frame to frame:", change.std(axis=0) / np.sqrt(2), "kurtosis", kurtosis(change, fisher=False))
            print("  acceleration, x and y:", accelerations(sequence).std(axis=0))


if __name__ == "__main__":
    main()
