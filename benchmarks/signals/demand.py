"""Who comes: people and vehicles, drawn for a seed, as SUMO's routes.

Both come by chance (Poisson) at steady rates. Of the people in a crowd most come in groups, as from a metro station.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

CORNERS = {"SW": ("W_in", "S_out"), "NW": ("N_in", "W_out"), "NE": ("E_in", "N_out"), "SE": ("S_in", "E_out")}
"""The pavements that meet at each corner of the junction: of which people come from or leave by one."""
CROSSINGS = {"long": ("SW", "NW"), "north": ("NW", "NE"), "south": ("SW", "SE")}
WAYS = {"WE": 0.92, "WS": 0.08, "EW": 0.92, "EN": 0.08, "NS": 0.85, "NW": 0.15, "SN": 0.85, "SE": 0.15}
"""Shares of the traffic of each arm, by where it comes from and where it goes."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How many come in an hour.

    Attributes:
        name: of the demand.
        people: over the long crossing, both ways together; each of the short ones gets a fifth of it.
        avenue: vehicles on each arm of the avenue.
        street: vehicles on each arm of the street.
        group: of those over the long crossing, how many come together; 1 where everybody comes alone.
        grouped: share of them who come in groups.
    """

    name: str
    people: float
    avenue: float
    street: float
    group: int = 1
    grouped: float = 0.0


DEMANDS = (
    Demand("low", 120, 900, 100),
    Demand("normal", 600, 2200, 220),
    Demand("crowd", 1600, 2000, 180, group=25, grouped=0.6),
)


class Trip(NamedTuple):
    """Somebody or something that comes at a second: a crossing and two pavements, or a way and two arms."""

    depart: float
    name: str
    kind: str
    start: str
    end: str


def draw(demand: Demand, seconds: float, seed: int) -> list[Trip]:
    """Return who comes within so many seconds, in order."""
    rng = np.random.default_rng((seed, 1))
    trips = [trip for crossing in CROSSINGS for trip in _people(crossing, demand, seconds, rng)]
    for way, share in WAYS.items():
        arm = demand.avenue if way[0] in "WE" else demand.street
        for number, depart in enumerate(_times(arm * share, seconds, rng)):
            trips.append(Trip(depart, f"vehicle-{way}-{number}", "vehicle", f"{way[0]}_in", f"{way[1]}_out"))
    return sorted(trips)


def routes_xml(trips: list[Trip], rng: np.random.Generator) -> str:
    """Return SUMO's route file: cars, and people who walk 30 m to the corner and 15 m beyond."""
    lines = [
        '<vType id="car" vClass="passenger" sigma="0.5" length="4.6" minGap="2.2" speedFactor="normc(1,0.1,0.8,1.2)"/>',
        '<vType id="walker" vClass="pedestrian" maxSpeed="3" desiredMaxSpeed="1.3" speedFactor="normc(1,.15,.6,1.5)"/>',
    ]
    for trip in trips:
        depart = f'depart="{trip.depart:.2f}"'
        if trip.kind == "vehicle":
            lane = 'departLane="best" departSpeed="desired"'
            lines.append(
                f'<vehicle id="{trip.name}" type="car" {depart} {lane}>'
                f'<route edges="{trip.start} {trip.end}"/></vehicle>'
            )
            continue
        start, end = (_along(edge, metres) for edge, metres in ((trip.start, rng.uniform(20, 40)), (trip.end, 15.0)))
        lines.append(
            f'<person id="{trip.name}" type="walker" {depart} departPos="{start}">'
            f'<walk edges="{trip.start} {trip.end}" arrivalPos="{end}"/></person>'
        )
    return "\n".join(("<routes>", *lines, "</routes>", ""))


def _along(edge: str, metres: float) -> str:
    """Return SUMO's position of a point so many metres from the junction: edges run towards it or away from it."""
    return f"{-metres:.1f}" if edge.endswith("_in") else f"{metres:.1f}"


def _people(crossing: str, demand: Demand, seconds: float, rng: np.random.Generator) -> Iterator[Trip]:
    rate, grouped = (demand.people, demand.grouped) if crossing == "long" else (demand.people / 5, 0.0)
    ways = CROSSINGS[crossing], CROSSINGS[crossing][::-1]
    came = [(depart, int(rng.integers(2))) for depart in _times(rate * (1 - grouped), seconds, rng)]
    for depart in _times(rate * grouped / demand.group, seconds, rng):
        way = int(rng.integers(2))
        came += [(depart + rng.uniform(0, 15), way) for _ in range(demand.group)]
    for number, (depart, way) in enumerate(sorted(came)):
        start, end = (CORNERS[corner][rng.integers(2)] for corner in ways[way])
        yield Trip(depart, f"{crossing}-{number}", "person", start, end)


def _times(rate: float, seconds: float, rng: np.random.Generator) -> list[float]:
    """Return when somebody comes of so many an hour, within so many seconds."""
    number = rng.poisson(rate / 3600 * seconds)
    times: list[float] = np.sort(rng.uniform(0, seconds, number)).tolist()
    return times
