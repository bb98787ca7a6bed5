"""Who is where in the water, at any time: lengths, turns, rests at the wall, ways under water.

A swimmer's plan is a list of legs that follow one another; where they are at a time follows from it, so that a picture
may be asked for at any time and a sequence has a known answer. Swimmers keep to the right of their lane, share its
speed and push off one after the other, so those who swim do not swim through one another; who rests at a wall stands
beside the others while there is room. They come and go. Who turns at a wall may brush against one who stands there.
"""

import itertools
from bisect import bisect_left, insort
from collections import defaultdict
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
"""Of the swimmers, who stand about instead, …"""
AT_ROPE = 0.44
"""… and hold on to a rope, this part of the lane's width from its middle …"""
FROM_WALL_M = 1.5
"""… and so far from the walls at least."""
APART_S = 2.5
"""From one who pushes off a wall to the next in the lane."""
SHOULDERS_M = 0.5
"""From the middle of one who stands at a wall to the next, at least."""
VISIT_S = 1800.0
"""How long everybody is there who swims."""
BEFORE_S = 60.0
"""For which plans reach back before 0 s, so that whoever is there has been swimming."""
DRIES_S = (2.0, 8.0)
"""At the wall, of who has come or is about to go."""
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
    """A part of a plan: from a time until the next leg's, from `y0` to `y1`.

    `aside` is of those who stand: metres from the lane's middle, in x.
    """

    kind: Kind
    start: float
    end: float
    y0: float
    y1: float
    heading: int
    depth: float
    aside: float = 0.0


@dataclass(frozen=True, slots=True)
class Swimmer:
    """One person in the water from `legs[0].start` to `legs[-1].end`.

    Attributes:
        lane: counted from 0.
        stroke: how they swim.
        middle: x of the lane's middle.
        beside: metres to the right of it that they keep to.
        period: seconds from stroke to stroke.
        legs: without gaps.
        looks: seed of their skin, cap and costume.
    """

    lane: int
    stroke: Stroke
    middle: float
    beside: float
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
        x = self.middle + (leg.aside if leg.kind == "stand" else leg.heading * self.beside)
        y = leg.y0 + (leg.y1 - leg.y0) * share
        depth = leg.depth * np.sin(np.pi * share) if leg.kind in {"under", "turn"} else 0.0
        return State(leg.kind, x, y, leg.heading, float(depth), at / self.period % 1)


class _Lane:
    """Who has pushed off when in a lane, and who stands at its walls: whom a next plan must keep clear of.

    Args:
        basin: whose lane it is.
        rng: random numbers.
    """

    def __init__(self, basin: Basin, rng: np.random.Generator) -> None:
        self.length = basin.length
        self.ends = TOUCH_M, basin.length - TOUCH_M
        self._rng = rng
        self._off: defaultdict[int, list[float]] = defaultdict(list)
        self._stays: list[tuple[int, float, float, float]] = []  # heading, from, until, aside
        across = basin.lane_width - SHOULDERS_M
        self._places = np.linspace(-across / 2, across / 2, int(across / SHOULDERS_M) + 1).tolist()
        self._ropes = itertools.cycle((-AT_ROPE * basin.lane_width, AT_ROPE * basin.lane_width))

    def push_off(self, heading: int, at: float) -> float:
        """Return when somebody can who wants to at a time, and remember it."""
        off = self._off[heading]
        for other in off[bisect_left(off, at - APART_S) :]:
            if other - at >= APART_S:
                break
            at = max(at, other + APART_S)
        insort(off, at)
        return at

    def free_places(self, heading: int, start: float, end: float) -> list[float]:
        """Return where nobody stands at the wall that one comes to, metres from the lane's middle."""
        taken = {aside for way, begun, left, aside in self._stays if way == heading and begun < end and start < left}
        return [place for place in self._places if place not in taken]

    def stand(self, heading: int, start: float, end: float) -> Leg:
        """Return the leg of somebody who stands at the wall they came to."""
        aside = float(self._rng.choice(self.free_places(heading, start, end) or self._places))
        self._stays.append((heading, start, end, aside))
        wall = self.ends[heading > 0]
        return Leg("stand", start, end, wall, wall, heading, 0.0, aside)

    def rope(self) -> float:
        """Return where the next who loiters stands, metres from the lane's middle."""
        return next(self._ropes)


