"""The square: a roundabout with three avenues, a cycle track and a promenade, seen from a fifth floor.

The ring turns anticlockwise, as in France. Vehicles on it keep to places that turn at one speed, so none ever meets
another: a place is taken at one avenue and left at a later one.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from calibration.pinhole import Floats, Pinhole
from vision.classes import ClassName
from vision.scenes.actors import Actor, cast, drawn_class, walking_speed
from vision.scenes.journeys import Journey, bend, lengths, rounded, walk
from vision.scenes.world import Stream, World

CAMERA = Pinhole(height=15.0, tilt=31.0, field_of_view=62.0)

CENTRE = (0.0, 42.0)
"""Middle of the ring, metres."""
LANE_RADIUS = 12.0
ISLAND_RADIUS = 8.5
RING_RADIUS = 15.5
"""Middle of the lane, edge of the island and outer edge of the carriageway, metres."""
LANE_OFFSET = 4.5
"""From the axis of an avenue to the middle of each of its two lanes."""
MEDIAN_HALF = 2.2
AVENUE_HALF = 7.0
"""From the axis of an avenue to the edges of its median and of its carriageway."""
TRACK = (19.6, 22.2)
"""Near and far edge of the cycle track, metres from the camera's foot."""

_RING_SPEED = 6.0
"""m/s; 3 m/s2 sideways, the comfortable limit of drivers."""
_AVENUE_SPEEDS = (7.4, 8.0)
"""m/s; so close together that nobody catches up with the one ahead before being out of sight."""
_PLACE_S = 2.6
"""Seconds from one place of the ring to the next: 15.6 m, a bus and a gap."""
_LEAD_S = 6.0
"""Seconds between the beginning of a slot and its place coming past the first entry, time to drive up to it."""
_EAST, _NORTH, _WEST = 0.0, 90.0, 180.0
_ARM_M = {_WEST: 40.0, _EAST: 40.0, _NORTH: 95.0}
"""How far from the middle of the ring traffic comes and goes, by the axis of the avenue: out of sight."""
_MERGE_DEG = 40.0
"""Degrees of the ring between the axis of an avenue and where its traffic has joined or begins to leave."""
_GATES = ((_WEST, "in"), (_EAST + 360, "out"), (_EAST + 360, "in"), (_NORTH + 360, "out"), (_NORTH + 360, "in"),
          (_WEST + 360, "out"))  # fmt: skip
"""What a place of the ring comes past in one turn, with the axes of the avenues in degrees."""
_JOIN_SHARE = 0.42
_LEAVE_SHARE = 0.5
"""Odds that a free place is taken at an entry, and that a taken one is left at an exit before the last."""
_TRAFFIC: dict[ClassName, float] = {"car": 0.74, "motorcycle": 0.12, "truck": 0.09, "bus": 0.05}

_STOP_ODDS, _TURN_BACK_ODDS = 0.12, 0.1
"""Shares of those on the promenade who stand still for a while, and who go back to where they came from."""
_SPOTS = (4.0, 6.5)
"""Where they do so: metres from the middle of the promenade, on the side they come from."""


def world(seed: int) -> World:
    """Return the square on the day that `seed` says."""
    streams = (
        Stream(_PLACE_S, 30.0, _ring_place),
        Stream(8.0, 90.0, partial(_stroller, way=1, band=(11.8, 13.0))),
        Stream(8.0, 90.0, partial(_stroller, way=-1, band=(14.0, 15.2))),
        Stream(9.0, 90.0, partial(_stroller, way=1, band=(16.4, 17.8))),
        Stream(11.0, 45.0, partial(_cyclist, way=1, y=20.3)),
        Stream(11.0, 45.0, partial(_cyclist, way=-1, y=21.5)),
        Stream(14.0, 110.0, _rim_walker),
    )
    return World("square", seed, CAMERA, streams)


def _ring_place(rng: np.random.Generator, _slot: int, start: float) -> Iterator[Actor]:
    """Follow one place once around the ring and draw who takes it from where to where."""
    entry: float | None = None
    for axis, gate in _GATES:
        if gate == "in" and entry is None and rng.random() < _JOIN_SHARE:
            entry = axis
        elif gate == "out" and entry is not None and (axis == _WEST + 360 or rng.random() < _LEAVE_SHARE):
            yield _vehicle(rng, start + _LEAD_S, entry, axis)
            entry = None


