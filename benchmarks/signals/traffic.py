"""Who and what is near the junction at one instant, as SUMO tells it."""

from typing import NamedTuple

STANDS_M_S = 0.3
"""Slower than this somebody stands."""


class Person(NamedTuple):
    """Somebody at one instant: metres, m/s, and degrees clockwise from north."""

    name: str
    x: float
    y: float
    speed: float
    angle: float


class Vehicle(NamedTuple):
    """A car at one instant: the middle of its front in metres, and degrees clockwise from north."""

    name: str
    x: float
    y: float
    angle: float
