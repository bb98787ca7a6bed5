"""The machine that changes the lights, and keeps all safety times whatever it is asked.

Two stages come in turn: the avenue's, in which people may cross the street (P3, P4), and the street's, in which people
may cross the avenue (P1, P2) if that is wished. Between two stages traffic sees yellow, then all see red. A green for
people ends so early that whoever has just stepped off the kerb is across before traffic that cuts their way starts.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from benchmarks.signals.network import STAGE_M, STREET_M

CLEARANCE_SPEED = 1.0
"""m/s, as in the product's settings of a crossing."""
EPSILON_S = 1e-6
"""So that times which are sums of steps are not one step late."""


@dataclass(frozen=True, slots=True)
class SafetyTimes:
    """Seconds that are kept whatever is wished.

    Attributes:
        yellow: 3 s in French towns (Instruction interministérielle sur la signalisation routière, part 6).
        all_red: after the yellow.
        avenue_min, street_min: of green for traffic.
        walk_min, walk_max: of green for people.
        extension_max: by which a clearance may be lengthened.
        late_walk: after the street's green began, until which a walk may still begin.
        clearance_long, clearance_short: from the end of a green for people to the traffic that cuts their way.
    """

    yellow: float = 3.0
    all_red: float = 2.0
    avenue_min: float = 12.0
    street_min: float = 6.0
    walk_min: float = 6.0
    walk_max: float = 40.0
    extension_max: float = 8.0
    late_walk: float = 10.0
    clearance_long: float = STAGE_M / CLEARANCE_SPEED
    clearance_short: float = STREET_M / CLEARANCE_SPEED

    @property
    def intergreen(self) -> float:
        """From the end of one traffic's green to the beginning of the other's."""
        return self.yellow + self.all_red

    @property
    def short_first(self) -> float:
        """By how much P3 and P4 become red before the avenue sees yellow."""
        return max(self.clearance_short - self.intergreen, 0.0)


class Wish(NamedTuple):
    """What a controller would like now.

    Attributes:
        end_avenue: that the avenue's green ends.
        walk_s: seconds of green for P1 and P2 in the street's stage, from beginning to end; 0 for none.
        street_s: seconds of green for the street's traffic, at least.
        extension_s: seconds by which a clearance of P1 and P2 that is under way is to last longer; what is wished last
            counts.
    """

    end_avenue: bool
    walk_s: float
    street_s: float
    extension_s: float = 0.0


class Stage(Enum):
    """Where the cycle is."""

    AVENUE = auto()
    AVENUE_CLEARS = auto()
    """P3 and P4 are red already, the avenue is still green."""
    AVENUE_YELLOW = auto()
    TO_STREET = auto()
    STREET = auto()
    STREET_YELLOW = auto()
    TO_AVENUE = auto()


@dataclass(frozen=True, slots=True)
class Lights:
    """What is shown: `G`, `y` or `r` to traffic; whether people may step off the kerb."""

    avenue: str
    street: str
    long: bool
    short: bool

    def state(self, links: tuple[str, ...], yields: tuple[bool, ...]) -> str:
        """Return SUMO's word for it, a letter for each link; who gives way on green has a small g."""
        shown = {
            "avenue": self.avenue,
            "street": self.street,
            "long": "G" if self.long else "r",
            "short": "G" if self.short else "r",
        }
        letters = (shown[group] for group in links)
        return "".join("g" if gives_way and one == "G" else one for one, gives_way in zip(letters, yields, strict=True))


