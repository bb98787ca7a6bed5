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
from vision.riders import merge_riders

LABELS: tuple[ClassName, ...] = ("pedestrian", "bicycle", "motorcycle", "car", "bus", "truck")
"""Class numbers in the label files."""
_WORDS: dict[str, ClassName] = {"person": "pedestrian", "cyclist": "bicycle"}

SURE = 0.35
"""Score from which a teacher's box is taken for true; below it is unsure."""
UNSURE = 0.15
"""Score from which a teacher's box is at least a doubt; below it is background."""
STANDS_IN = 0.25
"""A box found in more than this share of a camera's pictures is part of the street: a traffic light, a logo."""
CAPTION_TOP, CAPTION_BOTTOM = 26, 16
"""Rows of a traffic camera's picture in which clock, logo and name are burned in; they are painted grey."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled picture.

    Attributes:
        pixels: uint8 (H, W, 3) B, G, R.
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
            fixed = (iou(boxes[:, :4], standing[_camera(clip)]) > 0.7).any(axis=1)
            pixels[:CAPTION_TOP] = pixels[len(pixels) - CAPTION_BOTTOM :] = 114
            yield _sample(pixels, boxes[~fixed])


def from_pictures(folder: Path, subset: str) -> Iterator[Sample]:
    """Yield the pictures of a subset, a folder within one with `labels.jsonl` (by people) and `teacher_labels.jsonl`.

    People's boxes count for the classes that a picture's set labels throughout; for the others the teachers' do.
    """
    teachers = {line["image"]: line["boxes"] for line in _lines(folder / "teacher_labels.jsonl")}
    for line in _lines(folder / "labels.jsonl"):
        if not line["image"].startswith(f"{subset}/"):
            continue
        pixels = cv2.imread(str(folder / line["image"]))
        if pixels is None:
            continue
        complete = [LABELS.index(_WORDS.get(word, word)) for word in line["complete"]]
        people = np.array([[*box[:4], 1.0, box[4]] for box in line["boxes"]], np.float32).reshape(-1, 6)
        machine = np.array(teachers.get(line["image"], []), np.float32).reshape(-1, 6)
        boxes = np.concatenate((people, machine[~np.isin(machine[:, 5], complete)]))
        boxes[:, :4] *= np.tile(pixels.shape[1::-1], 2)
        yield _sample(pixels, boxes)


def _sample(pixels: npt.NDArray[Any], rows: npt.NDArray[np.float32]) -> Sample:
    """Join riders with their cycles and part the sure boxes from the others; rows are x0, y0, x1, y1, score, class."""
    rows = rows[(rows[:, 4] >= UNSURE) & (rows[:, 2:4] > rows[:, :2]).all(axis=1)]
    classes = np.array([CLASS_INDEX[LABELS[int(label)]] for label in rows[:, 5]], np.int64)
    merged = merge_riders(Detections(rows[:, :4], rows[:, 4].clip(0, 1), classes))
    return Sample(pixels.astype(np.uint8), merged.boxes, merged.classes, merged.scores >= SURE)


def _what_stands(lines: Iterable[dict[str, Any]]) -> dict[str, npt.NDArray[np.float32]]:
    """Return, for each camera, boxes that are found in the same place in many of its pictures."""
    pictures: defaultdict[str, list[npt.NDArray[np.float32]]] = defaultdict(list)
    for line in lines:
        pictures[_camera(line["clip"])].append(np.array(line["boxes"], np.float32).reshape(-1, 6)[:, :4])
    standing = {}
    for camera, of_pictures in pictures.items():
        everything = np.concatenate(of_pictures)
        found_in = sum((iou(everything, boxes) > 0.7).any(axis=1).astype(int) for boxes in of_pictures)
        standing[camera] = everything[np.asarray(found_in) > STANDS_IN * len(of_pictures)]
    return standing


def _camera(clip: str) -> str:
    return clip.partition("_")[0]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as file:
        yield from map(json.loads, file)


def _frames(clip: Path, wanted: Iterable[int]) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    left = set(wanted)
    with av.open(clip) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in left:
                yield number, frame.to_ndarray(format="bgr24")
                left.discard(number)
            if not left:
                return
