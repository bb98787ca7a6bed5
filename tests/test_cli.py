"""The commands, run as a person runs them."""

import json
import os
import re
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from tests.running import COMPTAGE, command
from vision.site import load_site

SITE = """
[site]
name = "corner"

[[camera]]
name = "east"
source = "recorded"
detector = "motion"
classes = ["pedestrian"]
person_height = [0.2, 0.2]

  [[camera.line]]
  name = "middle"
  a = [0.5, 1.0]
  b = [0.5, 0.0]

  [[camera.zone]]
  name = "right"
  polygon = [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]
"""


MATRIX = "\nground = {homography = [[10, 0, -5], [0, -2, 10], [0, 1, 0.1]]}"


def comptage(*arguments, **options):
    return subprocess.run([COMPTAGE, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


@pytest.fixture
def site(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    return path


def counts(report):
    return {(row["line"], row["direction"]): row["count"] for row in report["lines"]}


def test_count_prints_one_object(video, site):
    done = comptage("count", video, "--site", site, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report.keys() == {"site", "camera", "from", "to", "coverage", "lines", "zones", "movements"}
    assert (report["site"], report["camera"], report["coverage"]) == ("corner", "east", 1.0)
    assert (report["from"], report["to"]) == ("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:07.900Z")
    assert counts(report) == {("middle", "forward"): 1, ("middle", "backward"): 0}
    assert {row["class"] for row in report["lines"]} == {"pedestrian"}
    (everyone,) = [row for row in report["zones"] if row["class"] == "all"]
    assert everyone["max"] == 1
    assert 2.0 / 7.9 < everyone["mean"] < 4.0 / 7.9


def test_who_crosses_a_line_in_the_part_that_is_looked_at_is_counted(video, site):
    """What is drawn stays on the frame, and the zone is as long occupied as before."""
    (before,) = [
        row
        for row in json.loads(comptage("count", video, "--site", site, "--json").stdout)["zones"]
        if row["class"] == "all"
    ]
    text = SITE.replace(
        'source = "recorded"', 'source = "recorded"\ncrop = [0.2, 0.0, 1.0, 1.0]\nworking_size = [256, 240]'
    )
    site.write_text(text)
    report = json.loads(comptage("count", video, "--site", site, "--json").stdout)
    assert counts(report) == {("middle", "forward"): 1, ("middle", "backward"): 0}
    (everyone,) = [row for row in report["zones"] if row["class"] == "all"]
    assert everyone["mean"] == pytest.approx(before["mean"], rel=0.05)


def test_count_shows_progress_on_stderr_and_a_table_on_stdout(video, site):
    done = comptage("count", video, "--site", site)
    assert "walk.mkv:   0%" in done.stderr
    assert "s of video" in done.stderr
    assert done.stdout.splitlines()[1].split() == ["line", "direction", "pedestrian", "all"]
    assert done.stdout.splitlines()[2].split() == ["middle", "forward", "1", "1"]


def rows(path):
    return np.loadtxt(path, delimiter=",", ndmin=2)


def test_tracks_are_motchallenge_text_in_pixels_of_the_source(video, tmp_path):
    out = tmp_path / "tracks.txt"
    done = comptage("tracks", video, "--detector", "motion", "--out", out)
    assert done.returncode == 0, done.stderr
    table = rows(out)
    assert table.shape[1] == 10
    assert len(set(table[:, 1])) == 1
    assert (np.diff(table[:, 0]) >= 1).all()
    assert (table[:, 8:] == -1).all()
    frame, _, left, top, width, height = table[len(table) // 2, :6]
    truth_left = 20 + 10 * (frame - 1 - 20)
    assert abs(left - truth_left) < 8
    assert abs(top - 240) < 12
    assert abs(width - 36) < 16
    assert abs(height - 96) < 16
    assert not out.with_name("tracks.txt.part").exists()


def test_detect_writes_the_same_text_without_names(video, tmp_path):
    out = tmp_path / "detections.txt"
    done = comptage("detect", video, "--detector", "motion", "--working-size", "160x120", "--out", out)
    assert done.returncode == 0, done.stderr
    assert set(rows(out)[:, 1]) == {-1}
    assert rows(out)[:, 6].min() > 0


def test_check_says_that_a_good_site_is_good(site):
    done = comptage("check", site)
    assert (done.returncode, done.stdout.strip()) == (0, f"{site}: good: 1 cameras, 1 lines, 1 zones")


POOL = """
[site]
name = "pool"

[[camera]]
name = "far"
source = "rtsp://192.0.2.1/"
detector = "motion"
person_height = [0.1, 0.3]
CROP
  [[camera.basin]]
  name = "basin"
  corners = [[0.1, 0.6], [0.9, 0.6], [0.7, 0.4], [0.3, 0.4]]
"""


def test_check_says_how_much_larger_a_basin_would_be_seen_alone(tmp_path):
    site = tmp_path / "pool.toml"
    site.write_text(POOL.replace("CROP", ""))
    done = comptage("check", site)
    assert done.returncode == 0
    advice = done.stdout.splitlines()[1]
    said = re.search(r"(crop = .*) with (working_size = .*) shows them 1.7 times as large in no more pixels", advice)
    assert advice.startswith("camera 'far' looks at much besides its basins: ")
    site.write_text(POOL.replace("CROP", "\n".join(said.groups())))
    camera = load_site(site).camera("far")
    assert camera.crop == (0.085, pytest.approx(0.4 - 0.18 - 0.015), 0.915, 0.615)
    assert 0.9 * 320 * 240 < camera.working_size[0] * camera.working_size[1] <= 320 * 240
    assert camera.frame_size[0] == pytest.approx(1.7 * 320, rel=0.05)
    assert advice.endswith("if its own picture has {}x{}".format(*camera.frame_size))
    assert len(comptage("check", site).stdout.splitlines()) == 1  # it is as advised now


def test_a_crop_is_advised_that_holds_all_that_is_drawn_and_none_for_a_scene(tmp_path):
    site = tmp_path / "pool.toml"
    line = '  [[camera.line]]\n  name = "door"\n  a = [0.95, 0.95]\n  b = [0.9, 0.1]\n'
    site.write_text(POOL.replace("CROP", "") + line)
    assert len(comptage("check", site).stdout.splitlines()) == 1  # little is left to cut off
    site.write_text(POOL.replace("CROP", "").replace("rtsp://192.0.2.1/", "scene:pool"))
    assert len(comptage("check", site).stdout.splitlines()) == 1


def spoiled(video, path, start, end=None, value=None):
    """Copy a video, cut off at `start` or overwritten from there to `end`."""
    content = bytearray(video.read_bytes())
    if end is None:
        content = content[:start]
    else:
        content[start:end] = value * (end - start)
    path.write_bytes(content)
    return path


def test_a_truncated_video_is_counted_as_far_as_it_goes_and_that_is_said(video, site, tmp_path):
    half = spoiled(video, tmp_path / "half.mkv", video.stat().st_size * 7 // 10)
    done = comptage("count", half, "--site", site, "--json")
    assert done.returncode == 0
    assert counts(json.loads(done.stdout))["middle", "forward"] in (0, 1)
    assert "half.mkv: breaks off after" in done.stderr


def test_a_damaged_video_is_counted_and_what_was_lost_is_said(video, site, tmp_path):
    size = video.stat().st_size
    bad = spoiled(video, tmp_path / "bad.mkv", size // 2, size // 2 + 400, b"\xa5")
    done = comptage("count", bad, "--site", site, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["coverage"] > 0.5
    assert "bad.mkv: " in done.stderr
    assert "damaged" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def wrong(tmp_path, video, site):
    """Commands that cannot be, by name."""
    text = tmp_path / "letter.mp4"
    text.write_text("Dear city,\n" * 1000)
    weights = tmp_path / "net.onnx"
    weights.write_bytes(b"not these")
    card = (Path(__file__).parents[1] / "models" / "yolox-nano" / "card.toml").read_text()
    (tmp_path / "net.toml").write_text(card.replace("yolox_nano_416.onnx", "net.onnx"))

    def site_with(old, new):
        path = tmp_path / f"wrong-{len(list(tmp_path.iterdir()))}.toml"
        assert old in SITE
        path.write_text(SITE.replace(old, new))
        return path

    source = 'source = "recorded"'
    return {
        "missing file": ("count", tmp_path / "none.mp4", "--site", site),
        "not a video": ("count", text, "--site", site),
        "unknown key": ("check", site_with(source, source + "\nfsp = 3")),
        "two points": (
            "check",
            site_with("[[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]", "[[0.5, 0.0], [1.0, 0.0]]"),
        ),
        "zero length": ("check", site_with("b = [0.5, 0.0]", "b = [0.5, 1.0]")),
        "unknown detector": ("count", video, "--site", site_with('detector = "motion"', 'detector = "owl"')),
        "wrong weights": ("detect", video, "--detector", weights, "--out", tmp_path / "out.txt"),
        "no such camera": ("count", video, "--site", site, "--camera", "west"),
        "no size": ("detect", video, "--working-size", "big", "--out", tmp_path / "out.txt"),
        "too small": ("detect", video, "--working-size", "1x1", "--out", tmp_path / "out.txt"),
        "nowhere to write": ("detect", video, "--out", tmp_path / "no" / "out.txt"),
        "no arguments": ("count",),
        "no such scene": ("check", site_with(source, 'source = "scene:nowhere"')),
        "wrong weights, checked": ("check", site_with('detector = "motion"', f'detector = "{weights}"')),
        "no file to run": ("run", site),
        "no such port": ("demo", "--port", "99999"),
        "no time": ("demo", "--seconds", "-1"),
        "no ground": ("calibrate", site),
        "nothing to calibrate": ("calibrate",),
        "two ways": ("calibrate", site, "--tracks", text),
        "no size of tracks": ("calibrate", "--tracks", text),
        "no tracks": ("calibrate", "--tracks", text, "--size", "640x480"),
        "one length": ("calibrate", "--length", "0,0.5,1,0.5,9", "--size", "640x480"),
        "four numbers": ("calibrate", "--length", "0,0.5,1,0.5", "--size", "640x480"),
        "a lens that folds": ("calibrate", "--length", "0,0.5,1,0.5,9", "--size", "4x3", "--distortion=-1,0"),
        "nothing to plot": ("calibrate", site_with(source, source + MATRIX), "--plot", tmp_path / "grid.svg"),
        "a folder": ("detect", video, "--out", tmp_path),
    }


@pytest.mark.parametrize(
    ("case", "code", "words"),
    [
        ("missing file", 2, "none.mp4: no such file, wanted a video"),
        ("not a video", 1, "letter.mp4: "),
        ("unknown key", 2, ".toml: camera[0].fsp: unknown key, found 3"),
        ("two points", 2, "camera[0].zone[0].polygon: found 2 points, wanted at least 3"),
        ("zero length", 2, "camera[0].line[0]: a and b are the same point"),
        ("unknown detector", 2, "detector 'owl' is unknown, wanted motion"),
        ("wrong weights", 1, "net.onnx: sha256 is "),
        ("no such camera", 2, "no camera named 'west' in site 'corner', wanted one of: east"),
        ("no size", 2, "found 'big', wanted WIDTHxHEIGHT"),
        ("too small", 2, "working_size[0]: Input should be greater than or equal to 16, found 1"),
        ("nowhere to write", 1, "out.txt: cannot be written: No such file or directory"),
        ("no such scene", 2, "scene 'nowhere': no such place, wanted one of square, crossing, pool"),
        ("wrong weights, checked", 1, "net.onnx: sha256 is "),
        ("no file to run", 2, "camera 'east': recorded: no such file, wanted a video"),
        ("no such port", 2, "found '99999', wanted 0 to 65535"),
        ("no time", 2, "found '-1', wanted seconds, more than 0"),
        ("a folder", 1, "cannot be written: Is a directory"),
        ("no ground", 2, "camera 'east' has no [camera.ground], wanted view and metres"),
        ("nothing to calibrate", 2, "one of the arguments SITE.toml --tracks --length is required"),
        ("two ways", 2, "not allowed with argument"),
        ("no size of tracks", 2, "no --size, wanted the width and height in pixels of the view"),
        ("no tracks", 2, "letter.mp4: could not convert string 'Dear city' to float64"),
        ("one length", 2, "1 lengths, wanted at least 2"),
        ("four numbers", 2, "found '0,0.5,1,0.5', wanted x0,y0,x1,y1,METRES"),
        ("a lens that folds", 2, "distortion [-1.0, 0.0] folds the corners of the view"),
        ("nothing to plot", 2, "a homography has no residuals to plot"),
        ("no arguments", 2, "the following arguments are required: VIDEO, --site"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_with_its_exit_code(wrong, caplog, case, code, words):
    done = command(*wrong[case])
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert not caplog.records


@pytest.mark.parametrize(("case", "code"), [("not a video", 1), ("unknown key", 2), ("no arguments", 2)])
def test_so_does_a_process_of_its_own(wrong, case, code):
    done = comptage(*wrong[case])
    assert (done.returncode, done.stdout, len(done.stderr.strip().splitlines())) == (code, "", 1)
    assert done.stderr.replace(" count", "").startswith("comptage: ")


def test_a_pipe_is_written_as_it_is(video, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [COMPTAGE, "detect", video, "--detector", "motion", "--out", pipe], stderr=subprocess.PIPE
    ) as detect:
        lines = pipe.read_text().splitlines()
        detect.communicate()
    assert detect.returncode == 0
    assert len(lines) > 20
    assert pipe.is_fifo()


def test_an_output_that_cannot_be_written_is_said_in_one_line(site):
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        check = [COMPTAGE, "check", site]
        done = subprocess.run(check, stdout=full, stderr=subprocess.PIPE, text=True, env=environment)
    assert (done.returncode, done.stderr) == (1, "comptage: standard output: No space left on device\n")


def test_a_video_that_changes_its_resolution_is_counted_as_one_place(tmp_path, site):
    """As an MPEG transport stream does whose camera was set anew: the lines are fractions of the view."""
    parts = []
    for width, height in ((320, 240), (160, 120)):
        part = tmp_path / f"{width}.ts"
        with av.open(part, "w") as container:
            stream = container.add_stream("mpeg4", rate=10)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for k in range(60):
                picture = np.full((height, width, 3), 150, np.uint8)
                x = int((k - 20) / 40 * width)
                if k >= 20:
                    picture[height // 2 : height * 7 // 10, x : x + width // 18] = 40
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
            container.mux(stream.encode())
        parts.append(part.read_bytes())
    both = tmp_path / "both.ts"
    both.write_bytes(b"".join(parts))
    # It also lasts longer than its header says; the progress bar is drawn at every frame to see that it bears it.
    done = comptage("count", both, "--site", site, "--json", env={**os.environ, "TQDM_MININTERVAL": "0"})
    assert done.returncode == 0, done.stderr
    assert counts(json.loads(done.stdout))["middle", "forward"] == 2
