"""Who moves through a synthetic place: classes, sizes in metres, colours, and their journeys."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vision.classes import ClassName
from vision.scenes.journeys import Journey

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


class Size(NamedTuple):
    """Metres along the heading, across it, and up."""

    length: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """Somebody or something that moves, rider included.

    Attributes:
        object_class: one of the seven.
        size: metres.
        colour: paint of a vehicle, or coat or bathing cap of a person.
        trim: second colour: trousers, load of a truck.
        journey: where its ground point (below its middle) is, and when it is there at all.
    """

    object_class: ClassName
    size: Size
    colour: Colour
    trim: Colour
    journey: Journey


class Pose(NamedTuple):
    """An actor at one instant: x, y in metres, heading in radians, and metres travelled, which set legs and arms."""

    actor: Actor
    x: float
    y: float
    heading: float
    travelled: float


_SIZES: dict[ClassName, Size] = {
    "pedestrian": Size(0.45, 0.5, 1.7),
    "bicycle": Size(1.75, 0.6, 1.75),
    "motorcycle": Size(2.1, 0.8, 1.6),
    "car": Size(4.3, 1.8, 1.5),
    "truck": Size(7.5, 2.4, 3.1),
    "bus": Size(11.0, 2.55, 3.0),
    "swimmer": Size(1.9, 0.6, 1.7),
}
"""Common sizes; those of vehicles stay within Council Directive 96/53/EC."""

_PAINTS: tuple[Colour, ...] = (
    (232, 232, 228), (200, 203, 206), (44, 46, 52), (150, 32, 30), (36, 62, 122), (118, 124, 128), (214, 186, 62),
)  # fmt: skip
_BUS_PAINTS: tuple[Colour, ...] = ((238, 238, 232), (36, 140, 120))
_COATS: tuple[Colour, ...] = (
    (178, 40, 44), (40, 44, 58), (230, 226, 214), (34, 84, 150), (206, 150, 40), (58, 112, 66), (120, 60, 118),
    (22, 22, 26),
)  # fmt: skip
_TROUSERS: tuple[Colour, ...] = ((38, 44, 66), (30, 30, 32), (92, 82, 68), (64, 74, 98))
_CAPS: tuple[Colour, ...] = ((240, 240, 240), (216, 40, 44), (30, 40, 110), (244, 206, 40), (20, 20, 24))


def drawn_class(rng: np.random.Generator, shares: dict[ClassName, float]) -> ClassName:
    """Draw a class by its share of the traffic; the shares add up to 1."""
    return list(shares)[rng.choice(len(shares), p=list(shares.values()))]


def walking_speed(rng: np.random.Generator, slowest: float = 0.8) -> float:
    """Draw how fast somebody walks, in m/s: N(1.35, 0.2) as measured on level pavements, within `slowest` and 2."""
    return float(np.clip(rng.normal(1.35, 0.2), slowest, 2.0))


def cast(rng: np.random.Generator, object_class: ClassName, journey: Journey) -> Actor:
    """Draw the looks of an actor of that class: sizes vary by a few percent, colours by what is worn and sold."""
    palette = {"bus": _BUS_PAINTS, "swimmer": _CAPS}.get(
        object_class, _COATS if object_class in ("pedestrian", "bicycle") else _PAINTS
    )
    stretch = float(np.clip(rng.normal(1, 0.04), 0.9, 1.1))
    size = Size(*(round(metres * stretch, 2) for metres in _SIZES[object_class]))
    colour = palette[rng.integers(len(palette))]
    trim = _TROUSERS[rng.integers(len(_TROUSERS))]
    return Actor(object_class, size, colour, trim, journey)
