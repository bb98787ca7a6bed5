"""The plan of a site: where its cameras' grounds lie beside each other, and the city's map under them."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from pydantic import BaseModel, Field

from calibration.wgs84 import tangent_plane
from vision.errors import UsageError
from vision.identity import MAP_TYPES
from vision.site import Camera, Site
from vision.view import Metres, Row

MOST_MAP_BYTES: Final = 8 << 20
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
"""PNG specification, 5.2."""
HEAD_BYTES: Final = 4096
"""Within which an SVG says that it is one."""


class GroundCard(BaseModel):
    """Where on the ground a point of a view is, in metres."""

    homography: tuple[Row, Row, Row] = Field(
        description="Takes x, y, 1 of the view, as fractions and without the lens, to the ground in metres; what it "
        "takes to a third coordinate of 0 or less is not ground.",
        examples=[[[20, 0, 0], [0, 15, 0], [0, 0, 1]]],
    )
    distortion: tuple[float, float] = Field(description="k1, k2 of the lens, with r = 1 in the corners of the view.")
    aspect: float = Field(description="Width of the view over its height.", examples=[1.333])
    offset: Metres | None = Field(
        description="What takes these metres to those of the site's plan; null where the camera is on no plan.",
        examples=[[12.5, -3.0]],
    )


@dataclass(frozen=True, slots=True)
class CityMap:
    """A drawing that the city gives, as it lies in its file."""

    content: bytes = field(repr=False)
    media_type: str


def read_map(site: Site) -> CityMap | None:
    """Return the map of a site, or None where it has none.

    Raises:
        UsageError: the file cannot be read, is too large, or is not what its name says.
    """
    if site.identity.map is None:
        return None
    path = site.identity.map.file
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_MAP_BYTES else b""
    except OSError as error:
        raise UsageError(f"site.map.file: {path}: {error.strerror}, wanted an SVG or PNG drawing") from error
    if size > MOST_MAP_BYTES:
        raise UsageError(f"site.map.file: {path}: {size} bytes, wanted at most {MOST_MAP_BYTES}")
    kind = path.suffix.lower()
    is_so = content.startswith(PNG_SIGNATURE) if kind == ".png" else b"<svg" in content[:HEAD_BYTES]
    if not is_so:
        raise UsageError(f"site.map.file: {path}: not what its name says, wanted an SVG or PNG drawing")
    return CityMap(content, MAP_TYPES[kind])


def map_corners(site: Site) -> tuple[Metres, Metres, Metres] | None:
    """Return top left, top right and bottom left corner of the map in metres of the plan; None without one."""
    city_map = site.identity.map
    if city_map is None:
        return None
    if city_map.wgs84 is None:
        return city_map.metres
    first, second, third = tangent_plane(np.array(city_map.wgs84), _origin(site)).tolist()
    return tuple(first), tuple(second), tuple(third)


def ground_card(site: Site, camera: Camera) -> GroundCard | None:
    """Return where a camera's view is on the ground, and that on the plan; None where the camera is not calibrated."""
    ground = camera.ground
    if ground is None:
        return None
    offset: Metres | None = (0.0, 0.0) if ground.is_shared else None
    if ground.wgs84 is not None:
        # Metres are east and north of the camera's first point. North turns by less than 0.02 degrees a kilometre.
        ((east, north),) = tangent_plane(np.array(ground.wgs84[:1]), _origin(site)).tolist()
        offset = (east, north)
    rows = ground.plane().homography.tolist()
    return GroundCard(homography=rows, distortion=ground.distortion, aspect=ground.aspect, offset=offset)


def _origin(site: Site) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return latitude and longitude of the plan's (0, 0): the first point of the site's first camera that has any."""
    return np.array(next(ground.wgs84[0] for ground in site.shared_grounds.values() if ground.wgs84))
