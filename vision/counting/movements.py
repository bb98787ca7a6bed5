"""Movements: from which gate to which one, and how long it took.

A gate is a line or a zone. A line is visited at the instant of a passage, a zone from when a track is first in it
until it was last in it. The movement goes from the first visit to the last; its time is that between leaving the first
gate and reaching the last. Who turns back over the same line has moved from it to it; who only stays in one zone, or
leaves and enters it without having been at another gate, has not moved.
"""

from dataclasses import dataclass, field

PASSING_S = 0.5
"""A zone in which a track has been for less than this is grazed and not visited, unless it begins or ends there."""


@dataclass(slots=True)
class _Visit:
    gate: str
    reached: float
    left: float


@dataclass(slots=True)
class _Walk:
    """What is known of one track: its first and last visit, and the zones in which it is now."""

    ends: list[_Visit] = field(default_factory=list)
    inside: dict[str, _Visit] = field(default_factory=dict)
    seen_at: float | None = None

    def note(self, visit: _Visit) -> None:
        self.ends[1:] = [visit]  # the first stays, the last is replaced

    def has_noted(self, visit: _Visit) -> bool:
        return any(visit is noted for noted in self.ends)


@dataclass(frozen=True, slots=True)
class Journey:
    """From one gate to another, in seconds; `seen_at` is when the track was last observed."""

    origin: str
    destination: str
    seconds: float
    seen_at: float


class MovementFinder:
    """The visits of one camera's tracks."""

    def __init__(self) -> None:
        self._walks: dict[int, _Walk] = {}

    def passed(self, track: int, line: str, time: float) -> None:
        """Note that a track went across a line that is a gate, at a time in seconds."""
        self._walks.setdefault(track, _Walk()).note(_Visit(line, time, time))

    def observe(self, track: int, zones: list[str], time: float) -> None:
        """Note in which of the zones that are gates a track was observed, at a time in seconds."""
        walk = self._walks.setdefault(track, _Walk())
        walk.inside = {name: walk.inside.get(name) or self._entered(walk, name, time) for name in zones}
        for visit in walk.inside.values():
            visit.left = time
            if not walk.has_noted(visit) and (walk.seen_at is None or time - visit.reached >= PASSING_S - 1e-6):
                walk.note(visit)
        walk.seen_at = time

    def end(self, track: int) -> Journey | None:
        """Forget a track; return its movement if it has been at two gates."""
        walk = self._walks.pop(track, None)
        if walk is None:
            return None
        for visit in walk.inside.values():
            if not walk.has_noted(visit):
                walk.note(visit)
        if len(walk.ends) < 2:
            return None
        first, last = walk.ends
        seen_at = last.left if walk.seen_at is None else walk.seen_at
        return Journey(first.gate, last.gate, max(0.0, last.reached - first.left), seen_at)

    @staticmethod
    def _entered(walk: _Walk, zone: str, time: float) -> _Visit:
        """Return the visit that goes on where a zone is entered again from nowhere else, else a new one."""
        if walk.ends and walk.ends[-1].gate == zone:
            return walk.ends[-1]
        return _Visit(zone, time, time)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._walks)
