"""Passages of tracks across a counting line.

Standing at `a` and looking towards `b`, a passage from left to right is forward:

        left      b
                  |  ┄┄ band
     forward ─────┼────►
                  |  ┄┄ band
        a         |     right

A track has a side of the line once its foot is further from it than the band. When it comes to have the other side,
the place where it last crossed the line between the two decides: on the segment from `a` to `b` it is one passage,
beyond its ends it is none. So standing on the line, stop-and-go and jitter within the band count nothing, a way round
the end of the line counts nothing, and a line that is split in two counts what the whole one did. Crossings are
found by intersecting the line with the straight way between two observed feet, however far apart they are.
"""

import math
from dataclasses import dataclass

from vision.crop import WHOLE, Crop, Size
from vision.events import Direction

XY = tuple[float, float]

BAND_OF_HEIGHT = 0.05
"""Half-width of the band, in heights of the object's box: the usual jitter of a box side, some 9 cm for a walker. On
the ground-truth tracks of PETS2009 S2.L1 it loses nobody; from 0.075 on a person who steps across and back is lost."""

BAND_OF_JITTER = 4.0
"""Half-width of the band, at least, in standard deviations of the foot: jitter by itself goes beyond once in 16,000
looks. True boxes of PETS2009 S2.L1 hardly jitter: their counts stay as they are at 10, 5 and 2.5 looks a second."""
MOST_OF_HEIGHT = 0.5
"""Half-width of the band, at most, in heights of the box: a track that jumps about must not swallow a whole way."""

OUTSIDE_PX = 1.0
"""How far a line that is drawn up to the edge of the view goes on beyond it: any length above rounding."""


def ends(a: XY, b: XY, size: Size, crop: Crop = WHOLE) -> tuple[XY, XY]:
    """Return the ends of a line in pixels; one that lies on the edge of the view is moved out of it.

    A box ends where the view ends, so the foot of whoever walks half out of the view lies on the very edge. Were it
    also the very end of the line, rounding would decide whether that foot passes the line or its end.

    Args:
        a: start, in fractions of the view.
        b: end, likewise; another point.
        size: (width, height) of the view in pixels.
        crop: the part of it that is looked at.
    """
    start, stop = ((x * size[0], y * size[1]) for x, y in (a, b))
    return (
        _moved_out(start, stop) if crop.ends_at(a) else start,
        _moved_out(stop, start) if crop.ends_at(b) else stop,
    )


def _moved_out(end: XY, other: XY) -> XY:
    share = OUTSIDE_PX / math.dist(end, other)
    return end[0] + share * (end[0] - other[0]), end[1] + share * (end[1] - other[1])


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where and when a foot went across the infinite line through a and b."""

    time: float
    along: float
    """0 at a, 1 at b; below 0 and from 1 on it lies beyond the ends."""


@dataclass(slots=True)
class _Walk:
    """What a line remembers of one track."""

    foot: XY
    time: float
    side: int
    """+1 right, -1 left: the side held when last beyond the band, or when first seen off the line; 0 until then."""
    half: int
    """+1 right, -1 left: the half-plane of `foot`; a foot exactly on the line keeps the one before; 0 until then."""
    crossing: Crossing | None = None


class LineCounter:
    """Passages across one line.

    Args:
        name: of the line.
        a: start in pixels, x right, y down.
        b: end in pixels.

    Raises:
        ValueError: a and b are the same point.
    """

    def __init__(self, name: str, a: XY, b: XY) -> None:
        self.name = name
        self._a = a
        self._along = (b[0] - a[0], b[1] - a[1])
        self._square = self._along[0] ** 2 + self._along[1] ** 2
        if self._square == 0:
            raise ValueError(f"line {name!r} has no length: a and b are both {a}")
        self._walks: dict[int, _Walk] = {}

    def observe(
        self, track: int, foot: XY, height: float, time: float, jitter: float = 0.0
    ) -> tuple[Direction, float] | None:
        """Take the foot of a track where it was observed; return direction and time of a passage it completes.

        Args:
            track: id of the track.
            foot: x, y in pixels.
            height: of the track's box in pixels; the band is a share of it.
            time: of the observation, seconds on a clock that never goes back; that of a crossing is interpolated.
            jitter: standard deviation of the foot in pixels, as far as it is known; the band is no narrower than what
                it reaches by itself.
        """
        distance = self._right_of_line(foot)
        walk = self._walks.get(track)
        if walk is None:
            half = _sign(distance)
            self._walks[track] = _Walk(foot, time, half, half)
            return None
        self._step(walk, foot, distance, time)
        if abs(distance) <= max(BAND_OF_HEIGHT * height, min(BAND_OF_JITTER * jitter, MOST_OF_HEIGHT * height)):
            return None
        crossing, came_from = walk.crossing, walk.side
        walk.side, walk.crossing = walk.half, None
        if walk.side == came_from or crossing is None or not 0 <= crossing.along < 1:
            return None
        return ("forward" if walk.side > 0 else "backward"), crossing.time

    def forget(self, track: int) -> None:
        """Drop what is remembered of a track that has ended."""
        self._walks.pop(track, None)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._walks)

    def _right_of_line(self, point: XY) -> float:
        """Signed distance in pixels, positive to the right of a→b as seen on the screen (y down)."""
        dx, dy = point[0] - self._a[0], point[1] - self._a[1]
        return (self._along[0] * dy - self._along[1] * dx) / math.sqrt(self._square)

    def _step(self, walk: _Walk, foot: XY, distance: float, time: float) -> None:
        """Move a walk to the next observed foot, noting a crossing of the infinite line on the way."""
        half = _sign(distance) or walk.half
        walk.side = walk.side or half
        if half != walk.half != 0:
            before = self._right_of_line(walk.foot)
            share = before / (before - distance)
            x = walk.foot[0] + share * (foot[0] - walk.foot[0]) - self._a[0]
            y = walk.foot[1] + share * (foot[1] - walk.foot[1]) - self._a[1]
            along = (x * self._along[0] + y * self._along[1]) / self._square
            walk.crossing = Crossing(walk.time + share * (time - walk.time), along)
        walk.foot, walk.time, walk.half = foot, time, half


def _sign(distance: float) -> int:
    return (distance > 0) - (distance < 0)
