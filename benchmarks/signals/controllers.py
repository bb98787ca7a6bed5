"""Who decides when the lights change: a fixed plan, or a thin controller that follows Comptage's advice.

Webster's plan (Traffic Signal Settings, Road Research Technical Paper 39, 1958): a cycle of (1.5 L + 5) / (1 - Y), of
which the stages get green in proportion to their flows over saturation flows, y; then each stage as long as its people
need at least.
"""

from dataclasses import dataclass
from typing import Protocol

from benchmarks.signals.demand import Demand
from benchmarks.signals.junction import EPSILON_S, Junction, SafetyTimes, Stage, Wish
from benchmarks.signals.network import AVENUE_LANES
from vision.crossings.adviser import Advice

SATURATION = 1800.0
"""Vehicles an hour of green and lane."""
START_LOST_S = 2.0
"""Seconds of a green in which no vehicle starts yet; as many of the yellow are used (HCM 2000, chapter 16)."""
CYCLES_S = (40.0, 120.0)
"""The shortest and the longest cycle of a plan."""


@dataclass(frozen=True, slots=True)
class FixedPlan:
    """Seconds of green for the avenue, for the street, and for the people of the long crossing."""

    avenue_s: float
    street_s: float
    walk_s: float


def webster(demand: Demand, times: SafetyTimes, walk_s: float) -> FixedPlan:
    """Return the plan for a demand, with a green for people of `walk_s` in every cycle."""
    avenue, street = demand.avenue / (SATURATION * AVENUE_LANES), demand.street / SATURATION
    lost = 2 * (times.intergreen + START_LOST_S - 2.0)
    lowest, highest = CYCLES_S
    cycle = min(max((1.5 * lost + 5) / (1 - avenue - street), lowest), highest)
    share = (cycle - lost) / (avenue + street)
    street_s = max(share * street, times.street_min, walk_s + times.clearance_long - times.intergreen)
    avenue_s = max(share * avenue, times.avenue_min)
    return FixedPlan(round(avenue_s, 1), round(street_s, 1), walk_s)


class Controller(Protocol):
    """Says at each instant what it would like."""

    def wish(self, junction: Junction, advice: Advice | None, now: float) -> Wish:
        """Return what is wished at `now`, with the latest advice, if any holds."""
        ...


class FixedTimes:
    """Follows a plan.

    Args:
        plan: green times.
    """

    def __init__(self, plan: FixedPlan) -> None:
        self._plan = plan

    def wish(self, junction: Junction, advice: Advice | None, now: float) -> Wish:
        """Return what the plan says."""
        del advice
        return Wish(avenue_green(junction, now) >= self._plan.avenue_s, self._plan.walk_s, self._plan.street_s)


class Advised:
    """Follows advice while it holds, and its fixed plan where there is none.

    Args:
        plan: where there is no advice.
        traffic_s: seconds of the street's green that its traffic needs when nobody crosses.
        ready_s: seconds of the avenue's green after which a call is served: the free parameter.
    """

    def __init__(self, plan: FixedPlan, traffic_s: float, ready_s: float) -> None:
        self._fixed = FixedTimes(plan)
        self._longest_s = max(plan.avenue_s, ready_s)
        self._traffic_s = traffic_s
        self._ready_s = ready_s

    def wish(self, junction: Junction, advice: Advice | None, now: float) -> Wish:
        """Return what is advised: people are served when they call, sooner than the plan says, and for as long."""
        if advice is None or not advice.holds(now) or advice.demand == "no data":
            return self._fixed.wish(junction, advice, now)
        called = advice.demand == "call"
        green = avenue_green(junction, now)
        serves = called or junction.walk_since is not None
        return Wish(
            end_avenue=green >= (self._ready_s if called else self._longest_s),
            walk_s=(advice.green_s or 0.0) if serves else 0.0,
            street_s=self._traffic_s,
            extension_s=(advice.extension_s or 0.0) if junction.walk_ended is not None else 0.0,
        )


def avenue_green(junction: Junction, now: float) -> float:
    """Return how long the avenue will have been green if that is to end now; 0 in other stages."""
    if junction.stage is not Stage.AVENUE:
        return 0.0
    return now - junction.stage_since + junction.times.short_first + EPSILON_S
