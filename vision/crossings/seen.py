"""What the camera's side knows of a crossing at one instant, and what the controller says of its signal.

Numbers only: nobody has a name, and of those on the crossing only the slowest is spoken of.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Signal = Literal["walk", "clearance", "dont-walk"]
"""The green, the time after it in which one may finish, and the rest of the cycle."""

People = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(ge=0)]


class _Numbers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Waiting(_Numbers):
    """Who waits in one place.

    Attributes:
        people: how many.
        longest_s: for how many seconds the first of them has waited.
    """

    people: People = 0
    longest_s: Seconds = 0.0


NOBODY = Waiting()


class Seen(_Numbers):
    """The people of one crossing at one instant.

    Attributes:
        utc: unix seconds.
        coverage: share of the last seconds that was really seen.
        kerb_a, kerb_b, island: who waits there.
        on_crossing: how many are on the carriageway.
        slowest_s: seconds until the last of them will have reached a kerb or the island, each at their own speed.
        arrivals_a, arrivals_b: people a minute who have come to cross, from either kerb.
        set_off: how many have stepped on to the carriageway since the last time that something was said.
        stopped: share of those who came across lately who had to stop on the island; None where nobody has come.
    """

    utc: float
    coverage: Annotated[float, Field(ge=0, le=1)]
    kerb_a: Waiting = NOBODY
    kerb_b: Waiting = NOBODY
    island: Waiting = NOBODY
    on_crossing: People = 0
    slowest_s: Seconds = 0.0
    arrivals_a: Rate = 0.0
    arrivals_b: Rate = 0.0
    set_off: People = 0
    stopped: Annotated[float, Field(ge=0, le=1)] | None = None

    @property
    def waiting(self) -> int:
        """How many wait in all places together."""
        return self.kerb_a.people + self.kerb_b.people + self.island.people

    @property
    def longest_s(self) -> float:
        """For how many seconds the first of all has waited."""
        return max(self.kerb_a.longest_s, self.kerb_b.longest_s, self.island.longest_s)


class Phase(_Numbers):
    """What the controller shows to pedestrians.

    Attributes:
        signal: which.
        since: unix seconds at which it began.
    """

    signal: Signal
    since: float
