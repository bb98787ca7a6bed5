"""Real footage as cameras send it: H.264 of their size and rate, encoded once and before anything is timed."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

import av

from vision.errors import UsageError
from vision.pixels.pace import Pace

KEY_FRAME_S = 2
"""Seconds from one key frame to the next, as cameras are set."""
RATE_FACTOR = 23
"""x264's own quality."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream to encode: name of the file, clip within the shared data folder, (width, height) in pixels."""

    name: str
    clip: str
    size: tuple[int, int]


STREAMS = (
    Stream("pets09-640x480.h264", "pets09/vtest.avi", (640, 480)),
    Stream("jamcam-640x360.h264", "jamcam_mot/2019-06-28_13-02-35.503167_00001.03601.mp4", (640, 360)),
)
"""Many walkers, and much traffic: no quiet views, which cost less."""


class H264:
    """A file of H.264 as cameras write it: no B frames; main profile with x264's defaults otherwise, deblocking too."""

    def __init__(self, target: Path, size: tuple[int, int], fps: int) -> None:
        self._container = av.open(str(target), "w", format="h264")
        options = {"crf": str(RATE_FACTOR), "profile": "main", "preset": "veryfast", "bf": "0"}
        self._stream = self._container.add_stream("libx264", rate=fps, options=options)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt, self._stream.gop_size = "yuv420p", KEY_FRAME_S * fps
        self._stream.time_base = Fraction(1, fps)
        self._frames = 0

    def write(self, frame: av.VideoFrame) -> None:
        """Scale and encode a frame."""
        scaled = frame.reformat(self._stream.width, self._stream.height, "yuv420p")
        scaled.pts, scaled.time_base = self._frames, self._stream.time_base
        scaled.pict_type = av.video.frame.PictureType.NONE  # where key frames were does not matter
        self._frames += 1
        self._container.mux(self._stream.encode(scaled))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


def encode(data: Path, stream: Stream, fps: int, folder: Path) -> Path:
    """Write a stream into a folder; return the file.

    Raises:
        UsageError: the data folder lacks the clip.
    """
    source, target = data / stream.clip, folder / stream.name
    if not source.is_file():
        raise UsageError(f"{source}: no such file, wanted the shared data folder")
    with H264(target, stream.size, fps) as out:
        for frame in _due(source, fps):
            out.write(frame)
    return target


def _due(source: Path, fps: int) -> Iterator[av.VideoFrame]:
    pace = Pace(fps)
    with av.open(str(source)) as container:
        for frame in container.decode(video=0):
            if pace.is_due(frame.time or 0.0):
                yield frame
