"""Rendered pools that nobody has learnt from, as labelled pictures, and how right a detector is on them."""

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.scores.detections import opened
from benchmarks.scores.precision import Picture, judge
from models.training.pool.ranges import HELD_OUT, TRAINING, Ranges
from models.training.pool.scene import Pool, Truth
from models.training.pool.sensor import draw_sensor
from models.training.pool.views import LEAST_SHOWN
from vision.classes import CLASS_INDEX
from vision.detections import Detections
from vision.pixels.frame import Frame

Size = tuple[int, int]
Pixels = npt.NDArray[np.uint8]

DRAWN_AT: Size = (320, 240)
"""Smaller working sizes are shrunk from it, as the product does."""
SEED = 770_000
"""Pools are seeded from here on; training never comes near it."""
EARLIER = 16
"""Looks before the one that is judged, for detectors that also see what moves, or remember, …"""
APART_S = 0.25
"""… seconds from each to the next."""
LEAST_SIDE = 2.0
"""Pixels; who has a smaller side is not asked for box by box, but is counted."""
SWIMMER = CLASS_INDEX["swimmer"]


class Drawn(NamedTuple):
    """Which pools are drawn: from which ranges, with seeds from where on, and in minutes by how large a camera."""

    ranges: Ranges = HELD_OUT
    seed: int = SEED
    size: Size = DRAWN_AT


NEVER_LEARNT = Drawn()
TO_CHOOSE_BY = Drawn(dataclasses.replace(TRAINING, crowds=((0, 6),)), 555_000)
"""Pools like those of training, by which thresholds are chosen, so that what is held out stays unseen."""


class Rightness(NamedTuple):
    """AP50, and recall and precision from a score up."""

    truths: int
    ap: float
    recall: float
    precision: float


def frame(pixels: Pixels, size: Size, at: float) -> Frame:
    """Return a frame of a working size, at a time in seconds."""
    if pixels.shape[1::-1] != size:
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Frame(pixels.copy(), at, at, 1, DRAWN_AT)


def picture(truth: Truth, seen: Detections, size: Size, drawn_at: Size = DRAWN_AT) -> Picture:
    """Return the swimmers of one look and what was seen of them, in pixels of a view of size (width, height).

    Who is under water, hidden, for the most part out of the view, or smaller than can be asked for is ignored.
    """
    whole = truth.boxes * (np.tile(size, 2) / np.tile(drawn_at, 2))
    boxes = whole.clip(0, np.tile(size, 2))
    sides, all_sides = boxes[:, 2:] - boxes[:, :2], whole[:, 2:] - whole[:, :2]
    small = (sides < LEAST_SIDE).any(axis=1) | (sides.prod(axis=1) < LEAST_SHOWN * all_sides.prod(axis=1))
    swims = seen.classes == SWIMMER
    spare = np.zeros(int(swims.sum()), bool)
    return Picture(boxes, truth.under | truth.hidden | small, seen.boxes[swims], seen.scores[swims], spare)


def drawn_pools(number: int, drawn: Drawn = NEVER_LEARNT) -> Iterator[tuple[list[Pixels], Truth]]:
    """Yield the looks at each of so many pools, `APART_S` from each to the next, and the truth of the last."""
    for seed in range(number):
        pool = Pool((drawn.seed, seed), drawn.ranges, DRAWN_AT, 60.0, whole=True)
        rng = np.random.default_rng((drawn.seed, seed))
        sensor = draw_sensor(rng)
        at = float(rng.uniform(5, 50))
        moments = at - APART_S * np.arange(EARLIER, -1, -1)
        yield [sensor.sees(pool.picture(moment), rng) for moment in moments.tolist()], pool.truth(at)


def rightness(pictures: list[Picture], score: float) -> Rightness:
    """Return how right a detector is on pictures."""
    verdicts = judge(pictures)
    return Rightness(verdicts.truths, verdicts.average_precision, verdicts.recall(score), verdicts.precision(score))


def look_at_pools(detector: str, size: Size, pools: list[tuple[list[Pixels], Truth]]) -> list[Picture]:
    """Return what a detector sees of each pool at the last of its looks."""
    found = []
    for looks, truth in pools:
        look = opened(detector, size)
        *_, seen = (look(frame(pixels, size, n * APART_S)) for n, pixels in enumerate(looks))
        found.append(picture(truth, seen, size))
    return found
