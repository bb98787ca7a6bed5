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
MOMENTS = 2
"""Times of day at which each pool is looked at …"""
LOOKS = 3
"""… and looks then, each the moment before the next."""
APART_S = (0.3, 0.55)
"""Seconds from look to look; a detector aims at 0.4 s."""
DAY_S = 300.0
LEAST_SIDE = 2.0
"""Pixels; a box with a smaller side teaches nothing."""
LEAST_SHOWN = 0.6
"""Share of a box that must be within the view."""


def drawn_views(seed: tuple[int, ...], ranges: Ranges, size: tuple[int, int]) -> Iterator[Sample]:
    """Yield views of one pool: B, G, R, and the grey levels of the moment before; classes are positions in `POOL`."""
    rng = np.random.default_rng((*seed, 1))
    pool = Pool(seed, ranges, size, DAY_S, whole=bool(rng.random() < 0.3))
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
    whole = np.concatenate((truth.boxes, truth.walkers)).astype(np.float32)
    boxes = whole.clip(0, np.tile(np.array(size, np.float32), 2))
    sides, all_sides = boxes[:, 2:] - boxes[:, :2], whole[:, 2:] - whole[:, :2]
    there = (sides > 0).all(axis=1)
    sure = (sides >= LEAST_SIDE).all(axis=1) & (sides.prod(axis=1) >= LEAST_SHOWN * all_sides.prod(axis=1))
    sure[: len(truth.boxes)] &= ~truth.under & ~truth.hidden
    classes = np.repeat((0, 1), (len(truth.boxes), len(truth.walkers)))
    return Sample(np.dstack((picture, before)), boxes[there], classes[there], sure[there])


def worn(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return the view, mirrored or not, through a camera drawn anew; the fourth channel is the change."""
    sensor = draw_sensor(rng)
    now = sensor.sees(np.ascontiguousarray(sample.pixels[..., :3]), rng)
    before = sensor.sees(np.asarray(cv2.cvtColor(sample.pixels[..., 3], cv2.COLOR_GRAY2BGR), np.uint8), rng)
    pixels = with_change(np.dstack((now, cv2.cvtColor(before, cv2.COLOR_BGR2GRAY))))
    boxes = sample.boxes
    if rng.random() < 0.5:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        boxes = boxes.copy()
        boxes[:, [0, 2]] = pixels.shape[1] - sample.boxes[:, [2, 0]]
    return Sample(pixels, boxes, sample.classes, sample.sure)
