"""What really happened in a synthetic place, by the rules by which Comptage counts.

The foot of an actor is its ground point, below its middle; lines and zones are those of the site file, laid on the
ground through the world's camera. Nothing of `vision.counting` is used here: truth must not share its mistakes.
"""

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from calibration.pinhole import Floats
from vision.classes import ClassName
from vision.events import Direction, Passage
from vision.scenes.journeys import Journey
from vision.scenes.world import World
from vision.view import Line, Zone

BAND_M = 0.5
"""A passage is one only when the foot has gone this far beyond the line: about a step, as a person turns on it."""


class Crossing(NamedTuple):
    """A journey met the line's carrier: when, towards its right or not, and within the segment or not."""

    utc: float
    to_right: bool
    within: bool


def passages(world: World, line: Line, start: float, end: float) -> list[Passage]:
    """Return the passages over a line during UTC seconds [start, end), in order; the camera is the world's name.

    Raises:
        ValueError: an end of the line lies on or above the horizon of the world's camera.
    """
    ends = world.camera.to_ground(np.array([line.a, line.b]))
    if np.isnan(ends).any():
        raise ValueError(f"line {line.name!r} reaches above the horizon of {world.name!r}, wanted it on the ground")
    found = []
    for actor in world.actors(start, end):
        for direction, utc in journey_passages(actor.journey, ends[0], ends[1]):
            if start <= utc < end:
                said = {"camera": world.name, "line": line.name, "direction": direction, "utc": utc}
                found.append(Passage.model_validate({**said, "class": actor.object_class}))
    return sorted(found, key=lambda passage: passage.utc)


def journey_passages(journey: Journey, a: Floats, b: Floats) -> list[tuple[Direction, float]]:
    """Return direction and UTC second of each passage of a journey over the segment from a (2,) to b (2,) in metres.

    Of several crossings within the band only the last before leaving it counts, and only if the journey leaves the
    band on the other side than the one on which it was before.
    """
    right = np.array([b[1] - a[1], a[0] - b[0]]) / np.hypot(*(b - a))
    offsets = (np.array(journey.points) - a) @ right
    settled = bool(offsets[0] > 0)
    last: Crossing | None = None
    found: list[tuple[Direction, float]] = []
    for leg, (before, after) in enumerate(pairwise(offsets)):
        if (before > 0) != (after > 0):
            last = _crossing(journey, leg, before / (before - after), a, b)
        side = bool(after > 0)
        if side != settled and abs(after) > BAND_M:
            settled = side
            if last is not None and last.within:
                found.append(("forward" if last.to_right else "backward", last.utc))
    return found


def _crossing(journey: Journey, leg: int, share: float, a: Floats, b: Floats) -> Crossing:
    times, points = journey.times[leg : leg + 2], np.array(journey.points[leg : leg + 2])
    met = points[0] + share * (points[1] - points[0])
    along = float((met - a) @ (b - a) / ((b - a) @ (b - a)))
    motion, direction = points[1] - points[0], b - a
    to_right = bool(direction[0] * motion[1] - direction[1] * motion[0] < 0)
    return Crossing(times[0] + share * (times[1] - times[0]), to_right, 0 <= along <= 1)


def occupancy(world: World, zone: Zone, utc: float) -> Counter[ClassName]:
    """Return how many actors of each class have their foot in a zone at UTC second `utc`."""
    poses = world.at(utc)
    if not poses:
        return Counter()
    feet = world.camera.to_view(np.array([(pose.x, pose.y) for pose in poses]))
    inside = _inside(feet, np.array(zone.polygon))
    return Counter(pose.actor.object_class for pose, within in zip(poses, inside, strict=True) if within)


def _inside(points: Floats, polygon: Floats) -> list[bool]:
    """Return for each of points (N, 2) whether it lies in a polygon (M, 2), by the number of sides to its right."""
    x, y = points[:, :1], points[:, 1:]
    (x0, y0), (x1, y1) = polygon.T, np.roll(polygon, -1, axis=0).T
    spans = (y0 <= y) != (y1 <= y)
    slope = np.divide(x1 - x0, y1 - y0, out=np.zeros_like(x0), where=y1 != y0)
    right_of = spans & (x < x0 + (y - y0) * slope)
    return [bool(odd) for odd in right_of.sum(axis=1) % 2]
