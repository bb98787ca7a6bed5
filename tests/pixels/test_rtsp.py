"""A real RTSP server: it is killed, frozen and restarted, and the reader goes on."""

import itertools

import numpy as np
import pytest

from tests.pixels.live import BROKEN_OFF, WORKING, Watched
from tests.pixels.videos import make_video
from tests.rtsp_server import RtspServer
from vision.crop import Crop
from vision.pixels.reader import Timing
from vision.pixels.video_file import VideoFile

missing = RtspServer.missing()
pytestmark = pytest.mark.skipif(missing is not None, reason=f"GStreamer's RTSP server is not installed: {missing}")

TIMING = Timing(open_timeout=5, read_timeout=1, first_pause=0.05, longest_pause=0.3)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return make_video(tmp_path_factory.mktemp("rtsp") / "a.mp4", frames=10, fps=10)


@pytest.fixture(scope="module")
def server(video):
    with RtspServer(video) as server:
        yield server


def test_of_a_stream_the_part_is_looked_at(server, video):
    crop = Crop(0.5, 0.0, 1.0, 0.5)
    with Watched(server.url, timing=TIMING, crop=crop) as watched:
        seen = watched.next_frame(10)
    assert (seen.size, seen.source_size) == (WORKING, (160, 120))

    def apart(part):
        of_file = VideoFile(video, WORKING, 10, crop=part)
        return min(np.abs(frame.pixels.astype(int) - seen.pixels).mean() for frame in of_file)

    assert apart(crop) < 2 < 5 * apart(crop) + 2 < apart(Crop(0.0, 0.5, 0.5, 1.0))


def test_a_looped_clip_goes_on_and_on_in_real_time(server):
    with Watched(server.url, fps=10, timing=TIMING) as watched:
        watched.next_frame(10)
        frames = [watched.next_frame() for _ in range(33)]
        elapsed = frames[-1].captured_at - frames[10].captured_at
        assert elapsed > 1.9  # 22 intervals; a busy machine may take longer, and then catches up by a second at most
        assert 19 <= frames[-1].number - frames[10].number <= 10 * elapsed + 10
        assert all(later.captured_at > earlier.captured_at for earlier, later in itertools.pairwise(frames))
        assert {(frame.size, frame.source_size) for frame in frames} == {(WORKING, (160, 120))}
        assert watched.states == [("connecting", ""), ("live", "")]


def test_the_server_is_killed_and_restarted(server):
    with Watched(server.url.replace("//", "//me:5ecr3t@"), timing=TIMING) as watched:
        last = watched.next_frame(10)
        server.kill()
        watched.wait_for("failed", 10)
        shown = f"rtsp://***@127.0.0.1:{server.port}/stream"
        stalled, failed = watched.states[-2:]
        assert stalled in [("stalled", f"{shown}: {words}") for words in BROKEN_OFF]
        assert failed == ("failed", f"{shown}: cannot be opened: Connection refused, wanted a video")
        server.start()
        watched.wait_for("live", 10)
        assert watched.next_frame().number > last.number


def test_a_server_that_freezes_is_a_stall(server):
    with Watched(server.url, timing=TIMING) as watched:
        watched.next_frame(10)
        server.freeze()
        watched.wait_for("stalled", 10)
        assert watched.states[-1] == ("stalled", f"{server.url}: no data for 1 s")
        server.thaw()
        watched.wait_for("live", 15)
        assert watched.next_frame()
