"""An image in the worker, seen from within: gone at the next one, and in no log. The rest is for `test_proof`."""

import gc
import logging
import os
import subprocess
import sys
import threading
import weakref
from itertools import islice
from pathlib import Path

import pytest

from tests.running import wait_for
from vision.detections import Detections
from vision.pixels.frame import Frame
from vision.pixels.look import look_once
from vision.pixels.reader import Reader
from vision.pixels.video_file import VideoFile
from vision.proof import search
from vision.proof.canary import FOOTAGE
from vision.site import Camera


@pytest.fixture
def canary():
    return Path(search.__file__).with_name(FOOTAGE)


@pytest.fixture
def little_garbage():
    """All that other tests have left is left out of `gc.collect`, which would take half a second otherwise."""
    gc.freeze()
    yield
    gc.unfreeze()


def test_the_canary_reaches_the_detector(canary):
    """Otherwise the searches below would prove nothing."""
    frame = next(iter(VideoFile(canary, (64, 48), 10)))
    assert not search.look_for(frame.pixels.tobytes())
    frame = next(iter(VideoFile(canary, (320, 240), 10)))
    assert search.look_for(frame.pixels.tobytes())


def test_the_network_library_keeps_no_file_about_its_use(tmp_path):
    """Without a word to it, onnxruntime from 1.29 on keeps one in the home folder, and sends it to its maker."""
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "XDG_CACHE_HOME")}
    environment |= {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", "import vision.worker"], env=environment, check=True)
    assert not list(tmp_path.iterdir())


def test_an_exception_in_the_middle_of_a_look_logs_no_pixel(canary, caplog):
    """With everything logged, as a technician would who hunts a fault."""

    def broken(frame):
        raise ValueError(f"cannot look at {frame!r}: {frame}")

    with caplog.at_level(logging.DEBUG):
        for frame in VideoFile(canary, (320, 240), 10):
            try:
                look_once(broken, frame, (320, 240))
            except ValueError:
                logging.getLogger("test").exception("as vision.worker does")
            assert not frame.pixels.any()
    assert "shape=(240, 320, 3)" in caplog.text
    assert search.look_for(caplog.text.encode()) == []


@pytest.mark.usefixtures("little_garbage")
def test_the_pixels_are_gone_when_the_next_frame_is_asked_for(canary):
    """For a file, as `vision.recorded` reads it."""
    seen = []
    for frame in islice(VideoFile(canary, (320, 240), 10), 20):
        gc.collect()
        assert all(reference() is None for reference in seen)
        seen = [weakref.ref(frame), weakref.ref(frame.pixels)]
        look_once(lambda _: Detections.none(), frame, (320, 240))
        del frame


@pytest.mark.usefixtures("little_garbage")
def test_the_pixels_are_gone_when_the_next_frame_is_taken():
    """For a camera, as `vision.worker` reads it."""
    wake = threading.Event()
    reader = Reader(Camera(name="a", source="scene:square", fps=20), wake, lambda *_: None)
    reader.start()
    references = []
    for _ in range(5):
        frame = wait_for(reader.take, every=0.005)
        assert isinstance(frame, Frame)
        gc.collect()
        assert all(reference() is None for reference in references)
        references = [weakref.ref(frame), weakref.ref(frame.pixels)]
        look_once(lambda _: Detections.none(), frame, (320, 240))
        del frame
    reader.stop()
    reader.join(10)
    assert not reader.is_alive()
