"""What a detector sees of the real pool pictures at hand, which have no labels and were never trained on.

They show swimmers close up, at 16 to 128 pixels, where a pool's camera would see 10 of them in as many pixels; so each
is laid, at three sizes, in the middle of a view of its own median colour, mostly that of the water.
"""

from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.contact_sheet import COLOURS
from benchmarks.pool.pictures import APART_S, EARLIER
from benchmarks.scores.detections import opened
from models.catalogue import scores
from vision.detections import Detections
from vision.errors import ComptageError
from vision.pixels.frame import Frame

Pixels = npt.NDArray[np.uint8]

VIEW = (160, 128)
SWIMMER_PX = (16, 32, 64)
"""Width to which a picture is brought, before it lies in the middle of a view."""
FRAMES_A_CLIP = 10
CELL = 160
COLUMNS = 9


def write_sheet(data: Path, detector: str, path: Path) -> list[str]:
    """Draw what is seen of each picture on a sheet; return lines that say how much was.

    Raises:
        ComptageError: the pictures are not there, or the detector cannot be run.
    """
    folder = data / "pool"
    if not folder.is_dir():
        raise ComptageError(f"{folder}: not there, wanted the pool pictures of the shared data")
    rows, cells = [], []
    for name, pictures in _pictures(folder):
        shares = []
        for wide in SWIMMER_PX:
            hits = 0
            for n, looks in enumerate(pictures):
                view, seen = _look(detector, looks, wide)
                hits += bool(len(seen))
                if n == len(pictures) // 2:
                    cells.append(_cell(view, seen))
            shares.append(f"{hits}/{len(pictures)}")
        rows.append(f"{name:<24} " + "  ".join(f"{w} px {s:>6}" for w, s in zip(SWIMMER_PX, shares, strict=True)))
    while len(cells) % COLUMNS:
        cells.append(np.zeros_like(cells[0]))
    sheet = np.vstack([np.hstack(cells[k : k + COLUMNS]) for k in range(0, len(cells), COLUMNS)])
    path.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())
    return ["\nreal pictures in which something is called a swimmer, by the width they are brought to", *rows]


def _pictures(folder: Path) -> list[tuple[str, list[list[Pixels]]]]:
    """Return names with pictures, each the last of the looks at it; of single pictures all looks are the same."""
    found = []
    for clip in sorted(folder.glob("*.mp4")):
        with av.open(clip) as container:
            stream = container.streams.video[0]
            frames = [np.asarray(f.to_ndarray(format="bgr24"), np.uint8) for f in container.decode(stream)]
            back = round(APART_S * float(stream.average_rate or 25)) * np.arange(EARLIER, -1, -1)
        chosen = np.linspace(back[0], len(frames) - 1, FRAMES_A_CLIP).astype(int)
        found.append((clip.stem, [[frames[n] for n in last - back] for last in chosen]))
    for path in sorted(folder.glob("images/*/*.png")):
        picture = np.asarray(cv2.imread(str(path)), np.uint8)
        found.append((path.stem, [[picture] * (EARLIER + 1)]))
    return found


def _look(detector: str, looks: list[Pixels], wide: int) -> tuple[Pixels, Detections]:
    look, score = opened(detector, VIEW), scores(detector).confident
    views = [_placed(pixels, wide) for pixels in looks]
    *_, seen = (look(Frame(view.copy(), n * APART_S, n * APART_S, n, VIEW)) for n, view in enumerate(views))
    return views[-1], seen.only((seen.scores >= score) & (seen.classes == 6))


def _placed(pixels: Pixels, wide: int) -> Pixels:
    high = min(VIEW[1], max(1, round(wide * pixels.shape[0] / pixels.shape[1])))
    small = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA)
    left, top = (VIEW[0] - wide) // 2, (VIEW[1] - high) // 2
    view = np.empty((VIEW[1], VIEW[0], 3), np.uint8)
    view[:] = np.median(pixels.reshape(-1, 3), axis=0)
    view[top : top + high, left : left + wide] = small
    return view


def _cell(view: Pixels, seen: Detections) -> Pixels:
    scale = CELL / view.shape[1]
    cell = np.asarray(cv2.resize(view, None, fx=scale, fy=scale), np.uint8).copy()
    for box, score in zip(seen.boxes * scale, seen.scores, strict=True):
        left, top, right, bottom = (round(float(side)) for side in box)
        cv2.rectangle(cell, (left, top), (right, bottom), COLOURS[6], 1)
        cv2.putText(cell, f"{100 * score:.0f}", (left, top - 2), cv2.FONT_HERSHEY_SIMPLEX, 0.35, COLOURS[6], 1)
    return cell
