"""The labelled sets that detectors are measured on; no network of the project was trained on any of them.

They lie in the shared data folder, which belongs to no release: see its own README for where each set comes from.

| set | looked at | asked for |
| --- | --- | --- |
| `pets09` | every 5th frame of `vtest.avi` | pedestrians |
| `jamcam_mot/1` to `/3` | every 3rd frame of each clip | vehicles, whatever they are called |
| `bikerider` | every picture | bicycles with their riders |
| `modes_transport_v2` | every picture | motorcycles with their riders |
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from models.training.samples import LABELS
from vision.address import parse_address
from vision.boxes import FloatArray
from vision.classes import CLASS_INDEX, ClassName
from vision.errors import UsageError
from vision.pixels.decode import Decoder
from vision.pixels.frame import Frame
from vision.pixels.shrink import Shrinker

Size = tuple[int, int]

PETS_EVERY, JAMCAM_EVERY = 5, 3
"""Neighbouring frames say the same: at 10 and 25 fps these leave two and eight looks a second."""

LOOK_BEFORE_S = 0.4
"""Whoever goes by what has changed is shown a frame so much earlier, too: `vision.pixels.network.earlier` would have
compared with that one at ten looks a second."""

VEHICLES: tuple[ClassName, ...] = ("car", "truck", "bus", "motorcycle")

JAMCAM_SIZE: Size = (352, 288)
JAMCAM_LEAST = 14 / 288
"""Height, of the view's, from which vehicles of `jamcam_mot` are labelled throughout."""
JAMCAM_LEAST_SEEN = 0.8 * JAMCAM_LEAST
"""A detection lower than this is of a vehicle that need not be labelled; one in between may be of a labelled one."""

NEAR_VIEW: Size = (160, 120)
"""Where two-wheelers stand near; a picture shrunk into this has them as high as a street seen from above."""
FAR_VIEW: Size = (320, 240)
"""Where they stand some way off already; in the smaller view their median height would be 14 pixels."""
GREY = 114
"""Level around a picture that is smaller than the view, as around a letterboxed one."""

