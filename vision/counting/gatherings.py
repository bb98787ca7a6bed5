"""Gatherings: pedestrians who keep close together for a time.

People are linked where they stand or walk within a distance of each other on the ground; a group is whoever is linked,
over however many others. From look to look a group is the one with which it shares most of its people: when it falls
apart the largest part goes on and the others begin anew, when two meet the larger goes on. Only how many there are is
ever told.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, QhullError

from vision.behaviour import GatheringSettings

Floats = npt.NDArray[np.float64]

PATIENCE_S = 2.0
"""A group that is not seen for so long is over: someone who is hidden for a moment does not end it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A gathering that is over; times in seconds of the clock that never steps.

    Attributes:
        place: (2,) mean of where its people were when it was first told apart, in metres.
        people: most at once.
        density: people per square metre of the ground that they took up, at its highest.
    """

    start: float
    end: float
    place: Floats
    people: int
    person_seconds: float
    density: float


@dataclass(slots=True, eq=False)
class _Group:
    members: frozenset[int]
    start: float
    seen_at: float
    place: Floats
    people: int = 0
    person_seconds: float = 0.0
    density: float = 0.0

    def gathered(self) -> Gathered:
        return Gathered(self.start, self.seen_at, self.place, self.people, self.person_seconds, self.density)


class GatheringFinder:
    """The gatherings in one camera's view.

    Args:
        settings: distance, people and seconds that make a gathering.
    """

    def __init__(self, settings: GatheringSettings) -> None:
        self._settings = settings
        self._groups: list[_Group] = []

    def observe(self, tracks: list[int], places: Floats, time: float) -> list[Gathered]:
        """Take the pedestrians of one look; return the gatherings that are over.

        Args:
            tracks: ids of the N pedestrians.
            places: (N, 2) where they are, in metres.
            time: of the look, in seconds.
        """
        before, self._groups = self._groups, []
        for people in self._linked(places):
            members = frozenset(tracks[n] for n in people)
            group = _most_alike(members, before)
            if group is None:
                group = _Group(members, time, time, places[people].mean(axis=0))
            else:
                before.remove(group)
            self._take(group, members, places[people], time)
            self._groups.append(group)
        self._groups += [group for group in before if time - group.seen_at <= PATIENCE_S]
        return self._long_enough([group for group in before if time - group.seen_at > PATIENCE_S])

    def finish(self) -> list[Gathered]:
        """End all that is; return the gatherings among it."""
        groups, self._groups = self._groups, []
        return self._long_enough(groups)

    def _linked(self, places: Floats) -> list[npt.NDArray[np.int64]]:
        """Return the groups that are large enough, each as indices, the largest first."""
        if len(places) < self._settings.people:
            return []
        near = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) <= self._settings.distance
        _, label = connected_components(near, directed=False)
        sizes = np.bincount(label)
        large = [n for n in np.argsort(-sizes, kind="stable") if sizes[n] >= self._settings.people]
        return [np.flatnonzero(label == n) for n in large]

    def _take(self, group: _Group, members: frozenset[int], places: Floats, time: float) -> None:
        group.person_seconds += len(members) * (time - group.seen_at)
        group.members, group.seen_at = members, time
        group.people = max(group.people, len(members))
        group.density = max(group.density, len(members) / _area(places, self._settings.distance / 2))

    def _long_enough(self, groups: list[_Group]) -> list[Gathered]:
        return [group.gathered() for group in groups if group.seen_at - group.start >= self._settings.seconds - 1e-6]


def _most_alike(members: frozenset[int], groups: list[_Group]) -> _Group | None:
    """Return the most alike group (Jaccard) of those that share at least half of the smaller; the older of two."""
    related = [group for group in groups if 2 * len(members & group.members) >= min(len(members), len(group.members))]
    likeness = {
        id(group): (len(members & group.members) / len(members | group.members), -group.start) for group in related
    }
    return max(related, key=lambda group: likeness[id(group)], default=None)


def _area(places: Floats, around: float) -> float:
    """Return the square metres that people take up: their convex hull and so many metres around it.

    By Steiner's formula, the area of a convex set K grown by r is |K| + r |dK| + pi r².
    """
    try:
        hull = ConvexHull(places)
        area, outline = hull.volume, hull.area  # in the plane SciPy calls the area volume, and the outline area
    except QhullError:  # all on one line: a hull without area, whose outline goes there and back
        area, outline = 0.0, 2 * np.hypot(*np.ptp(places, axis=0))
    return float(area + around * outline + np.pi * around**2)
