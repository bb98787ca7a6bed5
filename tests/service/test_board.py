import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.service.world import SITE
from vision.events import CameraState, Coverage, FrameCount, Heartbeat, Passage
from vision.service.board import Board, without_address
from vision.site import Camera


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def live(board: Board) -> None:
    board.note(CameraState(camera="dorian", state="live", utc=0))


def test_a_camera_is_ready_while_it_sees():
    clock = Clock()
    board = Board(SITE, clock)
    assert (board.status("dorian").state, board.status("dorian").ready) == ("connecting", False)
    live(board)
    assert not board.status("dorian").ready
    board.note(Coverage(camera="dorian", start=50, end=51))
    assert (board.status("dorian").ready, board.status("dorian").last_seen) == (True, 51)
    clock.now += 10
    assert board.status("dorian").ready
    clock.now += 0.5
    assert (board.status("dorian").ready, board.status("dorian").age) == (False, 10.5)
    board.note(Coverage(camera="dorian", start=60, end=61))
    board.note(CameraState(camera="dorian", state="stalled", utc=0))
    assert not board.status("dorian").ready


def test_coverage_is_that_of_the_last_minute():
    clock = Clock()
    board = Board(SITE, clock)
    for second in range(1, 121):
        clock.now = 1000.0 + second
        if second <= 60 or second > 90:
            board.note(Coverage(camera="dorian", start=second - 1, end=second))
        if second <= 60:
            assert board.status("dorian").coverage == 1
    assert board.status("dorian").coverage == pytest.approx(0.5)
    clock.now += 60
    assert board.status("dorian").coverage == 0


def test_passages_are_counted_and_strangers_are_not():
    board = Board(SITE)
    for camera in ("dorian", "dorian", "nowhere"):
        board.note(Passage(camera=camera, line="avenue", direction="forward", object_class="car", utc=1))
    assert board.passages() == {("dorian", "avenue", "forward", "car"): 2}


SOURCES = (
    "rtsp://jean:s3cret@10.20.30.40:554/stream2?key=s3cret",
    "v4l2:/dev/video0",
    "/srv/clips/sud of the river.mp4",
    "clip.avi",
)


@given(st.sampled_from(SOURCES), st.text(max_size=20), st.text(max_size=20))
def test_a_detail_never_tells_the_address(source, before, after):
    camera = Camera(name="x", source=source)
    detail = without_address(f"{before}{source}{after}", camera)
    assert source not in detail
    for secret in ("jean", "s3cret", "10.20.30.40", "stream2", "/dev/video0", "/srv/clips", "river", "clip.avi"):
        assert secret not in detail or secret in before + after


def test_a_detail_is_still_worth_reading():
    camera = Camera(name="x", source="rtsp://jean:s3cret@10.20.30.40:554/stream2")
    detail = "10.20.30.40: no answer in 5.0 s from tcp://10.20.30.40:554?timeout=5, trying again in 2 s"
    assert without_address(detail, camera) == "…: no answer in 5.0 s from … trying again in 2 s"


def test_frames_looked_at_and_missed_add_up_over_heartbeats():
    board = Board(SITE)
    assert board.frames("dorian") == (0, 0)
    for looked_at, missed in ((5, 0), (3, 2)):
        counts = (FrameCount(camera="dorian", looked_at=looked_at, missed=missed),)
        board.note(Heartbeat(frames=(*counts, FrameCount(camera="of another site", looked_at=9, missed=9))))
    assert (board.frames("dorian"), board.frames("sud")) == ((8, 2), (0, 0))
