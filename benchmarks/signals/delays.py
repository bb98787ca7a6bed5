"""Delays of people and vehicles in one run, and their means over runs with confidence intervals."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
from scipy import stats

STOPPED_S = 2.0
"""Whoever stood on the island for so long altogether has not crossed in one go."""


class Delays(NamedTuple):
    """Of one run: seconds beyond free walking or driving.

    Attributes:
        long, short: of each of the people over the long crossing, and over the others.
        vehicles: of each vehicle, waiting to enter the network included.
        in_one_go: share of those over the long crossing who did not stop on the island.
        unfinished: how many people and vehicles had not arrived; their delay is counted so far.
    """

    long: tuple[float, ...]
    short: tuple[float, ...]
    vehicles: tuple[float, ...]
    in_one_go: float
    unfinished: int

    @property
    def people(self) -> tuple[float, ...]:
        """Of everybody on foot."""
        return self.long + self.short


def read_trips(path: Path, window: tuple[float, float], stood: dict[str, float]) -> Delays:
    """Return the delays that SUMO wrote.

    Args:
        path: of its trip information.
        window: who came from the first second on and before the other is counted.
        stood: for how many seconds people stood on the island, by name.
    """
    long, short, vehicles, goes = list[float](), list[float](), list[float](), list[bool]()
    unfinished = 0
    for trip in ET.parse(path).getroot():  # noqa: S314  # SUMO wrote it
        walk = trip.find("walk")
        values = trip.attrib if walk is None else walk.attrib
        due = float(trip.get("depart", "-1")) - float(values.get("departDelay", "0"))
        if not window[0] <= due < window[1]:
            continue
        unfinished += float(values.get("arrival", "-1")) < 0
        lost = float(values["timeLoss"])
        name = trip.get("id", "")
        if walk is None:
            vehicles.append(lost + float(values["departDelay"]))
        elif name.startswith("long"):
            long.append(lost)
            goes.append(stood.get(name, 0.0) < STOPPED_S)
        else:
            short.append(lost)
    return Delays(tuple(long), tuple(short), tuple(vehicles), float(np.mean(goes)), unfinished)


class Estimate(NamedTuple):
    """A mean over runs and half the width of its 95 % confidence interval."""

    mean: float
    half: float

    def __str__(self) -> str:
        return f"{self.mean:.1f}" if np.isnan(self.half) else f"{self.mean:.1f} ± {self.half:.1f}"


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean of one value a run with Student's interval; nan for the interval of a single run."""
    number = len(values)
    if number < 2:
        return Estimate(float(np.mean(values)), float("nan"))
    half = stats.t.ppf(0.975, number - 1) * np.std(values, ddof=1) / np.sqrt(number)
    return Estimate(float(np.mean(values)), float(half))
