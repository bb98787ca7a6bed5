"""How people look in the water and beside it: capsules in metres, projected, drawn large and shrunk.

A swimmer is a head in a cap, a trunk, arms at a moment of their stroke, legs, and the white water that they beat. What
is below the surface is drawn where refraction lifts it to, tinted and faint.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.training.figures import SKIN, any_colour, dark
from models.training.pool.camera import Camera
from models.training.pool.swimmers import State, Stroke

Floats = npt.NDArray[np.floating]

FINE = 4
"""Drawn at so many times the size, then shrunk, for soft edges."""
LIFTED = 0.72
"""Depth that is seen, as a part of the true one, from not too flat."""
MURK_M = 0.8
"""Metres of depth after which some 37 % of a body's contrast is left."""
BODY = ((-0.35, 0.5), (-0.25, 0.25), (0.0, 0.38))
"""Forward, left, up: metres from the shoulders to the sides of what is called the swimmer: head and upper body of one
who swims, and the arms in their height; the legs come and go …"""
UPRIGHT = ((-0.22, 0.22), (-0.25, 0.25), (0.0, 0.42))
"""… and of one who stands in the water."""
WALKER = ((-0.25, 0.25), (-0.25, 0.25), (0.0, 1.75))
FOAM = np.array((250.0, 250.0, 245.0))


class Capsules(NamedTuple):
    """K tubes with round ends.

    Attributes:
        ends: (K, 2, 3) metres.
        radii: (K,) metres.
        colours: (K, 3) B, G, R.
        solid: (K,) opacity in [0, 1].
    """

    ends: Floats
    radii: Floats
    colours: Floats
    solid: Floats


class Person(NamedTuple):
    """Colours of one bather, and how large."""

    skin: Floats
    cap: Floats
    suit: Floats
    size: float
    trunk_bare: bool
    foam: float


def draw_person(looks: int) -> Person:
    """Draw someone by a seed."""
    rng = np.random.default_rng(looks)
    skin = np.array(SKIN[rng.choice(3, p=(0.65, 0.2, 0.15))]) * rng.uniform(0.85, 1.3) * (0.85, 0.97, 1.1)  # wet
    cap = dark(rng) if rng.random() < 0.3 else _vivid(rng)
    suit = dark(rng) if rng.random() < 0.6 else any_colour(rng)
    return Person(
        skin, cap, suit, float(rng.uniform(0.82, 1.08)), bool(rng.random() < 0.55), float(rng.uniform(0.2, 1))
    )


def _vivid(rng: np.random.Generator) -> Floats:
    if rng.random() < 0.25:
        return rng.uniform(200, 250, 3)  # white
    value = np.array([[[rng.integers(180), rng.integers(90, 255), rng.integers(90, 250)]]], np.uint8)
    return np.asarray(cv2.cvtColor(value, cv2.COLOR_HSV2BGR)[0, 0], float)


def box_of(state: State, size: float, camera: Camera) -> Floats:
    """Return the box (4,) in pixels around head and upper body at the surface, not clipped to the view.

    Its foot, the middle of its lower edge, is where the body meets the water: so it lies in the right lane.
    """
    return _box(UPRIGHT if state.kind == "stand" else BODY, state.x, state.y, 0.0, state.heading, size, camera)


def walker_box(x: float, y: float, floor: float, size: float, camera: Camera) -> Floats:
    """Return the box (4,) in pixels around someone who stands on the deck, not clipped."""
    return _box(WALKER, x, y, floor, 1, size, camera)


def _box(
    sides: tuple[tuple[float, float], ...], x: float, y: float, z: float, heading: int, size: float, camera: Camera
) -> Floats:
    forward, left, up = (np.array(side) * size for side in sides)
    corners = np.array([(x - heading * b, y + heading * a, z + c) for a in forward for b in left for c in up])
    seen = camera.project(corners)
    foot = camera.project(np.array((x, y, z)))
    half = (seen[:, 0].max() - seen[:, 0].min()) / 2
    return np.array((foot[0] - half, seen[:, 1].min(), foot[0] + half, foot[1]))


def swimmer_capsules(state: State, stroke: Stroke, person: Person, rng: np.random.Generator) -> Capsules:
    """Return one swimmer in metres of the pool."""
    parts = _standing(state, person) if state.kind == "stand" else _lying(state, stroke, person)
    if state.kind == "swim":
        parts += _splashes(state, stroke, person, rng)
    elif state.kind == "turn":
        parts += _foam((-0.6, 0, 0.1), 0.45, int(6 * person.foam), rng)
    local = np.array([(one, other) for one, other, *_ in parts], float) * person.size
    ends = np.empty_like(local)
    ends[..., 0] = state.x - state.heading * local[..., 1]
    ends[..., 1] = state.y + state.heading * local[..., 0]
    ends[..., 2] = local[..., 2] - state.depth
    below = np.maximum(0, -ends[..., 2].mean(axis=1))
    ends[..., 2] = np.where(ends[..., 2] < 0, ends[..., 2] * LIFTED, ends[..., 2])
    radii = np.array([part[2] for part in parts]) * person.size
    colours = np.array([part[3] for part in parts], float)
    solid = np.array([part[4] for part in parts]) * np.exp(-below / MURK_M)
    order = np.argsort(ends[..., 2].mean(axis=1), kind="stable")
    return Capsules(ends[order], radii[order], colours[order], solid[order])


