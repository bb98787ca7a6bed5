"""One run of SUMO under one controller: who was delayed for how long."""

import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import traci
from traci import constants

from benchmarks.signals.controllers import Controller
from benchmarks.signals.delays import Delays, read_trips
from benchmarks.signals.demand import Demand, draw, routes_xml
from benchmarks.signals.junction import Junction, SafetyTimes
from benchmarks.signals.network import Network, environment, program
from benchmarks.signals.people import STANDS_M_S, ZONES, Person, crossing, holds
from vision.crossings.adviser import Adviser, Advice
from vision.crossings.seen import Phase, Seen

STEP_S = 0.2
WARM_UP_S, MEASURED_S, AFTER_S = 120.0, 900.0, 180.0
"""Who comes in the second of these times is counted; all times are simulated the same way."""
SEEN_M = 60.0
"""How far from the middle people and vehicles are told of."""
PERSON = [constants.VAR_POSITION, constants.VAR_SPEED, constants.VAR_ANGLE]
VEHICLE = [constants.VAR_POSITION, constants.VAR_ANGLE]


class Vehicle(NamedTuple):
    """A car at one instant: the middle of its front in metres, and degrees clockwise from north."""

    name: str
    x: float
    y: float
    angle: float


class Eyes(Protocol):
    """Sees the crossing at every step, and says what there is to say."""

    def look(self, people: Iterable[Person], vehicles: Iterable[Vehicle], phase: Phase, now: float) -> Seen | None:
        """Return what is seen at `now`; None where nothing is."""
        ...


class Setting(NamedTuple):
    """What is simulated."""

    network: Network
    demand: Demand
    seed: int
    measured_s: float = MEASURED_S
    program: str = ""
    """SUMO's own program for the lights, as an additional file's text; empty where a controller sets them."""


def simulate(setting: Setting, controller: Controller | None, eyes: Eyes | None = None) -> Delays:
    """Run SUMO and return the delays.

    Args:
        setting: what is simulated.
        controller: sets the lights; None where SUMO's own program does.
        eyes: see the people for the advice; None where there is none.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        end = WARM_UP_S + setting.measured_s
        trips = draw(setting.demand, end + AFTER_S, setting.seed)
        (folder / "routes.xml").write_text(routes_xml(trips, np.random.default_rng((setting.seed, 2))))
        (folder / "program.xml").write_text(f"<additional>{setting.program}</additional>")
        _start(setting, folder)
        try:
            stops = _drive(setting, controller, eyes, end + AFTER_S)
        finally:
            traci.close()
        return read_trips(folder / "trips.xml", (WARM_UP_S, end), stops)


def _start(setting: Setting, folder: Path) -> None:
    command = [str(program("sumo")), "-n", str(setting.network.path), "-r", str(folder / "routes.xml")]
    command += ["-a", str(folder / "program.xml"), "--tripinfo-output", str(folder / "trips.xml")]
    command += ["--tripinfo-output.write-unfinished", "--step-length", str(STEP_S), "--seed", str(setting.seed)]
    command += ["--time-to-teleport", "-1", "--no-step-log", "--no-warnings", "--duration-log.disable"]
    traci.start(command, stdout=subprocess.DEVNULL)


def _drive(setting: Setting, controller: Controller | None, eyes: Eyes | None, end: float) -> dict[str, float]:
    """Step to the end; return for how many seconds everybody stood on the island."""
    traci.junction.subscribeContext("C", constants.CMD_GET_PERSON_VARIABLE, SEEN_M, PERSON)
    if eyes is not None:
        traci.junction.subscribeContext("C", constants.CMD_GET_VEHICLE_VARIABLE, SEEN_M, VEHICLE)
    island = Island()
    hand = Hand(setting.network, controller, eyes) if controller else None
    for step in range(round(end / STEP_S)):
        now = round(step * STEP_S, 6)
        people, vehicles = _around()
        island.look(people)
        if hand:
            hand.move(people, vehicles, now)
        traci.simulationStep()
    return island.stood


def _around() -> tuple[list[Person], list[Vehicle]]:
    """Return who and what is near the junction."""
    people, vehicles = list[Person](), list[Vehicle]()
    for name, values in traci.junction.getContextSubscriptionResults("C").items():
        x, y = values[constants.VAR_POSITION]
        if constants.VAR_SPEED in values:
            people.append(Person(name, x, y, values[constants.VAR_SPEED], values[constants.VAR_ANGLE]))
        else:
            vehicles.append(Vehicle(name, x, y, values[constants.VAR_ANGLE]))
    return people, vehicles


class Island:
    """Who stood on the island, and for how long.

    Attributes:
        stood: seconds, by name.
    """

    def __init__(self) -> None:
        self.stood: dict[str, float] = {}

    def look(self, people: Iterable[Person]) -> None:
        """Take a step's positions."""
        for one in people:
            if one.speed < STANDS_M_S and holds(ZONES["island"], one.x, one.y):
                self.stood[one.name] = self.stood.get(one.name, 0.0) + STEP_S


class Hand:
    """Moves the lights: once a second asks for advice, at every step lets the controller wish.

    Args:
        network: whose signal it is.
        controller: wishes.
        eyes: see, for the advice.
    """

    def __init__(self, network: Network, controller: Controller, eyes: Eyes | None) -> None:
        self._network = network
        self._controller = controller
        self._eyes = eyes
        self._junction = Junction(SafetyTimes())
        self._adviser = Adviser(crossing())
        self._advice: Advice | None = None
        self._advised_at = float("-inf")
        self._phase = Phase(signal="dont-walk", since=0.0)

    def move(self, people: list[Person], vehicles: list[Vehicle], now: float) -> None:
        """Set the lights for the step that begins at `now`."""
        if self._eyes is not None:
            seen = self._eyes.look(people, vehicles, self._phase, now)
            if now - self._advised_at >= 1 - 1e-6:
                self._advice, self._advised_at = self._adviser.advise(seen, self._phase, now), now
        lights = self._junction.step(now, self._controller.wish(self._junction, self._advice, now))
        signal = "walk" if lights.long else "clearance" if self._junction.clears(now) else "dont-walk"
        if signal != self._phase.signal:
            self._phase = Phase(signal=signal, since=now)
        traci.trafficlight.setRedYellowGreenState("C", lights.state(self._network.links, self._network.yields))


Start = Callable[[], Eyes]
"""Makes new eyes for a run."""
