"""A moment before, for single pictures: what is labelled in them has come a step since.

Clips have their own earlier frames; pictures do not, and a network that learns from them that nothing ever moves does
not look at the channel of change.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from models.training.samples import Sample
from vision.classes import CLASSES, ClassName

Grey = npt.NDArray[np.uint8]

STANDS = {"pedestrian": 0.25, "bicycle": 0.15, "motorcycle": 0.25, "car": 0.5, "truck": 0.5, "bus": 0.5}
"""Share of the objects that have not moved: people wait, vehicles queue and park."""
STEPS = {"pedestrian": 0.3, "bicycle": 0.8, "motorcycle": 1.0, "car": 0.8, "truck": 0.5, "bus": 0.4}
"""How far the others have come in some 0.4 s, in heights (standard deviation): a walker of 1.4 m/s makes a third of
theirs, a car of 30 km/h two of its own but less of its length where it comes towards the camera."""
ALONG = 0.4
"""Steps up and down the view, as a part of those across it."""
LEAST_STEP = 0.5
"""Pixels; less cannot be seen."""
GROWN = (-0.05, 0.2)
"""What moves is cut out with so much around it on each side, as a share of the box's: with the box itself the network
would learn where boxes end from the cut."""
SWAYS_SHARE, SWAYS_MOST = 0.3, 4
"""Share of the views in which up to so many places of the street have moved: leaves, flags, shadows."""
SHAKES_SHARE, SHAKES_PX = 0.15, 0.7
"""Share of the views before which the camera has moved, and how far: a mast in the wind."""
LIGHT_SHARE, LIGHT = 0.15, 0.06
"""Share of the views before which the exposure was another, and by what part."""


def moved(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return the same view with an earlier grey level in which its objects stood elsewhere.

    Args:
        sample: of a single picture, whose earlier grey levels are those of now.
        rng: random numbers.
    """
    pixels = sample.pixels.copy()
    now, earlier = sample.pixels[..., 3], np.ascontiguousarray(sample.pixels[..., 3])
    if rng.random() < SWAYS_SHARE:
        _sway(now, earlier, rng)
    gone = []
    sides = np.tile(sample.boxes[:, 2:] - sample.boxes[:, :2], 2) * (-1, -1, 1, 1)
    around = (sample.boxes + sides * rng.uniform(*GROWN, sample.boxes.shape)).round().astype(int)
    for box, kind in zip(around, sample.classes, strict=True):
        step = step_since(CLASSES[kind], box[3] - box[1], rng)
        if np.abs(step).max() >= LEAST_STEP:
            gone.append((box, step))
            _uncover(now, earlier, box, rng)
    for box, step in gone:
        _put(now, earlier, box, step)
    if rng.random() < LIGHT_SHARE:
        earlier = np.asarray(cv2.convertScaleAbs(earlier, alpha=1 + float(rng.normal(0, LIGHT))), np.uint8)
    if rng.random() < SHAKES_SHARE:
        shake = np.column_stack((np.eye(2), rng.normal(0, SHAKES_PX, 2)))
        size = earlier.shape[::-1]
        earlier = np.asarray(cv2.warpAffine(earlier, shake, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    pixels[..., 3] = earlier
    return Sample(pixels, sample.boxes, sample.classes, sample.sure)


def _uncover(now: Grey, earlier: Grey, box: npt.NDArray[np.int_], rng: np.random.Generator) -> None:
    """Put in the place of a box what is beside it: so the street behind may look."""
    width = box[2] - box[0]
    shift = width if rng.random() < 0.5 else -width
    beside = box[[0, 2]] + shift
    if beside[0] < 0 or beside[1] > now.shape[1]:
        shift = -shift
    _put(now, earlier, box + (shift, 0, shift, 0), np.array((-shift, 0.0)))


def _put(now: Grey, earlier: Grey, box: npt.NDArray[np.int_], step: npt.NDArray[np.float64]) -> None:
    """Draw what is now in a box so many pixels away, as far as both places are within the view; its rim fades."""
    height, width = now.shape
    dx, dy = step.round().astype(int)
    x0, y0 = max(box[0], 0, -dx), max(box[1], 0, -dy)
    x1, y1 = min(box[2], width, width - dx), min(box[3], height, height - dy)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    there = earlier[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
    mask = _rim(x1 - x0, y1 - y0)
    there[:] = now[y0:y1, x0:x1] * mask + there * (1 - mask)


def _rim(width: int, height: int) -> npt.NDArray[np.float32]:
    """Return an opacity (height, width) that is 1 inside and falls towards the sides."""
    return _fade(height)[:, None] * _fade(width)[None, :]


@cache
def _fade(side: int) -> npt.NDArray[np.float32]:
    fade: npt.NDArray[np.float32] = 1 - np.abs(np.linspace(-1, 1, side, dtype=np.float32)) ** 4
    return fade


def step_since(name: ClassName, height: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return x and y, pixels, from where an object of some height was to where it is; zero for one that stands."""
    moves = rng.random() >= STANDS[name]
    step: npt.NDArray[np.float64] = rng.normal(0, (1, ALONG)) * STEPS[name] * height * moves
    return step


def _sway(now: Grey, earlier: Grey, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(1, SWAYS_MOST + 1))):
        side = rng.integers(6, 40, 2)
        corner = (rng.random(2) * (np.array(now.shape[::-1]) - side)).astype(int)
        _put(now, earlier, np.concatenate((corner, corner + side)), rng.normal(0, 2, 2))
