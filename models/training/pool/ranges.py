"""What pools may be drawn: ranges to learn from, and others that are held out to measure with.

The two never meet in camera height, the camera's place, light and colour of the water; lanes of 7 and 8 are seldom
learnt from. What is measured on one is therefore no repetition of the other. They are still pools of the same renderer,
and neither is a real pool.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Light = Literal["lamps", "windows", "skylights", "sun", "low-sun", "overcast"]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Each of several spans is as likely as another.

    Attributes:
        heights: of the camera above the water, metres.
        sides: of the camera's direction from the lanes' own, degrees: 0 looks along them, 90 across.
        lights: that may shine.
        hues: of the water, degrees on the colour circle: 180 turquoise, 210 blue.
        crowds: swimmers of a lane, least and most of each span; in a long sequence some come late or go early.
        waves: root mean square of the slope of the water.
    """

    heights: tuple[Span, ...]
    sides: tuple[Span, ...]
    lights: tuple[Light, ...]
    hues: tuple[Span, ...]
    crowds: tuple[tuple[int, int], ...]
    waves: tuple[Span, ...]


TRAINING = Ranges(
    heights=((4.0, 7.0), (9.5, 12.0)),
    sides=((0.0, 20.0), (35.0, 55.0), (70.0, 90.0)),
    lights=("lamps", "windows", "sun", "overcast"),
    hues=((165.0, 184.0), (194.0, 215.0)),
    crowds=((0, 6), (0, 6), (0, 6), (9, 12)),
    waves=((0.02, 0.07), (0.1, 0.17)),
)
HELD_OUT = Ranges(
    heights=((7.0, 9.5),),
    sides=((20.0, 35.0), (55.0, 70.0)),
    lights=("skylights", "low-sun"),
    hues=((184.0, 194.0),),
    crowds=((0, 8),),
    waves=((0.07, 0.1),),
)


def within(spans: tuple[Span, ...], rng: np.random.Generator) -> float:
    """Draw from one of several spans."""
    return float(rng.uniform(*spans[rng.integers(len(spans))]))
