import re
import socket
import time

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.pixels.videos import flipped, make_video, spoil_pictures
from tests.running import BUSY_S
from vision.address import Address
from vision.errors import ComptageError
from vision.pixels.decode import Decoder

FLIPS = 10
"""Bits flipped in a hundred pictures: each costs one at most.

An encoder's bytes are not the same in every run, so where a bit falls is not known.
"""


def opened(path, **timeouts):
    return Decoder(Address("file", str(path)), **timeouts)


def plainly_decoded(path):
    """Return how many frames FFmpeg gives where every packet that raises is passed over."""
    frames = 0
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            try:
                frames += len(packet.decode())
            except av.FFmpegError:
                continue
    return frames


def flip_in_pictures(path, seed):
    """Flip bits in coded pictures, as a bad line does, and leave the first one and the container as they are.

    A bit in Matroska's own structure may cost any number of frames.
    """
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        pictures = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    damaged = flipped(b"".join(pictures), seed, flips=FLIPS, keep=len(pictures[0]))
    begin = 0
    for picture in pictures:
        place = data.index(picture)
        data[place : place + len(picture)] = damaged[begin : begin + len(picture)]
        begin += len(picture)
    path.write_bytes(data)


SOUND = [
    ("a.mp4", "libx264", {}),
    ("a.ts", "libx264", {}),
    ("a.mkv", "libx265", {"x265-params": "log-level=none:pools=none"}),
    ("a.avi", "mpeg4", {"bf": "2"}),
    ("b.avi", "mjpeg", {"pix_fmt": "yuvj420p"}),
    ("b.mkv", "ffv1", {}),
    ("a.webm", "libvpx", {"auto-alt-ref": "1", "lag-in-frames": "16", "deadline": "realtime"}),
]


@pytest.fixture(scope="module")
def sound_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    for name, codec, options in SOUND:
        make_video(folder / name, codec=codec, **options)
    return folder


@pytest.mark.parametrize("name", [name for name, _, _ in SOUND])
def test_every_frame_of_a_sound_file_is_given_in_order(sound_files, name):
    with opened(sound_files / name) as decoder:
        times = [frame.time for frame in decoder.frames()]
        assert times == pytest.approx([times[0] + number / 25 for number in range(50)], abs=0.002)
        assert (decoder.passed, decoder.lost, decoder.concealed) == (50, 0, 0)
        assert decoder.duration == pytest.approx(2, abs=0.05)
        assert decoder.size == (160, 120)
        assert decoder.interval == pytest.approx(0.04)


@pytest.mark.parametrize("name", [name for name, _, _ in SOUND])
def test_only_wanted_frames_are_given_and_all_are_counted(sound_files, name):
    asked = []
    with opened(sound_files / name) as decoder:
        given_ = sum(1 for _ in decoder.frames(lambda: asked.append(0) or len(asked) % 5 == 1))
        assert (given_, decoder.passed, decoder.lost, len(asked)) == (10, 50, 0, 50)


def test_unwanted_pictures_of_motion_jpeg_are_not_decoded(tmp_path):
    path = make_video(tmp_path / "a.avi", codec="mjpeg", pix_fmt="yuvj420p")
    spoil_pictures(path)  # so whoever tries fails
    with opened(path) as decoder:
        assert list(decoder.frames(lambda: False)) == []
        assert (decoder.passed, decoder.lost) == (50, 0)
    with opened(path) as decoder:
        assert list(decoder.frames()) == []
        assert (decoder.passed, decoder.lost) == (0, 50)


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mkv"])
@pytest.mark.parametrize("seed", range(3))
def test_what_can_be_decoded_of_flipped_h264_is_given(tmp_path, name, seed):
    path = make_video(tmp_path / name, frames=100)
    if name == "a.ts":  # its pictures are cut into packets of 188 bytes
        path.write_bytes(flipped(path.read_bytes(), seed, flips=FLIPS, keep=2000))
    else:
        flip_in_pictures(path, seed)
    with opened(path) as decoder:
        frames = sum(1 for _ in decoder.frames())
        assert frames == decoder.passed >= plainly_decoded(path)
        assert frames >= 100 - FLIPS
        assert decoder.lost + decoder.concealed > 0


def test_a_damaged_packet_is_counted_and_the_next_is_decoded(tmp_path):
    path = make_video(tmp_path / "a.avi", codec="mjpeg", pix_fmt="yuvj420p")
    spoil_pictures(path, [7, 8, 30])
    with opened(path) as decoder:
        assert sum(1 for _ in decoder.frames()) == 47
        assert decoder.lost == 3


