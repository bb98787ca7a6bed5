"""Real footage as cameras send it: H.264 of their size and rate, encoded once and before anything is timed."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

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


def encode(data: Path, stream: Stream, fps: int, folder: Path) -> Path:
    """Write a stream into a folder; return the file.

    No B frames, as cameras send it; main profile with x264's defaults otherwise, deblocking among them.

    Raises:
        UsageError: the data folder lacks the clip.
    """
    source, target = data / stream.clip, folder / stream.name
    if not source.is_file():
        raise UsageError(f"{source}: no such file, wanted the shared data folder")
    options = {"crf": str(RATE_FACTOR), "profile": "main", "preset": "veryfast", "bf": "0", "forced-idr": "1"}
    with av.open(str(target), "w", format="h264") as container:
        out = container.add_stream("libx264", rate=fps, options=options)
        out.width, out.height = stream.size
        out.pix_fmt, out.gop_size = "yuv420p", KEY_FRAME_S * fps
        out.time_base = Fraction(1, fps)
        for number, frame in enumerate(_due(source, fps)):
            scaled = frame.reformat(*stream.size, "yuv420p")
            scaled.pts, scaled.time_base, scaled.pict_type = number, Fraction(1, fps), av.video.frame.PictureType.NONE
            container.mux(out.encode(scaled))
        container.mux(out.encode(None))
    return target


def _due(source: Path, fps: int) -> Iterator[av.VideoFrame]:
    pace = Pace(fps)
    with av.open(str(source)) as container:
        for frame in container.decode(video=0):
            if pace.is_due(frame.time or 0.0):
                yield frame
