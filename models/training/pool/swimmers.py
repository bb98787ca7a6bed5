"""Who is where in the water, at any time: lengths, turns, rests at the wall, ways under water.

A swimmer's plan is a list of legs that follow one another; where they are at a time follows from it, so that a picture
may be asked for at any time and a sequence has a known answer. Swimmers keep to the right of their lane and share its
speed; who rests at a wall stands beside the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from models.training.pool.basin import Basin

Stroke = Literal["crawl", "breast", "back", "butterfly"]
Kind = Literal["swim", "under", "turn", "stand"]

STROKES: tuple[Stroke, ...] = ("crawl", "breast", "back", "butterfly")
STROKE_SHARES = (0.5, 0.33, 0.12, 0.05)
SPEEDS = {"crawl": (0.9, 1.5), "breast": (0.6, 1.0), "back": (0.7, 1.1), "butterfly": (0.9, 1.4)}
"""Metres a second of bathers and of those who train."""
CYCLES = {"crawl": 1.5, "breast": 1.6, "back": 1.7, "butterfly": 1.4}
"""Seconds from stroke to stroke."""
TURN_S = 1.1
TOUCH_M = 0.45
"""From the wall to the middle of one who touches it."""
GLIDE_S = (0.6, 3.0)
"""Under water after pushing off."""
RESTS_SHARE, REST_S = 0.18, (4.0, 40.0)
"""Of the turns, at which one stands at the wall."""
DIVES_SHARE, DIVE_S = 0.03, (5.0, 20.0)
"""Of the lengths, of which a part is swum under water."""
LOITERS_SHARE = 0.08
"""Of the swimmers, who stand about instead."""
DEPTHS = (0.25, 1.0)
"""Metres below the surface of who is under water; a turn is at less."""


class State(NamedTuple):
    """Where a swimmer is, and how.

    Attributes:
        kind: what they do.
        x: metres across the lanes.
        y: metres along them.
        heading: 1 towards larger y, -1 the other way.
        depth: metres below the surface; 0 for who is seen.
        cycle: of the stroke, in [0, 1).
    """

    kind: Kind
    x: float
    y: float
    heading: int
    depth: float
    cycle: float

    @property
    def under(self) -> bool:
        """Whether nothing of them is above the water."""
        return self.depth > 0.1


class Leg(NamedTuple):
    """A part of a plan: from a time until the next leg's, from `y0` to `y1`."""

    kind: Kind
    start: float
    end: float
    y0: float
    y1: float
    heading: int
    depth: float


@dataclass(frozen=True, slots=True)
class Swimmer:
    """One person in the water from `legs[0].start` to `legs[-1].end`.

    Attributes:
        lane: counted from 0.
        stroke: how they swim.
        middle: x of the lane's middle.
        beside: metres to the right of it that they keep to.
        slot: metres by which they stand beside the others at a wall.
        period: seconds from stroke to stroke.
        legs: without gaps.
        looks: seed of their skin, cap and costume.
    """

    lane: int
    stroke: Stroke
    middle: float
    beside: float
    slot: float
    period: float
    legs: tuple[Leg, ...]
    looks: int

    def state(self, at: float) -> State | None:
        """Return where they are at a time, None if not in the water."""
        n = int(np.searchsorted([leg.start for leg in self.legs], at, "right")) - 1
        if n < 0 or at >= self.legs[-1].end:
            return None
        leg = self.legs[n]
        share = (at - leg.start) / (leg.end - leg.start)
        x = self.middle + leg.heading * self.beside
        if leg.kind == "stand":
            x = self.middle + self.slot
        y = leg.y0 + (leg.y1 - leg.y0) * share
        depth = leg.depth * np.sin(np.pi * share) if leg.kind in {"under", "turn"} else 0.0
        return State(leg.kind, x, y, leg.heading, float(depth), at / self.period % 1)


