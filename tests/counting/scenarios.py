"""Objects that walk, stop, turn back and stand about counting lines, and what is to be counted of them.

Places are in pixels across the line (right is positive) and along it. Everything is drawn from a seeded generator.
"""

from dataclasses import dataclass

import numpy as np

from vision.counting.lines import BAND_OF_HEIGHT

LOOKS = 32
"""Of a camera at its nominal rate; those that are missing among them have fallen out."""
GROWN = 0.03
"""A box as seen is at most so much higher and wider than it is, or less."""

CONFIRM_S = 0.2
"""Rule 4: who is seen for a shorter time need not be counted, and who is hidden meanwhile need not be kept in mind:
the tracker confirms after as long."""
HIDDEN_S = 0.9
"""Who is hidden for longer need not be known again: the tracker waits for two seconds, but others may be about."""
STEP = 0.35
"""How far, in heights across plus heights up and down, an object may be from where it was expected if it went on as in
its last step, or as in its last half second, or stood, as long as it is not confirmed. Drawn with 0.4, one in some
6,000 scenarios loses a passage, with 0.5 two."""
WALKS = 3.0
"""Heights a second, some 5 m/s, up to which people on foot are followed from their first look on: few run faster."""
SUDDEN = 3.5
"""Heights a second by which an object may change its velocity within half a second: who walks or runs may turn back
on the spot; what is faster may not."""
NEAR = 1.1
"""Widths across and heights up and down by which objects keep apart, whether both are seen or not: boxes that touch,
or one that appears where another has just vanished, may be taken for each other."""


@dataclass
class Walk:
    """One object: true foot (T, 2) and foot as seen (T, 2), whether shown (T,), width and height, jitter in pixels."""

    feet: np.ndarray
    seen: np.ndarray
    shown: np.ndarray
    size: np.ndarray
    jitter: float

    @property
    def band(self):
        return BAND_OF_HEIGHT * self.size[1]


def look_times(rng):
    """Seconds of the looks of a camera at 2 to 30 a second, some early, some late, some missing; and their interval."""
    fps = np.exp(rng.uniform(np.log(2), np.log(30)))
    times = (np.arange(LOOKS) + rng.uniform(-0.1, 0.1, LOOKS)) / fps
    return times[rng.random(LOOKS) >= rng.choice([0, 0.1, 0.3])], 1 / fps


def draw_walks(rng, times, interval, turn):
    """One object, and up to two more of its size beside it; `turn` (2, 2) is unit vectors across and along the line."""
    height = np.exp(rng.uniform(np.log(20), np.log(1000)))
    size = np.array([height * rng.uniform(0.35, 2.5), height])
    walks = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        beside = rng.uniform(-1500, 1500) if walks else 0.0
        another = _draw_walk(rng, times, interval, turn, size, beside)
        if are_apart([*walks, another]):
            walks.append(another)
    return walks


def _draw_walk(rng, times, interval, turn, size, beside):
    jitter = BAND_OF_HEIGHT * size[1] * rng.choice([0, 0.3, 0.6])
    end = LOOKS * interval
    fastest = min(200.0, 0.8 * STEP * size[1])  # pixels a look
    pace = np.exp(rng.uniform(np.log(min(1.0, fastest / 2)), np.log(fastest))) / interval
    quick = 2 * pace > SUDDEN * size[1]
    at, corners = _corners(rng, end, pace, BAND_OF_HEIGHT * size[1], jitter, quick)
    along = beside + rng.uniform(-0.5, 0.5) * pace * (times - end / 2)
    feet = np.stack((np.interp(times, at, corners), along), axis=1)
    shown = (times >= at[0]) & (times <= at[-1])
    if rng.random() < 0.4:
        begins = at[0] + CONFIRM_S + rng.uniform(0, 0.7 * end)
        shown &= (times < begins) | (times > begins + rng.uniform(0, min(1.2, end / 3)))
    seen = feet @ turn + rng.uniform(-1, 1, feet.shape) * jitter / np.sqrt(2)
    return Walk(feet, seen, shown, size, jitter)


