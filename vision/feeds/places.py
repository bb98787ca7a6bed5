"""Where on earth lines, zones and objects are, as far as a site file knows it."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from calibration.ground import GroundPlane
from calibration.wgs84 import positions
from vision.events import Direction
from vision.identity import Place
from vision.site import Camera, Site
from vision.view import Ground, Heading, Line, Point, Zone

Floats = npt.NDArray[np.float64]
Geometry = dict[str, Any]
"""A GeoJSON geometry: longitude before latitude (RFC 7946)."""

HEADINGS: tuple[Heading, ...] = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

DECIMALS = 7
"""Of degrees: a centimetre."""


def longitudes_latitudes(camera: Camera, metres: Floats) -> list[list[float]] | None:
    """Return points (N, 2) of a camera's ground as longitude, latitude; None where it is not known where that is."""
    if camera.ground is None or camera.ground.wgs84 is None or not np.isfinite(metres).all():
        return None
    found = positions(metres, np.array(camera.ground.wgs84[0]))
    rounded: list[list[float]] = np.round(found[:, ::-1], DECIMALS).tolist()
    return rounded


def line_geometry(camera: Camera, line: Line) -> Geometry | None:
    """Return a line from `a` to `b`; None where it is not known where that is."""
    points = _on_earth(camera, (line.a, line.b))
    return None if points is None else {"type": "LineString", "coordinates": points}


def zone_geometry(camera: Camera, zone: Zone) -> Geometry | None:
    """Return a zone, its ring closed and anticlockwise; None where it is not known where that is."""
    points = _on_earth(camera, zone.polygon)
    if points is None:
        return None
    ring = points if _area(points) > 0 else points[::-1]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def place_of(site: Site, camera: Camera, line: Line | None = None) -> Place | None:
    """Return latitude and longitude of a line's middle, or of its camera's place, or of the site's; None for unknown.

    A camera without a place of its own is where its ground plane puts the middle of the view's lower edge.
    """
    points = _on_earth(camera, (line.a, line.b)) if line is not None else None
    if points is None and camera.place is None:
        points = _on_earth(camera, ((0.5, 1.0),))
    if points is None:
        return camera.place or site.identity.place
    longitude, latitude = (round(sum(values) / len(values), DECIMALS) for values in zip(*points, strict=True))
    return latitude, longitude


def point_geometry(place: Place) -> Geometry:
    """Return a place as a point."""
    return {"type": "Point", "coordinates": [place[1], place[0]]}


def heading(camera: Camera, line: Line, direction: Direction) -> Heading | None:
    """Return whither a direction across a line leads, of the eight winds; None where it is not known where north is."""
    forward = line.heading or _heading_on_ground(camera, line)
    return forward if forward is None or direction == "forward" else opposite(forward)


def opposite(wind: Heading) -> Heading:
    """Return whence one comes who goes there."""
    return HEADINGS[(HEADINGS.index(wind) + 4) % 8]


def _heading_on_ground(camera: Camera, line: Line) -> Heading | None:
    if camera.ground is None or camera.ground.wgs84 is None:
        return None
    a, b = _plane(camera.ground).metres(np.array((line.a, line.b)))
    east, north = b - a
    if not math.isfinite(east + north):
        return None
    # forward is to the right of a -> b, and headings are clockwise from north
    clockwise = math.degrees(math.atan2(north, -east))
    return HEADINGS[round(clockwise / 45) % 8]


def _on_earth(camera: Camera, points: Sequence[Point]) -> list[list[float]] | None:
    if camera.ground is None:
        return None
    return longitudes_latitudes(camera, _plane(camera.ground).metres(np.array(points)))


@lru_cache(maxsize=256)
def _plane(ground: Ground) -> GroundPlane:
    """Return a ground plane, which is fitted once and asked about for each line, direction and class."""
    return ground.plane()


def _area(ring: list[list[float]]) -> float:
    """Return twice the area within a ring, positive where it is anticlockwise."""
    following = ring[1:] + ring[:1]
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, following, strict=True))
