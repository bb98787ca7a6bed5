"""Queues: what stands before a line, each behind another.

        ▪  ▪ ▪   ▪  │          a chain of standing objects that begins at the line; a gap ends it
       ────────────►│ line
        length      │

The first of a queue stands within half a reach of the line, every other within reach of one that is in the queue. The
queue to the left of a line waits to cross it forward.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.events import Direction

Floats = npt.NDArray[np.float64]

REACH_M = {
    "pedestrian": 2.0,
    "swimmer": 2.0,
    "bicycle": 3.0,
    "motorcycle": 4.0,
    "car": 10.0,
    "truck": 20.0,
    "bus": 20.0,
}
"""Metres from one foot point to that of the next of the same queue, and half of it to the line: a car takes some 7 m of
a standing queue (Highway Capacity Manual: 25 ft a vehicle), and a lorry is up to 18.75 m long (Directive 96/53/EC)."""
HEIGHT_M = {"pedestrian": 1.7, "swimmer": 1.7, "bicycle": 1.7, "motorcycle": 1.6, "car": 1.5, "truck": 3.5, "bus": 3.1}
"""Of common objects: how many heights of a box a reach is, where the camera is not calibrated."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a view now, N objects.

    Attributes:
        places: (N, 2) of the feet, in any unit of length.
        reaches: (N,) how far away the next of the same queue may stand.
    """

    places: Floats
    reaches: Floats


class QueueGauge:
    """The queues before one line.

    Args:
        a: (2,) start of the line, in the unit of the places.
        b: (2,) its end.
        mirrored: whether the y axis points the other way than in a view, so that left and right of the line change
            sides: up on the screen, or away from the camera on the ground.
    """

    def __init__(self, a: Floats, b: Floats, *, mirrored: bool = False) -> None:
        self._a, self._along = a, b - a
        self._sign = -1 if mirrored else 1

    def queues(self, standing: Standing) -> dict[Direction, tuple[int, float]]:
        """Return, for each direction in which anything queues, how many do and how far from the line the last is."""
        offset = standing.places - self._a
        right = self._sign * (self._along[0] * offset[:, 1] - self._along[1] * offset[:, 0])
        share = (offset @ self._along / (self._along @ self._along)).clip(0, 1)
        away = np.hypot(*(offset - share[:, None] * self._along).T)
        found: dict[Direction, tuple[int, float]] = {}
        directions: tuple[tuple[Direction, npt.NDArray[np.bool_]], ...] = (
            ("forward", right < 0),
            ("backward", right > 0),
        )
        for direction, beside in directions:
            chain = _chain(standing.places[beside], standing.reaches[beside], away[beside])
            if chain.any():
                found[direction] = int(chain.sum()), float(away[beside][chain].max())
        return found


def _chain(places: Floats, reaches: Floats, away: Floats) -> npt.NDArray[np.bool_]:
    """Return (N,) which objects stand in a chain that begins at the line, from their distances to it."""
    between = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    linked = between <= np.maximum(reaches[:, None], reaches[None])
    chain: npt.NDArray[np.bool_] = away <= reaches / 2
    while True:
        longer = chain | (linked & chain).any(axis=1)
        if (longer == chain).all():
            return chain
        chain = longer
