"""Basins of a pool and their lanes, as a person draws them on a camera's view.

The corners of a basin are said round it: the wall from which lane 1 to the last lane are counted, then the opposite
wall back again.

        corner 4 ───────────── corner 3      far end, v = 1
            │  1 │  2 │  3 │  4 │
        corner 1 ───────────── corner 2      near end (the blocks), v = 0
          u = 0                  u = 1

What lies between them is a unit square seen in perspective, so lanes of equal width are drawn by four points alone.
"""

from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator, model_validator

from vision.hours import Hours
from vision.settings import Settings
from vision.view import Name, Point, Zone

Floats = npt.NDArray[np.float64]
LaneState = Literal["open", "closed"]
Persons = Annotated[int, Field(ge=1)]

UNIT_SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


class Basin(Settings):
    """A basin: its lanes, how many they hold, and when it is open."""

    name: Name
    title: str = ""
    corners: tuple[Point, Point, Point, Point] | None = None
    lanes: Annotated[int, Field(ge=1, le=20)] | Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)] = 1
    """How many, then called `couloir-1` and so on; or their names. One lane is called as the basin is. A lane whose
    name is that of a zone of kind `lane` is drawn by it, else the basin is divided evenly between its corners."""
    capacity_persons: Persons | None = None
    lane_capacity_persons: Persons | dict[Name, Persons] | None = None
    """Of every lane, or lane by lane."""
    hours: Hours | None = None
    """Instead of the pool's."""
    state: LaneState | None = None
    """Said by hand: wins over hours and light."""
    lane_states: dict[Name, LaneState] = Field(default_factory=dict)

    @field_validator("corners")
    @classmethod
    def _are_convex(cls, corners: tuple[Point, ...] | None) -> tuple[Point, ...] | None:
        if corners is not None:
            points = np.array(corners)
            sides = np.roll(points, -1, axis=0) - points
            turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
            if not ((turns > 1e-6).all() or (turns < -1e-6).all()):
                raise ValueError("wanted four corners round the basin, none of them inside the others or exchanged")
        return corners

    @property
    def lane_names(self) -> tuple[str, ...]:
        """How its lanes are called."""
        if isinstance(self.lanes, tuple):
            return self.lanes
        return (self.name,) if self.lanes == 1 else tuple(f"couloir-{number + 1}" for number in range(self.lanes))

    @model_validator(mode="after")
    def _lanes_are_known(self) -> Self:
        if len(set(self.lane_names)) < len(self.lane_names):
            raise ValueError(f"basin {self.name!r}: two of its lanes have the same name, wanted different names")
        if self.name in self.lane_names and len(self.lane_names) > 1:
            raise ValueError(f"basin {self.name!r}: one of its lanes is called as it is, wanted another name")
        capacities = self.lane_capacity_persons if isinstance(self.lane_capacity_persons, dict) else {}
        for lane in [*self.lane_states, *capacities]:
            if lane not in self.lane_names:
                raise ValueError(
                    f"basin {self.name!r}: lane {lane!r} is unknown, wanted one of: {', '.join(self.lane_names)}"
                )
        return self

    def lane_capacity(self, lane: str) -> int | None:
        """Return how many persons a lane holds; a basin that is one lane holds as many as the basin does."""
        if isinstance(self.lane_capacity_persons, dict):
            return self.lane_capacity_persons.get(lane)
        alone = self.capacity_persons if len(self.lane_names) == 1 else None
        return self.lane_capacity_persons or alone

    @property
    def capacity(self) -> int | None:
        """Persons that it holds: what is said, else what its lanes hold together."""
        lanes = [self.lane_capacity(lane) for lane in self.lane_names]
        return self.capacity_persons or (sum(filter(None, lanes)) if all(lanes) else None)

    def zones(self, drawn: tuple[Zone, ...]) -> tuple[Zone, ...]:
        """Return the lanes as zones: those that are drawn, or else parts of the basin.

        Raises:
            ValueError: it can be neither, or only some lanes are drawn.
        """
        known = {zone.name: zone for zone in drawn}
        found = [name for name in self.lane_names if name in known]
        if not found and self.corners is not None:
            return self._divided(self.corners)
        if len(found) < len(self.lane_names):
            missing = ", ".join(sorted(set(self.lane_names) - set(found)))
            raise ValueError(f"basin {self.name!r}: no zone for {missing}, wanted zones for all its lanes, or corners")
        for name in found:
            if known[name].kind != "lane":
                raise ValueError(f"basin {self.name!r}: zone {name!r} is of kind {known[name].kind!r}, wanted 'lane'")
        return tuple(known[name] for name in found)

    def _divided(self, corners: tuple[Point, ...]) -> tuple[Zone, ...]:
        names = self.lane_names
        onto_view = to_corners(np.array(corners))
        borders = np.arange(len(names) + 1) / len(names)
        near, far = (
            projected(onto_view, np.column_stack((borders, np.full_like(borders, v)))).clip(0, 1).tolist()
            for v in (0, 1)
        )
        return tuple(
            Zone(name=name, kind="lane", polygon=(near[k], near[k + 1], far[k + 1], far[k]))
            for k, name in enumerate(names)
        )


def to_corners(corners: Floats) -> Floats:
    """Return the homography (3, 3) that takes `UNIT_SQUARE` to four corners (4, 2).

    Four pairs fix its eight entries: two linear equations a pair (Hartley and Zisserman, Multiple View Geometry, 2nd
    edition, 4.1), the last entry being 1, as it can be where the first corner is in the view.
    """
    (u, v), (x, y) = UNIT_SQUARE.T, corners.T
    zero, one = np.zeros(4), np.ones(4)
    across = np.column_stack((u, v, one, zero, zero, zero, -u * x, -v * x))
    down = np.column_stack((zero, zero, zero, u, v, one, -u * y, -v * y))
    entries = np.linalg.solve(np.concatenate((across, down)), np.concatenate((x, y)))
    return np.append(entries, 1.0).reshape(3, 3)


def projected(homography: Floats, points: Floats) -> Floats:
    """Return where a homography (3, 3) takes points (N, 2)."""
    lifted = np.column_stack((points, np.ones(len(points)))) @ homography.T
    there: Floats = lifted[:, :2] / lifted[:, 2:]
    return there
