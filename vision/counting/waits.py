"""Who waits in a crossing's zones of kind `waiting`: tracks in, places and times out.

A detector sees those who stand less well than those who walk, and loses most of them for a while where they stand
shoulder to shoulder. Nobody vanishes from a kerb, so whoever is lost while waiting waits on for a while, and whoever
is then found in the same place is they.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.counting.behaviour import STAND_REACH
from vision.counting.stops import StopFinder
from vision.counting.zones import inside
from vision.crossings.seen import Waiting
from vision.tracking.track import Track, TrackState

Floats = npt.NDArray[np.float64]

STOOD_S = 2.0
"""Whoever has stood for so long at a kerb or on the island waits there until they leave it. Of one second, walkers whom
the detector loses and finds again make some."""
EDGE_REACH = 0.15
"""In heights of the box: how far outside of a zone whoever stands there may be found. Who waits stands at the very edge
of the carriageway, feet are found too low by up to twice a detector's jitter of 0.08, and nobody stands in traffic."""
LOST_S = 10.0
"""Whoever is lost while waiting waits on for so long: less than the traffic's shortest green, so that those who went
unseen call for no second one."""


@dataclass(slots=True)
class Wait:
    """Somebody who waits, or did.

    Attributes:
        zone: where.
        since: seconds at which they began to stand.
        foot: where they were last seen, in pixels.
        has_arrived: whether their arrival was counted.
    """

    zone: str
    since: float
    foot: tuple[float, float]
    has_arrived: bool = False


class Waits:
    """Who waits in some zones.

    Args:
        polygons: (V, 2) of each zone, in pixels, in the order in which they are asked.
    """

    def __init__(self, polygons: Mapping[str, Floats]) -> None:
        self._polygons = polygons
        self._stops = StopFinder(STOOD_S)
        self._waits: dict[int, Wait] = {}
        self._lost: list[tuple[float, Wait]] = []
        """Those of whom no track is left, and the time at which the last ended."""
        self._time = 0.0

    def look(self, people: list[Track], time: float) -> None:
        """Take all people of one look; of those in doubt only they wait who are found in a lost one's place."""
        self._time = time
        self._lost = [(at, wait) for at, wait in self._lost if time - at <= LOST_S]
        reach = [STAND_REACH * (track.box[3] - track.box[1]) for track in people]
        for track, far in zip(people, reach, strict=True):
            self._stops.observe(track.id, track.foot, far, time)
        for track, far, zone in zip(people, reach, self._zones(people), strict=True):
            wait = self._waits.get(track.id)
            if wait is not None and wait.zone == zone:
                wait.foot = track.foot
                continue
            self._waits.pop(track.id, None)
            if zone is None:
                continue
            found = self._find(zone, track.foot, far)
            if found is not None:
                self._waits[track.id] = found
            elif self._stops.stands(track.id) and track.state is not TrackState.TENTATIVE:
                self._waits[track.id] = Wait(zone, time - STOOD_S, track.foot)

    def of(self, track: int) -> Wait | None:
        """Return what a track waits for; None if it does not wait."""
        return self._waits.get(track)

    def waiting(self, zone: str | None, time: float) -> Waiting:
        """Return who waits in a zone."""
        since = [wait.since for wait in (*self._waits.values(), *(lost for _, lost in self._lost)) if wait.zone == zone]
        return Waiting(people=len(since), longest_s=round(time - min(since), 1) if since else 0.0)

    def forget(self, track: int) -> None:
        """Take it that a track is no more."""
        self._stops.end(track)
        wait = self._waits.pop(track, None)
        if wait is not None:
            self._lost.append((self._time, wait))

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._stops)

    def _zones(self, people: list[Track]) -> list[str | None]:
        """Return for everybody the zone in which they are, or to which they stand near enough."""
        feet = np.array([track.foot for track in people], np.float64).reshape(-1, 2)
        reach = [
            EDGE_REACH * (track.box[3] - track.box[1]) if self._stops.stands(track.id) else 0.0 for track in people
        ]
        away = np.array(
            [np.where(inside(feet, polygon), -1.0, _distances(feet, polygon)) for polygon in self._polygons.values()]
        )
        names, nearest = list(self._polygons), away.argmin(axis=0)
        near = away.min(axis=0) < reach
        return [names[n] if is_near else None for n, is_near in zip(nearest.tolist(), near.tolist(), strict=True)]

    def _find(self, zone: str, foot: tuple[float, float], reach: float) -> Wait | None:
        """Take out and return who was lost nearest to a foot, if that is near enough."""
        away = {n: math.dist(wait.foot, foot) for n, (_, wait) in enumerate(self._lost) if wait.zone == zone}
        nearest = min(away, key=away.__getitem__, default=None)
        if nearest is None or away[nearest] > reach:
            return None
        _, found = self._lost.pop(nearest)
        found.foot = foot
        return found


def _distances(points: Floats, polygon: Floats) -> Floats:
    """Return (N,) how far points (N, 2) are from the outline of a polygon (V, 2)."""
    way = np.roll(polygon, -1, axis=0) - polygon
    off = points[:, None] - polygon
    along = (off * way).sum(axis=2) / np.maximum((way * way).sum(axis=1), 1e-12)
    away: Floats = np.hypot(*(off - along.clip(0, 1)[..., None] * way).transpose(2, 0, 1)).min(axis=1)
    return away
