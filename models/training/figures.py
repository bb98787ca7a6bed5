"""People on foot, on bicycles and on motorcycles, drawn from any side and any height, to be pasted like cut-outs.

Pictures that may be learnt from have hardly a cyclist in them, and none from above. A figure is a skeleton in metres,
x forward, y to its left, z up, the ground at z = 0, clothed in capsules (tubes with round ends) and wheels, seen from
far away (an orthographic view). Shrunk to the 10 to 60 pixels that a mast sees, two wheels with a person above them
are what is left of a real cyclist too. Lengths are those of an adult of 1.75 m (limbs by the shares of body height in
Winter, Biomechanics and Motor Control of Human Movement, 2009, fig. 4.1) and of common cycles.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.training.cutouts import CutOut, CutOuts
from vision.classes import CLASS_INDEX, ClassName

PIXELS_A_METRE = 120.0
"""Drawn at twice the size that is kept, then shrunk, for soft edges."""
ELEVATIONS = (0.0, 55.0)
"""Degrees from which a figure is looked down upon: by a passer-by, and from a mast."""
MARGIN_M = 0.2
THIGH_M = SHIN_M = 0.43
SKIN = ((120, 150, 195), (75, 105, 150), (45, 60, 95))
"""B, G, R of some skins in daylight."""

Point = npt.NDArray[np.float64]
Colour = npt.NDArray[np.float64]
Tube = tuple[Point, Point, float, Colour]
"""Two ends (3,) and a radius in metres, and a colour B, G, R."""
Draw = Callable[[np.random.Generator], list[Tube]]


class Clothes(NamedTuple):
    """Colours of one person."""

    skin: Colour
    hair: Colour
    top: Colour
    trousers: Colour
    shoes: Colour


def figures(number: dict[ClassName, int], rng: np.random.Generator) -> CutOuts:
    """Return so many drawn figures of each of `pedestrian`, `bicycle` and `motorcycle`."""
    return {CLASS_INDEX[name]: [_figure(name, rng) for _ in range(number[name])] for name in _DRAW}


def _figure(name: ClassName, rng: np.random.Generator) -> CutOut:
    azimuth = rng.uniform(0, 2 * np.pi)
    elevation = np.deg2rad(rng.uniform(*ELEVATIONS))
    return (*seen(_DRAW[name](rng), azimuth, elevation, rng), CLASS_INDEX[name])


def seen(
    tubes: list[Tube], azimuth: float, elevation: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Return pixels (H, W, 3) and opacity (H, W) of tubes seen from a side, the nearest drawn last."""
    across = np.array((-np.sin(azimuth), np.cos(azimuth), 0))
    away = -np.array((np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)))
    down = np.cross(away, across)
    flat = np.array([[(end @ across, end @ down) for end in tube[:2]] for tube in tubes])
    corner = flat.min(axis=(0, 1)) - MARGIN_M
    width, height = np.ceil((flat.max(axis=(0, 1)) + MARGIN_M - corner) * PIXELS_A_METRE).astype(int)
    pixels = np.full((height, width, 3), rng.uniform(40, 160), np.uint8)
    cover = np.zeros((height, width), np.uint8)
    sun = rng.normal(0, 0.25)
    for n in np.argsort([-(tube[0] + tube[1]) @ away for tube in tubes])[::-1]:
        one, other = (tuple(int(v) for v in (end - corner) * PIXELS_A_METRE) for end in flat[n])
        thick = max(1, round(2 * tubes[n][2] * PIXELS_A_METRE))
        light = 1 + sun * (flat[n, :, 0].mean() - corner[0] - width / PIXELS_A_METRE / 2) + rng.normal(0, 0.06)
        cv2.line(pixels, one, other, tuple((tubes[n][3] * light).clip(0, 255)), thick, cv2.LINE_AA)
        cv2.line(cover, one, other, 255, thick, cv2.LINE_AA)
    grain = np.asarray(cv2.resize(rng.normal(0, 10, (height // 12 + 1, width // 12 + 1)), (width, height)))
    pixels = (pixels + grain[..., None]).clip(0, 255).astype(np.uint8)
    x, y, wide, tall = cv2.boundingRect((cover > 64).astype(np.uint8))
    size = (max(1, wide // 2), max(1, tall // 2))
    inside = (slice(y, y + tall), slice(x, x + wide))
    shrunk = np.asarray(cv2.resize(pixels[inside], size, interpolation=cv2.INTER_AREA), np.uint8)
    opacity = np.asarray(cv2.resize(cover[inside], size, interpolation=cv2.INTER_AREA), np.float32)
    return shrunk, opacity / np.float32(255)


def pedestrian(rng: np.random.Generator, stride: float | None = None) -> list[Tube]:
    """Return somebody on foot; the same generator draws the same person, whatever the stride.

    Args:
        rng: draws who it is.
        stride: metres by which the left foot is ahead, -0.32 to 0.32; drawn too if it is not given.
    """
    wears = _clothes(rng)
    drawn = rng.uniform(-0.32, 0.32)
    stride = drawn if stride is None else stride
    lean = rng.uniform(-0.02, 0.1)
    tubes = _trunk(at(0, 0, 0.93), at(lean, 0, 1.42), wears, rng)
    for side in (-1, 1):
        foot = at(side * stride, side * 0.09, 0.06)
        tubes += _leg(at(0, side * 0.09, 0.92), foot, wears)
        hand = at(lean - side * stride * 0.8, side * rng.uniform(0.24, 0.32), rng.uniform(0.78, 0.95))
        tubes += _arm(at(lean, side * 0.19, 1.4), hand, wears)
    if rng.random() < 0.3:  # coat or skirt
        tubes.append((at(0, 0, 0.9), at(0, 0, rng.uniform(0.5, 0.75)), rng.uniform(0.17, 0.21), wears.top))
    if rng.random() < 0.3:
        tubes.append((at(-0.18, 0, 1.05), at(-0.18, 0, 1.3), 0.12, any_colour(rng)))
    if rng.random() < 0.15:
        tubes.append((at(0, 0.35, 0.55), at(0, 0.35, 0.7), 0.12, any_colour(rng)))
    return tubes


def _bicycle(rng: np.random.Generator) -> list[Tube]:
    wears, paint = _clothes(rng), any_colour(rng)
    wheel, half = rng.uniform(0.28, 0.35), rng.uniform(0.48, 0.56)
    saddle, bars = at(-0.22, 0, rng.uniform(0.88, 1.0)), at(0.42, 0, rng.uniform(0.9, 1.1))
    pedals, fork = at(-0.05, 0, 0.28), at(0.36, 0, 0.8)
    tubes = _wheel(-half, wheel, 0.022, rng) + _wheel(half, wheel, 0.022, rng)
    rear, front = at(-half, 0, wheel), at(half, 0, wheel)
    ends = ((rear, pedals), (rear, saddle), (pedals, saddle), (pedals, fork), (saddle, fork), (front, bars))
    tubes += [(one, other, 0.02, paint) for one, other in ends]
    tubes.append((bars - (0, 0.28, 0), bars + (0, 0.28, 0), 0.018, dark(rng)))
    shoulders = saddle + (rng.uniform(0.05, 0.45), 0, 0)
    shoulders[2] += np.sqrt(0.5**2 - min(0.45, shoulders[0] - saddle[0]) ** 2)
    hips = saddle + (0, 0, 0.08)
    tubes += _trunk(hips, shoulders, wears, rng, helmet=rng.random() < 0.5)
    crank = rng.uniform(0, 2 * np.pi)
    for side in (-1, 1):
        foot = pedals + (side * 0.17 * np.cos(crank), side * 0.12, side * 0.17 * np.sin(crank) + 0.04)
        tubes += _leg(hips + (0, side * 0.1, 0), foot, wears)
        tubes += _arm(shoulders + (0, side * 0.18, -0.03), bars + (0, side * 0.24, 0.02), wears)
    if rng.random() < 0.3:  # basket, child's seat or bags
        x, z = ((half, 0.85), (-0.5, 0.95), (-0.5, 0.6))[rng.integers(3)]
        tubes.append((at(x, -0.1, z), at(x, 0.1, z), rng.uniform(0.1, 0.18), any_colour(rng)))
    if rng.random() < 0.3:
        middle = (hips + shoulders) / 2 - (0.15, 0, -0.08)
        tubes.append((middle, middle + (0.08, 0, 0.12), 0.14, any_colour(rng)))
    return tubes


def _motorcycle(rng: np.random.Generator) -> list[Tube]:
    wears, paint = _clothes(rng), any_colour(rng)
    scooter = rng.random() < 0.5
    wheel, half = (0.22, 0.6) if scooter else (0.31, 0.7)
    tubes = _wheel(-half, wheel, 0.06, rng) + _wheel(half, wheel, 0.06, rng)
    seat, bars = at(-0.25, 0, 0.78), at(0.42, 0, 1.0)
    tubes += [
        (at(-half, 0, wheel + 0.1), at(0.1, 0, 0.5), 0.16, dark(rng)),
        (seat + (-0.35, 0, 0), seat + (0.2, 0, 0), 0.11, dark(rng)),
        (seat + (-0.3, 0, -0.15), seat + (0.3, 0, -0.1), 0.15, paint),
        (at(half, 0, wheel), bars, 0.05, dark(rng)),
        (bars - (0, 0.36, 0), bars + (0, 0.36, 0), 0.025, dark(rng)),
        (at(half - 0.12, 0, 0.75), at(half - 0.2, 0, 0.95), 0.13, paint),
    ]
    if scooter:
        tubes += [(at(0.4, side * 0.12, 0.4), at(0.36, side * 0.14, 0.85), 0.08, paint) for side in (-1, 1)]
    hips, shoulders = seat + (0, 0, 0.14), seat + (rng.uniform(0.0, 0.25), 0, 0.62)
    tubes += _trunk(hips, shoulders, wears, rng, helmet=rng.random() < 0.9)
    for side in (-1, 1):
        foot = at(rng.uniform(0.0, 0.25), side * 0.2, 0.36)
        tubes += _leg(hips + (0, side * 0.12, 0), foot, wears)
        tubes += _arm(shoulders + (0, side * 0.19, -0.03), bars + (0, side * 0.32, 0.02), wears)
    if rng.random() < 0.2:
        tubes += _trunk(hips - (0.38, 0, -0.04), shoulders - (0.36, 0, -0.04), _clothes(rng), rng, helmet=True)
    if rng.random() < 0.3:
        tubes.append((at(-0.75, -0.06, 0.98), at(-0.75, 0.06, 0.98), 0.2, any_colour(rng)))
    return tubes


_DRAW: dict[ClassName, Draw] = {"pedestrian": pedestrian, "bicycle": _bicycle, "motorcycle": _motorcycle}


def at(x: float, y: float, z: float) -> Point:
    """Return a point in metres."""
    return np.array((x, y, z), np.float64)


def _wheel(x: float, radius: float, thick: float, rng: np.random.Generator) -> list[Tube]:
    turns = np.linspace(0, 2 * np.pi, 19)
    rim = [at(x + radius * np.cos(turn), 0, radius + radius * np.sin(turn)) for turn in turns]
    tyre = dark(rng)
    spokes = [(rim[n], rim[n + 9], 0.006, np.full(3, 130.0)) for n in range(0, 9, 3)]
    return [*((one, other, thick, tyre) for one, other in pairwise(rim)), *spokes]


def _trunk(
    hips: Point, shoulders: Point, wears: Clothes, rng: np.random.Generator, *, helmet: bool = False
) -> list[Tube]:
    """Return pelvis, back, shoulders and head of someone whose back goes from hips to shoulders."""
    stout = rng.uniform(0.12, 0.17)
    head = shoulders + (0.06, 0, 0.24)
    worn = any_colour(rng) if helmet else wears.hair
    return [
        (hips - (0, 0.06, 0), hips + (0, 0.06, 0), stout, wears.trousers),
        (hips, shoulders, stout, wears.top),
        (shoulders - (0, 0.13, 0.04), shoulders + (0, 0.13, -0.04), 0.09, wears.top),
        (shoulders, head, 0.05, wears.skin),
        (head, head - (0, 0, 0.05), 0.095, wears.skin),
        (head + (-0.03, 0, 0.04), head + (0.0, 0, 0.05), 0.13 if helmet else 0.1, worn),
    ]


def _leg(hip: Point, foot: Point, wears: Clothes) -> list[Tube]:
    knee = _joint(hip, foot, THIGH_M, SHIN_M, 1)
    toes = foot + (0.12, 0, -0.03)
    return [
        (hip, knee, 0.085, wears.trousers),
        (knee, foot, 0.06, wears.trousers),
        (foot, toes, 0.045, wears.shoes),
    ]


def _arm(shoulder: Point, hand: Point, wears: Clothes) -> list[Tube]:
    elbow = _joint(shoulder, hand, 0.31, 0.29, -1)
    return [
        (shoulder, elbow, 0.055, wears.top),
        (elbow, hand, 0.045, wears.top),
        (hand, hand + (0.02, 0, 0), 0.05, wears.skin),
    ]


def _joint(one: Point, other: Point, upper: float, lower: float, bends: float) -> Point:
    """Return the knee or elbow between two ends, bent forwards (1) or backwards (-1) in the plane that x and z span."""
    span = other - one
    length = max(1e-6, float(np.hypot(span[0], span[2])))
    along = min(length, upper + lower) * upper / (upper + lower)
    out = np.sqrt(max(0.0, upper**2 - along**2)) * bends
    straight = span / length
    joint: Point = one + straight * along + out * np.array((-straight[2], 0, straight[0]))
    return joint


def _clothes(rng: np.random.Generator) -> Clothes:
    skin = np.array(SKIN[rng.integers(len(SKIN))]) * rng.uniform(0.8, 1.2)
    trousers = dark(rng) if rng.random() < 0.7 else any_colour(rng)
    return Clothes(skin, dark(rng), any_colour(rng), trousers, dark(rng))


def any_colour(rng: np.random.Generator) -> Colour:
    """Return B, G, R of cloth or paint: most are dull, some bright, many black or white."""
    grey = rng.choice((25.0, 60.0, 120.0, 210.0)) * rng.uniform(0.8, 1.2)
    colour: Colour = grey + (rng.uniform(0, 255, 3) - grey) * rng.choice((0.05, 0.35, 0.9), p=(0.45, 0.35, 0.2))
    return colour


def dark(rng: np.random.Generator) -> Colour:
    """Return B, G, R of something black or nearly so."""
    return rng.uniform(15, 70) + rng.uniform(-8, 12, 3)