Part = tuple[tuple[float, float, float], tuple[float, float, float], float, Floats, float]


def _lying(state: State, stroke: Stroke, person: Person) -> list[Part]:
    turn = 2 * np.pi * state.cycle
    skin = person.skin
    trunk = skin if person.trunk_bare else person.suit
    bob = {"crawl": 0.0, "back": 0.02, "breast": 0.1 * np.sin(turn), "butterfly": 0.1 * np.sin(turn)}[stroke]
    head = (0.38, 0.0, 0.03 + bob)
    face = skin if stroke == "back" else person.cap
    kick = 0.06 * np.sin(3 * turn)
    parts: list[Part] = [
        ((-0.45, 0.09, -0.12), (-1.15, 0.1, -0.2 + kick), 0.06, skin, 0.55),
        ((-0.45, -0.09, -0.12), (-1.15, -0.1, -0.2 - kick), 0.06, skin, 0.55),
        ((-0.5, 0.0, -0.08), (-0.25, 0.0, -0.06), 0.14, person.suit, 0.8),
        ((-0.3, 0.0, -0.05), (0.1, 0.0, 0.0 + bob / 2), 0.145, trunk, 0.92),
        ((0.1, 0.14, 0.0 + bob / 2), (0.1, -0.14, 0.0 + bob / 2), 0.1, skin, 0.95),
        (head, (0.42, 0.0, 0.04 + bob), 0.105, person.cap, 1.0),
        ((0.46, 0.0, 0.0 + bob), (0.46, 0.0, 0.01 + bob), 0.085, face, 1.0),
    ]
    return parts + _arms(turn, stroke, skin)


def _arms(turn: float, stroke: Stroke, skin: Floats) -> list[Part]:
    parts: list[Part] = []
    for side in (-1, 1):
        phase = turn + (np.pi if side > 0 and stroke in {"crawl", "back"} else 0.0)
        shoulder = (0.12, side * 0.18, 0.03)
        if stroke == "breast":
            reach = 0.5 + 0.5 * np.cos(phase)
            hand = (0.3 + 0.45 * reach, side * (0.5 - 0.4 * reach), -0.12)
        else:
            forward = np.cos(phase) if stroke != "back" else -np.cos(phase)
            lift = np.sin(phase)
            high = {"crawl": 0.38, "back": 0.62, "butterfly": 0.25}[stroke]
            out = {"crawl": 0.32, "back": 0.28, "butterfly": 0.75}[stroke]
            hand = (
                0.2 + 0.55 * forward,
                side * (0.2 + (out - 0.2) * abs(lift)),
                high * lift if lift > 0 else 0.45 * lift,
            )
        elbow = tuple((np.array(shoulder) + hand) / 2 + (0, side * 0.06, 0.1 * (hand[2] > 0)))
        parts += [(shoulder, elbow, 0.055, skin, 1.0), (elbow, hand, 0.045, skin, 1.0)]
    return parts


def _standing(state: State, person: Person) -> list[Part]:
    bob = 0.04 * np.sin(2 * np.pi * state.cycle)
    trunk = person.skin if person.trunk_bare else person.suit
    return [
        ((0.0, 0.0, -0.5), (0.0, 0.0, -0.15 + bob), 0.15, trunk, 0.75),
        ((0.0, 0.15, 0.05 + bob), (0.0, -0.15, 0.05 + bob), 0.1, person.skin, 1.0),
        ((0.02, 0.0, 0.24 + bob), (0.02, 0.0, 0.28 + bob), 0.095, person.skin, 1.0),
        ((0.0, 0.0, 0.31 + bob), (0.0, 0.0, 0.34 + bob), 0.11, person.cap, 1.0),
        ((0.0, 0.2, 0.02), (0.3, 0.3, 0.0), 0.05, person.skin, 0.8),
        ((0.0, -0.2, 0.02), (0.3, -0.3, 0.0), 0.05, person.skin, 0.8),
    ]


