"""How right tracks are: MOTA, IDF1 and HOTA, as TrackEval reckons them.

Rows are MOTChallenge text as an array (N, 6 or more): frame, id, left, top, width, height, …; frames are whole numbers,
boxes are in pixels, and what follows the first six columns is not looked at. Rows that are not to be scored (another
class, an ignored region) are the caller's to leave out, of both arrays.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from trackeval.metrics import CLEAR, HOTA, Identity  # type: ignore[import-untyped]  # it publishes no types

from vision.boxes import iou

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MotScores:
    """The scores of one sequence; a pair of boxes may be matched from an overlap (IoU) of 0.5 on.

    Attributes:
        mota: 1 - (misses + false positives + switches) / truths (CLEAR MOT, Bernardin and Stiefelhagen 2008); nan
            where there are no truths.
        idf1: harmonic mean of identity precision and recall (Ristani et al. 2016).
        hota: mean over overlaps from 0.05 to 0.95 (Luiten et al. 2020).
        false_positives: boxes of tracks that match no truth.
        misses: boxes of the truth that no track matches.
        switches: how often a true object is matched by another track than before.
        truths: boxes of the truth.
    """

    mota: float
    idf1: float
    hota: float
    false_positives: int
    misses: int
    switches: int
    truths: int


def read_rows(path: Path) -> Rows:
    """Return MOTChallenge text as rows (N, columns)."""
    return np.loadtxt(path, delimiter=",", ndmin=2)


def mot_scores(truth: Rows, tracks: Rows) -> MotScores:
    """Score the tracks of one sequence against its true ones.

    Args:
        truth: rows of the true objects.
        tracks: rows of what is scored; no rows where there are no tracks.

    Raises:
        ValueError: an id occurs twice in one frame.
    """
    data = _sequence(truth, tracks)
    clear = CLEAR({"PRINT_CONFIG": False}).eval_sequence(data)
    identity = Identity({"PRINT_CONFIG": False}).eval_sequence(data)
    hota = HOTA().eval_sequence(data)["HOTA"]
    wrong = clear["CLR_FN"] + clear["CLR_FP"] + clear["IDSW"]
    return MotScores(
        mota=1 - wrong / len(truth) if len(truth) else float("nan"),
        idf1=float(identity["IDF1"]),
        hota=float(np.mean(hota)),
        false_positives=int(clear["CLR_FP"]),
        misses=int(clear["CLR_FN"]),
        switches=int(clear["IDSW"]),
        truths=len(truth),
    )


def _sequence(truth: Rows, tracks: Rows) -> dict[str, Any]:
    """Return one sequence as TrackEval's metrics want it: contiguous ids and overlaps by frame."""
    frames = np.union1d(truth[:, 0], tracks[:, 0])
    truth_ids, truth_boxes, n_truth = _by_frame(truth, frames, "truth")
    track_ids, track_boxes, n_tracks = _by_frame(tracks, frames, "tracks")
    return {
        "num_timesteps": len(frames),
        "num_gt_ids": n_truth,
        "num_tracker_ids": n_tracks,
        "num_gt_dets": len(truth),
        "num_tracker_dets": len(tracks),
        "gt_ids": truth_ids,
        "tracker_ids": track_ids,
        "similarity_scores": [iou(a, b) for a, b in zip(truth_boxes, track_boxes, strict=True)],
    }


def _by_frame(
    rows: Rows, frames: npt.NDArray[np.float64], name: str
) -> tuple[list[npt.NDArray[np.int64]], list[Rows], int]:
    """Return for each frame the ids (n,), counted from 0 without a gap, and boxes (n, 4) xyxy; and how many ids."""
    ids, of_row = np.unique(rows[:, 1], return_inverse=True)
    boxes = np.concatenate((rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]), axis=1)
    chosen = [np.flatnonzero(rows[:, 0] == frame) for frame in frames]
    for frame, here in zip(frames, chosen, strict=True):
        found, times = np.unique(rows[here, 1], return_counts=True)
        if (times > 1).any():
            raise ValueError(f"{name}: id {found[times > 1][0]:.0f} occurs twice in frame {frame:.0f}")
    return [of_row[here] for here in chosen], [boxes[here] for here in chosen], len(ids)
