"""Where a track went, kept while it lives and let out as a trajectory when it ends."""

STEP_S = 1.0
"""Points are a second apart: fine enough for routes, too coarse for a gait."""
DECIMALS = 2
"""Positions are rounded to a hundredth of the view: some three pixels of 320."""
MOST_POINTS = 3600
"""Bound on memory: an object that stays in view longer is followed for its first hour."""


class Paths:
    """The paths of one camera's tracks, quantised as they are taken in."""

    def __init__(self, size: tuple[int, int]) -> None:
        """Args: size: (width, height) of the working frame in pixels."""
        self._width, self._height = size
        self._paths: dict[int, list[tuple[float, float, float]]] = {}

    def observe(self, track: int, foot: tuple[float, float], utc: float) -> None:
        """Take the foot, in pixels, of a track where it was observed."""
        path = self._paths.setdefault(track, [])
        if len(path) < MOST_POINTS and (not path or utc - path[-1][0] >= STEP_S - 1e-6):
            x, y = foot[0] / self._width, foot[1] / self._height
            path.append((utc, round(min(max(x, 0), 1), DECIMALS), round(min(max(y, 0), 1), DECIMALS)))

    def end(self, track: int) -> tuple[float, tuple[tuple[float, float, float], ...]] | None:
        """Forget a track; return start (unix seconds, whole) and points (s since start, x, y), None if too short."""
        path = self._paths.pop(track, [])
        if len(path) < 2:
            return None
        start = float(int(path[0][0]))
        return start, tuple((float(round(utc - start)), x, y) for utc, x, y in path)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._paths)
