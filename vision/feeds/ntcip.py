"""Pedestrian calls for a signal controller that speaks NTCIP 1202, and the phases that it says it is in.

Of its objects three are read, phaseStatusGroupWalks, phaseStatusGroupPedClears and phaseControlGroupPedCall, and the
last is written. Each is a byte for a group of eight phases, bit 0 for the lowest.

How long a green lasts is not said here: the controller's own settings hold. A call is kept for as long as the advice
says so. Nothing is written while there is no data, after the calls were taken back once: then the controller's backup
timer (unitBackupTime) runs out, and it goes by its own plan.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pysnmp.hlapi.v1arch.asyncio import CommunityData, SnmpDispatcher, UdpTransportTarget, get_cmd, set_cmd
from pysnmp.proto.rfc1902 import Integer32, Null

from vision.crossings.adviser import Advice
from vision.crossings.controllers import Controller
from vision.crossings.seen import Phase, Signal
from vision.errors import ComptageError

PHASE = "1.3.6.1.4.1.1206.4.2.1.1"
"""asc.phase."""
PED_CLEARS, WALKS = f"{PHASE}.4.1.6", f"{PHASE}.4.1.7"
PED_CALL = f"{PHASE}.5.1.7"
IN_A_GROUP = 8
ANSWER_S = 1.0
"""For a controller to answer."""

Said = Callable[[str, Phase | None], object]
"""Takes the name of a crossing and what it shows; None where that is no longer known."""


class ControllerLink:
    """Speaks to one controller.

    Args:
        controller: settings.
        community: the word by which it knows who may write.
        advice_of: returns what is advised for a crossing.
        say_phase: takes what the controller says that it shows.
        utc: unix seconds.
    """

    def __init__(
        self,
        controller: Controller,
        community: str,
        advice_of: Callable[[str], Advice],
        say_phase: Said,
        utc: Callable[[], float] = time.time,
    ) -> None:
        self._controller = controller
        self._advice_of = advice_of
        self._say_phase = say_phase
        self._utc = utc
        self._community = CommunityData(community, mpModel=0 if controller.version == "1" else 1)
        self._dispatcher = SnmpDispatcher()
        self._shown: dict[str, Phase] = {}
        self._called: dict[int, int] = {}
        """The calls that were last written, by group."""

    async def turn(self) -> None:
        """Hear which phases there are, and place or take back calls.

        Raises:
            ComptageError: the controller does not answer, or refuses; its phases are then unknown.
        """
        groups = sorted({_place(number)[0] for number in self._controller.phases.values()})
        try:
            objects = [f"{column}.{group}" for group in groups for column in (WALKS, PED_CLEARS, PED_CALL)]
            found = dict(zip(objects, await self._ask(get_cmd, dict.fromkeys(objects, Null(""))), strict=True))
            self._hear(found)
            for group in groups:
                await self._call(group, found[f"{PED_CALL}.{group}"])
        except ComptageError:
            for crossing in self._shown:
                self._say_phase(crossing, None)
            self._shown = {}
            raise

    async def take_back(self) -> None:
        """Take all calls back, if the controller still answers; otherwise its backup timer does."""
        with contextlib.suppress(ComptageError):
            for group, called in self._called.items():
                (placed,) = await self._ask(get_cmd, {f"{PED_CALL}.{group}": Null("")})
                await self._ask(set_cmd, {f"{PED_CALL}.{group}": Integer32(placed & ~called)})

    async def close(self) -> None:
        """Hang up."""
        self._dispatcher.close()
        await asyncio.sleep(0)  # the socket is closed in the next turn of the loop

    def _hear(self, found: Mapping[str, int]) -> None:
        for crossing, number in self._controller.phases.items():
            group, bit = _place(number)
            signal: Signal = "dont-walk"
            if found[f"{WALKS}.{group}"] & bit:
                signal = "walk"
            elif found[f"{PED_CLEARS}.{group}"] & bit:
                signal = "clearance"
            before = self._shown.get(crossing)
            if before is None or before.signal != signal:
                self._shown[crossing] = Phase(signal=signal, since=self._utc())
            self._say_phase(crossing, self._shown[crossing])  # again, if it is the same: it still holds

    async def _call(self, group: int, placed: int) -> None:
        """Write the calls of a group; those that others have placed for its other phases stay."""
        ours = wanted = 0
        has_data = False
        for crossing, number in self._controller.phases.items():
            at, bit = _place(number)
            if at != group:
                continue
            ours |= bit
            advice = self._advice_of(crossing)
            if advice.demand != "no data" and advice.holds(self._utc()):
                has_data = True
                wanted |= bit if advice.demand == "call" else 0
        if has_data or self._called.get(group):
            await self._ask(set_cmd, {f"{PED_CALL}.{group}": Integer32(placed & ~ours | wanted)})
            self._called[group] = wanted

    async def _ask(self, command: Callable[..., Awaitable[Any]], objects: Mapping[str, object]) -> list[int]:
        """Send one request; return the values of its objects.

        Raises:
            ComptageError: there is no answer within `ANSWER_S`, or a refusal; one line names the controller.
        """
        name = self._controller.name
        try:
            target = await UdpTransportTarget.create(
                (self._controller.host, self._controller.port), timeout=ANSWER_S, retries=0
            )
            trouble, status, _, answer = await command(
                self._dispatcher, self._community, target, *objects.items(), lookupMib=False
            )
        except Exception as error:  # pysnmp's errors have no base of their own that would say less
            raise ComptageError(f"controller {name!r}: {error}") from error
        if trouble or status:
            raise ComptageError(f"controller {name!r}: {trouble or status.prettyPrint()}")
        try:
            return [int(value) for _, value in answer]
        except (TypeError, ValueError) as error:
            raise ComptageError(f"controller {name!r}: has no such phase group") from error


def _place(number: int) -> tuple[int, int]:
    """Return the group of a phase, from 1 on, and its bit there."""
    return (number - 1) // IN_A_GROUP + 1, 1 << (number - 1) % IN_A_GROUP