def draw_swimmers(
    basin: Basin, numbers: npt.NDArray[np.int_], seconds: float, rng: np.random.Generator
) -> list[Swimmer]:
    """Draw so many swimmers in each lane, who are there from 0 s until `seconds`, or come and go meanwhile.

    Args:
        basin: where.
        numbers: (lanes,) how many.
        seconds: length of the sequence; a picture alone has 0.
        rng: random numbers.
    """
    swimmers = []
    for lane, number in enumerate(numbers):
        lead: Stroke = STROKES[rng.choice(4, p=STROKE_SHARES)]
        speed = float(rng.uniform(*SPEEDS[lead]))
        slots = rng.permutation(np.linspace(-0.42, 0.42, max(int(number), 2))) * basin.lane_width
        for n in range(number):
            stroke = lead if rng.random() < 0.7 else STROKES[rng.choice(4, p=STROKE_SHARES)]
            begun = -(n + rng.uniform(-0.25, 0.25)) / number * 2 * (basin.length / speed + TURN_S) - 60
            loiters = rng.random() < LOITERS_SHARE
            legs = tuple(_loiter(basin, seconds, rng) if loiters else _plan(basin, speed, begun, seconds, rng))
            swimmers.append(
                Swimmer(
                    lane=lane,
                    stroke=stroke,
                    middle=(lane + 0.5) * basin.lane_width,
                    beside=float(rng.uniform(0.16, 0.32) * basin.lane_width),
                    slot=float(slots[n]) if not loiters else float(rng.uniform(-0.4, 0.4) * basin.lane_width),
                    period=CYCLES[stroke] * float(rng.uniform(0.8, 1.3)),
                    legs=legs,
                    looks=int(rng.integers(2**31)),
                )
            )
    return swimmers


def _loiter(basin: Basin, seconds: float, rng: np.random.Generator) -> Iterator[Leg]:
    """Yield legs of someone who stands or walks about."""
    now, y = -10.0, float(rng.uniform(0.5, basin.length - 0.5))
    while now <= seconds + 1:
        there = float(np.clip(y + rng.normal(0, 0.8), 0.4, basin.length - 0.4))
        end = now + float(rng.uniform(3, 20))
        yield Leg("stand", now, end, y, there, 1 if there >= y else -1, 0.0)
        now, y = end, there


def _plan(basin: Basin, speed: float, begun: float, seconds: float, rng: np.random.Generator) -> Iterator[Leg]:
    """Yield legs of someone who swims lengths, from the wall at y = 0 on."""
    now, heading = begun, 1
    near, far = TOUCH_M, basin.length - TOUCH_M
    while now <= seconds + 1:
        start, goal = (near, far) if heading > 0 else (far, near)
        for leg in _length(now, start, goal, speed, rng):
            yield leg
            now = leg.end
        yield Leg("turn", now, now + TURN_S, goal, goal, heading, 0.3)
        now += TURN_S
        if rng.random() < RESTS_SHARE:
            end = now + float(rng.uniform(*REST_S))
            yield Leg("stand", now, end, goal, goal, heading, 0.0)
            now = end
        heading = -heading


def _length(now: float, start: float, goal: float, speed: float, rng: np.random.Generator) -> Iterator[Leg]:
    """Yield the legs of one length: off the wall under water, then at the surface, rarely under water again."""
    heading = 1 if goal > start else -1
    glide = float(rng.uniform(*GLIDE_S))
    y = start + heading * glide * speed * 1.3
    yield Leg("under", now, now + glide, start, y, heading, float(rng.uniform(*DEPTHS)))
    now += glide
    if rng.random() < DIVES_SHARE:
        dive = min(float(rng.uniform(*DIVE_S)), abs(goal - y) / speed * 0.6)
        before = float(rng.uniform(0, 0.35)) * abs(goal - y) / speed
        for kind, lasts in (("swim", before), ("under", dive)):
            there = y + heading * lasts * speed
            yield Leg(kind, now, now + lasts, y, there, heading, float(rng.uniform(*DEPTHS)) * (kind == "under"))  # type: ignore[arg-type]
            now, y = now + lasts, there
    yield Leg("swim", now, now + abs(goal - y) / speed, y, goal, heading, 0.0)