JAMCAM_CLASSES: dict[int, ClassName] = {0: "car", 1: "car", 2: "car", 3: "truck", 4: "bus", 5: "motorcycle"}
"""What the labellers left undefined, 0, is some vehicle."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFrame:
    """One frame and what is in it.

    Attributes:
        pixels: uint8 (H, W, 3), B, G, R, at the size that a detector is given.
        boxes: float64 (T, 4), x0, y0, x1, y1 in these pixels, within the view.
        classes: int64 (T,), positions in `vision.classes.CLASSES`.
        ignored: bool (T,); need not be found.
        seconds: since the beginning of the video.
        before: of a video, the frame with which the product would compare this one.
    """

    pixels: npt.NDArray[np.uint8]
    boxes: FloatArray
    classes: npt.NDArray[np.int64]
    ignored: npt.NDArray[np.bool_]
    seconds: float = 0.0
    before: Frame | None = None

    @property
    def frame(self) -> Frame:
        """The same as the product would hold it."""
        return _held(self.pixels, self.seconds)


@dataclass(frozen=True, slots=True)
class HeldoutSet:
    """One set.

    Attributes:
        name: of the set, and of the clip where there are several.
        asked: the classes that are scored, taken as one.
        size: (width, height) of its frames in pixels.
        least_height: pixels; detections lower than this are dropped before they are scored.
        frames: starts anew with every call.
    """

    name: str
    asked: tuple[ClassName, ...]
    size: Size
    least_height: float
    frames: Callable[[], Iterator[LabelledFrame]]

    @property
    def noun(self) -> str:
        """What is asked for, in one word."""
        return self.asked[0] if len(self.asked) == 1 else "vehicle"


def heldout_sets(data: Path, size: Size, every: int = 1) -> tuple[HeldoutSet, ...]:
    """Return the sets at a working size.

    A video is shrunk as the product shrinks it: to the very working size, never enlarged. The clips of `jamcam_mot`
    are 352x288; their working size has the width that is given and the height that keeps them in proportion, so for
    320x240 it is 320x262.

    Args:
        data: the shared data folder.
        size: (width, height) of the working size in pixels.
        every: keep one in so many of the frames in the table above; for a quick look.

    Raises:
        UsageError: the folder lacks one of the sets.
    """
    clips = sorted((data / "jamcam_mot").glob("*.mp4"))
    needed = [data / "pets09" / "vtest.avi", data / "pets09" / "gt.txt", data / "images" / "labels.jsonl"]
    missing = [path for path in needed if not path.is_file()] + ([] if clips else [data / "jamcam_mot" / "*.mp4"])
    if missing:
        raise UsageError(f"{data}: {missing[0].relative_to(data)} is missing, wanted the shared data folder")
    sets = [HeldoutSet("pets09", ("pedestrian",), size, 0, partial(_pets, data / "pets09", size, PETS_EVERY * every))]
    width = min(size[0], JAMCAM_SIZE[0])
    in_proportion = (width, round(width * JAMCAM_SIZE[1] / JAMCAM_SIZE[0]))
    least = JAMCAM_LEAST_SEEN * in_proportion[1]
    for number, clip in enumerate(clips, 1):
        frames = partial(_jamcam, clip, in_proportion, JAMCAM_EVERY * every)
        sets.append(HeldoutSet(f"jamcam_mot/{number}", VEHICLES, in_proportion, least, frames))
    for name, (cycle, view) in _TWO_WHEELERS.items():
        frames = partial(_pictures, data / "images", name, (view, size), every)
        sets.append(HeldoutSet(name, (cycle,), size, 0, frames))
    return tuple(sets)


_TWO_WHEELERS: dict[str, tuple[ClassName, Size]] = {
    "bikerider": ("bicycle", NEAR_VIEW),
    "modes_transport_v2": ("motorcycle", FAR_VIEW),
}
"""Picture sets that label one kind of two-wheeler with its rider. Some riders of `bikerider` are not labelled, so its
precision is a lower bound; `modes_transport_v2` labels cars and buses as well, but neither people nor bicycles."""


def _pets(folder: Path, size: Size, every: int) -> Iterator[LabelledFrame]:
    persons = np.loadtxt(folder / "gt.txt", delimiter=",", ndmin=2)
    for number, scale, frame, before in _video(folder / "vtest.avi", size, every):
        boxes = _within(_boxes_of(persons, number) * scale, frame.pixels)
        none = np.zeros(len(boxes), bool)
        yield LabelledFrame(frame.pixels, boxes, none.astype(np.int64), none, frame.captured_at, before)


def _jamcam(clip: Path, size: Size, every: int) -> Iterator[LabelledFrame]:
    vehicles = np.loadtxt(clip.with_suffix(".gt.txt"), delimiter=",", ndmin=2)
    for number, scale, frame, before in _video(clip, size, every):
        boxes = _within(_boxes_of(vehicles, number) * scale, frame.pixels)
        kinds = vehicles[vehicles[:, 0] == number, 7].astype(int)
        classes = np.array([CLASS_INDEX[JAMCAM_CLASSES[kind]] for kind in kinds], np.int64)
        ignored = boxes[:, 3] - boxes[:, 1] < JAMCAM_LEAST * len(frame.pixels)
        yield LabelledFrame(frame.pixels, boxes, classes, ignored, frame.captured_at, before)


def _pictures(folder: Path, name: str, sizes: tuple[Size, Size], every: int) -> Iterator[LabelledFrame]:
    lines = (json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines())
    for line in [line for line in lines if line["image"].startswith(f"{name}/")][::every]:
        picture = cv2.imread(str(folder / line["image"]))
        if picture is None:
            raise UsageError(f"{folder / line['image']}: cannot be read, wanted a picture")
        pixels, place = _on_grey(picture.astype(np.uint8), *sizes)
        rows = np.array(line["boxes"], float).reshape(-1, 5)
        boxes = rows[:, :4] * np.tile(place[2:], 2) + np.tile(place[:2], 2)
        classes = np.array([CLASS_INDEX[LABELS[int(label)]] for label in rows[:, 4]], np.int64)
        yield LabelledFrame(pixels, _within(boxes, pixels), classes, np.zeros(len(boxes), bool))


def _video(path: Path, size: Size, every: int) -> Iterator[tuple[int, FloatArray, Frame, Frame | None]]:
    """Yield of one in so many frames the 1-based number, factors (4,) for boxes, itself, and an earlier one."""
    shrinker, recent = Shrinker(size), dict[int, Frame]()
    with Decoder(parse_address(str(path))) as decoder:
        lag = max(1, round(LOOK_BEFORE_S / decoder.interval))
        for index, decoded in enumerate(decoder.frames()):
            if index % every and (index + lag) % every:
                continue
            frame = recent[index] = _held(shrinker.shrink(decoded), index * decoder.interval)
            if index % every == 0:
                scale = np.tile(np.divide(frame.size, (decoded.width, decoded.height)), 2)
                yield index + 1, scale, frame, recent.get(index - lag)
            recent = {number: kept for number, kept in recent.items() if number > index - lag}


def _held(pixels: npt.NDArray[np.uint8], seconds: float) -> Frame:
    height, width = pixels.shape[:2]
    return Frame(pixels, seconds, seconds, 1, (width, height))


def _boxes_of(tracks: FloatArray, number: int) -> FloatArray:
    """Return the corners (T, 4) of the boxes of one frame; rows are frame, id, left, top, width, height."""
    rows = tracks[tracks[:, 0] == number]
    return np.concatenate((rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]), axis=1)


def _within(boxes: FloatArray, pixels: npt.NDArray[np.uint8]) -> FloatArray:
    """Return boxes clipped to the view, as detections are."""
    clipped: FloatArray = np.clip(boxes, 0, np.tile(pixels.shape[1::-1], 2))
    return clipped


def _on_grey(
    picture: npt.NDArray[np.uint8], within: Size, size: Size
) -> tuple[npt.NDArray[np.uint8], tuple[int, int, int, int]]:
    """Return a view of a size with a picture in its middle, and where: left, top, width, height.

    The picture is shrunk into `within`, and into the view; it is never enlarged.
    """
    height, width = picture.shape[:2]
    share = min(1.0, *(min(near, side) / old for near, side, old in zip(within, size, (width, height), strict=True)))
    small = (max(1, round(width * share)), max(1, round(height * share)))
    left, top = (size[0] - small[0]) // 2, (size[1] - small[1]) // 2
    view = np.full((size[1], size[0], 3), GREY, np.uint8)
    view[top : top + small[1], left : left + small[0]] = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    return view, (left, top, *small)
