"""The wrapper gives what was published for known results, and what can be reckoned by hand."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.scores.mot import mot_scores, read_rows

MOT15 = Path("../shared/data/mot15")
NONE = np.empty((0, 6))


def rows(*of_id, frames=10):
    """Return a box 10 wide and 20 high for each (id, left at frame 1, first frame), 5 px a frame to the right."""
    return np.array(
        [
            [frame, track, left + 5 * frame, 0, 10, 20]
            for track, left, first in of_id
            for frame in range(first, frames + 1)
        ],
        float,
    )


@pytest.mark.parametrize(
    ("name", "idf1", "mota", "false_positives", "misses", "switches"),
    [("TUD-Campus", 55.8, 52.6, 13, 150, 7), ("TUD-Stadtmitte", 64.5, 56.4, 45, 452, 7)],
)
def test_gives_the_published_scores_of_published_results(name, idf1, mota, false_positives, misses, switches):
    """The figures are py-motmetrics', of the result files it comes with."""
    if not MOT15.exists():
        pytest.skip(f"{MOT15} is not here")
    scores = mot_scores(read_rows(MOT15 / name / "gt.txt"), read_rows(MOT15 / name / "sample_result.txt"))
    assert (scores.false_positives, scores.misses, scores.switches) == (false_positives, misses, switches)
    assert 100 * scores.idf1 == pytest.approx(idf1, abs=0.05)
    assert 100 * scores.mota == pytest.approx(mota, abs=0.05)


def test_the_truth_itself_is_perfect_whatever_its_ids():
    truth = rows((1, 0, 1), (2, 100, 4))
    renamed = rows((70, 0, 1), (31, 100, 4))
    scores = mot_scores(truth, renamed)
    assert (scores.mota, scores.idf1) == (1, 1)
    assert scores.hota == pytest.approx(1)
    assert (scores.false_positives, scores.misses, scores.switches, scores.truths) == (0, 0, 0, 17)


def test_a_change_of_name_is_one_switch():
    truth = rows((1, 0, 1))
    tracks = truth.copy()
    tracks[6:, 1] = 2
    scores = mot_scores(truth, tracks)
    assert (scores.false_positives, scores.misses, scores.switches) == (0, 0, 1)
    assert scores.mota == pytest.approx(0.9)
    assert scores.idf1 == pytest.approx(0.6)


def test_frames_that_only_one_side_knows_count():
    scores = mot_scores(rows((1, 0, 1), frames=5), rows((1, 0, 3), frames=7))
    assert (scores.false_positives, scores.misses) == (2, 2)


def test_no_tracks_and_no_truth():
    assert mot_scores(rows((1, 0, 1)), NONE).mota == 0
    assert mot_scores(rows((1, 0, 1)), NONE).misses == 10
    empty = mot_scores(NONE, rows((1, 0, 1)))
    assert np.isnan(empty.mota)
    assert empty.false_positives == 10


def test_a_name_is_given_once_a_frame():
    with pytest.raises(ValueError, match="tracks: id 1 occurs twice in frame 1"):
        mot_scores(rows((1, 0, 1)), rows((1, 0, 1), (1, 50, 1)))