def _vehicle(rng: np.random.Generator, passes_west: float, entry: float, leaving: float) -> Actor:
    """Return a vehicle whose place comes past the western entry at UTC second `passes_west`."""
    turn_speed = np.degrees(_RING_SPEED / LANE_RADIUS)
    joins, leaves = entry + _MERGE_DEG, leaving - _MERGE_DEG
    joined_at = passes_west + (joins - _WEST - _MERGE_DEG) / turn_speed
    arc = np.radians(np.linspace(joins, leaves, int((leaves - joins) / 8) + 2))
    ring = CENTRE + LANE_RADIUS * np.stack((np.cos(arc), np.sin(arc)), axis=1)
    drive_in = _turned(_approach(_ARM_M[entry % 360]), entry)
    drive_out = _turned(_approach(_ARM_M[leaving % 360]) * (1, -1), leaving)[::-1]
    path = np.concatenate((drive_in[:-1], ring, drive_out[1:]))
    speeds = np.full(len(path) - 1, _RING_SPEED)
    speeds[0], speeds[-1] = rng.uniform(*_AVENUE_SPEEDS, 2)
    times = np.concatenate(([0.0], np.cumsum(np.diff(lengths(path)) / speeds)))
    return cast(rng, drawn_class(rng, _TRAFFIC), Journey.through(times - times[len(drive_in) - 1] + joined_at, path))


def _approach(length: float) -> Floats:
    """Return the way (K, 2) along an avenue on the positive x axis, from x = `length`, into a ring around (0, 0)."""
    merge = np.radians(_MERGE_DEG)
    joined = LANE_RADIUS * np.array([np.cos(merge), np.sin(merge)])
    corner_x = joined[0] + (joined[1] - LANE_OFFSET) * np.tan(merge)
    straight_end = np.array([2 * corner_x - joined[0] + 2.0, LANE_OFFSET])
    curve = bend(straight_end, np.array([corner_x, LANE_OFFSET]), joined)
    return np.concatenate(([[length, LANE_OFFSET]], curve))


def _turned(path: Floats, degrees: float) -> Floats:
    """Return a path (K, 2) turned anticlockwise about (0, 0), then moved to the ring."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved: Floats = path @ turn + CENTRE
    return moved


def _stroller(
    rng: np.random.Generator, _slot: int, start: float, *, way: int, band: tuple[float, float]
) -> Iterator[Actor]:
    """Draw somebody on the promenade, to the right (`way` 1) or the left (-1), between two distances in metres."""
    if rng.random() > 0.75:
        return
    y = rng.uniform(*band)
    spot = rng.uniform(*_SPOTS)
    leaves = start + rng.uniform(0, 4)
    whim = rng.random()
    ends = [(-17.0 * way, y), (17.0 * way, y + rng.uniform(-0.3, 0.3))]
    pauses = []
    if whim < _STOP_ODDS:
        pauses = [(17 - spot, rng.uniform(5, 15))]
    elif whim < _STOP_ODDS + _TURN_BACK_ODDS:
        ends = [(-17.0 * way, y), (-spot * way, y), (-17.0 * way, y - 0.5)]
    yield cast(rng, "pedestrian", walk(np.array(ends), leaves, walking_speed(rng), pauses))


def _cyclist(rng: np.random.Generator, _slot: int, start: float, *, way: int, y: float) -> Iterator[Actor]:
    if rng.random() > 0.7:
        return
    y += rng.uniform(-0.25, 0.25)
    path = np.array([(-21.0 * way, y), (21.0 * way, y)])
    speed = float(np.clip(rng.normal(4.5, 0.5), 3.5, 6.0))
    yield cast(rng, "bicycle", walk(path, start + rng.uniform(0, 4), speed))


def _rim_walker(rng: np.random.Generator, _slot: int, start: float) -> Iterator[Actor]:
    """Draw somebody on the pavement around the ring, from one avenue to the other."""
    if rng.random() > 0.7:
        return
    way = 1 if rng.random() < 0.5 else -1
    y = rng.uniform(-0.4, 0.4)
    path = rounded(np.array([(-36.0, 32.6 + y), (-16.0, 31.6 + y), (-8.0, 25.0 + y), (8.0, 25.0 + y),
                             (16.0, 31.6 + y), (36.0, 32.6 + y)]))[::way]  # fmt: skip
    yield cast(rng, "pedestrian", walk(path, start + rng.uniform(0, 6), walking_speed(rng)))
