"""What a detector sees in some frames of the held-out sets, drawn on one sheet.

    python -m benchmarks.contact_sheet --data DIR --detector NAME [--size 320x240] --out FILE.png

The sheet shows footage whose licence may not allow to pass it on: look at it, and never commit it.

Truths are thin white boxes, grey where they are ignored; detections from the card's `score` up have the colour of
their class, named in the bottom line, and their score in hundredths.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.options import working_size
from benchmarks.scores.detections import opened
from benchmarks.truth.heldout import HeldoutSet, LabelledFrame, Size, heldout_sets
from models.catalogue import scores
from vision.classes import CLASSES
from vision.detections import Detections
from vision.errors import ComptageError

Image = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

FRAMES_A_SET = 4
"""Also the number of columns: a row of the sheet is a set."""
CELL_WIDTH, CAPTION = 400, 20
"""Pixels: width of a frame on the sheet, and height of the line of words below it."""

WHITE, GREY, BLACK = (255, 255, 255), (150, 150, 150), (0, 0, 0)
COLOURS: tuple[Colour, ...] = (
    (80, 220, 60),
    (255, 200, 0),
    (230, 80, 255),
    (60, 140, 255),
    (80, 80, 255),
    (0, 230, 230),
    (255, 120, 80),
)
"""B, G, R of the classes, in the order of `vision.classes.CLASSES`."""


def draw_sheet(sets: Sequence[HeldoutSet], detector: str) -> Image:
    """Return a sheet with one row a set, uint8 (H, W, 3) in B, G, R order.

    Raises:
        ComptageError: the detector is unknown or cannot be run.
    """
    score = scores(detector).confident
    rows = []
    for heldout in sets:
        look = opened(detector, heldout.size)
        frames = list(heldout.frames())
        chosen = [frames[round(k)] for k in np.linspace(0, len(frames) - 1, FRAMES_A_SET)]
        cells = []
        for labelled in chosen:
            seen = look(labelled.frame)
            cells.append(draw_cell(labelled, seen.only(seen.scores >= score), heldout.name))
        rows.append(np.hstack(cells))
    return np.vstack([*rows, _legend(rows[0].shape[1])])


def draw_cell(labelled: LabelledFrame, seen: Detections, caption: str) -> Image:
    """Return one frame, enlarged, with its truths, what was seen, and a caption below."""
    height, width = labelled.pixels.shape[:2]
    scale = CELL_WIDTH / width
    cell = np.zeros((round(height * scale) + CAPTION, CELL_WIDTH, 3), np.uint8)
    cell[:-CAPTION] = cv2.resize(labelled.pixels, (CELL_WIDTH, len(cell) - CAPTION))
    for box, ignored in zip(labelled.boxes, labelled.ignored, strict=True):
        _rectangle(cell, box * scale, GREY if ignored else WHITE, 1)
    for box, score, index in zip(seen.boxes, seen.scores, seen.classes, strict=True):
        _rectangle(cell, box * scale, COLOURS[index], 2)
        _write(cell, f"{100 * score:.0f}", (int(box[0] * scale), int(box[1] * scale) - 3), COLOURS[index])
    _write(cell, f"{caption}  {width}x{height}", (4, len(cell) - 6), WHITE)
    return cell


def _legend(width: int) -> Image:
    line = np.zeros((CAPTION, width, 3), np.uint8)
    for index, name in enumerate(CLASSES):
        _write(line, name, (4 + index * width // len(CLASSES), CAPTION - 6), COLOURS[index])
    return line


def _rectangle(image: Image, box: npt.NDArray[np.floating], colour: Colour, thickness: int) -> None:
    left, top, right, bottom = (round(float(side)) for side in box)
    cv2.rectangle(image, (left, top), (right, bottom), colour, thickness)


def _write(image: Image, text: str, corner: tuple[int, int], colour: Colour) -> None:
    """Write from a bottom left corner, with a dark edge so that it reads on any ground."""
    for edge, ink in ((3, BLACK), (1, colour)):
        cv2.putText(image, text, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.4, ink, edge, cv2.LINE_AA)


def main(arguments: Sequence[str] | None = None) -> None:
    """Look, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--detector", required=True, metavar="NAME")
    parser.add_argument("--size", type=working_size, default=(320, 240), metavar="WxH")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    options = parser.parse_args(arguments)
    size: Size = options.size
    try:
        sheet = draw_sheet(heldout_sets(options.data, size), options.detector)
        options.out.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())
    except (ComptageError, OSError) as error:
        sys.exit(f"contact_sheet: {error}")


if __name__ == "__main__":
    main()
