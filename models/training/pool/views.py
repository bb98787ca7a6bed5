"""Pictures of pools to learn from: each with the moment before, as a cheap camera gives both."""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from models.training.pool.ranges import Ranges
from models.training.pool.scene import Pool, Truth
from models.training.pool.sensor import draw_sensor
from models.training.samples import Sample
from models.training.views import with_change
from vision.classes import ClassName

POOL: tuple[ClassName, ...] = ("swimmer", "pedestrian")
"""The network's classes: whoever is in the water, and who is on the deck and is not to be counted there."""
WHOLE_SHARE = 0.7
"""Of the pools, that are seen whole, as a camera that counts a basin does."""
MOMENTS = 3
"""Times of day at which each pool is looked at …"""
LOOKS = 3
"""… and looks then, each the moment before the next."""
APART_S = (0.3, 0.55)
"""Seconds from look to look; a detector aims at 0.4 s."""
DAY_S = 300.0
LEAST_SIDE = 1.5
"""Pixels; a box with a smaller side teaches nothing."""
LEAST_SHOWN = 0.6
"""Share of a box that must be within the view."""
OWN_SIZE_SHARE = 0.65
"""Of the views, that are as large as the picture was drawn, …"""
SHRUNK_TO = 0.5
"""… while the others are shrunk, to this at least, as the product shrinks frames."""
PAD = 114
"""Level of what is beyond a picture."""


def drawn_views(seed: tuple[int, ...], ranges: Ranges, size: tuple[int, int]) -> Iterator[Sample]:
    """Yield views of one pool: B, G, R, and the grey levels of the moment before; classes are positions in `POOL`."""
    rng = np.random.default_rng((*seed, 1))
    pool = Pool(seed, ranges, size, DAY_S, whole=bool(rng.random() < WHOLE_SHARE))
    for _ in range(MOMENTS):
        at, before = float(rng.uniform(0, DAY_S - 5)), None
        for _ in range(LOOKS):
            picture = pool.picture(at)
            if before is not None:
                yield _sample(picture, before, pool.truth(at), size)
            before = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
            at += float(rng.uniform(*APART_S))


def _sample(
    picture: npt.NDArray[np.uint8], before: npt.NDArray[np.generic], truth: Truth, size: tuple[int, int]
) -> Sample:
    boxes = np.concatenate((truth.boxes, truth.walkers)).astype(np.float32)
    sure = np.ones(len(boxes), bool)
    sure[: len(truth.boxes)] = ~truth.under & ~truth.hidden
    classes = np.repeat((0, 1), (len(truth.boxes), len(truth.walkers)))
    return _within(Sample(np.dstack((picture, before)), boxes, classes, sure), size)


def _within(sample: Sample, size: tuple[int, int]) -> Sample:
    """Clip boxes to the view; those cut too much, or too small, become unsure."""
    boxes = sample.boxes.clip(0, np.tile(np.array(size, np.float32), 2))
    sides, all_sides = boxes[:, 2:] - boxes[:, :2], sample.boxes[:, 2:] - sample.boxes[:, :2]
    there = (sides > 0).all(axis=1)
    clear = (sides >= LEAST_SIDE).all(axis=1) & (sides.prod(axis=1) >= LEAST_SHOWN * all_sides.prod(axis=1))
    return Sample(sample.pixels, boxes[there], sample.classes[there], (sample.sure & clear)[there])


def part(sample: Sample, size: tuple[int, int], rng: np.random.Generator) -> Sample:
    """Return a random part of a drawn view, worn, as a view of size (width, height), shrunk or not."""
    scale = 1.0 if rng.random() < OWN_SIZE_SHARE else float(rng.uniform(SHRUNK_TO, 1.0))
    own = sample.pixels.shape[1::-1]
    wide, high = (min(round(side / scale), whole) for side, whole in zip(size, own, strict=True))
    left, top = (int(rng.integers(0, room + 1)) for room in (own[0] - wide, own[1] - high))
    boxes = sample.boxes - np.tile(np.array((left, top), np.float32), 2)
    cut = Sample(sample.pixels[top : top + high, left : left + wide], boxes, sample.classes, sample.sure)
    return worn(_within(cut, (wide, high)), rng, size, scale)


def worn(sample: Sample, rng: np.random.Generator, size: tuple[int, int] | None = None, scale: float = 1.0) -> Sample:
    """Return the view, mirrored or not, through a camera drawn anew; the fourth channel is the change.

    Args:
        sample: a view with the grey levels of the moment before.
        rng: random numbers.
        size: (width, height) of what is returned, the view's own without.
        scale: by which the camera's picture is shrunk; what is then beyond it is `PAD`.
    """
    sensor = draw_sensor(rng)
    now = sensor.sees(np.ascontiguousarray(sample.pixels[..., :3]), rng)
    before = sensor.sees(np.asarray(cv2.cvtColor(sample.pixels[..., 3], cv2.COLOR_GRAY2BGR), np.uint8), rng)
    pixels = np.dstack((now, np.asarray(cv2.cvtColor(before, cv2.COLOR_BGR2GRAY), np.uint8)))
    boxes, sure = sample.boxes, sample.sure
    if size is not None:
        pixels = _shrunk(pixels, size, scale)
        boxes = (boxes * np.float32(scale)).clip(0, np.tile(np.array(size, np.float32), 2))
        sure = sure & (boxes[:, 2:] - boxes[:, :2] >= LEAST_SIDE).all(axis=1)
    pixels = with_change(pixels)
    if rng.random() < 0.5:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        boxes = boxes.copy()
        boxes[:, [0, 2]] = pixels.shape[1] - boxes[:, [2, 0]]
    return Sample(pixels, boxes, sample.classes, sure)


def _shrunk(pixels: npt.NDArray[np.uint8], size: tuple[int, int], scale: float) -> npt.NDArray[np.uint8]:
    wide, high = (min(round(side * scale), most) for side, most in zip(pixels.shape[1::-1], size, strict=True))
    canvas = np.full((size[1], size[0], 4), PAD, np.uint8)
    canvas[:high, :wide] = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    return canvas