def _splashes(state: State, stroke: Stroke, person: Person, rng: np.random.Generator) -> list[Part]:
    beats = {"crawl": 1.0, "back": 0.8, "breast": 0.25, "butterfly": 1.4}[stroke] * person.foam
    parts = _foam((-1.15, 0.0, 0.05), 0.25, int(rng.poisson(12 * beats)), rng)
    hand = 0.5 * np.cos(2 * np.pi * state.cycle)
    parts += _foam((hand + 0.1, rng.choice((-0.3, 0.3)), 0.05), 0.22, int(rng.poisson(5 * beats)), rng)
    parts += _foam((-0.2, 0.0, 0.02), 0.4, int(rng.poisson(5 * beats)), rng)
    for _ in range(int(rng.poisson(2.5 * beats))):  # the milky wash around and behind them
        behind, aside = rng.uniform(-1.9, 0.1), rng.normal(0, 0.12)
        ends = ((behind, aside, 0.01), (behind + rng.uniform(0.2, 0.7), aside + rng.normal(0, 0.1), 0.01))
        parts.append((*ends, float(rng.uniform(0.05, 0.2)), FOAM * rng.uniform(0.75, 1), float(rng.uniform(0.15, 0.5))))
    return parts


def _foam(place: tuple[float, float, float], spread: float, number: int, rng: np.random.Generator) -> list[Part]:
    """Return drops and foam around a place."""
    middles = rng.normal(place, (spread, spread * 0.6, 0.04), (number, 3))
    middles[:, 2] = np.abs(middles[:, 2])
    radii, solid = rng.uniform(0.015, 0.08, number), rng.uniform(0.15, 0.8, number)
    inks = FOAM * rng.uniform(0.8, 1.02, (number, 1))
    drops = zip(
        middles.tolist(),
        (middles + rng.normal(0, 0.07, (number, 3))).tolist(),
        radii.tolist(),
        inks,
        solid.tolist(),
        strict=True,
    )
    return [(one, other, radius, ink, cover) for one, other, radius, ink, cover in drops]


def walker_capsules(x: float, y: float, floor: float, step: float, person: Person) -> Capsules:
    """Return someone on the deck, in metres; `step` is where their stride is, -1 to 1."""
    skin, size = person.skin, person.size
    parts = [
        ((0.3 * step, 0.1, 0.05), (0, 0.1, 0.9), 0.075, skin),
        ((-0.3 * step, -0.1, 0.05), (0, -0.1, 0.9), 0.075, skin),
        ((0, 0.07, 0.88), (0, -0.07, 0.88), 0.14, person.suit),
        ((0, 0, 0.95), (0, 0, 1.35), 0.15, skin if person.trunk_bare else person.suit),
        ((0, 0.2, 1.38), (-0.2 * step, 0.27, 0.85), 0.05, skin),
        ((0, -0.2, 1.38), (0.2 * step, -0.27, 0.85), 0.05, skin),
        ((0, 0, 1.55), (0, 0, 1.6), 0.1, skin),
        ((0, 0, 1.66), (0, 0, 1.67), 0.1, person.cap),
    ]
    ends = np.array([(one, other) for one, other, *_ in parts], float) * size + (x, y, floor)
    return Capsules(
        ends, np.array([p[2] for p in parts]) * size, np.array([p[3] for p in parts], float), np.ones(len(parts))
    )


def paint(picture: npt.NDArray[np.float32], capsules: Capsules, camera: Camera, light: float) -> None:
    """Draw capsules into a picture (H, W, 3), in their order."""
    if not len(capsules.radii):
        return
    seen = camera.project(capsules.ends)
    thick = capsules.radii * camera.scale(capsules.ends.mean(axis=1)) * 2
    margin = thick.max() / 2 + 1
    low = np.floor(seen.min(axis=(0, 1)) - margin).astype(int).clip(0)
    high = np.ceil(seen.max(axis=(0, 1)) + margin).astype(int)
    high = np.minimum(high, picture.shape[1::-1])
    width, height = high - low
    if width < 1 or height < 1:
        return
    patch = np.zeros((height * FINE, width * FINE, 4), np.uint8)
    ends = ((seen - low) * FINE).astype(int)
    wide = np.maximum(1, np.round(thick * FINE)).astype(int)
    inks = (capsules.colours * light).clip(0, 255)
    for (one, other), line, ink, solid in zip(
        ends.tolist(), wide.tolist(), inks.tolist(), capsules.solid.tolist(), strict=True
    ):
        cv2.line(patch, one, other, (*ink, 255 * solid), line)
    patch[..., :3] = patch[..., :3] * (patch[..., 3:].astype(np.float32) / 255)
    small = np.asarray(cv2.resize(patch, (int(width), int(height)), interpolation=cv2.INTER_AREA), np.float32)
    there = picture[low[1] : high[1], low[0] : high[0]]
    there *= 1 - small[..., 3:] / 255
    there += small[..., :3]