@pytest.mark.parametrize("seed", range(4))
def test_what_vanishes_in_the_decoder_is_counted_too(tmp_path, seed):
    # FFmpeg drops the frames of H.265 that refer to a lost one, without a word
    path = make_video(tmp_path / "a.mkv", codec="libx265", **{"x265-params": "log-level=none:pools=none"})
    path.write_bytes(flipped(path.read_bytes(), seed, flips=300, keep=4000))
    with opened(path) as decoder:
        list(decoder.frames())
        with av.open(str(path)) as container:
            packets = sum(packet.size > 0 for packet in container.demux(video=0))
        assert decoder.passed < packets
        assert decoder.passed + decoder.lost == packets


def test_a_stream_that_shows_up_late_does_no_harm(tmp_path, monkeypatch):
    path = make_video(tmp_path / "a.ts")
    late = make_video(tmp_path / "b.ts", muxer={"mpegts_start_pid": "512"})
    path.write_bytes(path.read_bytes() + late.read_bytes())
    with opened(path) as decoder:
        container = decoder._container

        class Stumbling:  # as PyAV does where an unset byte of memory happens not to be zero
            def demux(self, stream):
                yield from container.demux(stream)
                raise IndexError

        monkeypatch.setattr(decoder, "_container", Stumbling())
        assert sum(1 for _ in decoder.frames()) == 50
        monkeypatch.undo()


@pytest.mark.parametrize(("name", "codec"), [("a.ts", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mjpeg")])
def test_a_file_that_was_cut_off_gives_its_first_part(tmp_path, name, codec):
    path = make_video(tmp_path / name, codec=codec, pix_fmt="yuvj420p")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with opened(path) as decoder:
        assert 15 <= sum(1 for _ in decoder.frames()) <= 40


@settings(deadline=None, max_examples=60)
@given(name=st.sampled_from([name for name, _, _ in SOUND]), seed=st.integers(0, 2**32), flips=st.integers(1, 200))
@example(name="a.mp4", seed=0, flips=2000)
def test_no_damage_does_worse_than_an_error_of_ours(sound_files, tmp_path_factory, name, seed, flips):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(flipped((sound_files / name).read_bytes(), seed, flips))
    began = time.monotonic()
    complaint = f"{path}: video"
    try:
        with opened(path) as decoder:
            assert sum(1 for _ in decoder.frames()) == decoder.passed
    except ComptageError as error:
        complaint = str(error)
    assert re.fullmatch(rf"{path}: .*video.*", complaint)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp4", b"hello world" * 1000),
        ("empty.avi", b""),
        ("a.txt", b"hello world\n" * 1000),
        ("a.lrc", b"[00:01.0]a\n"),
    ],
)
def test_what_is_no_video_is_said_in_one_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ComptageError, match=rf"{name}: .*video") as caught:
        opened(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_colon_in_a_name_is_not_taken_for_a_protocol(tmp_path, monkeypatch):
    make_video(tmp_path / "12:30.mkv")
    monkeypatch.chdir(tmp_path)
    with opened("12:30.mkv") as decoder:
        assert sum(1 for _ in decoder.frames()) == 50


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.avi"])
def test_words_that_are_not_utf8_do_no_harm(tmp_path, name):
    path = make_video(tmp_path / name, codec="mpeg4", metadata={"title": "la glaciere"})
    path.write_bytes(path.read_bytes().replace(b"la glaciere", b"la glaci\xe8re"))
    with opened(path) as decoder:
        assert decoder.metadata["title"] == "la glaci\ufffdre"
        assert sum(1 for _ in decoder.frames()) == 50


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_does_not_answer_is_given_up_in_time(scheme):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://me:5ecr3t@127.0.0.1:{silent.getsockname()[1]}/x"
        began = time.monotonic()
        with pytest.raises(
            ComptageError, match=r"^.*://\*\*\*@127.*: cannot be opened: no answer within 0.3 s"
        ) as caught:
            Decoder(Address("stream", url), 0.3, 0.3)
        assert time.monotonic() - began < 0.3 + BUSY_S
        assert "5ecr3t" not in str(caught.value)


def test_a_missing_device_is_said_in_one_line():
    with pytest.raises(ComptageError, match="/dev/video99: cannot be opened: No such file or directory"):
        Decoder(Address("device", "/dev/video99"), 1, 1)
