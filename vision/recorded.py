"""Recorded files, looked at as fast as it goes: `comptage count`, `tracks` and `detect`.

Like `vision.worker`, this stands on both sides of the wall: it opens the pixels and lets out numbers.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

import numpy as np
from tqdm import tqdm

from models.catalogue import scores
from vision.classes import CLASS_INDEX
from vision.counting.camera import CameraCounter
from vision.detections import Detections
from vision.pixels.detector import open_detector
from vision.pixels.look import look_once
from vision.pixels.video_file import VideoFile
from vision.site import Camera, Site
from vision.tally import Tally
from vision.tracking.hindsight import Hindsight
from vision.tracking.track import Track
from vision.tracking.tracker import Tracker


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame of a file gave, after its pixels are gone.

    Attributes:
        number: 1-based position of the frame in the file.
        captured_at: presentation time in seconds from the first frame.
        utc: unix seconds.
        source_size: (width, height) in pixels of the file's frames.
        detections: boxes in pixels of the camera's `frame_size`.
    """

    number: int
    captured_at: float
    utc: float
    source_size: tuple[int, int]
    detections: Detections


class RecordedFile:
    """A file and the detector that looks at it.

    Args:
        camera: gives the detector, what is looked at, working size and fps; its `source` is the file.

    Raises:
        UsageError: there is no such file, or no such detector.
        ComptageError: the file is no video, or the detector cannot be run.
    """

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._detector = open_detector(camera)
        self._video = VideoFile(camera.source, camera.working_size, camera.fps, crop=camera.crop)
        self.scores = scores(camera.detector, camera.score)
        self.start_utc = self._video.start_utc

    def looks(self) -> Iterator[Look]:
        """Look at every frame that is due, with a progress bar on stderr; then say there what was lost."""
        duration = self._video.duration
        length = f"/{duration:.0f}" if duration else ""  # not tqdm's {total}, which a file that goes on beyond loses
        shape = f"{{l_bar}}{{bar}}| {{n:.0f}}{length} s of video [{{elapsed}}<{{remaining}}]"
        with tqdm(total=duration, desc=self._camera.source, bar_format=shape, leave=False) as bar:
            for frame in self._video:
                bar.update(frame.captured_at - bar.n)
                look = Look(
                    number=frame.number,
                    captured_at=frame.captured_at,
                    utc=frame.utc,
                    source_size=frame.source_size,
                    detections=look_once(self._detector, frame, self._camera.frame_size, self._camera.crop),
                )
                del frame  # the image ends here, before the next one is asked for
                yield look
        for complaint in self._video.complaints():
            print(f"{self._camera.source}: {complaint}", file=sys.stderr)  # noqa: T201  # a command's own words


def count(site: Site, camera: Camera) -> dict[str, Any]:
    """Count the file that is a camera's source; return what `comptage count --json` prints."""
    recorded = RecordedFile(camera)
    tally = Tally(site, camera)
    counter = CameraCounter(camera, *recorded.scores)
    end = 0.0
    for look in recorded.looks():
        end = look.utc
        tally.add_all(counter.look(look.detections, look.captured_at, look.utc))
    tally.add_all(counter.finish())
    return tally.report(recorded.start_utc, end)


def write_tracks(camera: Camera, out: TextIO) -> None:
    """Write the tracks of a file as MOTChallenge text, as they are known in hindsight (`tracking.hindsight`)."""
    recorded = RecordedFile(camera)
    tracker = Tracker(*recorded.scores)
    hindsight = Hindsight[Look](tracker.settled_after_s)
    for look in recorded.looks():
        _write_settled(
            out, camera, hindsight.add(look, look.captured_at, tracker.update(look.detections, look.captured_at))
        )
    _write_settled(out, camera, hindsight.finish())


def _write_settled(out: TextIO, camera: Camera, settled: Iterable[tuple[Look, list[Track]]]) -> None:
    for look, tracks in settled:
        boxes = np.array([track.box for track in tracks]).reshape(-1, 4)
        classes = [CLASS_INDEX[track.object_class] for track in tracks]
        _write_mot(out, camera, look, [track.id for track in tracks], boxes, [1.0] * len(tracks), classes)


def write_detections(camera: Camera, out: TextIO) -> None:
    """Write the raw detections of a file as MOTChallenge text, with -1 for the id."""
    for look in RecordedFile(camera).looks():
        seen = look.detections
        _write_mot(out, camera, look, [-1] * len(seen), seen.boxes, seen.scores.tolist(), seen.classes.tolist())


def _write_mot(
    out: TextIO,
    camera: Camera,
    look: Look,
    ids: Iterable[int],
    boxes: np.typing.NDArray[np.floating],
    scores: Iterable[float],
    classes: Iterable[int],
) -> None:
    """Write lines `frame,id,left,top,width,height,score,class,-1,-1`, boxes in pixels of the file's own frames."""
    scale = np.array(look.source_size) / camera.frame_size
    rows = boxes * np.tile(scale, 2)
    out.writelines(
        f"{look.number},{track},{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f},{score:.3f},{index},-1,-1\n"
        for track, (left, top, right, bottom), score, index in zip(ids, rows.tolist(), scores, classes, strict=True)
    )
