"""One camera of a running site, read in a thread of its own."""

import logging
import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import av

from vision.address import parse_address
from vision.errors import ComptageError
from vision.events import State
from vision.pixels.decode import Decoder
from vision.pixels.frame import Frame
from vision.pixels.pace import Pace
from vision.pixels.scene import SceneView
from vision.pixels.shrink import Shrinker, upright_size
from vision.pixels.sight import Sight
from vision.pixels.video_file import VideoFile
from vision.site import Camera

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient a reader is with its camera, in seconds.

    Attributes:
        open_timeout: wait for the connection, and again for the first packets. A key frame every 8 s is in use.
        read_timeout: wait for each further packet before the camera counts as stalled.
        first_pause: before the first attempt to connect again; it doubles with each that fails.
        longest_pause: before every attempt from then on.
    """

    open_timeout: float = 10.0
    read_timeout: float = 2.5
    first_pause: float = 0.5
    longest_pause: float = 2.0


DEFAULT_TIMING = Timing()


class Reader(threading.Thread):
    """Reads a camera until it is stopped, and holds the one frame that is to be looked at next.

    Of a live source the newest frame wins: it replaces one that has not been taken, unseen and unconverted. A
    stream that stalls or breaks off is opened again, after pauses that grow. A file is played at its own pace, every
    frame that is due waits until it is taken, and its last frame is followed by the state `ended`. A synthetic scene
    is rendered at the points of UTC that are multiples of 1 / fps. Frames of a live source that do not show its view
    (`vision.pixels.sight`) are not handed out.

    `captured_at` and `utc` of a live frame are those of its arrival; those of a file are its presentation time from
    the moment at which it began to play.

    Attributes:
        missed: frames that were due and made way for newer ones, not looked at.

    Args:
        camera: gives the source, what is looked at, working size and fps.
        wake: set whenever there is a frame to take.
        on_state: called with a state and one line of detail, without passwords, whenever either changes. It is called
            from the reader's thread, or from `take`.
        timing: how patient to be.
    """

    def __init__(
        self,
        camera: Camera,
        wake: threading.Event,
        on_state: Callable[[State, str], None],
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        super().__init__(name=f"reader of {camera.name}", daemon=True)
        self._camera = camera
        self._wake = wake
        self._on_state = on_state
        self._timing = timing
        self._pace = Pace(camera.fps)
        self._number = 0
        self.missed = 0
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._make_next: Callable[[], Frame] | None = None
        self._said: tuple[State, str] | None = None
        self._arrived_at = math.inf
        self._refuses = False
        self._sight: Sight | None = None

    def take(self) -> Frame | None:
        """Return the frame to look at next, or None if there is no new one; never waits for the camera."""
        if self._make_next is None:  # asked of every camera in each round, so not under the lock
            self._notice_silence()
            return None
        with self._changed:
            make, self._make_next = self._make_next, None
            self._changed.notify_all()
        if make is None:
            return None
        try:
            frame = make()
        except ComptageError as error:
            self._refuses = True
            self._say("failed", str(error))
            return None
        return frame if self._shows_the_view(frame) else None

    def stop(self) -> None:
        """Forget the frame that waits and ask the thread to end; this does not wait for it.

        It ends within the read timeout, or within the open timeout while it connects.
        """
        self._stopping.set()
        with self._changed:
            self._make_next = None
            self._changed.notify_all()

    def run(self) -> None:
        """Read the camera; called by `start`."""
        self._say("connecting", "")
        try:
            address = parse_address(self._camera.source)
            if address.kind == "scene":
                self._show_scene(address.target)
            elif address.kind == "file":
                self._play_file(address.target)
            else:
                self._follow()
        except ComptageError as error:
            self._say("failed", str(error))
        except Exception as error:
            # whatever it is, the service must learn that this camera is read no more
            log.exception("%s: the reader ended", self._camera.name)
            self._say("failed", f"{type(error).__name__} in the reader")

    def _follow(self) -> None:
        """Read a live source, again and again."""
        self._sight = Sight()
        pause = self._timing.first_pause
        while not self._stopping.is_set():
            before = self._number
            try:
                self._read_live()
            except ComptageError as error:
                has_lived = self._number > before
                self._say("stalled" if has_lived else "failed", str(error))
                if has_lived:
                    pause = self._timing.first_pause
            # Jitter, so that the cameras behind one switch do not all come back at the same instant.
            self._stopping.wait(pause * random.uniform(0.5, 1))  # noqa: S311  # keeps no secret
            pause = min(2 * pause, self._timing.longest_pause)

    def _read_live(self) -> None:
        """Read a live source until it fails.

        Raises:
            ComptageError: it cannot be opened, stalls or breaks off.
        """
        address = parse_address(self._camera.source)
        shrinker = Shrinker(self._camera.working_size, self._camera.crop)
        before = self._number
        with Decoder(address, self._timing.open_timeout, self._timing.read_timeout) as decoder:
            try:
                for decoded in decoder.frames(lambda: self._pace.is_due(time.monotonic())):
                    if self._stopping.is_set():
                        return
                    self._number = before + decoder.passed
                    self._arrived_at = time.monotonic()
                    self._post(partial(_look, shrinker, decoded, self._arrived_at, time.time(), self._number))
                    del decoded
            except ComptageError as error:
                # at once: FFmpeg takes leave of a camera that hangs, and waits for its answer
                self._say("stalled" if self._number > before else "failed", str(error))
                raise
        raise ComptageError(f"{address.label}: the stream ended")

    def _play_file(self, path: str) -> None:
        began_at, began_utc = time.monotonic(), time.time()
        camera = self._camera
        with VideoFile(path, camera.working_size, camera.fps, began_utc, camera.crop) as video:
            for frame in video:
                due_at = began_at + frame.captured_at
                if self._stopping.wait(max(0.0, due_at - time.monotonic())):
                    return
                self._post(partial(_same, replace(frame, captured_at=due_at)))
                del frame  # from now on only whoever takes it holds the image
                with self._changed:
                    self._changed.wait_for(lambda: self._make_next is None)
            self._say("ended", "; ".join(video.complaints()))

    def _show_scene(self, name: str) -> None:
        view = SceneView(name, self._camera.working_size)
        while True:
            now = time.time()
            utc = (math.floor(now * self._camera.fps) + 1) / self._camera.fps
            captured_at = time.monotonic() + utc - now
            if self._stopping.wait(utc - now):
                return
            self._number += 1
            self._post(partial(_render, view, captured_at, utc, self._number))

    def _post(self, make: Callable[[], Frame]) -> None:
        """Put up a frame to be taken, in the place of one that has not been."""
        with self._changed:
            if self._stopping.is_set():
                return
            self.missed += self._make_next is not None
            self._make_next = make
        if not self._refuses:
            self._say("live", self._sight.remark if self._sight else "")
        self._wake.set()

    def _shows_the_view(self, frame: Frame) -> bool:
        """Say whether a frame may be looked at; one that may not is overwritten."""
        if self._sight is None:
            self._refuses = False
            return True
        sees = self._sight.look(frame.pixels, frame.captured_at)
        if not sees:
            frame.wipe()
        state = self._sight.state
        self._refuses = state != "live"
        if state != "live":
            self._say(state, self._sight.remark)
        return sees

    def _notice_silence(self) -> None:
        """Say so if a live source gives no picture while its thread hangs where no timeout reaches it.

        That is in a driver, or in FFmpeg's demuxer, which looks for the next packet in what is not video.
        """
        silence = time.monotonic() - self._arrived_at
        if silence > 1.1 * self._timing.read_timeout + 1 / self._camera.fps and self._said and self._said[0] == "live":
            self._say("stalled", f"no frame for {silence:.0f} s")

    def _say(self, state: State, detail: str) -> None:
        with self._changed:
            if self._stopping.is_set() or self._said == (state, detail):
                return
            self._said = state, detail
        self._on_state(state, detail)


def _look(shrinker: Shrinker, decoded: av.VideoFrame, captured_at: float, utc: float, number: int) -> Frame:
    return Frame(shrinker.shrink(decoded), captured_at, utc, number, upright_size(decoded))


def _render(view: SceneView, captured_at: float, utc: float, number: int) -> Frame:
    pixels = view.render(utc)
    return Frame(pixels, captured_at, utc, number, (pixels.shape[1], pixels.shape[0]))


def _same(frame: Frame) -> Frame:
    return frame
