"""The crossing: a signalled zebra over a two-lane street with cycle lanes, seen from a third floor.

Pedestrians come to either kerb, wait for green and cross together; traffic waits at the stop lines meanwhile. Every
signal is a function of UTC alone.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from calibration.pinhole import Pinhole
from vision.classes import ClassName
from vision.scenes.actors import Actor, cast, drawn_class, walking_speed
from vision.scenes.journeys import Journey, walk
from vision.scenes.world import Stream, World

CAMERA = Pinhole(height=10.0, tilt=31.0, field_of_view=62.0)

KERBS = (11.8, 22.8)
"""Near (A) and far (B) edge of the street, metres from the camera's foot."""
ZEBRA_HALF = 4.0
STOP_LINE = 6.0
"""Half the width of the zebra, and how far from its middle the stop lines are, metres."""
LANES = (15.2, 19.4)
CYCLE_LANES = (12.7, 21.9)
"""Middles: traffic keeps right, so the near ones lead to the right of the view and the far ones to the left."""

CYCLE_S = 42.0
WALK_S = 10.0
DRIVE_S = (22.0, 38.0)
"""Seconds of the signal's cycle: pedestrians may set off during [0, WALK_S), traffic during DRIVE_S."""

_ARRIVAL_S = 7.0
"""Mean seconds between pedestrians at each kerb, and length of their slots."""
_COLUMNS = 6
_COLUMN_M = 1.35
"""People who wait keep to columns, those of the other kerb between them, so that platoons pass through each other."""
_FROM_KERB = 1.1
_SLOWEST = 1.15
"""Metres from the kerb to the first row of those who wait, and the m/s with which all get over in time."""
_BRAKING = 2.5
_STARTING = 1.6
"""m/s2, comfortable values of drivers."""
_TRAFFIC_SPEED = 8.0
"""m/s of what comes on green; cyclists have their own."""
_ROAD_HALF = 60.0
_RAMP_STEPS = 6
_TRAFFIC: dict[ClassName, float] = {"car": 0.72, "motorcycle": 0.12, "truck": 0.08, "bus": 0.08}


def signal(utc: float) -> Literal["walk", "clear", "drive"]:
    """Return who may set off at UTC second `utc`: pedestrians, nobody, or traffic."""
    second = utc % CYCLE_S
    if second < WALK_S:
        return "walk"
    return "drive" if DRIVE_S[0] <= second < DRIVE_S[1] else "clear"


def world(seed: int) -> World:
    """Return the crossing on the day that `seed` says."""
    streams = (
        Stream(_ARRIVAL_S, 120.0, partial(_pedestrian, from_near=True)),
        Stream(_ARRIVAL_S, 120.0, partial(_pedestrian, from_near=False)),
        Stream(CYCLE_S, 110.0, partial(_lane, y=LANES[0], way=1)),
        Stream(CYCLE_S, 110.0, partial(_lane, y=LANES[1], way=-1)),
        Stream(CYCLE_S, 110.0, partial(_cycle_lane, y=CYCLE_LANES[0], way=1)),
        Stream(CYCLE_S, 110.0, partial(_cycle_lane, y=CYCLE_LANES[1], way=-1)),
    )
    return World("crossing", seed, CAMERA, streams)