def draw_swimmers(
    basin: Basin, numbers: npt.NDArray[np.int_], seconds: float, rng: np.random.Generator
) -> list[Swimmer]:
    """Draw so many swimmers for each lane; of a long sequence some come after 0 s, or go before `seconds`.

    Args:
        basin: where.
        numbers: (lanes,) how many.
        seconds: length of the sequence; a picture alone has 0.
        rng: random numbers.
    """
    swimmers = []
    for number_of_lane, number in enumerate(numbers):
        lead: Stroke = STROKES[rng.choice(4, p=STROKE_SHARES)]
        speed = float(rng.uniform(*SPEEDS[lead]))
        lane = _Lane(basin, rng)
        for n in range(number):
            stroke = lead if rng.random() < 0.7 else STROKES[rng.choice(4, p=STROKE_SHARES)]
            beside = float(rng.uniform(0.16, 0.32) * basin.lane_width)
            begun = -(n + rng.uniform(-0.25, 0.25)) / number * 2 * (basin.length / speed + TURN_S) - BEFORE_S
            comes = float(rng.uniform(-VISIT_S, seconds))
            if rng.random() < LOITERS_SHARE:
                legs = tuple(_loiter(lane, seconds + 1, rng))
            else:
                legs = tuple(_plan(lane, beside, speed, (begun, comes, seconds + 1), rng))
            swimmers.append(
                Swimmer(
                    lane=number_of_lane,
                    stroke=stroke,
                    middle=(number_of_lane + 0.5) * basin.lane_width,
                    beside=beside,
                    period=CYCLES[stroke] * float(rng.uniform(0.8, 1.3)),
                    legs=legs,
                    looks=int(rng.integers(2**31)),
                )
            )
    return swimmers


def _loiter(lane: _Lane, until: float, rng: np.random.Generator) -> Iterator[Leg]:
    """Yield legs of someone who stands or walks about along a rope."""
    least, most = FROM_WALL_M, lane.length - FROM_WALL_M
    now, y, aside = -BEFORE_S, float(rng.uniform(least, most)), lane.rope()
    while now <= until:
        there = float(np.clip(y + rng.normal(0, 0.8), least, most))
        end = now + float(rng.uniform(3, 20))
        yield Leg("stand", now, end, y, there, 1 if there >= y else -1, 0.0, aside)
        now, y = end, there


def _plan(
    lane: _Lane, beside: float, speed: float, times: tuple[float, float, float], rng: np.random.Generator
) -> Iterator[Leg]:
    """Yield legs of someone who swims lengths, from the wall at y = 0 on.

    Args:
        lane: where.
        beside: metres to the right of its middle that they keep to.
        speed: metres a second.
        times: since when they have been swimming if they have come before that; when they come; until when to plan.
        rng: random numbers.
    """
    begun, comes, until = times
    heading = 1
    off = lane.push_off(heading, max(begun, comes + float(rng.uniform(*DRIES_S))))
    if comes > begun:
        yield lane.stand(-heading, comes, off)
    while off <= until:
        now = off
        for leg in _length(off, lane.ends[::heading], speed, rng):
            yield leg
            now = leg.end
        goal = lane.ends[heading > 0]
        yield Leg("turn", now, now + TURN_S, goal, goal, heading, 0.3)
        now += TURN_S
        if now >= comes + VISIT_S:
            yield lane.stand(heading, now, now + float(rng.uniform(*DRIES_S)))
            return
        rest = float(rng.uniform(*REST_S)) if rng.random() < RESTS_SHARE else 0.0
        if rest and not lane.free_places(heading, now, now + rest):
            rest = 0.0
        off = lane.push_off(-heading, now + rest)
        if off - now > APART_S:
            yield lane.stand(heading, now, off)
        elif off > now:  # keeps a hand at the wall until the one before is away
            yield Leg("stand", now, off, goal, goal, heading, 0.0, heading * beside)
        heading = -heading


def _length(now: float, ends: tuple[float, ...], speed: float, rng: np.random.Generator) -> Iterator[Leg]:
    """Yield the legs of one length: off the wall under water, then at the surface, rarely under water again."""
    start, goal = ends
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
