"""Looks at pools to learn from, one after the other, as a cheap camera gives them."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.training.pool.ranges import Ranges
from models.training.pool.scene import Pool, Truth
from models.training.pool.sensor import draw_sensor
from models.training.samples import Sample
from models.training.views import mirrored
from vision.classes import ClassName
from vision.pixels.network.preprocess import NO_CHANGE, Pixels
from vision.pixels.network.trend import RunningMeans

POOL: tuple[ClassName, ...] = ("swimmer", "pedestrian")
"""The network's classes: whoever is in the water, and who is on the deck and is not to be counted there."""
CHANNELS = 4
"""B, G, R, and the trend."""
STRIDE = 2
"""Pixels a cell of the heatmap: swimmers are some 5 pixels high, and two of them are often less than 8 apart."""
WHOLE_SHARE = 0.7
"""Of the pools, that are seen whole, as a camera that counts a basin does."""
EARLY_LOOKS = 6
"""First looks of a clip, by which the means of the trend become what they are after a while …"""
EARLY_APART_S = 0.7
"""… seconds from one to the next …"""
LOOKS = 40
"""… and those that follow and are learnt from."""
COLD_SHARE = 0.2
"""Of the clips, that have no such looks: a camera has just come."""
APART_S = (0.06, 0.4)
"""Seconds from each to the next, alike in a clip: sixteen looks a second to two and a half."""
JITTER = 0.2
"""Share of that by which looks come sooner or later …"""
GAPS_SHARE, GAP_S = 0.02, (0.5, 2.5)
"""… and how many come after a gap: a view that stood still, a camera that was lost for a moment."""
LONGEST_S = 60.0
"""That a clip may take."""
CAMERAS = 2
"""That see each clip."""
GREY_LEARNT = 0.25
"""Of them, that see no colours: more than of all cameras, since it is there that most is left to learn."""
DAY_S = 300.0
LEAST_SIDE = 1.5
"""Pixels; a box with a smaller side teaches nothing."""
LEAST_SHOWN = 0.6
"""Share of a box that must be within the view."""
OWN_SIZE_SHARE = 0.65
"""Of the views, that are as large as the picture was drawn, …"""
SHRUNK_TO = 0.5
"""… while the others are shrunk, to this at least, as the product shrinks frames."""
PLACES = 2
"""Of a part, that are drawn; it is where it holds more people."""
PAD = 114
"""Level of what is beyond a picture."""


Clip = list[Sample]
"""Looks of one camera, one after the other."""


def drawn_clips(seed: tuple[int, ...], ranges: Ranges, size: tuple[int, int]) -> tuple[Clip, ...]:
    """Return clips of one pool, by `CAMERAS`: B, G, R and trend; classes are positions in `POOL`."""
    rng = np.random.default_rng((*seed, 1))
    pool = Pool(seed, ranges, size, DAY_S, whole=bool(rng.random() < WHOLE_SHARE))
    cameras = [_Camera(rng) for _ in range(CAMERAS)]
    clips: tuple[Clip, ...] = tuple([] for _ in cameras)
    early = 0 if rng.random() < COLD_SHARE else EARLY_LOOKS
    at = float(rng.uniform(0, DAY_S - LONGEST_S))
    for look, apart in enumerate(_moments(early, rng)):
        at += apart
        picture, truth = pool.picture(at), pool.truth(at)
        for camera, clip in zip(cameras, clips, strict=True):
            seen = camera.look(picture, at)
            if look >= early:
                clip.append(_sample(seen, truth, size))
    return clips


def _moments(early: int, rng: np.random.Generator) -> list[float]:
    """Return seconds from each look to the next: of early ones, and of those that are learnt from."""
    usual = float(np.exp(rng.uniform(*np.log(APART_S))))
    apart = usual * rng.uniform(1 - JITTER, 1 + JITTER, LOOKS)
    gaps = rng.random(LOOKS) < GAPS_SHARE
    apart[gaps] = rng.uniform(*GAP_S, gaps.sum())
    return [EARLY_APART_S] * early + [float(seconds) for seconds in apart]


class _Camera:
    """A cheap camera, and what a detector keeps of its pictures."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._sensor = draw_sensor(rng, GREY_LEARNT)
        self._means = RunningMeans()

    def look(self, picture: Pixels, at: float) -> Pixels:
        """Return the input (H, W, 4) that the network would be given."""
        seen = self._sensor.sees(picture, self._rng)
        grey = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), np.uint8)
        return np.dstack((seen, self._means.trend(grey, at)))


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


class Part(NamedTuple):
    """A part of drawn views, the same of each look: its corner and size in their pixels, its scale, mirrored or not."""

    left: int
    top: int
    wide: int
    high: int
    scale: float
    mirrored: bool

    def holds(self, boxes: npt.NDArray[np.float32]) -> int:
        """Return the middles of how many boxes (N, 4) of the whole view are in the part."""
        x, y = (boxes[:, :2] + boxes[:, 2:]).T / 2 - np.array([[self.left], [self.top]])
        return int(np.sum((x >= 0) & (x < self.wide) & (y >= 0) & (y < self.high)))

    def of(self, sample: Sample, size: tuple[int, int]) -> Sample:
        """Return the part of one look as a view of size (width, height)."""
        boxes = sample.boxes - np.tile(np.array((self.left, self.top), np.float32), 2)
        rows, columns = slice(self.top, self.top + self.high), slice(self.left, self.left + self.wide)
        cut = Sample(sample.pixels[rows, columns], boxes, sample.classes, sample.sure)
        shrunk = _shrunk(_within(cut, (self.wide, self.high)), size, self.scale)
        return mirrored(shrunk) if self.mirrored else shrunk


def draw_part(look: Sample, size: tuple[int, int], rng: np.random.Generator) -> Part:
    """Draw which part of views, of which one is given, shall become one of a `size` (width, height), shrunk or not.

    Of several, that in which most people are: on the deck alone there is little to learn.
    """
    own = look.pixels.shape[1], look.pixels.shape[0]
    scale = 1.0 if rng.random() < OWN_SIZE_SHARE else float(rng.uniform(SHRUNK_TO, 1.0))
    wide, high = (min(round(side / scale), whole) for side, whole in zip(size, own, strict=True))
    is_mirrored = bool(rng.random() < 0.5)
    corners = rng.integers(0, (own[0] - wide + 1, own[1] - high + 1), (PLACES, 2)).tolist()
    parts = [Part(left, top, wide, high, scale, is_mirrored) for left, top in corners]
    return max(parts, key=lambda part: part.holds(look.boxes))


def _shrunk(sample: Sample, size: tuple[int, int], scale: float) -> Sample:
    """Return a view in one of size (width, height); what is beyond it is `PAD`, where nothing moves."""
    wide, high = (min(round(side * scale), most) for side, most in zip(sample.pixels.shape[1::-1], size, strict=True))
    canvas = np.full((*size[::-1], CHANNELS), (PAD, PAD, PAD, NO_CHANGE), np.uint8)
    whole = sample.pixels
    if scale < 1:
        whole = np.asarray(cv2.resize(whole, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
    canvas[:high, :wide] = whole
    boxes = (sample.boxes * np.float32(scale)).clip(0, np.tile(np.array(size, np.float32), 2))
    sure = sample.sure & (boxes[:, 2:] - boxes[:, :2] >= LEAST_SIDE).all(axis=1)
    return Sample(canvas, boxes, sample.classes, sure)