class Junction:
    """The lights of the junction, moved on step by step.

    Args:
        times: are kept.
    """

    def __init__(self, times: SafetyTimes) -> None:
        self.times = times
        self.stage = Stage.AVENUE
        self.stage_since = 0.0
        self.walk_since: float | None = None
        """When P1 and P2 became green in this street's stage."""
        self.walk_ended: float | None = None
        """When they became red again."""
        self.avenue_red_s = 0.0
        """For how long the avenue was last not green."""
        self._avenue_ended = 0.0
        self._cleared_at = 0.0
        """When those who set off with the last of that green are across, the extensions included."""

    @property
    def walks(self) -> bool:
        """Whether P1 and P2 are green."""
        return self.walk_since is not None and self.walk_ended is None

    def clears(self, now: float) -> bool:
        """Say whether P1 and P2 are red and somebody may still be crossing from their green."""
        return self.walk_ended is not None and now < self._cleared_at - EPSILON_S

    def step(self, now: float, wish: Wish) -> Lights:
        """Move on to `now`, seconds that grow from call to call, and return what is shown from then on."""
        moved = True
        while moved:
            moved = self._moves(now, wish)
        self._serve(now, wish)
        return Lights(
            avenue=_of(self.stage, (Stage.AVENUE, Stage.AVENUE_CLEARS), Stage.AVENUE_YELLOW),
            street=_of(self.stage, (Stage.STREET,), Stage.STREET_YELLOW),
            long=self.walks,
            short=self.stage is Stage.AVENUE,
        )

    def _moves(self, now: float, wish: Wish) -> bool:
        times, passed = self.times, now - self.stage_since + EPSILON_S
        if self.stage is Stage.AVENUE:
            over = passed >= times.avenue_min and wish.end_avenue
        elif self.stage is Stage.AVENUE_CLEARS:
            over = passed >= times.short_first
        elif self.stage in {Stage.AVENUE_YELLOW, Stage.STREET_YELLOW}:
            over = passed >= times.yellow
        elif self.stage is Stage.TO_STREET:
            over = passed >= times.all_red
        elif self.stage is Stage.TO_AVENUE:
            over = passed >= times.all_red and not self.clears(now)
        else:
            return self._street_ends(now, wish)
        return self._next(now) if over else False

    def _street_ends(self, now: float, wish: Wish) -> bool:
        """End the street's stage when its traffic and its people have had their time."""
        if self.walk_since is None and wish.walk_s > 0 and self._has_time_for_a_walk(now):
            return False
        cleared = not self.walks and self._cleared_at - self.times.intergreen <= now + EPSILON_S
        long_enough = now - self.stage_since + EPSILON_S >= max(self.times.street_min, wish.street_s)
        return self._next(now) if cleared and long_enough else False

    def _serve(self, now: float, wish: Wish) -> None:
        """Begin or end the green of P1 and P2, or lengthen its clearance."""
        if self.walk_since is None:
            if self.stage is Stage.STREET and wish.walk_s > 0 and self._has_time_for_a_walk(now):
                self.walk_since = now
            return
        walked = now - self.walk_since + EPSILON_S
        if self.walk_ended is None:
            if walked >= min(max(wish.walk_s, self.times.walk_min), self.times.walk_max):
                self.walk_ended, self._cleared_at = now, now + self.times.clearance_long
        elif self.clears(now):
            extension = min(max(wish.extension_s, 0.0), self.times.extension_max)
            self._cleared_at = self.walk_ended + self.times.clearance_long + extension

    def _has_time_for_a_walk(self, now: float) -> bool:
        return now - self.stage_since <= self.times.late_walk

    def _next(self, now: float) -> bool:
        stages = list(Stage)
        self.stage = stages[(stages.index(self.stage) + 1) % len(stages)]
        self.stage_since = now
        if self.stage is Stage.AVENUE_YELLOW:
            self._avenue_ended = now
        elif self.stage is Stage.AVENUE:
            self.avenue_red_s = now - self._avenue_ended
        if self.stage is Stage.STREET:
            self.walk_since = self.walk_ended = None
            self._cleared_at = now
        return True


def _of(stage: Stage, green: tuple[Stage, ...], yellow: Stage) -> str:
    return "G" if stage in green else "y" if stage is yellow else "r"
