"""Clips whose true tracks are known: MOTChallenge text beside a video."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.truth.heldout import JAMCAM_CLASSES, JAMCAM_LEAST, VEHICLES, Size
from benchmarks.truth.passages import Rows
from vision.address import parse_address
from vision.classes import CLASS_INDEX, CLASSES, ClassName
from vision.errors import UsageError
from vision.pixels.decode import Decoder

MOTCHALLENGE_CLASSES: Mapping[int, ClassName] = {
    1: "pedestrian",
    2: "motorcycle",
    3: "car",
    4: "bicycle",
    5: "motorcycle",
    7: "pedestrian",
}
"""Class numbers of MOT16 (Milan et al. 2016, table 5); 2 is «person on vehicle», 7 «static person». The others are no
road users, or distractors, and are left out."""

PETS_LABELLED: tuple[ClassName, ...] = ("pedestrian", "bicycle", "motorcycle")
"""There are no cycles, so that each one counted is wrong; the cars that are parked at the edge are not labelled."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A video and its true tracks.

    Attributes:
        name: short.
        video: the file.
        size: (width, height) of the video in pixels.
        interval: seconds from one frame to the next.
        frames: how many there are.
        truth: rows frame (from 1), id, left, top, width, height in pixels of the video, position in `CLASSES`.
        classes: those that are labelled; what is called otherwise can be neither right nor wrong.
        least_height: of the view's height; lower boxes need not be labelled, so tracks are scored from it up.
    """

    name: str
    video: Path
    size: Size
    interval: float
    frames: int
    truth: Rows
    classes: tuple[ClassName, ...] = CLASSES
    least_height: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames * self.interval

    def in_proportion(self, size: Size) -> Size:
        """Return a working size of the width given, at most the video's, and a height in proportion."""
        width = min(size[0], self.size[0])
        return width, round(width * self.size[1] / self.size[0])

    def truth_at(self, size: Size) -> Rows:
        """Return the truth in pixels of a view of another size; boxes end where the view ends, as detections do."""
        rows = self.truth.copy()
        scale = np.divide(size, self.size)
        low = np.clip(rows[:, 2:4] * scale, 0, size)
        high = np.clip((rows[:, 2:4] + rows[:, 4:6]) * scale, 0, size)
        rows[:, 2:4], rows[:, 4:6] = low, high - low
        return rows[(rows[:, 4:6] > 0).all(axis=1)]


def open_clip(
    name: str,
    video: Path,
    truth: Path,
    classes: tuple[ClassName, ...] = CLASSES,
    numbers: Mapping[int, ClassName] = MOTCHALLENGE_CLASSES,
) -> Clip:
    """Return a clip, boxes of any height in which are labelled.

    Args:
        name: short.
        video: the file.
        truth: MOTChallenge text.
        classes: those that are labelled.
        numbers: what the numbers in column 8 of the truth mean.

    Raises:
        UsageError: there is no such file, or the truth is another kind of text.
        ComptageError: the video is no video.
    """
    if not video.is_file():
        raise UsageError(f"{video}: no such file, wanted a video")
    rows = _read_truth(truth, numbers)
    with Decoder(parse_address(str(video))) as decoder:
        size, interval, duration = decoder.size, decoder.interval, decoder.duration
    frames = round(duration / interval) if duration else int(rows[:, 0].max())
    return Clip(name, video, size, interval, frames, rows, classes)


def shared_clips(data: Path) -> list[Clip]:
    """Return PETS09-S2L1 and the clips of `jamcam_mot`, of which only vehicles are labelled.

    Args:
        data: the shared data folder.

    Raises:
        UsageError: the folder lacks one of the sets.
    """
    traffic = sorted((data / "jamcam_mot").glob("*.mp4"))
    if not traffic:
        raise UsageError(f"{data}: jamcam_mot/*.mp4 is missing, wanted the shared data folder")
    pets = open_clip("pets09", data / "pets09" / "vtest.avi", data / "pets09" / "gt.txt", PETS_LABELLED)
    clips = [pets]
    for number, video in enumerate(traffic, 1):
        clip = open_clip(f"jamcam_mot/{number}", video, video.with_suffix(".gt.txt"), VEHICLES, JAMCAM_CLASSES)
        clips.append(replace(clip, least_height=JAMCAM_LEAST))
    return clips


def _read_truth(path: Path, names: Mapping[int, ClassName]) -> Rows:
    """Return rows as `Clip.truth` holds them, without those of confidence 0, which are not to be looked at."""
    try:
        rows = np.loadtxt(path, delimiter=",", ndmin=2)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}, wanted MOTChallenge text") from error
    if rows.shape[1] < 8:
        raise UsageError(f"{path}: found {rows.shape[1]} columns, wanted at least 8: frame,id,x,y,w,h,conf,class")
    rows = rows[(rows[:, 6] != 0) & np.isin(rows[:, 7], list(names))]
    if not len(rows):
        raise UsageError(f"{path}: no row has a known class in column 8, wanted some of {sorted(names)}")
    rows[:, 6] = [CLASS_INDEX[names[int(number)]] for number in rows[:, 7]]
    known: Rows = rows[:, :7]
    return known
