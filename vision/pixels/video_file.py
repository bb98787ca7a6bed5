"""A recorded file, frame by frame, in its own time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import av

from vision.address import Address
from vision.crop import WHOLE, Crop, Size
from vision.errors import ComptageError, UsageError
from vision.pixels.decode import Decoder
from vision.pixels.frame import Frame
from vision.pixels.pace import Pace
from vision.pixels.shrink import Shrinker, upright_size

LONGEST_GAP_S = 60.0
"""A leap of the presentation times beyond this, and beyond the file's own duration, is damage and not a gap."""

_LEAST_MISSING_S = 1.0
"""A file that ends this much before its own duration has been cut off; containers round by less."""


class Timeline:
    """Presentation times that only go forward, whatever a file says.

    Attributes:
        steps: how often the file's clock went back, stood still or leapt out of the file; time then went on by one
            nominal interval.

    Args:
        interval: nominal seconds between two frames.
        duration: seconds that the file lasts, as far as it says.
    """

    def __init__(self, interval: float, duration: float | None) -> None:
        self.steps = 0
        self._interval = interval
        self._duration = duration or 0.0
        self._offset: float | None = None
        self._last = -interval

    @property
    def end(self) -> float:
        """Seconds from the first frame to the end of the newest one."""
        return self._last + self._interval

    def place(self, stamp: float | None) -> float:
        """Return seconds since the first frame for the next frame's time stamp; None where the frame has none."""
        expected = self.end
        if stamp is None:
            self._last = expected
            return expected
        if self._offset is None:
            self._offset = expected - stamp
        time = stamp + self._offset
        if not self._last < time <= max(self._last + LONGEST_GAP_S, self._duration):
            self.steps += 1
            self._offset = expected - stamp
            time = expected
        self._last = time
        return time


class VideoFile:
    """A recorded video, read once from its beginning to its end.

    Iterating gives the frames to look at, at most `fps` a second of presentation time. `captured_at` counts from the
    first frame, `utc` from the file's creation time. Packets that cannot be decoded are counted and skipped.

    Attributes:
        duration: seconds, as the file says; None where it does not.
        source_size: (width, height) in pixels of the newest frame; before the first, as the file says.
        start_utc: unix seconds of the first frame.

    Args:
        path: the file.
        working_size: (width, height) in pixels to which the part that is looked at is shrunk; one that is smaller is
            not enlarged.
        fps: frames to look at in a second.
        start_utc: unix seconds of the first frame; None to take the file's creation time, or 0 where it has none.
        crop: the part that is looked at.

    Raises:
        UsageError: there is no such file.
        ComptageError: the file is no video, or (at the end of the iteration) no frame of it could be decoded.
    """

    def __init__(
        self,
        path: Path | str,
        working_size: Size,
        fps: float,
        start_utc: float | None = None,
        crop: Crop = WHOLE,
    ) -> None:
        if not Path(path).is_file():
            raise UsageError(f"{path}: {'not a file' if Path(path).exists() else 'no such file'}, wanted a video")
        self._path = path
        self._decoder = Decoder(Address("file", str(path)))
        self._shrinker = Shrinker(working_size, crop)
        self._pace = Pace(fps)
        self.start_utc = _creation_utc(self._decoder.metadata) if start_utc is None else start_utc
        self._unconverted = 0
        self.duration = self._decoder.duration
        self.source_size = self._decoder.size
        self._timeline = Timeline(self._decoder.interval, self.duration)

    @property
    def decoded_frames(self) -> int:
        """Frames decoded so far, whether looked at or not."""
        return self._decoder.passed

    @property
    def lost_packets(self) -> int:
        """Packets that could not be read or gave no picture; complete only at the end of the file."""
        return self._decoder.lost + self._unconverted

    @property
    def damaged_frames(self) -> int:
        """Frames decoded so far of which the decoder had to make up a part."""
        return self._decoder.concealed

    @property
    def time_steps(self) -> int:
        """How often so far the presentation times went back or leapt."""
        return self._timeline.steps

    def complaints(self) -> list[str]:
        """Return one phrase for each kind of damage met in a file read to its end; none for a sound one."""
        phrases = []
        if self.lost_packets:
            phrases.append(f"{self.lost_packets} damaged packets gave no frame ({self.decoded_frames} frames decoded)")
        if self.damaged_frames:
            phrases.append(f"{self.damaged_frames} of {self.decoded_frames} decoded frames are damaged")
        if self.duration and self.duration - self._timeline.end > _LEAST_MISSING_S:
            phrases.append(f"breaks off after {self._timeline.end:.1f} s of {self.duration:.1f} s")
        if self.time_steps:
            phrases.append(f"the clock went back or leapt {self.time_steps} times")
        return phrases

    def close(self) -> None:
        """Let go of the file."""
        self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        for decoded in self._decoder.frames():
            time = self._timeline.place(decoded.time)
            self.source_size = upright_size(decoded)
            looks = self._look(decoded, time) if self._pace.is_due(time) else []
            del decoded
            while looks:
                yield looks.pop()  # in no variable of this generator's while it sleeps: the image is the caller's
        if not self.decoded_frames:
            raise ComptageError(f"{self._path}: no frame could be decoded, wanted a video")

    def _look(self, decoded: av.VideoFrame, time: float) -> list[Frame]:
        """Return the one frame, or none if its pixels cannot be converted."""
        try:
            pixels = self._shrinker.shrink(decoded)
        except ComptageError:
            self._unconverted += 1
            return []
        return [Frame(pixels, time, self.start_utc + time, self.decoded_frames, self.source_size)]


def _creation_utc(metadata: dict[str, str]) -> float:
    """Return the container's `creation_time` (ISO 8601) in unix seconds; 0 where there is none, or none to be read."""
    try:
        created = datetime.fromisoformat(metadata.get("creation_time", ""))
    except ValueError:
        return 0.0
    return (created if created.tzinfo else created.replace(tzinfo=UTC)).timestamp()
