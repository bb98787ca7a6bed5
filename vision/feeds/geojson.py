"""GeoJSON (RFC 7946) of the lines and zones of a site.

What the ground plane does not place in WGS 84 is a feature without a geometry, as section 3.2 has it for what is not
located; its property `located` is then false.
"""

from typing import Any

from vision.feeds.places import Geometry, heading, line_geometry, zone_geometry
from vision.site import Camera, Site


def document(site: Site) -> dict[str, Any]:
    """Return a FeatureCollection."""
    features = [feature for camera in site.cameras for feature in _features(site, camera)]
    return {"type": "FeatureCollection", "features": features}


def _features(site: Site, camera: Camera) -> list[dict[str, Any]]:
    of: dict[str, str | None] = {"site": site.identity.name, "camera": camera.name}
    lines = [
        _feature(
            line_geometry(camera, line),
            of | {"kind": "line", "name": line.name, "forward": line.forward, "backward": line.backward},
            {"way": line.way or None, "heading": heading(camera, line, "forward")},
        )
        for line in camera.lines
    ]
    zones = [
        _feature(zone_geometry(camera, zone), of | {"kind": zone.kind, "name": zone.name}, {}) for zone in camera.zones
    ]
    return lines + zones


def _feature(geometry: Geometry | None, names: dict[str, str | None], more: dict[str, str | None]) -> dict[str, Any]:
    kind = "line" if names["kind"] == "line" else "zone"
    return {
        "type": "Feature",
        "id": f"{names['camera']}:{kind}:{names['name']}",
        "geometry": geometry,
        "properties": {**names, **more, "located": geometry is not None},
    }
