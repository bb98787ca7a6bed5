"""The water of one basin in a camera's view: in which lane a foot is, how far along, and what a swimmer can reach."""

import numpy as np
import numpy.typing as npt

from vision.basins import Basin, projected, to_corners
from vision.counting.zones import inside
from vision.view import Zone

EDGE = 0.08
"""Of a basin's length and of a lane's width: two metres of 25 before the walls, where one gets out."""
REACH = 0.1
"""Of a basin's length: how far from where they were lost somebody is found at once …"""
REACH_A_SECOND = 0.1
"""… and how much further with each second: 2.5 m/s in 25 m, the fastest there are."""
REACH_LANES = 0.75
"""How far aside, in lanes: they may come up over the rope, not beyond the middle of the next lane."""
BESIDE = 0.06
"""Of a basin's length, 1.5 m of 25: nearer than this two swimmers are seen as one now and then."""
DECK = -1
"""Stands for the index of a lane where there is none."""

Floats = npt.NDArray[np.float64]
XY = tuple[float, float]


class Water:
    """The lanes of one basin. Without corners of the basin its ends are not known.

    Args:
        basin: settings.
        lanes: its lanes as zones.
        size: (width, height) of the view in pixels.
    """

    def __init__(self, basin: Basin, lanes: tuple[Zone, ...], size: tuple[int, int]) -> None:
        self._polygons = [np.array(lane.polygon) * size for lane in lanes]
        self._onto_unit: Floats | None = None
        if basin.corners is not None:
            self._onto_unit = np.linalg.inv(to_corners(np.array(basin.corners) * size)).astype(np.float64)

    def lanes_of(self, feet: list[XY]) -> list[int]:
        """Return the index of the lane in which each foot is, `DECK` for none."""
        points = np.array(feet, np.float64).reshape(-1, 2)
        holds = np.stack([inside(points, polygon) for polygon in self._polygons])
        return [int(lane) for lane in np.where(holds.any(axis=0), holds.argmax(axis=0), DECK)]

    def along(self, feet: list[XY]) -> list[float]:
        """Return how far along the basin each foot is, 0 at its near end and 1 at its far one; nan if not known."""
        if self._onto_unit is None:
            return [float("nan")] * len(feet)
        shares: list[float] = projected(self._onto_unit, np.array(feet).reshape(-1, 2))[:, 1].tolist()
        return shares

    def apart(self, lost: XY, found: XY, seconds: float) -> float:
        """Return how far apart two feet are, in what can be swum in so many seconds: beyond 1 it cannot.

        Without corners all that can be said is whether a lane rope is between them.
        """
        if self._onto_unit is None:
            lane, other = self.lanes_of([lost, found])
            return 0.0 if lane == other or DECK in (lane, other) else 2.0
        return self._apart(self._onto_unit, lost, found, REACH + REACH_A_SECOND * seconds)

    def are_beside(self, foot: XY, other: XY) -> bool:
        """Say whether two feet are so near that their swimmers may be seen as one; without corners never."""
        return self._onto_unit is not None and self._apart(self._onto_unit, foot, other, BESIDE) <= 1

    def _apart(self, onto_unit: Floats, foot: XY, other: XY, reach: float) -> float:
        """Return how far apart two feet are: along the basin in `reach` of its length, across in `REACH_LANES`."""
        across, along = abs(np.diff(projected(onto_unit, np.array([foot, other])), axis=0)[0])
        lanes = len(self._polygons)
        return float(max(along / reach, across / (reach if lanes == 1 else REACH_LANES / lanes)))

    def is_at_edge(self, foot: XY, side: float) -> bool:
        """Say whether one may get out at a foot: within `EDGE` of a wall.

        Without corners: where there is no lane at the side of a square box around it, in pixels.
        """
        if self._onto_unit is not None:
            across, along = projected(self._onto_unit, np.array([foot]))[0]
            return bool(min(along, 1 - along) < EDGE or min(across, 1 - across) * len(self._polygons) < EDGE)
        turns = np.arange(8) * np.pi / 4
        around = foot + side * np.column_stack((np.cos(turns), np.sin(turns)))
        return DECK in self.lanes_of(around.tolist())
