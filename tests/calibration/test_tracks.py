import numpy as np
import pytest

from calibration.tracks import Tracks, read_tracks


def tracks(rows):
    """Boxes 0.1 wide and 0.2 high of (frame, id, left, top)."""
    table = np.array(rows, float)
    corners = table[:, 2:4]
    return Tracks(
        table[:, 0].astype(int), table[:, 1].astype(int), np.hstack((corners, corners + np.array([0.1, 0.2])))
    )


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def test_pedestrians_are_read_as_fractions_and_nobody_else(tmp_path):
    text = ("1,7,64,48,32,96,1.000,0,-1,-1", "2,7,64,48,32,96,1.000,3,-1,-1", "3,8,0,0,320,240,0.5,-1,-1,-1")
    read = read_tracks(write(tmp_path / "tracks.txt", *text), (320, 240))
    assert read.frames.tolist() == [1, 3]
    assert read.ids.tolist() == [7, 8]
    np.testing.assert_allclose(read.boxes, [[0.2, 0.2, 0.3, 0.6], [0, 0, 1, 1]])
    np.testing.assert_allclose(read.feet(), [[0.25, 0.6], [0.5, 1]])
    np.testing.assert_allclose(read.tops(), [[0.25, 0.2], [0.5, 0]])


def test_ground_truth_of_nine_columns_calls_pedestrians_1(tmp_path):
    path = write(tmp_path / "gt.txt", "1,1,0,0,1,1,1,1,1", "1,2,0,0,1,1,1,3,1")
    assert read_tracks(path, (10, 10)).ids.tolist() == [1]


def test_raw_detections_are_a_person_each(tmp_path):
    path = write(tmp_path / "detections.txt", *["1,-1,0,0,1,1,0.9,0,-1,-1"] * 3)
    assert len(set(read_tracks(path, (10, 10)).ids.tolist())) == 3


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "0 lines of"),
        (("1,2,3",), "1 lines of 3 columns"),
        (("one,2,3",), "could not convert string 'one'"),
        (("1,1,0,0,nan,1,1,0,-1,-1",), "wanted MOTChallenge text"),
        (("1,1,0,0,1,1,1,3,-1,-1",), "no pedestrians, whose class is 0"),
    ],
)
def test_what_is_no_text_of_tracks_is_refused_by_name(tmp_path, lines, words):
    with pytest.raises(ValueError, match=words) as error:
        read_tracks(write(tmp_path / "bad.txt", *lines), (320, 240))
    assert str(error.value).startswith(str(tmp_path / "bad.txt"))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ValueError, match="wanted MOTChallenge text"):
            read_tracks(path, (320, 240))


def test_cut_off_and_empty_boxes_are_left_out_and_the_rest_put_in_order():
    seen = tracks([(2, 1, 0.3, 0.3), (1, 1, 0.2, 0.3), (1, 2, 0.0, 0.3), (1, 3, 0.5, 0.8), (1, 0, 0.5, 0.5)])
    whole = seen.whole()
    assert list(zip(whole.ids.tolist(), whole.frames.tolist(), strict=True)) == [(0, 1), (1, 1), (1, 2)]


@pytest.mark.parametrize(("pace", "step"), [(0.01, 20), (0.05, 4), (0.5, 1), (0.0, 250)])
def test_a_step_is_as_many_frames_as_a_box_is_high(pace, step):
    """On a square view, boxes 0.2 high that move by so much a frame."""
    moving = tracks([(frame, 1, 0.1 + pace * frame, 0.3) for frame in range(30)])
    assert moving.step(1.0) == step


def test_samples_are_apart_within_a_track_only():
    seen = tracks([(frame, who, 0.3, 0.3) for who in (1, 2) for frame in range(10)])
    sampled = seen.sampled(4)
    assert sampled.frames.tolist() == [0, 4, 8, 0, 4, 8]
