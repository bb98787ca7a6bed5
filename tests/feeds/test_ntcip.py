"""Calls and phases of a signal controller, with a real SNMP agent on loopback."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.crossings.places import ISLAND, SIMPLE, seen
from tests.feeds.agent import Agent
from tests.running import wait_for
from tests.service.test_crossings import CAMERA, hear
from vision.controllers import Controllers
from vision.crossings.adviser import Adviser
from vision.crossings.controllers import Controller
from vision.errors import ComptageError, UsageError
from vision.feeds import ntcip
from vision.feeds.ntcip import PED_CALL, PED_CLEARS, WALKS, ControllerLink
from vision.service.crossings import CrossingDesk
from vision.service.live import Hub
from vision.site import Site

NOW = 1000.0
PHASES = {"choisy": 4, "zebra": 9}
EMPTY = {f"{column}.{group}": 0 for column in (WALKS, PED_CLEARS, PED_CALL) for group in (1, 2)}


@pytest.fixture
def port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


@pytest.fixture
def agent(port):
    with Agent(port, EMPTY) as running:
        yield running


class Talk:
    """A link with advice that a test sets, and phases that it remembers."""

    def __init__(self, port, word="words", version="1", phases=None):
        self.people, self.said, self.late = {"choisy": 0, "zebra": 0}, [], 0.0
        settings = Controller(
            name="c4", host="127.0.0.1", port=port, version=version, community=Path("w"), phases=phases or PHASES
        )
        self._link = lambda: ControllerLink(
            settings, word, self.advice, lambda *told: self.said.append(told), lambda: NOW + self.late
        )

    def advice(self, crossing):
        people = self.people[crossing]
        adviser = Adviser(ISLAND if crossing == "choisy" else SIMPLE)
        return adviser.advise(None if people is None else seen(NOW, a=people), None, NOW)

    def run(self, *steps, close=False):
        """Turn before each of the steps, and once after them."""

        async def talk():
            link = self._link()
            try:
                for step in (*steps, lambda: None):
                    await link.turn()
                    step()
                if close:
                    await link.take_back()
            finally:
                await link.close()

        asyncio.run(talk())


def calls(agent):
    return agent.get(f"{PED_CALL}.1"), agent.get(f"{PED_CALL}.2")


@pytest.mark.parametrize("version", ["1", "2c"])
def test_calls_are_placed_by_phase_and_taken_back(agent, port, version):
    talk = Talk(port, version=version)
    talk.people["choisy"] = 2
    talk.run()
    assert calls(agent) == (0b1000, 0)
    talk.people.update(choisy=0, zebra=1)
    talk.run()
    assert calls(agent) == (0, 0b1)


def test_calls_that_others_have_placed_stay(agent, port):
    agent.set(f"{PED_CALL}.1", 0b1010_0001)
    talk = Talk(port)
    talk.people["choisy"] = 1
    talk.run(close=True)
    assert agent.objects.written[0] == 0b1010_1001
    assert calls(agent) == (0b1010_0001, 0)


def test_phases_are_heard_as_they_change(agent, port):
    talk = Talk(port, phases={"choisy": 4})
    talk.run(
        lambda: agent.set(f"{WALKS}.1", 0b1000),
        lambda: None,
        lambda: (agent.set(f"{WALKS}.1", 0b0111), agent.set(f"{PED_CLEARS}.1", 0b1000)),
        lambda: agent.set(f"{PED_CLEARS}.1", 0),
    )
    assert [phase.signal for _, phase in talk.said] == ["dont-walk", "walk", "walk", "clearance", "dont-walk"]
    assert talk.said[1] == talk.said[2]  # said again, for it still holds, since the same time


def test_without_data_calls_are_taken_back_once_and_then_the_controllers_own_timer_runs(agent, port):
    talk = Talk(port, phases={"choisy": 4})
    talk.people["choisy"] = 3
    talk.run(lambda: talk.people.update(choisy=None), lambda: None, lambda: None)
    assert agent.objects.written == [0b1000, 0]


def test_an_advice_that_came_too_late_is_no_call(agent, port):
    talk = Talk(port, phases={"choisy": 4})
    talk.people["choisy"], talk.late = 3, ISLAND.validity + 0.1
    talk.run()
    assert agent.objects.written == []


@pytest.mark.usefixtures("agent")
def test_a_wrong_word_and_a_group_that_is_not_there_are_said_in_one_line(port, monkeypatch):
    monkeypatch.setattr(ntcip, "ANSWER_S", 0.2)
    with pytest.raises(ComptageError, match="controller 'c4': No SNMP response received before timeout"):
        Talk(port, word="other").run()
    monkeypatch.setattr(ntcip, "ANSWER_S", 10.0)
    with pytest.raises(ComptageError, match=r"controller 'c4': (noSuchName|genErr)"):
        Talk(port, phases={"choisy": 200}).run()
    with pytest.raises(ComptageError, match="controller 'c4': has no such phase group"):
        Talk(port, phases={"choisy": 200}, version="2c").run()


def place(port, word, **more):
    controller = {"name": "c4", "host": "127.0.0.1", "port": port, "community": word, "phases": {"choisy": 4}, **more}
    return Site.model_validate({"site": {"name": "italie"}, "camera": [CAMERA], "controller": [controller]})


def test_a_controller_that_is_lost_and_comes_back_is_spoken_to_again(port, tmp_path, monkeypatch):
    monkeypatch.setattr("vision.controllers.TURN_S", 0.1)
    (tmp_path / "word").write_text("words\n")
    site = place(port, tmp_path / "word")
    desk = CrossingDesk(site, Hub())
    controllers = Controllers(site, desk)
    controllers.start()
    try:
        for _ in range(2):
            with Agent(port, EMPTY | {f"{WALKS}.1": 0b1000}) as agent:
                phase = wait_for(lambda: desk.now("choisy").phase)
                assert phase.signal == "walk"
                hear(desk, a=4)
                wait_for(lambda agent=agent: agent.get(f"{PED_CALL}.1") == 0b1000)
            wait_for(lambda: desk.now("choisy").phase is None)
    finally:
        controllers.stop()


def test_calls_are_taken_back_when_the_service_ends(agent, port, tmp_path):
    (tmp_path / "word").write_text("words")
    site = place(port, tmp_path / "word")
    desk = CrossingDesk(site, Hub())
    controllers = Controllers(site, desk)
    hear(desk, a=4)
    controllers.start()
    wait_for(lambda: agent.get(f"{PED_CALL}.1") == 0b1000)
    controllers.stop()
    assert agent.get(f"{PED_CALL}.1") == 0


@pytest.mark.parametrize("text", [None, "", "two words", b"\xff\xfe"])
def test_a_file_without_a_word_is_refused(tmp_path, text):
    path = tmp_path / "word"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    site = place(161, path)
    with pytest.raises(UsageError, match=r"controller 'c4': community: .*wanted a file with one word"):
        Controllers(site, CrossingDesk(site, Hub()))


def test_a_crossing_that_is_not_there_has_no_controller():
    with pytest.raises(ValueError, match="crossing 'ivry' is unknown, wanted one of: choisy"):
        place(161, "w", phases={"ivry": 4})
