"""How long the green of a crossing is to be, and why: sums of seconds from measures, speeds and people."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from vision.crossings.seen import Seen
from vision.crossings.settings import Crossing, Stage

DIGITS = 4
"""Of seconds, so that the sum of all terms is right to a thousandth."""

Term = Literal["start-up", "walk", "platoon", "clearance", "slowest", "minimum", "maximum"]


class Reason(BaseModel):
    """A term of the green, in seconds, which may be negative; all terms together are the green."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    term: Term
    seconds: float


class Plan(NamedTuple):
    """How a platoon is to cross.

    Attributes:
        stages: in how many goes.
        reasons: terms of the green; a minimum and a maximum are not among them yet.
    """

    stages: int
    reasons: tuple[Reason, ...]

    @property
    def seconds(self) -> float:
        """The green that is needed."""
        return total(self.reasons)


def total(reasons: Sequence[Reason]) -> float:
    """Return what reasons add up to, seconds."""
    return sum(reason.seconds for reason in reasons)


def plan(crossing: Crossing, seen: Seen) -> Plan:
    """Return how those who wait now are to cross.

    A crossing with an island is crossed in one go where enough people wait and the longest green there may be is long
    enough for the first of them. Of a platoon only those count who set off together at one kerb: those of the other
    come towards them. Whoever waits on the island may go either way, and counts with both.
    """
    kerb_a, kerb_b, there = (
        round(waiting.people / crossing.seen_share) for waiting in (seen.kerb_a, seen.kerb_b, seen.island)
    )
    platoons = kerb_a + there, kerb_b + there
    if len(crossing.stages) == 1:
        return Plan(1, _stage(crossing, crossing.stages[0], max(platoons)))
    halves = [_stage(crossing, stage, people) for stage, people in zip(crossing.stages, platoons, strict=True)]
    by_halves = Plan(2, max(halves, key=total))
    if not _goes_at_once(crossing, kerb_a + kerb_b):
        return by_halves
    at_once = Plan(1, _whole(crossing, max(platoons)))
    return max(at_once, by_halves._replace(stages=1), key=lambda one: one.seconds)


def bounded(crossing: Crossing, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return reasons with what takes them to the least or the most green that there may be, where they are beyond."""
    needed = total(reasons)
    if needed < crossing.green_min:
        return (*reasons, _reason("minimum", crossing.green_min - needed))
    if needed > crossing.green_max:
        return (*reasons, _reason("maximum", crossing.green_max - needed))
    return tuple(reasons)


def _reason(term: Term, seconds: float) -> Reason:
    return Reason(term=term, seconds=round(seconds, DIGITS))


def _goes_at_once(crossing: Crossing, people: int) -> bool:
    return people >= crossing.one_stage_people and total(_whole(crossing, 1)) <= crossing.green_max


def _whole(crossing: Crossing, people: int) -> tuple[Reason, ...]:
    """Return the green in which a platoon begins its last stage, from whichever side that is further."""
    length = sum(stage.length for stage in crossing.stages) + crossing.island_depth
    narrowest, shortest = (min(getattr(stage, key) for stage in crossing.stages) for key in ("width", "length"))
    at_most = min(crossing.clearance_s, shortest / crossing.walking_speed)
    return _reasons(crossing, length, narrowest, people, at_most)


def _stage(crossing: Crossing, stage: Stage, people: int) -> tuple[Reason, ...]:
    return _reasons(crossing, stage.length, stage.width, people, crossing.clearance_s)


def _reasons(crossing: Crossing, length: float, width: float, people: int, after: float) -> tuple[Reason, ...]:
    """Return the manual's time for a platoon, less the seconds of it that may come after the green."""
    is_narrow = width <= crossing.narrow
    apart = crossing.crowding_narrow if is_narrow else crossing.crowding / width
    return (
        _reason("start-up", crossing.start_up),
        _reason("walk", length / crossing.walking_speed),
        _reason("platoon", apart * people),
        _reason("clearance", -after),
    )
