import itertools
import socket
import sys
import threading
import time
import weakref

import pytest

from tests.pixels.live import BROKEN_OFF, HASTY, PATIENT, WORKING, LiveServer, Watched
from tests.pixels.videos import make_video, picture
from tests.running import BUSY_S
from vision.errors import ComptageError
from vision.pixels import reader as reader_module
from vision.pixels.frame import Frame
from vision.pixels.reader import Timing
from vision.pixels.shrink import Shrinker


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """A camera's stream, with a key frame every half second and no B frames, cut where a frame begins."""
    path = make_video(tmp_path_factory.mktemp("live") / "a.ts", frames=100, tune="zerolatency")
    data = path.read_bytes()
    packets = [data[start : start + 188] for start in range(0, len(data), 188)]
    # the first packet of a frame: payload_unit_start_indicator set, PID 0x100 (ISO/IEC 13818-1, 2.4.3.2)
    begins = [place for place, packet in enumerate(packets) if packet[1:3] == b"\x41\x00"]
    assert len(begins) == 100
    return [b"".join(packets[start:end]) for start, end in itertools.pairwise([0, *begins[1:], len(packets)])]


@pytest.fixture
def server(parts):
    server = LiveServer(parts)
    yield server
    if not server.closing:
        server.die()


def url(server):
    return f"http://me:5ecr3t@127.0.0.1:{server.server_port}/live.ts"


def test_a_live_source_is_looked_at_fps_times_a_second(server):
    with Watched(url(server), fps=10) as watched:
        watched.next_frame()
        frames = [watched.next_frame() for _ in range(15)]
        times = [frame.captured_at for frame in frames]
        assert 0.08 < (times[-1] - times[0]) / 14 < 0.12 + BUSY_S / 14
        assert abs(frames[-1].captured_at - time.monotonic()) < BUSY_S
        assert abs(frames[-1].utc - time.time()) < BUSY_S
        assert {(frame.size, frame.source_size) for frame in frames} == {(WORKING, (160, 120))}
        assert 25 <= frames[-1].number - frames[0].number <= 45 + 25 * BUSY_S
        assert watched.states == [("connecting", ""), ("live", "")]


def test_the_newest_frame_wins_and_only_what_is_taken_is_converted(server, monkeypatch):
    converted = []
    shrink = Shrinker.shrink
    monkeypatch.setattr(Shrinker, "shrink", lambda self, frame: converted.append(0) or shrink(self, frame))
    with Watched(url(server), fps=60) as watched:
        watched.next_frame()
        time.sleep(0.5)
        frames = []
        for _ in range(3):
            frames.append(watched.next_frame())
            assert time.monotonic() - frames[-1].captured_at < 1 + BUSY_S  # the third would be older if they queued
            time.sleep(1.5)
        assert all(later.number - earlier.number >= 6 for earlier, later in itertools.pairwise(frames))
        assert len(converted) == 4
        assert watched.reader.missed >= 3 * 5


def test_a_stall_is_said_and_the_stream_opened_again(server):
    with Watched(url(server), timing=HASTY) as watched:
        last = watched.next_frame()
        server.flowing.clear()
        watched.wait_for("stalled")
        assert watched.states[-1][1] == f"http://***@127.0.0.1:{server.server_port}/live.ts: no data for 0.5 s"
        server.flowing.set()
        watched.wait_for("live")
        assert watched.next_frame().number > last.number
        assert server.connections >= 2


def test_a_server_that_goes_away_is_asked_until_it_is_back(server, parts):
    with Watched(url(server)) as watched:
        watched.next_frame()
        server.die()
        watched.wait_for("failed")
        state, detail = watched.states[-2]
        assert state == "stalled"
        assert detail.removeprefix(f"http://***@127.0.0.1:{server.server_port}/live.ts: ") in BROKEN_OFF
        assert watched.states[-1][1].endswith("/live.ts: cannot be opened: Connection refused, wanted a video")
        again = LiveServer(parts, server.server_port)
        watched.wait_for("live")
        assert watched.next_frame()
        again.die()


