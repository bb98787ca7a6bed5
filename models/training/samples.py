"""Labelled pictures, from whatever they are stored in, in one form.

A picture's boxes are sure (they teach what is there), or unsure (they teach nothing, neither object nor background).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from vision.boxes import iou
from vision.classes import CLASS_INDEX, ClassName
from vision.detections import Detections
from vision.pixels.network.heads import suppress
from vision.riders import merge_riders

LABELS: tuple[ClassName, ...] = ("pedestrian", "bicycle", "motorcycle", "car", "bus", "truck")
"""Class numbers in the label files."""
_WORDS: dict[str, ClassName] = {"person": "pedestrian", "cyclist": "bicycle"}

SURE = 0.35
"""Score from which a teacher's box is taken for true; below it is unsure."""
UNSURE = 0.15
"""Score from which a teacher's box is at least a doubt; below it is background."""
TWICE_IOU = 0.5
"""Two vehicles of one teacher's picture that overlap more than this are one."""
PART_INSIDE = 0.8
"""A vehicle of which more than this share is inside a larger one may be its cab or its end, cut off by a tile."""
STANDS_IN = 0.25
"""A box found in the same place in more than this share of a camera's clips may be a part of the street, or of the
picture as a burned-in logo is, or one of the cars that all wait at one line: it is unsure."""
ALL_DAY = 0.6
"""From this share on it is a part of the street, and the network learns that nothing is there."""
SAME_PLACE_IOU = 0.7
EARLIER = (6, 15)
"""Frames by which the moment before precedes a picture: at 25 fps 0.24 to 0.6 s; a detector aims at 0.4 s."""
LEAST_CLIPS = 5
"""A camera with fewer clips tells nothing of what stands there all day: a car may wait through two of them."""
LOOKED_FOR = 20
"""What stands is looked for among the boxes of so many clips, spread over the day; it would be in most of them."""

Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled picture.

    Attributes:
        pixels: uint8 (H, W, 4) B, G, R, and the grey level a moment earlier; `views` makes the change of it.
        boxes: float32 (N, 4), x0, y0, x1, y1 in pixels.
        classes: int64 (N,), positions in `vision.classes.CLASSES`.
        sure: bool (N,).
    """

    pixels: npt.NDArray[np.uint8]
    boxes: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int64]
    sure: npt.NDArray[np.bool_]


def from_clips(clips: Path, labels: Path) -> Iterator[Sample]:
    """Yield the labelled frames of clips whose name begins with their camera's, up to the first `_`.

    Args:
        clips: folder of the clips.
        labels: lines {"clip", "frame" (0-based), "boxes": [[x0, y0, x1, y1, score, class], …]} in pixels.
    """
    lines = [json.loads(line) for line in labels.read_text().splitlines()]
    standing = _what_stands(lines)
    by_clip: defaultdict[str, dict[int, Any]] = defaultdict(dict)
    for line in lines:
        by_clip[line["clip"]][line["frame"]] = line["boxes"]
    for clip, frames in by_clip.items():
        for number, pixels in _frames(clips / clip, frames):
            boxes = np.array(frames[number], np.float32).reshape(-1, 6)
            places, shares = standing[_camera(clip)]
            share = np.where(iou(boxes[:, :4], places) > SAME_PLACE_IOU, shares, 0).max(axis=1, initial=0)
            boxes[share > STANDS_IN, 4] = UNSURE
            yield _sample(pixels, _vehicles_once(boxes[share < ALL_DAY]))


def from_pictures(folder: Path, subset: str) -> Iterator[Sample]:
    """Yield the pictures of a subset, a folder within one with `labels.jsonl` (by people) and `teacher_labels.jsonl`.

    People's boxes count for the classes that a picture's set labels throughout; for the others the teachers' do.
    """
    teachers = {line["image"]: line["boxes"] for line in _lines(folder / "teacher_labels.jsonl")}
    for line in _lines(folder / "labels.jsonl"):
        if not line["image"].startswith(f"{subset}/"):
            continue
        picture = cv2.imread(str(folder / line["image"]))
        if picture is None:
            continue
        pixels = _with_earlier(picture, picture)  # nothing moves in it
        complete = [LABELS.index(_WORDS.get(word, word)) for word in line["complete"]]
        people = np.array([[*box[:4], 1.0, box[4]] for box in line["boxes"]], np.float32).reshape(-1, 6)
        machine = np.array(teachers.get(line["image"], []), np.float32).reshape(-1, 6)
        boxes = np.concatenate((people, _vehicles_once(machine[~np.isin(machine[:, 5], complete)])))
        boxes[:, :4] *= np.tile(pixels.shape[1::-1], 2)
        yield _sample(pixels, boxes)


def _vehicles_once(rows: Rows) -> Rows:
    """Drop what teachers found twice, as a car and as a truck, and doubt what may be a part of another vehicle."""
    vehicle = np.isin(rows[:, 5], [LABELS.index(name) for name in ("car", "truck", "bus")])
    vehicles = rows[vehicle]
    vehicles = vehicles[suppress(vehicles[:, :4], vehicles[:, 4], np.zeros(len(vehicles), int), TWICE_IOU, len(rows))]
    corners = np.maximum(vehicles[:, None, :2], vehicles[None, :, :2])
    shared = (np.minimum(vehicles[:, None, 2:4], vehicles[None, :, 2:4]) - corners).clip(0).prod(axis=2)
    area = (vehicles[:, 2:4] - vehicles[:, :2]).prod(axis=1)
    part = (shared > PART_INSIDE * area[:, None]) & (area[None, :] > area[:, None])
    vehicles[part.any(axis=1), 4] = UNSURE
    return np.concatenate((rows[~vehicle], vehicles))


def _sample(pixels: npt.NDArray[Any], rows: Rows) -> Sample:
    """Join riders with their cycles and part the sure boxes from the others; rows are x0, y0, x1, y1, score, class."""
    rows = rows[(rows[:, 4] >= UNSURE) & (rows[:, 2:4] > rows[:, :2]).all(axis=1)]
    classes = np.array([CLASS_INDEX[LABELS[int(label)]] for label in rows[:, 5]], np.int64)
    merged = merge_riders(Detections(rows[:, :4], rows[:, 4].clip(0, 1), classes))
    return Sample(pixels.astype(np.uint8), merged.boxes, merged.classes, merged.scores >= SURE)


def _what_stands(lines: Iterable[dict[str, Any]]) -> dict[str, tuple[Rows, Rows]]:
    """Return, for each camera, boxes (N, 4) and the share (N,) of its clips in which each is found again."""
    cameras: defaultdict[str, defaultdict[str, list[Rows]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        boxes = np.array(line["boxes"], np.float32).reshape(-1, 6)[:, :4]
        cameras[_camera(line["clip"])][line["clip"]].append(boxes)
    standing = {}
    for camera, clips in cameras.items():
        of_clips = [np.concatenate(boxes) for boxes in clips.values()]
        everything = np.concatenate(of_clips[:: max(1, len(clips) // LOOKED_FOR)])
        found_in = np.sum([(iou(everything, boxes) > SAME_PLACE_IOU).any(axis=1) for boxes in of_clips], axis=0)
        often = (found_in > STANDS_IN * len(clips)) & (len(clips) >= LEAST_CLIPS)
        standing[camera] = everything[often], found_in[often] / len(clips)
    return standing


def _camera(clip: str) -> str:
    return clip.partition("_")[0]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as file:
        yield from map(json.loads, file)


def _frames(clip: Path, wanted: Iterable[int]) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    """Yield number and pixels of the wanted frames, with an earlier one whose distance changes with the number."""
    earlier_of = {number: max(0, number - EARLIER[0] - number % (EARLIER[1] - EARLIER[0] + 1)) for number in wanted}
    needed = {*earlier_of, *earlier_of.values()}
    seen: dict[int, npt.NDArray[Any]] = {}
    with av.open(clip) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in needed:
                seen[number] = frame.to_ndarray(format="bgr24")
            if number in earlier_of:
                yield number, _with_earlier(seen[number], seen[earlier_of[number]])
            if number >= max(needed):
                return


def _with_earlier(pixels: npt.NDArray[Any], earlier: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.dstack((pixels, cv2.cvtColor(earlier, cv2.COLOR_BGR2GRAY)))