def _corners(rng, end, pace, band, jitter, quick):
    """Times and places across the line at which a way turns, rests or goes on: well beyond the band or well within.

    Who is quick goes straight from one side to the other.
    """
    side, time = rng.choice([-1.0, 1.0]), rng.uniform(0, 0.2 * end)
    at, corners = [], []
    for k in range(2 if quick else rng.integers(2, 6)):
        far = k == 0 or quick or rng.random() < 0.7
        depth = band + jitter + rng.uniform(0.01, 0.3) * pace * end if far else rng.uniform(0, 0.3) * band
        if corners:
            time += abs(side * depth - corners[-1]) / pace
        rest = 1e-9 if quick else max(rng.uniform(-0.3, 0.3) * end, 1e-9)
        at += [time, time + rest]
        corners += [side * depth] * 2
        time += rest
        side *= -1 if quick or rng.random() < 0.85 else 1
    return at, corners


def passes(across, band):
    """How often a way goes over to the right, and to the left: rule 3 in one dimension."""
    sides = np.sign(across[(np.abs(across) > band) | (np.arange(len(across)) == 0)])
    turns = np.diff(sides[sides != 0])
    return np.array([(turns > 0).sum(), (turns < 0).sum()])


def wanted(walk):
    """Fewest and most passages, each way, that a true way may give: jitter decides what happens at the band's edge."""
    across = walk.feet[walk.shown, 0]
    unsure = walk.jitter + GROWN * walk.band
    at_edges = [passes(across, walk.band + sign * unsure) for sign in (-1, 1)]
    return np.min(at_edges, axis=0), np.max(at_edges, axis=0)


def crossings_seen(walk, turn):
    """How often, each way, the line is crossed by the feet as seen: there cannot be more passages."""
    return passes(walk.seen[walk.shown] @ turn[0], 0)


def is_followable(walk, times, interval):
    """Whether an object must be known for the same from its first look to its last; see the limits above."""
    index = np.flatnonzero(walk.shown)
    if len(index) < 2 or times[index[-1]] - times[index[0]] < CONFIRM_S:
        return False
    if abs(walk.feet[index[0], 0]) <= walk.jitter:
        return False  # on which side it was first seen is chance
    waits = np.diff(times[index])
    new = times[index[:-1]] - times[index[0]] < CONFIRM_S
    hidden = np.diff(index) > 1
    if (new & hidden).any() or waits.max() > max(HIDDEN_S, 1.3 * interval):
        return False
    is_steady = _is_steady(walk.feet[index], times[index], SUDDEN * walk.size[1])
    return is_steady and _surprise(walk.seen[index] / walk.size[1], times[index]) <= STEP


def _is_steady(feet, times, most):
    """Whether no velocity differs by more than so many pixels a second from one within half a second after it."""
    velocities = np.diff(feet, axis=0) / np.diff(times)[:, None]
    until = np.searchsorted(times, times[:-1] + 0.5 + 1e-9, side="right")
    return all(np.abs(velocities[k : until[k]] - velocities[k]).max() <= most for k in range(len(velocities)))


def _surprise(feet, times):
    """The farthest that any foot is from where it was expected, across plus along, by the worst way to expect it."""
    waits, steps = np.diff(times)[:, None], np.diff(feet, axis=0)
    as_last = np.concatenate((np.zeros((1, 2)), (steps / waits)[:-1]))
    since = np.searchsorted(times, times[:-1] - 0.5 - 1e-9)
    spans = np.maximum(times[:-1] - times[since], 1e-9)[:, None]
    as_lately = (feet[:-1] - feet[since]) / spans
    as_new = np.where((times[:-1] - times[0] < CONFIRM_S)[:, None], 0, as_last)
    return max(np.abs(steps - velocity * waits).sum(axis=1).max() for velocity in (as_last, as_lately, as_new))


def are_apart(walks):
    """Whether no two objects may be taken for each other."""
    for k, one in enumerate(walks):
        for other in walks[:k]:
            distance = 2 * np.abs(one.seen - other.seen) / (one.size + other.size)
            if (distance < NEAR).all(axis=1).any():
                return False
    return True
