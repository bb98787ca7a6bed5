"""The shapes of actors: boxes for vehicles, limbs for people and cycles. Built around (0, 0), then set on the ground.

Body frame: metres, x ahead, y to the left, z up, the ground at z = 0.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from calibration.pinhole import Floats
from vision.scenes.actors import Colour, Pose, Size

_GLASS: Colour = (58, 68, 78)
_TYRE: Colour = (28, 28, 30)
_SKIN: Colour = (206, 160, 132)
_CHROME: Colour = (90, 92, 96)
_LAMP: Colour = (250, 244, 214)
_TAIL: Colour = (170, 24, 24)
_STRIDE_M = 1.4
"""Metres of a full cycle of both legs of an adult."""
_STROKE_M = 2.0
"""Metres that a crawl swimmer moves during a full cycle of both arms."""
_PEDAL_M = 5.0
"""Metres that a bicycle moves during one turn of its cranks."""
_PHASES = 16
"""Different positions drawn of each of these."""

_CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
_SIDES = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (1, 5, 7, 3)])
"""Corners of the back, front, right, left and top of a box, anticlockwise seen from outside; a bottom is never seen."""

Limb = tuple[tuple[float, float, float], tuple[float, float, float], float, Colour]
"""A rod with round ends, or a ball where both ends are the same: end, end, radius, colour."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What is drawn of an actor or of a thing. Faces first, then limbs over them.

    Attributes:
        faces: (F, 4, 3) metres, anticlockwise seen from outside.
        face_colours: (F, 3) in B, G, R order.
        limbs: (L, 2, 3) metres.
        radii: (L,) metres.
        limb_colours: (L, 3) in B, G, R order.
    """

    faces: Floats
    face_colours: Floats
    limbs: Floats
    radii: Floats
    limb_colours: Floats

    def placed(self, x: float, y: float, heading: float) -> "Body":
        """Return the body turned by `heading` radians and moved to x, y in metres."""
        cos, sin = np.cos(heading), np.sin(heading)
        turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
        place = (x, y, 0.0)
        faces, limbs = self.faces @ turn + place, self.limbs @ turn + place
        return Body(faces, self.face_colours, limbs, self.radii, self.limb_colours)

    def hull(self) -> Floats:
        """Return the points (N, 3) whose convex hull throws the shadow."""
        return np.concatenate((self.faces.reshape(-1, 3), self.limbs.reshape(-1, 3)))


def body_of(pose: Pose, *, swims: bool = False) -> Body:
    """Return the body of an actor at one instant, in metres of the ground frame."""
    actor = pose.actor
    if swims:
        shape = _swimmer(actor.colour, _phase(pose, _STROKE_M))
    elif actor.object_class == "swimmer":
        shape = _person(actor.size, _SKIN, actor.colour, _phase(pose, _STRIDE_M))
    elif actor.object_class == "pedestrian":
        shape = _person(actor.size, actor.colour, actor.trim, _phase(pose, _STRIDE_M))
    elif actor.object_class in ("bicycle", "motorcycle"):
        motor = actor.object_class == "motorcycle"
        shape = _cycle(actor.size, actor.colour, actor.trim, _phase(pose, _PEDAL_M), motor=motor)
    else:
        shape = _vehicle(actor.object_class, actor.size, actor.colour)
    return shape.placed(pose.x, pose.y, pose.heading)


def box(low: tuple[float, float, float], high: tuple[float, float, float], colour: Colour) -> Body:
    """Return a box between two opposite corners in metres."""
    corners = np.array(low) + _CORNERS * np.subtract(high, low)
    return Body(corners[_SIDES], _bgr([colour] * len(_SIDES)), *_no_limbs())


def rods(limbs: list[Limb]) -> Body:
    """Return a body of limbs alone."""
    ends = np.array([[start, end] for start, end, _, _ in limbs], float)
    radii = np.array([radius for _, _, radius, _ in limbs])
    return Body(np.empty((0, 4, 3)), np.empty((0, 3)), ends, radii, _bgr([colour for *_, colour in limbs]))


def joined(*bodies: Body) -> Body:
    """Return bodies as one; the faces of the first are drawn first."""
    return Body(
        np.concatenate([body.faces for body in bodies]),
        np.concatenate([body.face_colours for body in bodies]),
        np.concatenate([body.limbs for body in bodies]),
        np.concatenate([body.radii for body in bodies]),
        np.concatenate([body.limb_colours for body in bodies]),
    )


def _phase(pose: Pose, metres: float) -> int:
    return int(pose.travelled / metres * _PHASES) % _PHASES


def _bgr(colours: list[Colour]) -> Floats:
    return np.array(colours, float).reshape(-1, 3)[:, ::-1]


def _no_limbs() -> tuple[Floats, Floats, Floats]:
    return np.empty((0, 2, 3)), np.empty(0), np.empty((0, 3))


@lru_cache(maxsize=512)
def _vehicle(object_class: str, size: Size, paint: Colour) -> Body:
    """Return a car, a truck or a bus: boxes on dark wheels, with glass and lamps."""
    half, side, top = size.length / 2, size.width / 2, size.height
    floor = 0.3
    wheels = box((-half * 0.8, -side, 0.0), (half * 0.8, side, floor + 0.12), _TYRE)
    lamps = joined(
        box((half, -side * 0.9, 0.6), (half + 0.03, side * 0.9, 0.75), _LAMP),
        box((-half - 0.03, -side * 0.9, 0.6), (-half, side * 0.9, 0.8), _TAIL),
    )
    if object_class == "car":
        belt = 0.62 * top
        hood = box((-half, -side, floor), (half, side, belt), paint)
        cabin = box((-half * 0.75, -side * 0.9, belt), (half * 0.42, side * 0.9, top - 0.06), _GLASS)
        roof = box((-half * 0.7, -side * 0.88, top - 0.06), (half * 0.3, side * 0.88, top), paint)
        return joined(wheels, hood, lamps, cabin, roof)
    if object_class == "bus":
        low = box((-half, -side, floor), (half, side, 1.3), paint)
        glass = box((-half, -side, 1.3), (half, side, 2.3), _GLASS)
        return joined(wheels, low, lamps, glass, box((-half, -side, 2.3), (half, side, top), paint))
    load = box((-half, -side, 0.9), (half - 2.1, side, top), (240, 240, 234))
    cab = box((half - 1.9, -side * 0.95, 0.5), (half, side * 0.95, 1.5), paint)
    window = box((half - 1.9, -side * 0.95, 1.5), (half - 0.1, side * 0.95, 2.2), _GLASS)
    roof = box((half - 1.9, -side * 0.95, 2.2), (half - 0.1, side * 0.95, 2.5), paint)
    ahead_last = joined(load, cab, window, roof, lamps)
    return joined(wheels, ahead_last)


@lru_cache(maxsize=1024)
def _person(size: Size, coat: Colour, trousers: Colour, phase: int) -> Body:
    """Return somebody upright, the legs swinging with the metres walked."""
    tall = size.height
    swing = 0.16 * tall * np.sin(2 * np.pi * phase / _PHASES)
    hip, shoulder, arm = 0.5 * tall, 0.8 * tall, 0.14 * tall
    sleeve: Colour = (coat[0] * 4 // 5, coat[1] * 4 // 5, coat[2] * 4 // 5)
    return rods(
        [
            ((swing, 0.09, 0.05), (0, 0.08, hip), 0.085, trousers),
            ((-swing, -0.09, 0.05), (0, -0.08, hip), 0.085, trousers),
            ((0, 0.0, hip + 0.08), (0, 0.0, shoulder - 0.08), 0.19, coat),
            ((-swing * 0.8, arm, hip), (0, arm, shoulder - 0.02), 0.06, sleeve),
            ((swing * 0.8, -arm, hip), (0, -arm, shoulder - 0.02), 0.06, sleeve),
            ((0, 0, tall - 0.12), (0, 0, tall - 0.12), 0.125, _SKIN),
            ((-0.04, 0, tall - 0.06), (-0.04, 0, tall - 0.06), 0.11, (60, 44, 34)),
        ]
    )


@lru_cache(maxsize=1024)
def _cycle(size: Size, coat: Colour, trousers: Colour, phase: int, *, motor: bool) -> Body:
    """Return a bicycle or a motorcycle with its rider."""
    radius, axle = 0.33, size.length / 2 - 0.34
    turn = 2 * np.pi * phase / _PHASES
    lean, tall = (0.1, size.height - 0.1) if motor else (0.25, size.height)
    frame = _CHROME if not motor else coat
    wheels: list[Limb] = []
    for hub in (-axle, axle):
        rim = [(hub + radius * np.cos(a), 0.0, radius + radius * np.sin(a)) for a in np.arange(0, 6.3, np.pi / 3)]
        wheels += [(start, end, 0.09 if motor else 0.035, _TYRE) for start, end in pairwise(rim)]
    knees = [0.0, 0.0] if motor else [0.15 * np.sin(turn), -0.15 * np.sin(turn)]
    chassis: list[Limb] = [
        ((-axle, 0, radius), (0.1, 0, 0.6), 0.16 if motor else 0.035, frame),
        ((0.1, 0, 0.6), (axle, 0, radius), 0.14 if motor else 0.035, frame),
        ((axle, 0, radius), (axle - 0.15, 0, 0.95), 0.05, frame),
    ]
    rider: list[Limb] = [
        ((0.1, side, 0.35 + knee), (-0.2, side, 0.88), 0.09, trousers)
        for side, knee in zip((0.13, -0.13), knees, strict=True)
    ]
    rider += [
        ((-0.22, 0, 0.95), (lean - 0.1, 0, tall - 0.38), 0.19, coat),
        ((lean - 0.1, 0.16, tall - 0.42), (axle - 0.15, 0.22, 0.98), 0.06, coat),
        ((lean - 0.1, -0.16, tall - 0.42), (axle - 0.15, -0.22, 0.98), 0.06, coat),
        ((lean, 0, tall - 0.13), (lean, 0, tall - 0.13), 0.15 if motor else 0.13, (34, 34, 38) if motor else _SKIN),
    ]
    return rods(wheels + chassis + rider)


@lru_cache(maxsize=1024)
def _swimmer(cap: Colour, phase: int) -> Body:
    """Return somebody who swims crawl: a pale body under the surface, arms in turn, foam at the feet."""
    turn = 2 * np.pi * phase / _PHASES
    beneath: Colour = (150, 172, 168)
    foam: Colour = (226, 240, 242)
    kick = 0.12 * np.sin(5 * turn)
    limbs: list[Limb] = [
        ((-0.95, 0.1 + kick, 0.0), (-0.25, 0.08, 0.0), 0.09, beneath),
        ((-0.95, -0.1 + kick, 0.0), (-0.25, -0.08, 0.0), 0.09, beneath),
        ((-1.0, kick, 0.02), (-0.85, -kick, 0.04), 0.16, foam),
        ((-0.25, 0, 0.02), (0.4, 0, 0.04), 0.2, _SKIN),
        ((0.68, 0, 0.1), (0.68, 0, 0.1), 0.15, cap),
    ]
    for side, angle in ((1.0, turn), (-1.0, turn + np.pi)):
        reach, lift = float(np.cos(angle)), float(np.sin(angle))
        hand = (0.4 + 0.6 * reach, side * 0.4, 0.35 * max(lift, 0.0))
        limbs.append(((0.4, side * 0.2, 0.05), hand, 0.065, _SKIN if lift > -0.1 else beneath))
        if reach > 0.85:
            limbs.append((hand, hand, 0.16, foam))
    return rods(limbs)
