"""Who decides when the lights change: a fixed plan, or a thin controller that follows Comptage's advice.

Webster's plan (Traffic Signal Settings, Road Research Technical Paper 39, 1958): a cycle of (1.5 L + 5) / (1 - Y), of
which the stages get green in proportion to their flows over saturation flows, y; then the street's stage as long as the
people over the avenue need at least. As many seconds of a yellow are driven through as are lost at a start (HCM 2000,
chapter 16), so what is lost is the time between the greens.
"""

from typing import NamedTuple, Protocol

from benchmarks.signals.demand import Demand
from benchmarks.signals.junction import EPSILON_S, Junction, SafetyTimes, Stage, Wish
from benchmarks.signals.network import AVENUE_LANES
from vision.crossings.adviser import Advice

SATURATION = 1800.0
"""Vehicles an hour of green and lane."""
COMMON_CYCLE_S = 80.0
"""The avenue's signals are coordinated, so they share a cycle that is longer than the one best for this junction."""
CYCLES_S = (40.0, 120.0)
"""The shortest and the longest cycle of a plan."""


class FixedPlan(NamedTuple):
    """Seconds of green for the avenue, for the street, and for the people of the long crossing."""

    avenue_s: float
    street_s: float
    walk_s: float


def webster(demand: Demand, times: SafetyTimes, cycle_s: float | None = None) -> FixedPlan:
    """Return the plan for a demand; people have green for as long as the street has, but for their clearance.

    Args:
        demand: its vehicles.
        times: are kept.
        cycle_s: of the neighbours, if the junction is coordinated with them; Webster's own by default.
    """
    avenue, street = demand.avenue / (SATURATION * AVENUE_LANES), demand.street / SATURATION
    lost = 2 * times.intergreen
    lowest, highest = CYCLES_S
    cycle = cycle_s or min(max((1.5 * lost + 5) / (1 - avenue - street), lowest), highest)
    after_walk = times.clearance_long - times.intergreen
    street_s = max(street / (avenue + street) * (cycle - lost), times.street_min, times.walk_min + after_walk)
    street_s = round(street_s)
    return FixedPlan(round(cycle - lost) - street_s, street_s, street_s - after_walk)


def traffic_need(demand: Demand, times: SafetyTimes) -> float:
    """Return the street's green, seconds, that its traffic needs: Webster's, without the people's minimum."""
    avenue, street = demand.avenue / (SATURATION * AVENUE_LANES), demand.street / SATURATION
    green = sum(webster(demand, times)[:2])
    return max(round(green * street / (avenue + street)), times.street_min)


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
    """Follows advice while it holds, and a fixed plan where there is none.

    People get the green that is advised, or what the street's traffic leaves them anyway. Then the avenue gets its
    share back: until a call is served, its green lasts so many times as long as the red before it. So whoever takes
    longer, or is seen wrongly, costs other people time and hardly the traffic.

    Args:
        plan: where there is no advice; without a call the avenue's green is as long as there at least.
        traffic_s: seconds of the street's green that its traffic needs when nobody crosses.
        green_per_red: that share: the free parameter.
    """

    def __init__(self, plan: FixedPlan, traffic_s: float, green_per_red: float) -> None:
        self._plan = plan
        self._fixed = FixedTimes(plan)
        self._traffic_s = traffic_s
        self._green_per_red = green_per_red

    def wish(self, junction: Junction, advice: Advice | None, now: float) -> Wish:
        """Return what is advised: people are served when they call, sooner than the plan says, and for as long."""
        if advice is None or not advice.holds(now) or advice.demand == "no data":
            return self._fixed.wish(junction, advice, now)
        called = advice.demand == "call"
        serves = called or junction.walk_since is not None
        spare_s = self._traffic_s - junction.times.clearance_long + junction.times.intergreen
        due_s = self._green_per_red * junction.avenue_red_s
        return Wish(
            end_avenue=avenue_green(junction, now) >= (due_s if called else max(due_s, self._plan.avenue_s)),
            walk_s=max(advice.green_s or 0.0, spare_s) if serves else 0.0,
            street_s=self._traffic_s,
            extension_s=(advice.extension_s or 0.0) if junction.walk_ended is not None else 0.0,
        )


def avenue_green(junction: Junction, now: float) -> float:
    """Return how long the avenue will have been green if that is to end now; 0 in other stages."""
    if junction.stage is not Stage.AVENUE:
        return 0.0
    return now - junction.stage_since + junction.times.short_first + EPSILON_S
