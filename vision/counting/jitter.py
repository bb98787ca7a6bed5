"""How much the boxes of a track jitter."""

from collections import deque
from dataclasses import dataclass, field

XY = tuple[float, float]

WINDOW_S = 2.0
"""Jitter is that of so long: enough looks to be sure of it, and it changes with the place."""
APART_S = 0.5
"""From two looks that are further apart one cannot tell where a foot was in between: people turn."""
LEAST_LOOKS = 3
"""Of fewer looks that have one on either side nothing can be told."""


@dataclass(slots=True)
class _Recent:
    before: tuple[float, XY]
    newest: tuple[float, XY] | None = None
    squares: deque[tuple[float, float]] = field(default_factory=deque)
    """Seconds, pixels²: the variance of one coordinate that each look within the window speaks for."""


class JitterGauge:
    """Standard deviation of the feet of one camera's tracks about their smooth way.

    A foot that is looked at in between is compared with the straight way from the one before to the one after; evenly
    moving objects, however fast and at whatever times they are looked at, are just there. The look that is farthest
    off is left out, since whoever turns back does so at one.
    """

    def __init__(self) -> None:
        self._tracks: dict[int, _Recent] = {}

    def observe(self, track: int, foot: XY, time: float) -> float:
        """Take the foot of a track, pixels, at a time, seconds; return its jitter in pixels, 0 while none is known."""
        recent = self._tracks.get(track)
        if recent is None:
            self._tracks[track] = _Recent((time, foot))
            return 0.0
        if recent.newest is not None:
            if time - recent.before[0] <= APART_S + 1e-6:
                recent.squares.append((time, _variance(recent.before, recent.newest, (time, foot))))
            recent.before = recent.newest
        recent.newest = (time, foot)
        while recent.squares and time - recent.squares[0][0] > WINDOW_S:
            recent.squares.popleft()
        if len(recent.squares) < LEAST_LOOKS:
            return 0.0
        squares = [square for _, square in recent.squares]
        return float(((sum(squares) - max(squares)) / (len(squares) - 1)) ** 0.5)

    def forget(self, track: int) -> None:
        """Drop a track."""
        self._tracks.pop(track, None)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._tracks)


def _variance(before: tuple[float, XY], between: tuple[float, XY], after: tuple[float, XY]) -> float:
    """Return the variance of one coordinate, of three that jitter alike, by how far the middle one is off the way."""
    share = (between[0] - before[0]) / (after[0] - before[0])
    off = [middle - (1 - share) * a - share * b for a, middle, b in zip(before[1], between[1], after[1], strict=True)]
    return (off[0] ** 2 + off[1] ** 2) / 2 / (1 + (1 - share) ** 2 + share**2)
