"""Short names for the events and files of these tests."""

from pathlib import Path

from vision.events import Coverage, Occupancy, Passage, Trajectory
from vision.ledger import Ledger
from vision.site import Retention

T0 = 1_750_003_200
"""Unix seconds; a whole hour."""

DAY = 86_400


def open_ledger(path: Path, **days: float) -> Ledger:
    return Ledger(path, Retention(**days))


def passage(utc, camera="a", line="l", direction="forward", name="pedestrian"):
    return Passage.model_validate({"camera": camera, "line": line, "direction": direction, "class": name, "utc": utc})


def occupancy(start, object_seconds=1.0, maximum=1, *place):
    camera, zone, name = place or ("a", "z", "pedestrian")
    numbers = {"start": start, "object_seconds": object_seconds, "maximum": maximum}
    return Occupancy.model_validate({"camera": camera, "zone": zone, "class": name, **numbers})


def coverage(start, end, camera="a"):
    return Coverage(camera=camera, start=start, end=end)


def trajectory(start, camera="a", points=((0.0, 0.25, 0.5), (0.5, 0.5, 0.5)), name="bicycle"):
    return Trajectory.model_validate({"camera": camera, "class": name, "start": start, "points": points})


def plain(arrays):
    """Return what a reader found as lists, so that it compares with ==."""
    return {
        key: tuple(part.tolist() for part in found) if isinstance(found, tuple) else found.tolist()
        for key, found in arrays.items()
    }
