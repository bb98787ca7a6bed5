"""OGC Moving Features Encoding Extension JSON 1.0 (19-045r3), as «MF-JSON Trajectory».

A trajectory is a line of longitudes and latitudes with a time at each point, and its class; it has no identifier. Only
those of cameras whose ground plane is placed in WGS 84 can be told: the others are named in `camerasWithoutPlace`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from vision.events import Trajectory
from vision.feeds.places import longitudes_latitudes
from vision.site import Camera, Site


def document(site: Site, trajectories: Sequence[Trajectory], *, complete: bool) -> dict[str, Any]:
    """Return a FeatureCollection.

    Args:
        site: its cameras place trajectories on earth.
        trajectories: those of a period.
        complete: whether these are all of them.
    """
    cameras = {camera.name: camera for camera in site.cameras}
    told = (feature(cameras[one.camera], one) for one in trajectories if one.camera in cameras)
    return {
        "type": "FeatureCollection",
        "features": [found for found in told if found is not None],
        "complete": complete,
        "camerasWithoutPlace": [camera.name for camera in site.cameras if not _is_placed(camera)],
    }


def feature(camera: Camera, trajectory: Trajectory) -> dict[str, Any] | None:
    """Return a Feature; None where it is not known where that is, or it has not two instants."""
    points = np.array(trajectory.points, np.float64).reshape(-1, 3)
    points = points[np.unique(points[:, 0], return_index=True)[1]]  # a time may be said once only
    if trajectory.unit != "m" or len(points) < 2:
        return None
    line = longitudes_latitudes(camera, points[:, 1:])
    if line is None:
        return None
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line},
        "properties": {
            "datetimes": [_iso(trajectory.start + seconds) for seconds in points[:, 0].tolist()],
            "camera": camera.name,
            "class": trajectory.object_class,
        },
    }


def _is_placed(camera: Camera) -> bool:
    return camera.ground is not None and camera.ground.wgs84 is not None


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
