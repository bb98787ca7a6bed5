"""The whole command on a clip of one red block, whose way is known."""

import re

import cv2
import numpy as np
import pytest

from benchmarks import accuracy
from benchmarks.runs import from_boxes, from_tracks
from benchmarks.truth.clips import open_clip, shared_clips
from benchmarks.truth.random_lines import random_lines
from tests.benchmarks.held_out import grey, write_data, write_video
from tests.pixels.networks import red_finder
from vision.classes import CLASS_INDEX
from vision.errors import UsageError
from vision.site import Camera

RED = (0, 0, 255)
PLACES = [(8 + 4 * (k // 4), 24) for k in range(40)]
"""Ten steps of four pixels, at ten frames a second."""
SITE = """
[site]
name = "small"
[[camera]]
name = "small"
source = "clip.avi"
[[camera.line]]
name = "middle"
a = [0.47, 0.95]
b = [0.47, 0.1]
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """The files of a clip: video, truth, site."""
    folder = tmp_path_factory.mktemp("clip")
    video, truth, site = folder / "clip.avi", folder / "gt.txt", folder / "site.toml"
    write_video(video, [grey((64, 48), (*place, 4, 4, RED)) for place in PLACES], "ffv1", "bgr0")
    rows = [f"{k},7,{x - 2},{y - 4},8,12,1,1,1" for k, (x, y) in enumerate(PLACES, 1)]
    truth.write_text("\n".join([*rows, "1,8,0,0,9,9,0,1,1", "1,9,0,0,9,9,1,12,1"]))
    site.write_text(SITE)
    return video, truth, site


def numbers(printed, name):
    (row,) = re.findall(rf"^{re.escape(name)} +(.+)$", printed, re.MULTILINE)
    return row.split()


def test_the_truth_leaves_out_what_is_not_to_be_looked_at(clip):
    opened = open_clip("small", *clip[:2])
    assert set(opened.truth[:, 1]) == {7}
    assert (opened.size, opened.frames, opened.seconds) == ((64, 48), 40, pytest.approx(4))
    assert opened.in_proportion((32, 999)) == (32, 24)
    assert opened.in_proportion((640, 480)) == (64, 48)
    assert opened.truth_at((32, 24))[0].tolist() == [1, 7, 3, 10, 4, 6, CLASS_INDEX["pedestrian"]]


def test_the_shared_clips_have_their_own_numbers_and_labels(tmp_path):
    pets, *traffic = shared_clips(write_data(tmp_path))
    assert [clip.name for clip in traffic] == ["jamcam_mot/1", "jamcam_mot/2", "jamcam_mot/3"]
    assert set(traffic[0].truth[:, 6]) == {CLASS_INDEX["car"], CLASS_INDEX["bus"]}
    assert "pedestrian" in pets.classes
    assert "pedestrian" not in traffic[0].classes
    assert traffic[0].least_height == 14 / 288


@pytest.mark.parametrize("fps", [10, 5, 2.5])
def test_true_tracks_and_boxes_make_the_true_passages_at_any_rate(clip, fps):
    opened = open_clip("small", *clip[:2])
    lines = random_lines(opened.truth, opened.size, 20, 1)
    camera = Camera(name="cam", source=str(clip[0]), line=lines)
    for way in (from_tracks, from_boxes):
        run = way(opened, camera, (64, 48), fps)
        assert len(run.looked_at) == 40 * fps / 10
        scored = accuracy.accuracy(opened, lines, (64, 48), run)
        assert scored.true
        if way is from_tracks:
            assert (scored.error, scored.effectiveness, scored.geh.max(), scored.mot.mota) == (0, 1, 0, 1)


def test_the_whole_command(clip, tmp_path, capsys):
    video, truth, site = map(str, clip)
    plot, detector = tmp_path / "plot.png", str(red_finder(tmp_path))
    files = ["--video", video, "--truth", truth, "--site", site]
    what = ["--detector", detector, "--detector", "nobody", "--size", "64x48", "--fps", "10", "--plot", str(plot)]
    accuracy.main([*files, *what])
    printed, complaints = capsys.readouterr()
    assert "skipped: detector 'nobody' is unknown" in complaints
    assert "clip at 64x48: 4.0 s, 1 objects, 1 lines" in printed
    # one passage, and it is confirmed at the third look
    right = ["10", "1", "1", "0.0%", "1.000", "0.00", "100.0%"]
    assert numbers(printed, "true tracks") == [*right, "1.000", "1.000", "1.000", "0", "0", "0"]
    for name in ("true boxes", detector):
        assert numbers(printed, name) == [*right, "0.950", "0.974", "0.950", "0", "2", "0"]
    assert printed.count("middle") == printed.count("pedestrian") == 3
    assert re.search(r"middle +forward +1/1 +0\.0% +backward +0/0 +-$", printed, re.MULTILINE)
    assert cv2.imread(str(plot)).shape[2] == 3


def test_what_is_called_otherwise_is_left_out_unless_it_is_labelled(clip, tmp_path, capsys):
    video, truth, site = map(str, clip)
    files = ["--video", video, "--truth", truth, "--site", site, "--size", "64x48", "--fps", "10"]
    accuracy.main([*files, "--detector", str(red_finder(tmp_path)), "--labelled", "car"])
    assert numbers(capsys.readouterr().out, "true boxes")[:4] == ["10", "1", "0", "100.0%"]


def test_what_is_wrong_is_told_in_one_line(clip, tmp_path):
    video, truth, site = map(str, clip)
    (tmp_path / "short.txt").write_text("1,2,3")
    (tmp_path / "others.txt").write_text("1,2,3,4,5,6,1,99")
    (tmp_path / "still.txt").write_text("1,2,3,4,5,6,1,1\n2,2,3,4,5,6,1,1")
    (tmp_path / "empty.toml").write_text(SITE.split("[[camera.line]]", maxsplit=1)[0])
    for arguments, wanted in (
        (["--video", "no.avi", "--truth", truth], "no such file, wanted a video"),
        (["--video", video, "--truth", "no.txt"], "wanted MOTChallenge text"),
        (["--video", video, "--truth", site], "wanted MOTChallenge text"),
        (["--video", video, "--truth", str(tmp_path / "short.txt")], "found 3 columns, wanted at least 8"),
        (["--video", video, "--truth", str(tmp_path / "others.txt")], "no row has a known class"),
        (["--video", video, "--truth", str(tmp_path / "still.txt")], "nothing moves"),
        (["--video", video, "--truth", truth, "--site", str(tmp_path / "empty.toml")], "has no line"),
        (["--data", str(tmp_path)], "wanted the shared data folder"),
    ):
        with pytest.raises(SystemExit, match=rf"^accuracy: .*{wanted}"):
            accuracy.main(arguments)
    for arguments in ([], ["--video", video], ["--video", video, "--truth", truth, "--lines", "0"]):
        with pytest.raises(SystemExit, match=r"^2$"):
            accuracy.main(arguments)


def test_a_clip_needs_a_video(clip, tmp_path):
    with pytest.raises(UsageError, match="wanted a video"):
        open_clip("none", tmp_path / "none.avi", clip[1])
    assert np.isfinite(open_clip("small", *clip[:2]).truth).all()
