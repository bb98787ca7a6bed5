"""A worker process: the pixels of one or more cameras live and die in here.

    python -m vision.worker < cameras.json

It is started by `vision.supervisor`, reads its cameras as one line of JSON on standard input, and writes events, one a
line, to standard output. When standard input ends, because the service closed it or is no more, it says what is left
to say and ends. It writes nothing else anywhere; log lines go to standard error.
"""

import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import BinaryIO, get_args

from models.catalogue import scores
from vision.counting.camera import CameraCounter
from vision.crash import forbid_core_dumps
from vision.errors import ComptageError
from vision.events import (
    AnyEvent,
    CameraState,
    Coverage,
    FrameCount,
    Heartbeat,
    Length,
    Occupancy,
    Passage,
    State,
    Unseen,
    encode,
)
from vision.logs import log_without_passwords
from vision.pixels.detector import Detector, open_detector
from vision.pixels.freed import give_back_freed_memory
from vision.pixels.look import look_once
from vision.pixels.reader import Reader
from vision.site import Camera, Cameras

HEARTBEAT_S = 0.5
IDLE_S = 0.1
"""Longest sleep between two rounds when no camera has a frame."""
LAST_WORDS_S = 7.0
"""For the loop to end by itself after the service has closed the pipe; the service waits 6 s."""

TIDY_S = 1.0
"""How often freed memory, which may hold what was an image, is given back to the system."""

Compared = Passage | Occupancy | Length | Coverage
"""What `comptage validate` compares."""

log = logging.getLogger(__name__)


class CameraPost:
    """One camera at work: its reader, its detector, its counter, and one for each score that is tried.

    Args:
        camera: settings.
        say: takes every event.
        wake: set by the reader's thread when there is a frame to take.
    """

    def __init__(self, camera: Camera, say: Callable[[AnyEvent], None], wake: threading.Event) -> None:
        self._camera = camera
        self._say = say
        self._detector: Detector = open_detector(camera)
        self._reader = Reader(camera, wake, self._on_state)
        self._counters = [CameraCounter(one, *scores(one.detector, one.score)) for one in (camera, *camera.trials)]
        self._blind = threading.Event()
        self._unseen = threading.Event()
        self._looked_at = self._missed = 0

    def start(self) -> None:
        """Begin to read the camera."""
        self._reader.start()

    def turn(self) -> bool:
        """Look at the newest frame if one is due; say whether there was one."""
        if self._blind.is_set():
            self._blind.clear()
            self._detector.forget()
            self._say_of_each(CameraCounter.finish if self._unseen.is_set() else CameraCounter.pause)
            self._unseen.clear()
        frame = self._reader.take()
        if frame is None:
            return False
        captured_at, utc = frame.captured_at, frame.utc
        self._looked_at += 1
        try:
            detections = look_once(self._detector, frame, self._camera.frame_size, self._camera.crop)
        except MemoryError:
            raise  # there is nothing left to work with: a new worker begins with what this one gives back
        except Exception:
            # One bad frame, or one detector that fails, must not blind the other cameras of this worker.
            # What was not looked at is not covered, so the gap shows.
            log.exception("%s: a frame could not be looked at", self._camera.name)
            return True
        self._say_of_each(lambda counter: counter.look(detections, captured_at, utc))
        return True

    def frames(self) -> FrameCount:
        """Return how many frames were looked at and how many were missed since this was last asked."""
        looked_at, self._looked_at = self._looked_at, 0
        before, self._missed = self._missed, self._reader.missed
        return FrameCount(camera=self._camera.name, looked_at=looked_at, missed=self._missed - before)

    def stop(self) -> None:
        """End reading and say what is left to say."""
        self._reader.stop()
        self._say_of_each(CameraCounter.finish)

    def _say_of_each(self, asked: Callable[[CameraCounter], Iterable[AnyEvent]]) -> None:
        """Say what the camera's counter answers, and of those that are tried beside it what is compared."""
        for place, counter in enumerate(self._counters):
            for event in asked(counter):
                if place == 0 or isinstance(event, Compared):
                    self._say(event)

    def _on_state(self, state: State, detail: str) -> None:
        """Called from the reader's thread; the counter belongs to the loop, which is only told."""
        if state in get_args(Unseen):
            self._unseen.set()
        if state != "live":
            self._blind.set()
        self._say(CameraState(camera=self._camera.name, state=state, utc=time.time(), detail=detail))


class Speaker:
    """Writes events to the service, from any thread, a whole line at a time."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()

    def say(self, event: AnyEvent) -> None:
        """Write one event."""
        with self._lock:
            self._out.write(encode(event))
            self._out.flush()


def work(cameras: tuple[Camera, ...], say: Callable[[AnyEvent], None], stop: threading.Event) -> None:
    """Serve cameras until `stop` is set: take whichever has a frame that is due, look at it, say what was seen."""
    wake = threading.Event()
    posts = []
    for camera in cameras:
        try:
            posts.append(CameraPost(camera, say, wake))
        except ComptageError as error:
            say(CameraState(camera=camera.name, state="failed", utc=time.time(), detail=str(error)))
    for post in posts:
        post.start()
    gc.freeze()  # what has been set up stays: the collector need not go through it again and again
    beaten_at = tidied_at = float("-inf")
    while not stop.is_set():
        if time.monotonic() - beaten_at >= HEARTBEAT_S:
            beaten_at = time.monotonic()
            say(Heartbeat(frames=tuple(post.frames() for post in posts)))
        if time.monotonic() - tidied_at >= TIDY_S:
            tidied_at = time.monotonic()
            give_back_freed_memory()
        wake.clear()
        looked = [post.turn() for post in posts]  # every camera gets its turn
        if not any(looked):
            wake.wait(IDLE_S)
    for post in posts:
        post.stop()


def main() -> None:
    """Run until standard input ends."""
    forbid_core_dumps()
    log_without_passwords(logging.INFO)
    cameras = Cameras.validate_json(sys.stdin.buffer.readline())
    stop = threading.Event()

    def until_end_of_input() -> None:
        sys.stdin.buffer.read()
        stop.set()
        time.sleep(LAST_WORDS_S)
        os._exit(1)  # a look that never ends; the service, if it is still there, has killed this process by now

    threading.Thread(target=until_end_of_input, daemon=True).start()
    try:
        work(cameras, Speaker(sys.stdout.buffer).say, stop)
        sys.stdout.flush()
    except BrokenPipeError:
        # The service is gone, so there is nobody left to tell.
        os._exit(1)
    # At once: readers may be in FFmpeg, which asks Python whether to wait on, and crashes where that is no more.
    os._exit(0)


if __name__ == "__main__":
    main()
