"""One run of SUMO under one controller: who was delayed for how long."""

import os
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import redirect_stdout
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
from benchmarks.signals.people import LONG, ZONES, holds
from benchmarks.signals.traffic import STANDS_M_S, Person, Vehicle
from vision.crossings.adviser import Adviser
from vision.crossings.seen import Phase, Seen
from vision.crossings.settings import Crossing

STEP_S = 0.2
WARM_UP_S, MEASURED_S, AFTER_S = 100.0, 600.0, 150.0
"""Who comes in the second of these times is counted; all times are simulated the same way."""
SEEN_M = 60.0
"""How far from the middle people and vehicles are told of."""
PERSON = [constants.VAR_POSITION, constants.VAR_SPEED, constants.VAR_ANGLE]
VEHICLE = [constants.VAR_POSITION, constants.VAR_ANGLE]


class Eyes(Protocol):
    """Looks at the crossing every so many seconds, and says once a second what there is to say."""

    step_s: float

    def look(self, people: list[Person], vehicles: list[Vehicle], now: float) -> None:
        """Look at who and what is there at `now`, seconds."""
        ...

    def seen(self) -> Seen | None:
        """Return what was seen; None where nothing is."""
        ...


class Setting(NamedTuple):
    """What is simulated."""

    network: Network
    demand: Demand
    seed: int
    measured_s: float = MEASURED_S
    crossing: Crossing = LONG
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
    command += [
        "--time-to-teleport",
        "-1",
        "--no-step-log",
        "--no-warnings",
        "--xml-validation",
        "never",
        "--duration-log.disable",
    ]
    os.environ.update(environment())  # traci starts SUMO in its own
    with redirect_stdout(None):  # it says there that it tries again
        traci.start(command, stdout=subprocess.DEVNULL)


def _drive(setting: Setting, controller: Controller | None, eyes: Eyes | None, end: float) -> dict[str, float]:
    """Step to the end; return for how many seconds everybody stood on the island.

    Lights change at whole seconds. Where nobody looks more often, SUMO is asked no more often, which is faster.
    """
    traci.junction.subscribeContext("C", constants.CMD_GET_PERSON_VARIABLE, SEEN_M, PERSON)
    if eyes is not None and eyes.step_s < 1:
        traci.junction.subscribeContext("C", constants.CMD_GET_VEHICLE_VARIABLE, SEEN_M, VEHICLE)
    looks = 1 if eyes is None else round(1 / eyes.step_s)
    island = Island()
    hand = Hand(setting.network, setting.crossing, controller) if controller else None
    for step in range(round(end) * looks):
        now = step / looks
        people, vehicles = _around()
        if eyes:
            eyes.look(people, vehicles, now)
        if step % looks == 0:
            island.look(people)
            if hand:
                hand.move(eyes.seen() if eyes else None, now)
        traci.simulationStep(now + 1 / looks)
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
        """Take the positions of one second."""
        for one in people:
            if one.speed < STANDS_M_S and holds(ZONES["island"], one.x, one.y):
                self.stood[one.name] = self.stood.get(one.name, 0.0) + 1.0


class Hand:
    """Moves the lights once a second: makes advice of what is seen, lets the controller wish, keeps the safety times.

    Args:
        network: whose signal it is.
        crossing: what the adviser is told of the crossing.
        controller: wishes.
    """

    def __init__(self, network: Network, crossing: Crossing, controller: Controller) -> None:
        self._network = network
        self._controller = controller
        self._junction = Junction(SafetyTimes())
        self._adviser = Adviser(crossing)
        self._phase = Phase(signal="dont-walk", since=0.0)

    def move(self, seen: Seen | None, now: float) -> None:
        """Set the lights for the second that begins at `now`."""
        advice = self._adviser.advise(seen, self._phase, now)
        lights = self._junction.step(now, self._controller.wish(self._junction, advice, now))
        signal = "walk" if lights.long else "clearance" if self._junction.clears(now) else "dont-walk"
        if signal != self._phase.signal:
            self._phase = Phase(signal=signal, since=now)
        traci.trafficlight.setRedYellowGreenState("C", lights.state(self._network.links, self._network.yields))
