"""Sequences, peers and the comparison, on worlds whose answer is known."""

import numpy as np
import pytest

from benchmarks import detection_noise, trackers
from benchmarks.scores.mot import mot_scores
from benchmarks.tracker_peers import Sort
from benchmarks.truth.sequences import PETS, TUD, TrackedSequence, real_sequences, thinned, walkers
from vision.classes import CLASS_INDEX
from vision.detections import Detections

ROWS = "".join(f"{k},{i},{100 * i + 2 * k},50,20,50,{{}}\n" for k in range(1, 31) for i in (1, 2))


@pytest.fixture
def data(tmp_path):
    """Return a data folder in which everybody is seen as they are, and the published results are the truth."""
    for name in (*TUD, PETS):
        folder = tmp_path / "mot15" / name
        folder.mkdir(parents=True)
        (folder / "det.txt").write_text(ROWS.format(*[0.9] * 60))
        for file in ("gt.txt", "sample_result.txt"):
            (folder / file).write_text(ROWS.format(*[1] * 60))
    (tmp_path / "pets09").mkdir()
    (tmp_path / "pets09" / "gt.txt").write_text(ROWS.format(*[1] * 60))
    return tmp_path


def two_walkers(frames=40):
    boxes = [np.array([[2 * k, 50, 2 * k + 20, 100], [300 - 2 * k, 200, 320 - 2 * k, 250]]) for k in range(frames)]
    seen = [Detections(box, np.full(2, 0.9), np.full(2, CLASS_INDEX["pedestrian"])) for box in boxes]
    truth = [[k + 1, i, *box[:2], *(box[2:] - box[:2])] for k, both in enumerate(boxes) for i, box in enumerate(both)]
    return TrackedSequence("two", 10, np.array(truth, float), seen)


@pytest.mark.parametrize(("contender", "late"), [(trackers.live, 2), (trackers.in_hindsight, 0)])
def test_clean_walkers_are_tracked_without_a_fault_once_they_are_confirmed(contender, late):
    sequence = two_walkers()
    scores = mot_scores(sequence.truth, trackers.rows_of(contender(sequence)))
    assert (scores.false_positives, scores.misses, scores.switches) == (0, 2 * late, 0)


def test_sort_tracks_from_the_first_frame_of_a_sequence_and_later_after_its_hits():
    sequence = two_walkers()
    sort = trackers.peer(lambda _: Sort())
    assert mot_scores(sequence.truth, trackers.rows_of(sort(sequence))).mota == 1
    empty = Detections.none()
    later = TrackedSequence("later", 10, sequence.truth, [*[empty] * 5, *sequence.frames])
    told = sort(later)
    assert [len(rows) for rows in told[5:10]] == [0, 0, 0, 2, 2]


def test_sort_forgets_after_its_age():
    sort, seen = Sort(), two_walkers().frames
    for k in range(10):
        before = sort(seen[k])[:, 0]
    sort(Detections.none())
    assert set(before) == {1, 2}
    for k in range(11, 20):
        after = sort(seen[k])[:, 0]
    assert set(after) == {1, 2}
    for _ in range(2):
        sort(Detections.none())
    for k in range(22, 30):
        after = sort(seen[k])[:, 0]
    assert not set(after) & {1, 2}


def test_a_thinned_sequence_is_every_nth_frame_in_the_same_seconds():
    whole = two_walkers()
    half = thinned(whole, 2)
    assert (half.fps, len(half.frames)) == (5, 20)
    for frame in (1, 20):
        rows = half.truth[half.truth[:, 0] == frame]
        np.testing.assert_allclose(rows[:, 2:4], half.frames[frame - 1].boxes[:, :2])


def test_the_crowd_is_the_same_each_time_and_in_its_frames():
    one, other = walkers(30, 20), walkers(30, 20)
    np.testing.assert_array_equal(one.truth, other.truth)
    assert len(one.truth) == 30 * 20
    assert len(one.frames) == 20


def test_the_real_sequences_are_read(data):
    sequences = real_sequences(data)
    assert [(s.name, s.fps, len(s.frames)) for s in sequences] == [
        ("TUD-Campus", 25, 30),
        ("TUD-Stadtmitte", 25, 30),
        ("PETS09-S2L1", 10, 30),
        ("PETS09-S2L1 /2", 5, 15),
        ("PETS09-S2L1 /4", 2.5, 8),
    ]


def test_the_command_prints_a_table_a_sequence_and_draws(data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(trackers, "walkers", lambda count: walkers(count, 5))
    plot = tmp_path / "plot.png"
    monkeypatch.setattr("sys.argv", ["trackers", "--data", str(data), "--rounds", "1", "--plot", str(plot)])
    trackers.main()
    said = capsys.readouterr().out
    assert "TUD-Campus      IDF1 100.0 (55.8)" in said
    assert "TUD-Stadtmitte: 30 frames at 25 a second, 60 boxes" in said
    assert said.count("comptage, hindsight  100.0 100.0 100.0     0     0         0") == 5
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_the_soak_is_printed(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["trackers", "--soak", "1000"])
    trackers.main()
    assert capsys.readouterr().out.rstrip().endswith("100 alive")


def test_the_command_wants_something_to_do(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["trackers"])
    with pytest.raises(SystemExit, match="2"):
        trackers.main()
    assert "--data DIR or --soak is wanted" in capsys.readouterr().err


def test_the_noise_of_detections_is_measured():
    rng, sequence = np.random.default_rng(1), two_walkers(500)
    boxes = [frame.boxes.astype(float) for frame in sequence.frames]
    shaken = [box + np.tile(rng.normal(0, 2.5, (2, 1)), (1, 4)) * (1, 0, 1, 0) for box in boxes]
    frames = [Detections(box, frame.scores, frame.classes) for box, frame in zip(shaken, sequence.frames, strict=True)]
    noisy = TrackedSequence("noisy", 10, sequence.truth, frames)
    off = detection_noise.errors(noisy)
    assert off.shape == (1000, 6)
    np.testing.assert_allclose(off[:, 2:].std(axis=0), [0.05, 0, 0, 0], atol=0.005)
    np.testing.assert_allclose(detection_noise.steps(off).std(axis=0) / np.sqrt(2), [0.05, 0, 0, 0], atol=0.005)
    np.testing.assert_allclose(detection_noise.accelerations(noisy), 0, atol=1e-9)
