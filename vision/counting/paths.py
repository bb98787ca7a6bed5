"""Where a track went, kept while it lives and let out as a trajectory when it ends."""

from dataclasses import dataclass, field

STEP_S = 1.0
"""Points are a second apart: fine enough for routes, too coarse for a gait."""
DECIMALS = 2
"""Positions are rounded to a hundredth of the view: some three pixels of 320."""
MOST_POINTS = 3600
"""Bound on memory: an object that stays in view longer is followed for its first hour."""


@dataclass(slots=True)
class _Path:
    began_at: float
    began_utc: float
    points: list[tuple[float, float, float]] = field(default_factory=list)


class Paths:
    """The paths of one camera's tracks, quantised as they are taken in.

    Args:
        size: (width, height) of the view in pixels.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._width, self._height = size
        self._paths: dict[int, _Path] = {}

    def observe(self, track: int, foot: tuple[float, float], captured_at: float, utc: float) -> None:
        """Take the foot, in pixels, of a track where it was observed; times are monotonic and unix seconds."""
        path = self._paths.setdefault(track, _Path(captured_at, utc))
        elapsed = captured_at - path.began_at
        if len(path.points) < MOST_POINTS and (not path.points or elapsed - path.points[-1][0] >= STEP_S - 1e-6):
            x, y = foot[0] / self._width, foot[1] / self._height
            path.points.append((elapsed, round(min(max(x, 0), 1), DECIMALS), round(min(max(y, 0), 1), DECIMALS)))

    def end(self, track: int) -> tuple[float, tuple[tuple[float, float, float], ...]] | None:
        """Forget a track; return start (unix seconds, whole) and points (s since start, x, y), None if too short."""
        path = self._paths.pop(track, None)
        if path is None or len(path.points) < 2:
            return None
        start = float(int(path.began_utc))
        return start, tuple((float(round(path.began_utc - start + t)), x, y) for t, x, y in path.points)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._paths)