def test_pauses_double_up_to_the_longest_and_no_password_is_said(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = probe.getsockname()[1]
    watched = Watched(f"http://me:5ecr3t@127.0.0.1:{closed}/?pwd=5ecr3t", timing=Timing(first_pause=1, longest_pause=6))
    pauses = []

    def wait(seconds):
        pauses.append(seconds)
        if len(pauses) == 6:
            watched.reader.stop()

    monkeypatch.setattr(watched.reader._stopping, "wait", wait)
    watched.reader.run()
    wanted = [1, 2, 4, 6, 6, 6]
    assert all(longest / 2 <= pause <= longest for pause, longest in zip(pauses, wanted, strict=True))
    assert len(set(pauses)) == 6
    assert [state for state, _ in watched.states] == ["connecting", "failed"]
    assert "5ecr3t" not in str(watched.states)


@pytest.mark.parametrize("flows", [True, False])
def test_a_reader_ends_within_its_read_timeout(server, flows):
    with Watched(url(server), fps=2) as watched:
        watched.next_frame()
        if not flows:
            server.flowing.clear()
        began = time.monotonic()
        watched.reader.stop()
        watched.reader.join(20)
        assert time.monotonic() - began < PATIENT.read_timeout + BUSY_S
        assert watched.reader.take() is None
        assert watched.states[-1] == ("live", "")


def test_a_source_that_hangs_in_the_driver_is_noticed(monkeypatch):
    released = threading.Event()

    class Hanging:
        passed = 1

        def __init__(self, *_):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def frames(self, _wanted):
            yield None
            released.wait()

    monkeypatch.setattr(reader_module, "Decoder", Hanging)
    monkeypatch.setattr(reader_module, "_look", lambda *_: Frame(picture(1, WORKING), 1.0, 1.0, 1, WORKING))
    with Watched("v4l2:/dev/video99", timing=Timing(read_timeout=0.1)) as watched:
        watched.next_frame()
        watched.wait_for("stalled")
        assert watched.states[-1] == ("stalled", "no frame for 0 s")
        released.set()


def test_every_due_frame_of_a_file_waits_until_it_is_taken(tmp_path):
    path = make_video(tmp_path / "a.mp4", frames=26)
    with Watched(str(path), fps=5) as watched:
        began, numbers, times = time.monotonic(), [], []
        for _ in range(6):
            frame = watched.next_frame()
            numbers.append(frame.number)
            times.append(frame.captured_at)
            time.sleep(0.3)
        assert numbers == [1, 6, 11, 16, 21, 26]
        assert [time - times[0] for time in times] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
        assert times[0] == pytest.approx(began, abs=BUSY_S)
        watched.wait_for("ended")
        assert watched.states == [("connecting", ""), ("live", ""), ("ended", "")]


def test_a_file_is_played_at_its_own_pace(tmp_path):
    path = make_video(tmp_path / "a.mp4", frames=26)
    with Watched(str(path), fps=25) as watched:
        first = watched.next_frame()
        began = time.monotonic()
        frames = [watched.next_frame() for _ in range(25)]
        assert 0.75 < time.monotonic() - began < 1 + BUSY_S
        assert frames[-1].utc - first.utc == pytest.approx(1)
        assert abs(frames[-1].utc - time.time()) < BUSY_S


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("/nowhere/a.mp4", "/nowhere/a.mp4: no such file, wanted a video"),
        ("scene:moon", "moon"),
    ],
)
def test_a_source_that_cannot_be_is_failed(source, detail):
    with Watched(source) as watched:
        watched.wait_for("failed")
        assert detail in watched.states[-1][1]
        watched.reader.join(20)
        assert not watched.reader.is_alive()


def test_a_fault_of_ours_is_said_and_logged(monkeypatch, caplog):
    monkeypatch.setattr(reader_module, "parse_address", lambda _: 1 / 0)
    with Watched("http://me:5ecr3t@h/") as watched:
        watched.wait_for("failed")
    assert watched.states[-1] == ("failed", "ZeroDivisionError in the reader")
    assert "a: the reader ended" in caplog.text
    assert "5ecr3t" not in caplog.text


def test_a_stream_in_a_format_that_cannot_be_converted_is_failed(server, monkeypatch):
    def refuse(*_):
        raise ComptageError("a frame of pixel format x cannot be converted")

    monkeypatch.setattr(Shrinker, "shrink", refuse)
    with Watched(url(server)) as watched:
        watched.wait_for("failed")
        for _ in range(20):
            assert watched.reader.take() is None
            time.sleep(0.02)
        said = [("connecting", ""), ("live", ""), ("failed", "a frame of pixel format x cannot be converted")]
        assert watched.states == said


def test_a_scene_is_rendered_on_the_grid_of_utc():
    with Watched("scene:square", fps=8) as watched:
        frames = [watched.next_frame(20) for _ in range(5)]
        for frame in frames:
            assert frame.utc * 8 == pytest.approx(round(frame.utc * 8), abs=1e-5)
            assert frame.size == frame.source_size == WORKING
        assert abs(frames[-1].utc - time.time()) < BUSY_S
        assert abs(frames[-1].captured_at - time.monotonic()) < BUSY_S
        for earlier, later in itertools.pairwise(frames):
            elapsed = later.captured_at - earlier.captured_at
            assert elapsed == pytest.approx(later.utc - earlier.utc, abs=0.01)
            assert elapsed == pytest.approx((later.number - earlier.number) / 8, abs=0.01)


@pytest.mark.parametrize("kind", ["live", "file", "scene"])
def test_an_image_is_gone_when_the_next_one_is_asked_for(kind, server, tmp_path):
    source = {"live": url(server), "file": str(make_video(tmp_path / "a.mp4")), "scene": "scene:pool"}[kind]
    with Watched(source, fps=10) as watched:
        for _ in range(4):
            frame = watched.next_frame(20)
            image = weakref.ref(frame.pixels)
            del frame
            assert image() is None


def test_the_decoders_own_frame_is_let_go_of_too(server, monkeypatch):
    looked_at = []

    def look(shrinker, decoded, *rest):
        looked_at.append(decoded)
        return convert(shrinker, decoded, *rest)

    convert = reader_module._look
    monkeypatch.setattr(reader_module, "_look", look)
    with Watched(url(server)) as watched:
        watched.next_frame()
        server.flowing.clear()
        time.sleep(0.2)
        watched.reader.take()
        references = sys.getrefcount(looked_at[-1])
        assert references == 2  # from the list of this test and from the argument
