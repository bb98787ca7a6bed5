"""Where a track went, kept while it lives and let out as a trajectory when it ends.

observed feet ─► smoothed ─► ends trimmed ─► a point every so many seconds ─► rounded to a grid
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from calibration.ground import GroundPlane
from calibration.pinhole import ADULT_HEIGHT_M
from vision.behaviour import TrajectorySettings
from vision.boxes import FloatArray
from vision.counting.smoothing import smooth
from vision.events import Unit

KEPT_S = 0.5
"""Between two feet that are kept: fine enough for routes, too coarse for a gait."""
MOST_KEPT = 1200
"""Bound on memory and on the work at the end: of a track that lives for longer every other foot is dropped."""
VIEW_GRID = 0.01
"""Of a view that is not calibrated positions are rounded to a hundredth: some three pixels of 320."""

Points = tuple[tuple[float, float, float], ...]


class Way(NamedTuple):
    """A trajectory: its start in whole unix seconds, the unit of its positions, and (seconds since, x, y)."""

    start: float
    unit: Unit
    points: Points


@dataclass(slots=True)
class _Path:
    began_at: float
    began_utc: float
    every: float = KEPT_S
    rows: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Seconds since it began, foot x and y, height of the box in pixels."""


class Paths:
    """The paths of one camera's tracks.

    Args:
        size: (width, height) of the view in pixels.
        settings: how fine trajectories are told.
        ground: the ground plane, where the camera is calibrated.
    """

    def __init__(self, size: tuple[int, int], settings: TrajectorySettings, ground: GroundPlane | None = None) -> None:
        self._size = np.array(size, np.float64)
        self._settings = settings
        self._ground = ground
        self._paths: dict[int, _Path] = {}

    def observe(self, track: int, foot: tuple[float, float], height: float, captured_at: float, utc: float) -> None:
        """Take the foot and the box's height, in pixels, of a track where it was observed.

        The times are monotonic and unix seconds.
        """
        path = self._paths.setdefault(track, _Path(captured_at, utc))
        elapsed = captured_at - path.began_at
        if path.rows and elapsed - path.rows[-1][0] < path.every - 1e-6:
            return
        path.rows.append((elapsed, *foot, height))
        if len(path.rows) > MOST_KEPT:
            path.rows, path.every = path.rows[::2], path.every * 2

    def end(self, track: int) -> Way | None:
        """Forget a track; return where it went, None if too little is left of it to be told."""
        path = self._paths.pop(track, None)
        if path is None or len(path.rows) < 2:
            return None
        times, feet, heights = np.split(np.array(path.rows), [1, 3], axis=1)
        view = (smooth(times[:, 0], feet, heights[:, 0]) / self._size).clip(0, 1)
        places = view if self._ground is None else self._ground.metres(view)
        metres = view * self._size * (ADULT_HEIGHT_M / np.median(heights)) if self._ground is None else places
        on_ground = np.isfinite(places).all(axis=1)  # not on or above the horizon
        if on_ground.sum() < 2:
            return None
        return self._told(path.began_utc + times[on_ground, 0], places[on_ground], _travelled(metres[on_ground]))

    def forget(self, track: int) -> None:
        """Drop a track that is not told."""
        self._paths.pop(track, None)

    def _told(self, utc: FloatArray, places: FloatArray, travelled: FloatArray) -> Way | None:
        """Return the trajectory from times (N,), places (N, 2) and metres since the start (N,)."""
        trim, step = self._settings.trim, self._settings.seconds
        far_enough = (travelled >= trim) & (travelled[-1] - travelled >= trim)
        start = np.floor(utc[0])
        seconds = np.arange(0, utc[-1] - start + step, step)
        seconds = seconds[(seconds >= utc[far_enough].min(initial=np.inf) - start)]
        seconds = seconds[(seconds <= utc[far_enough].max(initial=-np.inf) - start)]
        if len(seconds) < 2:
            return None
        grid = VIEW_GRID if self._ground is None else self._settings.grid
        rounded = [np.round(np.interp(start + seconds, utc, axis) / grid) * grid for axis in places.T]
        columns = (seconds.tolist(), *(np.round(axis, 3).tolist() for axis in rounded))
        return Way(float(start), "view" if self._ground is None else "m", tuple(zip(*columns, strict=True)))

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._paths)


def _travelled(metres: FloatArray) -> FloatArray:
    """Return how far along the way each of its places (N, 2) is."""
    steps = np.hypot(*np.diff(metres, axis=0, prepend=metres[:1]).T)
    way: FloatArray = np.cumsum(steps)
    return way