def _pedestrian(rng: np.random.Generator, slot: int, start: float, *, from_near: bool) -> Iterator[Actor]:
    """Draw somebody who walks up to a kerb, waits for green, crosses and walks off."""
    if rng.random() > 0.85:
        return
    column = (slot * 5 % _COLUMNS - (_COLUMNS - 1) / 2 + (0.25 if from_near else -0.25)) * _COLUMN_M
    speed = walking_speed(rng, _SLOWEST)
    near, far = KERBS[0] - _FROM_KERB - rng.uniform(0, 0.5), KERBS[1] + _FROM_KERB + rng.uniform(0, 0.5)
    here, there = (near, far) if from_near else (far, near)
    come, go = rng.choice([-1, 1], 2)
    outwards = -1.3 if from_near else 1.3
    path = np.array([
        (18.0 * come, here + outwards), (column + 1.2 * come, here + outwards), (column, here),
        (column, there), (column + 1.2 * go, there - outwards), (18.0 * go, there - outwards),
    ])  # fmt: skip
    to_kerb = float(np.hypot(*np.diff(path[:3], axis=0).T).sum())
    leaves = start + rng.uniform(0, 3)
    at_kerb = leaves + to_kerb / speed
    reaction = rng.uniform(0.3, 1.2)
    wait = 0.0 if signal(at_kerb) == "walk" else CYCLE_S - at_kerb % CYCLE_S + reaction
    yield cast(rng, "pedestrian", walk(path, leaves, speed, [(to_kerb, wait)] if wait else []))


def _lane(rng: np.random.Generator, _slot: int, start: float, *, y: float, way: int) -> Iterator[Actor]:
    """Draw the traffic of one cycle on one lane: it queues at the stop line while it may not drive."""
    queue_m, released = 0.0, start + DRIVE_S[0] + 0.8
    free_from = start + DRIVE_S[0]
    for arrival in np.arange(8.0, 34.0, 6.4):
        due = start + arrival + rng.uniform(0, 2.5)
        if rng.random() > 0.55:
            continue
        free = cast(rng, drawn_class(rng, _TRAFFIC), _drive(due, _TRAFFIC_SPEED, y, way, None))
        if due >= free_from:
            yield free
            continue
        halt = -STOP_LINE - 0.8 - free.size.length / 2 - queue_m
        released = max(released, due + halt / _TRAFFIC_SPEED + _TRAFFIC_SPEED / _BRAKING / 2)
        yield replace(free, journey=_drive(due, _TRAFFIC_SPEED, y, way, (halt, released)))
        queue_m += free.size.length + 2.0
        released += 1.8
        free_from = released + 5.0


def _cycle_lane(rng: np.random.Generator, _slot: int, start: float, *, y: float, way: int) -> Iterator[Actor]:
    """Draw at most one cyclist a cycle and lane."""
    if rng.random() > 0.8:
        return
    due = start + rng.uniform(14, 32)
    stop = (-STOP_LINE - 1.5, start + DRIVE_S[0] + 0.5) if due < start + DRIVE_S[0] + 1 else None
    yield cast(rng, "bicycle", _drive(due, 4.5, y, way, stop))


def _drive(due: float, speed: float, y: float, way: int, stop: tuple[float, float] | None) -> Journey:
    """Drive along the street, with or without a halt.

    Args:
        due: UTC second at which the middle of the zebra would be reached without a halt.
        speed: free speed in m/s.
        y: of the lane, metres.
        way: 1 to the right of the view, -1 to the left.
        stop: where (metres along the lane, 0 at the zebra) and until when (UTC seconds, not before coming to a
            halt there) to stand still.
    """
    along, times = np.array([-_ROAD_HALF, _ROAD_HALF]), np.array([-_ROAD_HALF, _ROAD_HALF]) / speed + due
    if stop is not None:
        place, until = stop
        share = np.linspace(0, 1, _RAMP_STEPS)
        braking_s, starting_s = speed / _BRAKING, speed / _STARTING
        stands = times[0] + (place + _ROAD_HALF) / speed + braking_s / 2
        brake = stands - braking_s * (1 - share)
        launch = until + starting_s * share
        brake_m = place - speed * braking_s / 2 * (1 - share) ** 2
        launch_m = place + speed * starting_s / 2 * share**2
        end = launch[-1] + (_ROAD_HALF - launch_m[-1]) / speed
        along = np.concatenate((along[:1], brake_m, launch_m, along[1:]))
        times = np.concatenate((times[:1], brake, launch, [end]))
    return Journey.through(times, np.stack((along * way, np.full_like(along, y)), axis=1))
