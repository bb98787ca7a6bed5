"""What the controller of a crossing is advised, once a second.

The controller keeps the safety times, and falls back to its own plan where there is no data or advice has expired.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vision.crossings.green import DIGITS, Plan, Reason, bounded, plan, total
from vision.crossings.seen import Phase, Seen
from vision.crossings.settings import Crossing

Demand = Literal["call", "none", "cancel", "no data"]


class Advice(BaseModel):
    """What is advised for one crossing, for a few seconds.

    Attributes:
        crossing: its name.
        sequence: grows by one with every advice of an adviser.
        utc: unix seconds of what it rests on; without data, those at which it was made.
        validity_s: for how many seconds from then on it holds, however late it is made or comes.
        coverage: share of the last seconds that the camera really saw; 0 without data.
        demand: "call" while people wait; "cancel" for as long as an advice holds after those who called have left
            though they got no green; "no data" where the camera does not see well enough, and all that follows is None.
        stages: in how many goes to cross.
        green_s: seconds of green, the next one's or, while there is one, its length from beginning to end.
        clearance_s: seconds after the green, as the settings say.
        extension_s: seconds to add to a clearance that is under way, for people who are still on the crossing.
        reasons: why the green is so long: they add up to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    crossing: str
    sequence: Annotated[int, Field(ge=1)]
    utc: float
    validity_s: float
    coverage: Annotated[float, Field(ge=0, le=1)]
    demand: Demand
    stages: Literal[1, 2] | None = None
    green_s: float | None = None
    clearance_s: float | None = None
    extension_s: float | None = None
    reasons: tuple[Reason, ...] = ()

    def holds(self, utc: float) -> bool:
        """Say whether this is still, or already, to be followed at `utc`, unix seconds."""
        return 0 <= utc - self.utc <= self.validity_s


class Adviser:
    """Advises the controller of one crossing; the same things seen at the same times give the same advice.

    Args:
        crossing: settings.
    """

    def __init__(self, crossing: Crossing) -> None:
        self._crossing = crossing
        self._sequence = 0
        self._waited_at: float | None = None
        """When somebody was last seen waiting whose call has neither been served nor cancelled."""
        self._cancelled_at: float | None = None
        self._planned: Plan | None = None
        self._green_since: float | None = None
        """When the green began for which the plan is; None while there is none."""

    def advise(self, seen: Seen | None, phase: Phase | None, now: float) -> Advice:
        """Return what is advised now.

        Args:
            seen: what was last seen; None where nothing is.
            phase: what the controller shows; None where it does not say.
            now: unix seconds.
        """
        self._sequence += 1
        crossing = self._crossing
        age = None if seen is None else now - seen.utc
        coverage = seen.coverage if seen and age is not None and abs(age) <= crossing.validity else 0.0
        if seen is None or coverage == 0 or coverage < crossing.coverage_min:
            self._waited_at = self._cancelled_at = None
            return self._advice(now, coverage, "no data")
        planned = self._plan(seen, phase)
        reasons = bounded(crossing, self._with_the_slowest(planned, seen, phase, now))
        return self._advice(
            now,
            coverage,
            self._demand(seen, phase, now),
            utc=seen.utc,
            stages=1 if planned.stages == 1 else 2,
            green_s=round(total(reasons), 3),
            clearance_s=crossing.clearance_s,
            extension_s=self._extension(seen, phase, now),
            reasons=reasons,
        )

    def _advice(self, now: float, coverage: float, demand: Demand, **about: object) -> Advice:
        return Advice.model_validate(
            {
                "crossing": self._crossing.name,
                "sequence": self._sequence,
                "utc": now,
                "validity_s": self._crossing.validity,
                "coverage": coverage,
                "demand": demand,
                **about,
            }
        )

    def _demand(self, seen: Seen, phase: Phase | None, now: float) -> Demand:
        crossing = self._crossing
        if seen.waiting and seen.longest_s >= crossing.call_after:
            self._waited_at, self._cancelled_at = now, None
            return "call"
        if phase is not None and phase.signal == "walk":  # those who called have got their green
            self._waited_at = self._cancelled_at = None
        if self._waited_at is not None:
            if now - self._waited_at < crossing.cancel_after:
                return "call"
            self._waited_at, self._cancelled_at = None, now
        if self._cancelled_at is not None and now - self._cancelled_at < crossing.validity:
            return "cancel"
        self._cancelled_at = None
        return "none"

    def _plan(self, seen: Seen, phase: Phase | None) -> Plan:
        """Return the plan for those who wait; during a green also for those for whom it began: they have set off."""
        before, planned = self._planned, plan(self._crossing, seen)
        since = phase.since if phase is not None and phase.signal == "walk" else None
        if since is not None and before is not None and self._green_since in {None, since}:
            planned = max(before, planned, key=lambda one: one.seconds)
        self._planned, self._green_since = planned, since
        return planned

    def _with_the_slowest(self, planned: Plan, seen: Seen, phase: Phase | None, now: float) -> tuple[Reason, ...]:
        """Add what the last of those on the crossing needs beyond the green that is planned and its clearance."""
        if not seen.on_crossing:
            return planned.reasons
        passed = max(now - phase.since, 0.0) if phase is not None and phase.signal == "walk" else 0.0
        lacking = passed + seen.slowest_s - self._crossing.clearance_s - max(planned.seconds, self._crossing.green_min)
        if lacking <= 0:
            return planned.reasons
        needed = passed + seen.slowest_s - self._crossing.clearance_s - planned.seconds
        return (*planned.reasons, Reason(term="slowest", seconds=round(needed, DIGITS)))

    def _extension(self, seen: Seen, phase: Phase | None, now: float) -> float:
        if phase is None or phase.signal != "clearance" or not seen.on_crossing:
            return 0.0
        left = self._crossing.clearance_s - max(now - phase.since, 0.0)
        return round(min(max(seen.slowest_s - left, 0.0), self._crossing.extension_max), 3)
