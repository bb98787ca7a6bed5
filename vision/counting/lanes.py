"""Swimmers in the lanes of one basin, those under water included, and the lengths that they swim.

A track whose foot is in the water is a swimmer in sight. One that is lost from sight is held: under water, and still
counted where it was last seen, until it comes up again, is seen on the deck, or has been away for too long.

    on the deck ──► in sight ──► on the deck            a foot that has been there for SETTLE_S
                     │    ▲
               lost  ▼    │ a new track within reach, or the same one again
                    held ──► gone                       after UNDER_WATER_S, BESIDE_S, TURN_S

The number in a lane is that of its swimmers in sight and held: entries less exits, so it is never negative. Crossing a
lane rope moves a swimmer from one lane to the other. What is said is the median of the last seconds, since in
glittering water somebody is lost and found again from look to look, while people come and go by the minute.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vision.basins import Basin
from vision.counting.lengths import Laps
from vision.counting.seconds import Seconds
from vision.counting.steady import Steady
from vision.counting.water import DECK, Water
from vision.counting.zones import OccupiedSecond
from vision.tracking.settings import WALKERS
from vision.tracking.track import Track
from vision.view import Zone

UNDER_WATER_S = 20.0
"""The longest that somebody swims or plays under water, as the pool asks."""
TURN_S = 4.0
"""The same at an edge, where one may get out as well as turn: a turn and the push-off after it."""
BESIDE_S = 7.0
"""The same beside somebody in sight: of two tracks that meet, one ends more often because both were of one swimmer than
because the other dives. With `pool` on rendered pools of the training ranges, 4 and 7 s are as good, 20 s is worse;
few swim under water for longer."""
HELD_PER_SEEN = 2.0
"""Somebody is held at most this many times as long as they were seen, so that a glint is not a diver for 20 s."""
SETTLE_S = 1.0
"""A foot must have been over a rope or an edge for so long: a splash moves it for a stroke."""
STEADY_S = 10.0
"""Over which the median is said: it comes half of that late, where looks are evenly spaced. With `pool` on rendered
pools of the training ranges 5 s count a little worse and 20 s a little better, but come too late for who is about to
choose a lane. Who changes lane more often than every half of it is said in none."""
LONGEST_STEP_S = 1.0
"""Between two looks, that counts as seen."""


@dataclass(slots=True)
class _Swimmer:
    """Somebody in the water.

    Attributes:
        track: id of the track.
        lane: index.
        foot: where last seen, in pixels.
        side: of a square as large as its box then, in pixels.
        first_foot: where this track began.
        born_at: first look.
        seen_at: last look.
        seen_s: how long they have been in sight altogether.
        laps: how they go up and down.
        is_new: whether they may be somebody who was lost before.
        straying: lane, or the deck, over which the foot has been, and since when.
        is_doubtful: whether they were lost beside somebody who is in sight.
    """

    track: int
    lane: int
    foot: tuple[float, float]
    side: float
    first_foot: tuple[float, float]
    born_at: float
    seen_at: float
    seen_s: float = 0.0
    laps: Laps = field(default_factory=Laps)
    is_new: bool = True
    straying: tuple[int, float] | None = None
    is_doubtful: bool = False


class BasinCounter:
    """Swimmers in the lanes of one basin.

    Args:
        basin: settings.
        lanes: its lanes as zones.
        size: (width, height) of the view in pixels.

    Attributes:
        in_water: swimmers by lane at this look.
        now: what is said of it: swimmers by lane and, under its own name, in the whole basin.
        entered: swimmers who have come into sight in the water and were nobody who was held.
        left: swimmers who were seen on the deck, or given up.
    """

    def __init__(self, basin: Basin, lanes: tuple[Zone, ...], size: tuple[int, int]) -> None:
        self.name = basin.name
        self.in_water: Counter[str] = Counter()
        self.now: Counter[str] = Counter()
        self.entered = self.left = 0
        self._names = [lane.name for lane in lanes]
        self._water = Water(basin, lanes, size)
        self._swimmers: dict[int, _Swimmer] = {}
        self._held: list[_Swimmer] = []
        self._walkers: dict[int, float | None] = {}
        """Tracks that have been on the deck: since when they are over the water."""
        self._steady = Steady(self._names, STEADY_S)
        self._seconds: Seconds[str] = Seconds()
        self._looked_at: float | None = None

    def __len__(self) -> int:
        """Return how many swimmers and walkers are remembered."""
        return len(self._swimmers) + len(self._held) + len(self._walkers)

    def observe(self, present: Iterable[Track], captured_at: float, seen: tuple[float, float] | None) -> list[str]:
        """Take the tracks that are surely there at one look; return the lanes in which a length was completed.

        Args:
            present: tracks, observed or lost for a moment.
            captured_at: seconds on a clock that never goes back.
            seen: the time [start, end) in unix seconds for which this look speaks; None if for none.
        """
        there = {track.id: track for track in present if track.object_class in WALKERS}
        step = 0.0 if self._looked_at is None else min(captured_at - self._looked_at, LONGEST_STEP_S)
        self._looked_at = captured_at
        self._lose(there)
        observed = [track for track in there.values() if track.observed]
        for track, lane in zip(observed, self._water.lanes_of([track.foot for track in observed]), strict=True):
            self._place(track, lane, captured_at, step)
        lengths = self._lengths(captured_at)
        self._reunite()
        self._give_up(captured_at)
        self.in_water = Counter(self._names[swimmer.lane] for swimmer in self._all())
        self.now = self._steady.observe(self.in_water, captured_at)
        self.now[self.name] = self.now.total()
        self._seconds.observe(self.now, seen)
        return lengths

    def finished(self, before: float) -> Iterator[OccupiedSecond]:
        """Hand out, once, the seconds that ended by `before` (unix seconds)."""
        for start, name, object_seconds, maximum in self._seconds.finished(before):
            yield OccupiedSecond(name, "swimmer", start, object_seconds, int(maximum))
            if name in self._names:
                yield OccupiedSecond(name, "all", start, object_seconds, int(maximum))

    def forget(self) -> None:
        """Forget everybody: nothing has been seen for a while."""
        self.left += len(self._swimmers) + len(self._held)
        self._swimmers, self._held, self._walkers = {}, [], {}
        self.in_water, self.now = Counter(), Counter()
        self._steady.forget()
        self._looked_at = None

    def _all(self) -> Iterator[_Swimmer]:
        yield from self._swimmers.values()
        yield from self._held

    def _lose(self, there: dict[int, Track]) -> None:
        """Hold the swimmers that are out of sight; whose foot was already on the deck has got out."""
        for name in self._swimmers.keys() - there.keys():
            swimmer = self._swimmers.pop(name)
            if swimmer.straying and swimmer.straying[0] == DECK:
                self.left += 1
            else:
                swimmer.is_doubtful = any(
                    self._water.are_beside(swimmer.foot, there[other].foot) for other in self._swimmers.keys() & there
                )
                self._held.append(swimmer)
        self._walkers = {name: since for name, since in self._walkers.items() if name in there}

    def _place(self, track: Track, lane: int, now: float, step: float) -> None:
        swimmer = self._swimmers.get(track.id) or self._found_again(track.id)
        if swimmer is not None:
            self._move(swimmer, track, lane, now, step)
        elif lane == DECK:
            if track.id not in self._walkers:
                self._climbed_out(track, now)
            self._walkers[track.id] = None
        elif track.id in self._walkers:
            since = self._walkers[track.id]
            if since is not None and now - since >= SETTLE_S:
                del self._walkers[track.id]
                self._enter(track, lane, now)
            else:
                self._walkers[track.id] = now if since is None else since
        else:
            self._enter(track, lane, now)

    def _found_again(self, name: int) -> _Swimmer | None:
        """Return a swimmer who was held and whose own track goes on."""
        for place, swimmer in enumerate(self._held):
            if swimmer.track == name:
                self._swimmers[name] = self._held.pop(place)
                return swimmer
        return None

    def _enter(self, track: Track, lane: int, now: float) -> None:
        self.entered += 1
        self._swimmers[track.id] = _Swimmer(track.id, lane, track.foot, _size(track), track.foot, now, now)

    def _move(self, swimmer: _Swimmer, track: Track, lane: int, now: float, step: float) -> None:
        swimmer.foot, swimmer.side, swimmer.seen_at = track.foot, _size(track), now
        swimmer.seen_s += step
        if lane == swimmer.lane:
            swimmer.straying = None
        elif swimmer.straying is None or swimmer.straying[0] != lane:
            swimmer.straying = lane, now
        elif now - swimmer.straying[1] >= SETTLE_S:
            swimmer.straying = None
            if lane == DECK:
                del self._swimmers[track.id]
                self._walkers[track.id] = None
                self.left += 1
            else:
                swimmer.lane = lane

    def _reunite(self) -> None:
        """Let new swimmers be those that were lost before they came, whoever is where they are expected first."""
        new = [swimmer for swimmer in self._swimmers.values() if swimmer.is_new]
        pairs = [
            (_surprise(lost, swimmer), index, swimmer.track)
            for index, lost in enumerate(self._held)
            for swimmer in new
            if swimmer.born_at > lost.seen_at
            and self._water.apart(lost.foot, swimmer.first_foot, swimmer.born_at - lost.seen_at) <= 1
        ]
        found: set[int] = set()
        for _, index, name in sorted(pairs):
            if index not in found and self._swimmers[name].is_new:
                found.add(index)
                self._become(self._swimmers[name], self._held[index])
        self._held = [lost for index, lost in enumerate(self._held) if index not in found]

    def _become(self, swimmer: _Swimmer, lost: _Swimmer) -> None:
        """Let a new swimmer be one that was lost."""
        if swimmer.lane != lost.lane:
            swimmer.straying = swimmer.lane, swimmer.born_at
        swimmer.lane, swimmer.is_new = lost.lane, False
        swimmer.laps.resume(lost.laps, swimmer.born_at - lost.seen_at)
        swimmer.seen_s += lost.seen_s
        self.entered -= 1

    def _climbed_out(self, track: Track, now: float) -> None:
        """Let somebody who is first seen on the deck be the nearest of those who were lost at its edge."""
        near = [
            (apart, index)
            for index, lost in enumerate(self._held)
            if self._water.is_at_edge(lost.foot, lost.side)
            and (apart := self._water.apart(lost.foot, track.foot, now - lost.seen_at)) <= 1
        ]
        if near:
            del self._held[min(near)[1]]
            self.left += 1

    def _give_up(self, now: float) -> None:
        kept = [lost for lost in self._held if now - lost.seen_at <= self._patience(lost)]
        self.left += len(self._held) - len(kept)
        self._held = kept

    def _patience(self, lost: _Swimmer) -> float:
        longest = BESIDE_S if lost.is_doubtful else UNDER_WATER_S
        if self._water.is_at_edge(lost.foot, lost.side):
            longest = TURN_S
        return min(longest, HELD_PER_SEEN * lost.seen_s)

    def _lengths(self, now: float) -> list[str]:
        """Return the lanes of swimmers who have just come to the other end."""
        seen = [swimmer for swimmer in self._swimmers.values() if swimmer.seen_at == now]
        along = self._water.along([swimmer.foot for swimmer in seen])
        return [
            self._names[swimmer.lane] for swimmer, share in zip(seen, along, strict=True) if swimmer.laps.observe(share)
        ]


def _surprise(lost: _Swimmer, found: _Swimmer) -> float:
    """Return how far along the basin somebody was found from where who was lost is expected."""
    apart = abs(lost.laps.expected(found.born_at - lost.seen_at) - found.laps.last)
    return 0.0 if math.isnan(apart) else apart


def _size(track: Track) -> float:
    """Return the side, in pixels, of a square as large as a track's box."""
    left, top, right, bottom = track.box
    return math.sqrt(max(right - left, 0) * max(bottom - top, 0))
