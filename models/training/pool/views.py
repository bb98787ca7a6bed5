"""Pictures of pools to learn from, as a cheap camera gives them, each with what its last looks tell."""

from collections.abc import Iterator

import cv2
import numpy as np

from models.training.pool.ranges import Ranges
from models.training.pool.scene import Pool, Truth
from models.training.pool.sensor import draw_sensor
from models.training.samples import Sample
from models.training.views import mirrored
from vision.classes import ClassName
from vision.pixels.network.earlier import EarlierLooks
from vision.pixels.network.preprocess import NO_CHANGE, Pixels
from vision.pixels.network.trend import RunningMeans

POOL: tuple[ClassName, ...] = ("swimmer", "pedestrian")
"""The network's classes: whoever is in the water, and who is on the deck and is not to be counted there."""
CHANNELS = 5
"""B, G, R, the change since a look before, and the trend."""
STRIDE = 2
"""Pixels a cell of the heatmap: swimmers are some 5 pixels high, and two of them are often less than 8 apart."""
WHOLE_SHARE = 0.7
"""Of the pools, that are seen whole, as a camera that counts a basin does."""
MOMENTS = 2
"""Times of day at which each pool is looked at."""
EARLY_LOOKS = 6
"""First looks at a moment, by which the means of the trend become what they are after a while …"""
EARLY_APART_S = 0.7
"""… seconds from one to the next …"""
LOOKS = 6
"""… and those that follow, of which some are learnt from."""
APART_S = (0.1, 0.4)
"""Seconds from each to the next: ten looks a second to two and a half."""
LEARNT_FROM = (1, EARLY_LOOKS + 2, EARLY_LOOKS + 4, EARLY_LOOKS + LOOKS - 1)
"""Looks, the first right after a camera has come."""
CAMERAS = 2
"""That see each moment."""
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
    """Yield views of one pool: B, G, R, change and trend; classes are positions in `POOL`."""
    rng = np.random.default_rng((*seed, 1))
    pool = Pool(seed, ranges, size, DAY_S, whole=bool(rng.random() < WHOLE_SHARE))
    for _ in range(MOMENTS):
        cameras = [_Camera(rng) for _ in range(CAMERAS)]
        at, apart = float(rng.uniform(0, DAY_S - 10)), float(rng.uniform(*APART_S))
        for look in range(EARLY_LOOKS + LOOKS):
            picture = pool.picture(at)
            for camera in cameras:
                seen = camera.look(picture, at)
                if look in LEARNT_FROM:
                    yield _sample(seen, pool.truth(at), size)
            at += EARLY_APART_S if look < EARLY_LOOKS - 1 else apart


class _Camera:
    """A cheap camera, and what a detector keeps of its pictures."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._sensor = draw_sensor(rng)
        self._earlier, self._means = EarlierLooks(), RunningMeans()

    def look(self, picture: Pixels, at: float) -> Pixels:
        """Return the input (H, W, 5) that the network would be given."""
        seen = self._sensor.sees(picture, self._rng)
        grey = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), np.uint8)
        trend = self._means.trend(grey, at)
        change = self._earlier.change(grey, at)
        return np.dstack((seen, np.full_like(trend, NO_CHANGE) if change is None else change, trend))


def _sample(pixels: Pixels, truth: Truth, size: tuple[int, int]) -> Sample:
    boxes = np.concatenate((truth.boxes, truth.walkers)).astype(np.float32)
    sure = np.ones(len(boxes), bool)
    sure[: len(truth.boxes)] = ~truth.under & ~truth.hidden
    classes = np.repeat((0, 1), (len(truth.boxes), len(truth.walkers)))
    return _within(Sample(pixels, boxes, classes, sure), size)


def _within(sample: Sample, size: tuple[int, int]) -> Sample:
    """Clip boxes to the view; those cut too much, or too small, become unsure."""
    boxes = sample.boxes.clip(0, np.tile(np.array(size, np.float32), 2))
    sides, all_sides = boxes[:, 2:] - boxes[:, :2], sample.boxes[:, 2:] - sample.boxes[:, :2]
    there = (sides > 0).all(axis=1)
    clear = (sides >= LEAST_SIDE).all(axis=1) & (sides.prod(axis=1) >= LEAST_SHOWN * all_sides.prod(axis=1))
    return Sample(sample.pixels, boxes[there], sample.classes[there], (sample.sure & clear)[there])


def part(sample: Sample, size: tuple[int, int], rng: np.random.Generator) -> Sample:
    """Return a random part of a drawn view as a view of size (width, height), shrunk or not, mirrored or not."""
    scale = 1.0 if rng.random() < OWN_SIZE_SHARE else float(rng.uniform(SHRUNK_TO, 1.0))
    own = sample.pixels.shape[1::-1]
    wide, high = (min(round(side / scale), whole) for side, whole in zip(size, own, strict=True))
    left, top = (int(rng.integers(0, room + 1)) for room in (own[0] - wide, own[1] - high))
    boxes = sample.boxes - np.tile(np.array((left, top), np.float32), 2)
    cut = Sample(sample.pixels[top : top + high, left : left + wide], boxes, sample.classes, sample.sure)
    shrunk = _shrunk(_within(cut, (wide, high)), size, scale)
    return mirrored(shrunk) if rng.random() < 0.5 else shrunk


def _shrunk(sample: Sample, size: tuple[int, int], scale: float) -> Sample:
    """Return a view in one of size (width, height); what is beyond it is `PAD`, where nothing moves."""
    wide, high = (min(round(side * scale), most) for side, most in zip(sample.pixels.shape[1::-1], size, strict=True))
    canvas = np.full((*size[::-1], sample.pixels.shape[2]), (PAD, PAD, PAD, NO_CHANGE, NO_CHANGE), np.uint8)
    whole = sample.pixels
    if scale < 1:  # OpenCV shrinks four channels at most
        halves = (np.ascontiguousarray(of) for of in (whole[..., :3], whole[..., 3:]))
        whole = np.dstack([cv2.resize(of, (wide, high), interpolation=cv2.INTER_AREA) for of in halves])
    canvas[:high, :wide] = whole
    boxes = (sample.boxes * np.float32(scale)).clip(0, np.tile(np.array(size, np.float32), 2))
    sure = sample.sure & (boxes[:, 2:] - boxes[:, :2] >= LEAST_SIDE).all(axis=1)
    return Sample(canvas, boxes, sample.classes, sure)
