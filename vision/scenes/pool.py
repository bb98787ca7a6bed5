"""The pool: a 25 m basin of five lanes, seen along its length from above one end.

Two swimmers share a lane, each keeping to the right of it, half a round apart and at the speed of their lane. Each
walks in along the edge, swims a number of lengths, and walks off again.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from calibration.pinhole import Pinhole
from vision.scenes.actors import Actor, cast
from vision.scenes.journeys import Journey
from vision.scenes.world import Stream, World

CAMERA = Pinhole(height=11.0, tilt=36.0, field_of_view=60.0)

LANES = 5
LANE_WIDTH = 2.5
NEAR_WALL, FAR_WALL = 8.5, 33.5
"""Ends of the basin, metres from the camera's foot."""
HALF_WIDTH = LANES * LANE_WIDTH / 2

_DECK_Y = 7.4
_DECK_X = 11.0
_BESIDE_ROPE = 0.65
"""From the middle of a lane to the path of those who keep to its right, metres."""
_REACH = 0.9
"""From a wall to the middle of a swimmer who touches it, metres."""
_TURN_S = 1.2
_CLIMB_S = 2.0
"""Seconds to turn, to get ready at the edge, and to get into the water or out of it."""
_WALK_SPEED = 1.0
_SESSION_S = 300.0
"""Length of a slot, which holds one swimmer of each half of a lane."""
_STAGGER_S = 37.0
"""By how much each lane changes its swimmers later than the one on its left."""


def world(seed: int) -> World:
    """Return the pool on the day that `seed` says."""
    streams = tuple(
        Stream(_SESSION_S, 2 * _SESSION_S, partial(_swimmer, lane=lane, half=half, speed=_lane_speed(seed, lane)))
        for lane in range(LANES)
        for half in (0, 1)
    )
    return World("pool", seed, CAMERA, streams)


def lane_middle(lane: int) -> float:
    """Return the x of the middle of a lane, counted from 0 on the left, in metres."""
    return (lane + 0.5) * LANE_WIDTH - HALF_WIDTH


def _lane_speed(seed: int, lane: int) -> float:
    """Draw how fast a lane swims, in m/s; all in it do, so nobody has to overtake."""
    return float(np.random.default_rng((seed, lane)).uniform(0.8, 1.25))


def _swimmer(
    rng: np.random.Generator, _slot: int, start: float, *, lane: int, half: int, speed: float
) -> Iterator[Actor]:
    """Draw the visit of one swimmer to one half of a lane."""
    if rng.random() > 0.9:
        return
    length_s = (FAR_WALL - NEAR_WALL - 2 * _REACH) / speed
    round_s = 2 * (length_s + _TURN_S)
    rounds = int((_SESSION_S - 40) / round_s)
    side = float(rng.choice([-1, 1]))
    middle = lane_middle(lane)
    up, down = middle + _BESIDE_ROPE, middle - _BESIDE_ROPE
    near, far = NEAR_WALL + _REACH, FAR_WALL - _REACH
    lap = [(up, near), (up, far), (down, far), (down, near)]
    path = [
        (side * _DECK_X, _DECK_Y),
        (up, _DECK_Y),
        (up, _DECK_Y),
        *lap * rounds,
        (down, _DECK_Y),
        (side * _DECK_X, _DECK_Y),
    ]
    walks = abs(np.array([path[1][0], down]) - path[0][0]) / _WALK_SPEED
    lap_s = [_TURN_S, length_s, _TURN_S, length_s]
    legs = [walks[0], _CLIMB_S, _CLIMB_S, *(lap_s * rounds)[1:], _CLIMB_S, walks[1]]
    times = (
        start + lane * _STAGGER_S + half * round_s / 2 + rng.uniform(0, 3) + np.concatenate(([0.0], np.cumsum(legs)))
    )
    yield cast(rng, "swimmer", Journey.through(times, path))
