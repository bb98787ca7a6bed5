"""What a site is made of, as entities of SensorThings and the links between them; all but the Observations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from vision.classes import CLASSES
from vision.feeds.binned import Channel, channels
from vision.feeds.places import line_geometry, place_of, point_geometry
from vision.feeds.sensorthings.odata import Entity
from vision.site import Camera, Site
from vision.view import Line

GEOJSON = "application/geo+json"
COUNT_OBSERVATION = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"


class Link(NamedTuple):
    """Whither a link leads, and whether to one entity or to several."""

    target: str
    many: bool


LINKS: Mapping[str, Mapping[str, Link]] = {
    "Things": {"Locations": Link("Locations", many=True), "Datastreams": Link("Datastreams", many=True)},
    "Locations": {"Things": Link("Things", many=True)},
    "Sensors": {"Datastreams": Link("Datastreams", many=True)},
    "ObservedProperties": {"Datastreams": Link("Datastreams", many=True)},
    "Datastreams": {
        "Thing": Link("Things", many=False),
        "Sensor": Link("Sensors", many=False),
        "ObservedProperty": Link("ObservedProperties", many=False),
        "Observations": Link("Observations", many=True),
    },
    "Observations": {
        "Datastream": Link("Datastreams", many=False),
        "FeatureOfInterest": Link("FeaturesOfInterest", many=False),
    },
    "FeaturesOfInterest": {},
}
"""By entity set the links that are answered."""


@dataclass(frozen=True, slots=True)
class Model:
    """A site's entities.

    Attributes:
        root: URL of the service, without a slash at its end.
        sets: by entity set and identifier.
        related: by entity set and identifier the identifiers at the other end of each link.
        channels: by identifier of the Datastream.
    """

    root: str
    sets: Mapping[str, Mapping[str, Entity]]
    related: Mapping[tuple[str, str], Mapping[str, list[str]]]
    channels: Mapping[str, Channel]


def model(site: Site, root: str) -> Model:
    """Return the entities of a site."""
    streams = {channel.name: channel for channel in channels(site.cameras)}
    located = {camera.name: place for camera in site.cameras if (place := place_of(site, camera))}
    sets: dict[str, dict[str, Entity]] = {
        "Things": {one.name: _thing(site, one) for one in site.cameras},
        "Locations": {
            name: _named(name, f"Where {name} counts") | {"encodingType": GEOJSON, "location": point_geometry(place)}
            for name, place in located.items()
        },
        "Sensors": {one.name: _sensor(one) for one in site.cameras},
        "ObservedProperties": {
            name: _named(name, f"Passages of class {name}") | {"definition": f"{root}/ObservedProperties('{name}')"}
            for name in CLASSES
            if any(one.object_class == name for one in streams.values())
        },
        "Datastreams": {name: _datastream(site, one) for name, one in streams.items()},
        "FeaturesOfInterest": {
            f"{camera.name}:{line.name}": _feature(camera, line) for camera in site.cameras for line in camera.lines
        },
    }
    return Model(
        root, {name: _linked(root, name, found) for name, found in sets.items()}, _related(sets, streams), streams
    )


def linked(root: str, entity_set: str, identifier: str, entity: Entity) -> Entity:
    """Return an entity with its identifier and its links."""
    link = f"{root}/{entity_set}('{identifier}')"
    navigation = {f"{name}@iot.navigationLink": f"{link}/{name}" for name in LINKS[entity_set]}
    return {"@iot.id": identifier, "@iot.selfLink": link} | entity | navigation


def _linked(root: str, entity_set: str, entities: Mapping[str, Entity]) -> dict[str, Entity]:
    return {name: linked(root, entity_set, name, entity) for name, entity in entities.items()}


def _related(
    sets: Mapping[str, Mapping[str, Entity]], streams: Mapping[str, Channel]
) -> dict[tuple[str, str], dict[str, list[str]]]:
    related: dict[tuple[str, str], dict[str, list[str]]] = {}
    for (entity_set, name), links in _pairs(sets, streams):
        for link, other in links.items():
            related.setdefault((entity_set, name), {}).setdefault(link, []).append(other)
    return related


def _pairs(
    sets: Mapping[str, Mapping[str, Entity]], streams: Mapping[str, Channel]
) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    for name in sets["Locations"]:
        yield ("Things", name), {"Locations": name}
        yield ("Locations", name), {"Things": name}
    for name, one in streams.items():
        camera = one.camera.name
        yield ("Datastreams", name), {"Thing": camera, "Sensor": camera, "ObservedProperty": one.object_class}
        for entity_set, other in (("Things", camera), ("Sensors", camera), ("ObservedProperties", one.object_class)):
            yield (entity_set, other), {"Datastreams": name}


def _named(name: str, description: str) -> Entity:
    return {"name": name, "description": description}


def _thing(site: Site, camera: Camera) -> Entity:
    of = site.identity.title or site.identity.name
    return _named(camera.name, f"A counting camera of {of}") | {"properties": {"site": site.identity.name}}


def _sensor(camera: Camera) -> Entity:
    words = "A camera of very low definition; objects are counted on the box beside it, and no image leaves it."
    return _named(camera.name, words) | {"encodingType": "text/plain", "metadata": words}


def _datastream(site: Site, channel: Channel) -> Entity:
    words = channel.words or channel.direction
    place = place_of(site, channel.camera, channel.line)
    return {
        "name": channel.name,
        "description": f"Passages of class {channel.object_class} across {channel.line.name}, {words}",
        "observationType": COUNT_OBSERVATION,
        "unitOfMeasurement": {"name": "passages", "symbol": "1", "definition": "http://qudt.org/vocab/unit/NUM"},
        "properties": dict(zip(("camera", "line", "direction", "class"), channel.series, strict=True)),
        **({} if place is None else {"observedArea": point_geometry(place)}),
    }


def _feature(camera: Camera, line: Line) -> Entity:
    geometry = line_geometry(camera, line)
    feature = {"type": "Feature", "geometry": geometry, "properties": {"camera": camera.name, "line": line.name}}
    words = f"The counting line {line.name} of {camera.name}"
    return _named(f"{camera.name}:{line.name}", words) | {"encodingType": GEOJSON, "feature": geometry or feature}
