"""Label clips and pictures with teacher networks, at full size, before anything shrinks them.

    python -m models.training.label FOLDER --teacher efficientdet-lite2 --teacher yolox-nano --out LABELS.jsonl

Each teacher looks at the whole picture and at overlapping tiles of it, in which distant people are large enough for
networks made for photographs. Lines are {"clip", "frame", "boxes": [[x0, y0, x1, y1, score, class], …]} in pixels. A
later call with the same file goes on after the clips that it holds.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from models.catalogue import load_card
from models.training.samples import LABELS, UNSURE
from vision.classes import CLASSES
from vision.detections import Detections
from vision.pixels.frame import Frame
from vision.pixels.network import OnnxDetector
from vision.pixels.network.heads import suppress

SUFFIXES = {".mp4", ".avi", ".mkv", ".jpg", ".jpeg", ".png"}
TILE = 0.45
"""A tile's sides as a part of the picture's: of 352 x 288 pixels some 158 x 130, which a teacher sees enlarged."""
TILES = 3
"""Tiles along each side; they overlap by two fifths, so that a person on one's border is whole in the next."""
CUT_PX = 3.0
"""A box that ends so close to a tile's inner border is taken for one that the border cuts, and is dropped."""
SAME_IOU = 0.5

Rows = npt.NDArray[np.float32]


def label(pixels: npt.NDArray[np.uint8], teachers: list[OnnxDetector]) -> Rows:
    """Return boxes (N, 6) x0, y0, x1, y1 in pixels, score, class in the order of `LABELS`, of all teachers together."""
    height, width = pixels.shape[:2]
    parts = ((0, 0, width, height), *_tiles(width, height))
    found = [_look(pixels, part, teacher) for teacher in teachers for part in parts]
    boxes = np.concatenate([seen.boxes for seen in found])
    scores = np.concatenate([seen.scores for seen in found])
    classes = np.concatenate([seen.classes for seen in found])
    keep = suppress(boxes, scores, classes, SAME_IOU, 300)
    numbers = np.array([LABELS.index(CLASSES[index]) for index in classes[keep]], np.float32)
    return np.column_stack((boxes[keep], scores[keep], numbers)).astype(np.float32)


def _tiles(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    for top in np.linspace(0, height * (1 - TILE), TILES).astype(int):
        for left in np.linspace(0, width * (1 - TILE), TILES).astype(int):
            yield int(left), int(top), int(left + width * TILE), int(top + height * TILE)


def _look(pixels: npt.NDArray[np.uint8], part: tuple[int, int, int, int], teacher: OnnxDetector) -> Detections:
    """Return what a teacher sees in a part (x0, y0, x1, y1) of a picture, in pixels of the picture."""
    left, top, right, bottom = part
    shown = np.ascontiguousarray(pixels[top:bottom, left:right])
    seen = teacher(Frame(shown, 0.0, 0.0, 0, (right - left, bottom - top)))
    boxes = seen.boxes + np.array((left, top, left, top), np.float32)
    height, width = pixels.shape[:2]
    cut = np.zeros(len(boxes), bool)
    for axis, (border, side) in enumerate(((left, 0), (top, 0), (right, width), (bottom, height))):
        if border != side:
            cut |= np.abs(boxes[:, axis] - border) < CUT_PX
    keep = ~cut & (seen.scores >= UNSURE)
    return Detections(boxes[keep], seen.scores[keep], seen.classes[keep])


def _pictures(path: Path, every_s: float) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Yield (0-based number, pixels B, G, R) of the frames of a clip that are at least so many seconds apart."""
    due = 0.0
    with av.open(path) as container:
        for number, frame in enumerate(container.decode(video=0)):
            seconds = frame.time or 0.0
            if seconds >= due:
                due = seconds + every_s
                yield number, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def main() -> None:
    """Label every clip and picture of a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--teacher", action="append", required=True, help="a name in the catalogue, or a card")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between the frames of a clip")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    teachers = [OnnxDetector(load_card(name)) for name in options.teacher]
    done = {json.loads(line)["clip"] for line in options.out.open()} if options.out.exists() else set()
    clips = sorted(path for path in options.folder.iterdir() if path.suffix.lower() in SUFFIXES)
    with options.out.open("a") as out:
        for clip in tqdm([clip for clip in clips if clip.name not in done], unit="file"):
            lines = [
                {"clip": clip.name, "frame": number, "boxes": np.round(label(pixels, teachers), 3).tolist()}
                for number, pixels in _pictures(clip, options.every)
            ]
            out.writelines(json.dumps(line) + "\n" for line in lines)  # a clip at a time: whole, or not there


if __name__ == "__main__":
    main()
