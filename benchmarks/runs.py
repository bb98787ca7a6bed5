"""The way of a clip through a part of the product, or all of it: passages and tracks.

| run | what is given | what is measured |
| --- | --- | --- |
| tracks | true tracks | the counter |
| boxes | true boxes, without identities | tracker and counter |
| a detector | the video | everything |

Lines and whatever else is set come from a camera's settings. Looks come at the rate asked for, chosen as the product
chooses them; a detector is run on that very sequence, since some compare a look with those before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.truth.clips import Clip
from benchmarks.truth.heldout import Size
from benchmarks.truth.passages import Rows
from vision.classes import CLASSES
from vision.counting.camera import CameraCounter
from vision.counting.lines import LineCounter, ends
from vision.detections import Detections
from vision.events import Passage
from vision.pixels.pace import Pace
from vision.recorded import RecordedFile
from vision.site import Camera
from vision.tracking.track import TrackState


@dataclass(frozen=True, slots=True)
class Run:
    """What one way of counting made of one clip.

    Attributes:
        passages: those counted, of classes that are labelled; `utc` is seconds since the first frame.
        tracks: rows frame, id, left, top, width, height in pixels of the working size, where a confirmed track was
            observed as one of the classes labelled.
        looked_at: numbers of the frames looked at, from 1.
    """

    passages: list[Passage]
    tracks: Rows
    looked_at: tuple[int, ...]


def from_tracks(clip: Clip, camera: Camera, size: Size, fps: float) -> Run:
    """Count true tracks at a working size: the counter alone."""
    rows = clip.truth_at(size)
    numbers = _looks(clip, fps)
    passages = []
    for line in camera.lines:
        counter = LineCounter(line.name, *ends(line.a, line.b, size))
        for frame, track, left, top, width, height, index in rows[np.argsort(rows[:, 0], kind="stable")].tolist():
            if frame not in numbers:
                continue
            passed = counter.observe(int(track), (left + width / 2, top + height), height, (frame - 1) * clip.interval)
            if passed:
                direction, time = passed
                name = CLASSES[int(index)]
                passages.append(
                    Passage(camera="tracks", line=line.name, direction=direction, object_class=name, utc=time)
                )
    return Run(passages, rows[np.isin(rows[:, 0], list(numbers)), :6], tuple(sorted(numbers)))


def from_boxes(clip: Clip, camera: Camera, size: Size, fps: float) -> Run:
    """Track and count true boxes at a working size."""
    rows = clip.truth_at(size)
    looks = []
    for number in sorted(_looks(clip, fps)):
        here = rows[rows[:, 0] == number]
        boxes = np.concatenate((here[:, 2:4], here[:, 2:4] + here[:, 4:6]), axis=1)
        seen = Detections(boxes.astype(np.float32), np.ones(len(here), np.float32), here[:, 6].astype(np.int64))
        looks.append((number, (number - 1) * clip.interval, seen))
    return _counted(clip, CameraCounter(_looking(camera, size, fps)), looks)


def from_detector(clip: Clip, camera: Camera, size: Size, fps: float, detector: str) -> Run:
    """Look at the video, as `comptage count` does, at a working size.

    Raises:
        ComptageError: the detector cannot be run.
    """
    looking = _looking(camera, size, fps).model_copy(update={"source": str(clip.video), "detector": detector})
    recorded = RecordedFile(looking)
    looks = ((look.number, look.captured_at, look.detections) for look in recorded.looks())
    return _counted(clip, CameraCounter(looking, *recorded.scores), looks)


def _looking(camera: Camera, size: Size, fps: float) -> Camera:
    return camera.model_copy(update={"working_size": size, "fps": fps})


def _looks(clip: Clip, fps: float) -> set[int]:
    """Return the numbers of the frames that are due."""
    pace = Pace(fps)
    return {number for number in range(1, clip.frames + 1) if pace.is_due((number - 1) * clip.interval)}


def _counted(clip: Clip, counter: CameraCounter, looks: Iterable[tuple[int, float, Detections]]) -> Run:
    passages, tracks, looked_at = list[Passage](), list[tuple[float, ...]](), list[int]()
    for number, seconds, seen in looks:
        events = counter.look(seen, seconds, seconds)
        passages += [event for event in events if isinstance(event, Passage) and event.object_class in clip.classes]
        tracks += _rows(clip, counter, number)
        looked_at.append(number)
    return Run(passages, np.array(tracks, np.float64).reshape(-1, 6), tuple(looked_at))


def _rows(clip: Clip, counter: CameraCounter, number: int) -> Iterator[tuple[float, ...]]:
    for track in counter.tracks:
        if track.state is TrackState.CONFIRMED and track.observed and track.object_class in clip.classes:
            left, top, right, bottom = track.box
            yield number, track.id, left, top, right - left, bottom - top
