"""Frames full of a marker go through the real commands; the marker is then looked for wherever it could have gone."""

import base64
import gc
import logging
import threading
import time
import urllib.error
import urllib.request
import weakref
import zlib
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from tests.running import Running, wait_for
from vision.detections import Detections
from vision.pixels.frame import Frame
from vision.pixels.look import look_once
from vision.pixels.reader import Reader
from vision.pixels.video_file import VideoFile
from vision.site import Camera

MARKER = bytes([0xC7, 0x1D, 0xE9, 0x53, 0x8B, 0x2F, 0xB6, 0x74, 0xD1, 0x3A, 0x95, 0x6C])
"""Four pixels that no other data holds by chance."""

SITE = """
[site]
name = "canary"
[[camera]]
name = "cage"
source = "{video}"
working_size = [64, 48]
"""


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """A lossless video, at working size, whose every row repeats the marker and which flickers, so that it is seen."""
    path = tmp_path_factory.mktemp("canary") / "canary.mkv"
    row = np.frombuffer(MARKER * 16, np.uint8).reshape(64, 3)
    picture = np.tile(row, (48, 1, 1))
    with av.open(path, "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "bgr0"
        for k in range(200):
            shown = picture.copy()
            shown[10:30, k % 40 : k % 40 + 12] = 0
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, "bgr24").reformat(format="bgr0")))
        container.mux(stream.encode())
    return path


def traces(content):
    """Return in which forms the marker is in some bytes."""
    forms = {"plain": MARKER, "hexadecimal": MARKER.hex().encode(), "inverted": MARKER[::-1]}
    forms |= {f"base64+{shift}": base64.b64encode(b"\0" * shift + MARKER * 2)[4:-4] for shift in range(3)}
    forms["printed"] = b", ".join(str(byte).encode() for byte in MARKER)
    forms["repr"] = repr(MARKER).encode()
    return [name for name, form in forms.items() if form in content] + inflated(content)


def inflated(content):
    """Look inside whatever zlib stream begins anywhere in the bytes."""
    found = []
    for head in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        start = content.find(head)
        while start >= 0:
            try:
                inside = zlib.decompressobj().decompress(content[start:], 1 << 20)
            except zlib.error:
                inside = b""
            found += ["compressed"] if MARKER in inside else []
            start = content.find(head, start + 1)
    return found


def test_the_search_finds_every_form_it_looks_for():
    for form in (
        MARKER,
        base64.b64encode(b"x" + MARKER * 9),
        MARKER.hex().encode(),
        zlib.compress(b"a" * 50 + MARKER * 4),
        str(list(MARKER)).encode(),
    ):
        assert traces(b"before " + form + b" after")


def test_the_canary_reaches_the_detector(canary):
    """Otherwise the searches below would prove nothing."""
    frame = next(iter(VideoFile(canary, (64, 48), 10)))
    assert traces(frame.pixels.tobytes()) == ["plain"]


def test_nothing_of_an_image_is_left_by_a_run(canary, tmp_path, monkeypatch):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with Running(SITE.format(video=canary), tmp_path, log_level="DEBUG") as running:
        running.wait_until_live("cage")
        bodies = [fetch(running, path) for path in readable_paths(running)]
        bodies.append(stream_for(running, seconds=2))
        wait_for(lambda: running.camera("cage")["coverage"] > 0)
        assert running.end() == 0
    assert len(bodies) > 8
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"ledger.sqlite", "log.txt"} <= {path.name for path in files}
    for content in [*bodies, *(path.read_bytes() for path in files)]:
        assert traces(content) == []


def readable_paths(running):
    document = running.get("/api/v1/openapi.json")
    paths = [path for path in document["paths"] if "{" not in path and not path.endswith("/live")]
    pages = Path(__file__).parents[2] / "vision" / "service" / "pages"
    return ["/", *paths, *(f"/{page.relative_to(pages)}" for page in pages.rglob("*") if page.is_file())]


def fetch(running, path):
    try:
        with urllib.request.urlopen(running.url + path, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


def stream_for(running, seconds):
    content = b""
    ends_at = time.monotonic() + seconds
    with urllib.request.urlopen(running.url + "/api/v1/live", timeout=10) as answer:
        while time.monotonic() < ends_at:
            content += answer.readline()
    assert b"snapshot" in content
    return content


def test_an_exception_in_the_middle_of_a_look_logs_no_pixel(canary, caplog):
    """With everything logged, as a technician would who hunts a fault."""

    def broken(frame):
        raise ValueError(f"cannot look at {frame!r}: {frame}")

    with caplog.at_level(logging.DEBUG):
        for frame in VideoFile(canary, (64, 48), 10):
            try:
                look_once(broken, frame, (64, 48))
            except ValueError:
                logging.getLogger("test").exception("as vision.worker does")
            assert not frame.pixels.any()
    assert "shape=(48, 64, 3)" in caplog.text
    assert traces(caplog.text.encode()) == []


def test_the_pixels_are_gone_when_the_next_frame_is_asked_for(canary):
    """For a file, as `vision.recorded` reads it."""
    seen = []
    for frame in islice(VideoFile(canary, (64, 48), 10), 20):
        gc.collect()
        assert all(reference() is None for reference in seen)
        seen = [weakref.ref(frame), weakref.ref(frame.pixels)]
        look_once(lambda _: Detections.none(), frame, (64, 48))
        del frame


def test_the_pixels_are_gone_when_the_next_frame_is_taken():
    """For a camera, as `vision.worker` reads it."""
    wake = threading.Event()
    reader = Reader(Camera(name="a", source="scene:square", fps=20), wake, lambda *_: None)
    reader.start()
    references = []
    for _ in range(5):
        frame = wait_for(reader.take, timeout=10, every=0.005)
        assert isinstance(frame, Frame)
        gc.collect()
        assert all(reference() is None for reference in references)
        references = [weakref.ref(frame), weakref.ref(frame.pixels)]
        look_once(lambda _: Detections.none(), frame, (64, 48))
        del frame
    reader.stop()
    reader.join(10)
    assert not reader.is_alive()
