"""Thousands of scenarios, detections in and passages out: what the rules of a count allow, and nothing else.

A scenario is one to three objects of one class that walk, stop, turn back and stand about one counting line, or beyond
its end, with jitter of their boxes, spells in which they are hidden, and frames that are missing; see `scenarios.py`
for how they are drawn and for the limits of what can be asked. A camera looks at `LINES` times `LANES` of them at once,
far apart, each with a line and a class of its own by which its passages are told.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from tests.counting.scenarios import (
    GROWN,
    WALKS,
    crossings_seen,
    draw_walks,
    is_followable,
    look_times,
    wanted,
)
from vision.classes import CLASSES
from vision.counting.camera import CameraCounter
from vision.detections import Detections
from vision.events import DIRECTIONS, Passage
from vision.site import Camera
from vision.tracking.settings import WALKERS

LINES, LANES = 8, len(CLASSES)
CAMERAS = -(-10_000 // (LINES * LANES))
SHORT = 4
"""One camera of so many, where there is no time for ten thousand scenarios."""
APART = 8_000.0
"""Pixels between lanes and between lines: nothing comes from one to the next."""
VIEW = 12 * APART


class World:
    """What one camera looks at. Along each line lie lanes, one a class; the last lies beyond the line's end."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.times, self.interval = look_times(self.rng)
        bearing = self.rng.uniform(0, 2 * np.pi)
        along = np.array([np.cos(bearing), np.sin(bearing)])
        self.turn = np.stack(([-along[1], along[0]], along))
        self.scenarios = {
            (line, lane): draw_walks(self.rng, self.times, self.interval, self.turn)
            for line in range(LINES)
            for lane in range(LANES)
        }

    def place(self, line, lane):
        return VIEW / 2 + np.array([line - (LINES - 1) / 2, lane - (LANES - 1) / 2]) @ self.turn * APART

    def counted(self):
        """Passages by line, class and direction."""
        lines = [
            {
                "name": f"line-{line}",
                "a": tuple(self.place(line, -0.5) / VIEW),
                "b": tuple(self.place(line, LANES - 1.5) / VIEW),
            }
            for line in range(LINES)
        ]
        camera = Camera(name="cam", source="file.mp4", fps=1 / self.interval, line=lines)
        counter = CameraCounter(camera.model_copy(update={"working_size": (round(VIEW), round(VIEW))}))
        events = [event for time, seen in self.looks() for event in counter.look(seen, time, 1e9 + time)]
        return Counter((e.line, e.object_class, e.direction) for e in events if isinstance(e, Passage))

    def looks(self):
        walks = [(key, walk) for key, walks in self.scenarios.items() for walk in walks]
        feet = np.stack([walk.seen + self.place(*key) for key, walk in walks])
        sizes = np.stack([walk.size for _, walk in walks])
        classes = np.array([lane for (_, lane), _ in walks])
        for k, time in enumerate(self.times.tolist()):
            here = np.flatnonzero([walk.shown[k] for _, walk in walks])
            half, height = (sizes[here] * self.rng.uniform(1 - GROWN, 1 + GROWN, (len(here), 1)) / (2, 1)).T
            x, y = feet[here, k].T
            boxes = np.stack((x - half, y - height, x + half, y), axis=1)
            yield time, Detections(boxes.astype(np.float32), np.full(len(here), 0.9, np.float32), classes[here])


@dataclass
class Verdict:
    """Of one scenario. Counts are (2,), forward and backward."""

    name: tuple[int, int, int]
    counted: np.ndarray
    fewest: np.ndarray
    most: np.ndarray
    crossings_seen: np.ndarray
    must: bool
    """All its objects must be followed."""
    fastest: float
    """Pixels a nominal interval."""
    fps: float
    alone: bool


@pytest.fixture(scope="module")
def verdicts(is_long):
    seeds = range(CAMERAS) if is_long else range(1, CAMERAS, SHORT)
    return [verdict for seed in seeds for verdict in judged(World(seed), seed)]


def judged(world, seed):
    counted = world.counted()
    for (line, lane), walks in world.scenarios.items():
        is_on_line = lane < LANES - 1
        fewest, most = is_on_line * np.sum([wanted(walk) for walk in walks], axis=0)
        paces = [np.hypot(*np.diff(walk.feet, axis=0).T) / np.diff(world.times) for walk in walks]
        walks_as_people_do = CLASSES[lane] not in WALKERS or np.max(paces) <= WALKS * walks[0].size[1]
        yield Verdict(
            (seed, line, lane),
            np.array([counted[f"line-{line}", CLASSES[lane], way] for way in DIRECTIONS]),
            fewest,
            most,
            is_on_line * np.sum([crossings_seen(walk, world.turn) for walk in walks], axis=0),
            walks_as_people_do and all(is_followable(walk, world.times, world.interval) for walk in walks),
            np.max(paces) * world.interval,
            1 / world.interval,
            len(walks) == 1,
        )


def test_who_can_be_followed_is_counted_just_as_often_as_he_passes(verdicts):
    wrong = [v.name for v in verdicts if v.must and ((v.counted < v.fewest) | (v.counted > v.most)).any()]
    assert wrong == []


def test_nobody_is_counted_more_often_than_he_was_seen_to_cross(verdicts):
    """Not even who is lost and found, or hidden for as long as one likes, if no other is about to be taken for him."""
    sure = [v for v in verdicts if v.alone or v.must]
    assert len(sure) >= 0.75 * len(verdicts)
    wrong = [v.name for v in sure if (v.counted > v.crossings_seen).any()]
    assert wrong == []


def test_the_scenarios_are_what_they_are_said_to_be(verdicts):
    """Thousands, most of them strict, with and without passages, slow and fast, at all rates."""
    many = len(verdicts)
    assert many >= 2_500
    strict = [v for v in verdicts if v.must]
    assert len(strict) >= 0.55 * many
    assert sum((v.fewest == v.most).all() for v in strict) >= 0.94 * len(strict)
    assert (np.sum([v.fewest for v in strict], axis=0) >= 0.25 * many).all()
    assert sum(v.most.sum() == 0 for v in strict) >= 0.2 * many
    assert sum(v.fewest.max() >= 2 for v in strict) >= 0.05 * many
    speeds, rates = (np.array([getattr(v, name) for v in strict]) for name in ("fastest", "fps"))
    assert speeds.min() < 1
    assert speeds.max() > 195
    assert rates.min() < 2.1
    assert rates.max() > 28
