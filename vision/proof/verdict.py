"""One promise and what became of it."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["kept", "broken", "untested"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise and what became of it.

    Attributes:
        promise: in a sentence.
        how: it was tested.
        outcome: kept, broken, or untested on this machine.
        found: sentences; where it is broken, each names what was found where.
    """

    promise: str
    how: str
    outcome: Outcome
    found: tuple[str, ...]


def judged(promise: str, how: str, faults: list[str], otherwise: list[str]) -> Verdict:
    """Return a verdict that is broken where there are faults, and else says what was found."""
    return Verdict(promise, how, "broken" if faults else "kept", tuple(faults or otherwise))
