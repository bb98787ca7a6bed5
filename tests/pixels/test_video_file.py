import gc
import itertools
import re
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pixels.videos import DATA, flipped, make_video, spoil_pictures
from vision.errors import ComptageError, UsageError
from vision.pixels.video_file import Timeline, VideoFile

WORKING = (80, 60)


@pytest.mark.parametrize(("fps", "expected"), [(60, 50), (25, 50), (24.9, 50), (12.5, 25), (10, 20), (5, 10), (1, 2)])
def test_frames_are_looked_at_fps_times_a_second(tmp_path, fps, expected):
    video = VideoFile(make_video(tmp_path / "a.mp4"), WORKING, fps)
    times = [frame.captured_at for frame in video]
    assert len(times) == expected
    assert times[0] == 0
    assert np.array(times) == pytest.approx(np.arange(expected) * 2 / expected, abs=0.5 / fps + 0.001)
    assert video.decoded_frames == 50
    assert video.complaints() == []


def test_a_frame_knows_its_place_in_the_file(tmp_path):
    path = make_video(tmp_path / "a.mp4", metadata={"creation_time": "2024-05-01T12:00:00Z"})
    frames = list(VideoFile(path, WORKING, 5))
    assert [frame.number for frame in frames] == list(range(1, 51, 5))
    for frame in frames:
        assert frame.captured_at == pytest.approx((frame.number - 1) / 25)
        assert frame.utc == pytest.approx(1714564800 + frame.captured_at)
        assert frame.size == WORKING
        assert frame.source_size == (160, 120)


def test_without_a_creation_time_utc_counts_from_zero_or_from_what_is_given(tmp_path):
    path = make_video(tmp_path / "a.mp4")
    assert next(iter(VideoFile(path, WORKING, 25))).utc == 0
    assert next(iter(VideoFile(path, WORKING, 25, start_utc=1e9))).utc == 1e9


def test_a_variable_rate_keeps_its_own_times(tmp_path):
    stamps = [0, 1, 2, 10, 11, 40, 41, 42]
    path = make_video(tmp_path / "a.mkv", frames=8, stamps=stamps)
    times = [frame.captured_at for frame in VideoFile(path, WORKING, 30)]
    assert times == pytest.approx([stamp / 25 for stamp in stamps], abs=0.001)


def test_time_goes_on_where_two_recordings_are_joined(tmp_path):
    once = make_video(tmp_path / "a.ts").read_bytes()
    other = make_video(tmp_path / "b.ts", size=(320, 240)).read_bytes()
    (tmp_path / "joined.ts").write_bytes(once + other)
    video = VideoFile(tmp_path / "joined.ts", (240, 180), 25)
    frames = list(video)
    assert np.diff([frame.captured_at for frame in frames]) == pytest.approx(0.04, abs=1e-3)
    assert len(frames) == video.decoded_frames == 100
    assert video.time_steps == 1
    assert video.complaints() == ["the clock went back or leapt 1 times"]
    assert {(frame.source_size, frame.size) for frame in frames} == {((160, 120),) * 2, ((320, 240), (240, 180))}


def test_a_file_without_times_has_its_nominal_rate(tmp_path):
    path = make_video(tmp_path / "a.h264")
    video = VideoFile(path, WORKING, 60)
    assert [frame.captured_at for frame in video] == pytest.approx(np.arange(50) / 25, abs=0.001)
    assert video.time_steps == 0


@given(
    stamps=st.lists(st.none() | st.floats(-1e6, 1e6) | st.integers(0, 200).map(lambda n: n / 25), max_size=60),
    duration=st.none() | st.floats(0, 1000),
)
def test_time_only_goes_forward_whatever_the_stamps(stamps, duration):
    timeline = Timeline(0.04, duration)
    times = [timeline.place(stamp) for stamp in stamps]
    steps = np.diff([0.0, *times[1:]]) if times else np.empty(0)
    assert times[:1] in ([], [0.0])
    assert (steps[0:] >= 0).all()
    assert all(b > a for a, b in itertools.pairwise(times))
    assert (np.diff(times) <= max(60, duration or 0) + 0.04).all()


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=50), st.floats(-1e4, 1e4))
def test_sound_stamps_are_kept(gaps, start):
    stamps = start + np.cumsum(gaps) / 1000
    timeline = Timeline(0.04, None)
    assert [timeline.place(stamp) for stamp in stamps] == pytest.approx(stamps - stamps[0], abs=1e-6)
    assert timeline.steps == 0


def test_a_stamp_out_of_the_file_does_not_make_the_file_longer():
    timeline = Timeline(0.04, 100)
    times = [timeline.place(stamp) for stamp in (0, 0.04, 1e7, 0.12, 0.16, 90)]
    assert times == pytest.approx([0, 0.04, 0.08, 0.12, 0.16, 90])
    assert timeline.steps == 2


def test_the_pixels_are_the_callers_alone(tmp_path):
    frames = iter(VideoFile(make_video(tmp_path / "a.mp4"), WORKING, 25))
    for _ in range(5):
        frame = next(frames)
        pixels = weakref.ref(frame.pixels)
        del frame
        assert pixels() is None


def test_no_garbage_collection_is_needed_to_forget_an_image(tmp_path):
    gc.disable()
    try:
        test_the_pixels_are_the_callers_alone(tmp_path)
    finally:
        gc.enable()


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"none.mp4: no such file, wanted a video"):
        VideoFile(tmp_path / "none.mp4", WORKING, 10)
    with pytest.raises(UsageError, match="not a file, wanted a video"):
        VideoFile(tmp_path, WORKING, 10)


def test_a_video_of_which_nothing_can_be_decoded_is_an_error(tmp_path):
    path = make_video(tmp_path / "a.avi", codec="mjpeg", pix_fmt="yuvj420p")
    spoil_pictures(path)
    video = VideoFile(path, WORKING, 10)
    with pytest.raises(ComptageError, match=r"a.avi: no frame could be decoded, wanted a video"):
        list(video)
    assert video.lost_packets == 50


def test_it_is_said_how_much_was_lost(tmp_path):
    exactly = {"fflags": "+bitexact"}  # else Matroska's random identifiers move what the flipped bits hit
    path = make_video(tmp_path / "a.mkv", frames=100, muxer=exactly)
    data = flipped(path.read_bytes(), seed=1, keep=2000)
    path.write_bytes(data[: len(data) * 6 // 10])
    video = VideoFile(path, WORKING, 25)
    frames = sum(1 for _ in video)
    assert frames == video.decoded_frames >= 30
    complaints = "; ".join(video.complaints())
    assert f"{video.damaged_frames} of {frames} decoded frames are damaged" in complaints
    end = re.search(r"breaks off after (\d\.\d) s of 4\.0 s", complaints)
    assert float(end[1]) == pytest.approx(frames / 25, abs=0.2)  # a few frames before the end may be lost


@pytest.mark.skipif(not DATA.is_dir(), reason="the data for development are not at hand")
def test_the_pets_clip_has_795_frames_at_10_a_second():
    video = VideoFile(DATA / "pets09" / "vtest.avi", (320, 240), 10)
    frames = [(frame.number, frame.captured_at, frame.size, frame.source_size) for frame in video]
    assert len(frames) == 795
    assert frames[-1] == (795, pytest.approx(79.4), (320, 240), (768, 576))
    assert video.complaints() == []
