"""NGSI-LD entities after Smart Data Models: `TrafficFlowObserved` of vehicles, `CrowdFlowObserved` of pedestrians.

An entity is what was counted across one line, one way, of one class, during one bin; the next bin is a new state of the
same entity. NGSI-LD knows no null: where nothing was seen there is no `intensity` and no `peopleCount`. `coverage`, the
share of the bin that was really seen, is a property of our own. Swimmers have no model there and are not told.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from vision.classes import ClassName
from vision.feeds.binned import Binned, Channel, channels
from vision.feeds.places import line_geometry, place_of, point_geometry
from vision.ledger.reader import Values
from vision.site import Site

CONTEXT = (
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Transportation/master/context.jsonld",
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
)

VEHICLE_TYPES: dict[ClassName, str] = {
    "bicycle": "bicycle",
    "motorcycle": "motorcycle",
    "car": "car",
    "truck": "lorry",
    "bus": "bus",
}

Speeds = Mapping[tuple[str, ...], float]
"""Mean speed in km/h by camera, line, direction and class, where it is known."""


def mean_speeds(histograms: Mapping[tuple[str | int, ...], Mapping[str, Values]]) -> Speeds:
    """Return the mean of each series over all bins of the table `SPEEDS`; of series that have any."""
    counts: dict[tuple[str, ...], float] = {}
    totals: dict[tuple[str, ...], float] = {}
    for (*names, _), columns in histograms.items():
        series = tuple(str(name) for name in names)
        counts[series] = counts.get(series, 0.0) + float(columns["count"].sum())
        totals[series] = totals.get(series, 0.0) + float(columns["total_kmh"].sum())
    return {series: totals[series] / count for series, count in counts.items() if count > 0}


def entities(site: Site, passages: Binned, speeds: Speeds) -> Iterator[dict[str, Any]]:
    """Yield the entities of one bin, with plain values («keyValues»).

    Args:
        site: its names and places.
        passages: `COUNTS` of one bin.
        speeds: of the same bin.
    """
    for channel in channels(site.cameras, (*VEHICLE_TYPES, "pedestrian")):
        kind = "CrowdFlowObserved" if channel.object_class == "pedestrian" else "TrafficFlowObserved"
        yield {
            "id": f"urn:ngsi-ld:{kind}:{site.identity.name}:{channel.name}",
            "type": kind,
            "name": f"{channel.line.name} {channel.words or channel.direction}",
            **_where(site, channel),
            **_observed(passages, channel),
            **_figures(passages, channel, speeds),
            "@context": list(CONTEXT),
        }


def normalized(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity each of whose values is a Property with when it was observed (ETSI GS CIM 009, 4.5)."""
    told: dict[str, Any] = {}
    for name, value in entity.items():
        if name in {"id", "type", "@context"}:
            told[name] = value
        elif name == "location":
            told[name] = {"type": "GeoProperty", "value": value}
        elif name in {"dateObservedFrom", "dateObservedTo"}:
            told[name] = {"type": "Property", "value": {"@type": "DateTime", "@value": value}}
        elif isinstance(value, int | float):
            told[name] = {"type": "Property", "value": value, "observedAt": entity["dateObservedTo"]}
        else:
            told[name] = {"type": "Property", "value": value}
    return told


def _where(site: Site, channel: Channel) -> dict[str, Any]:
    """Return the line, or else the place, or else the site's title as an address: the models want one of them."""
    geometry = line_geometry(channel.camera, channel.line)
    place = place_of(site, channel.camera)
    if geometry is None and place is not None:
        geometry = point_geometry(place)
    if geometry is not None:
        return {"location": geometry}
    return {"address": {"streetAddress": site.identity.title or site.identity.name}}


def _observed(passages: Binned, channel: Channel) -> dict[str, Any]:
    ((start, end),) = passages.times(UTC)
    begin, finish = (moment.isoformat().replace("+00:00", "Z") for moment in (start, end))
    (share,) = passages.coverage(channel.camera.name)
    return {
        "dateObserved": f"{begin}/{finish}",
        "dateObservedFrom": begin,
        "dateObservedTo": finish,
        "coverage": share,
    }


def _figures(passages: Binned, channel: Channel, speeds: Speeds) -> dict[str, Any]:
    (count,) = passages.counts(channel.series)
    speed = speeds.get(channel.series) if count is not None else None
    if channel.object_class == "pedestrian":
        said: dict[str, Any] = {"peopleCount": count, "averageCrowdSpeed": speed}
    else:
        said = {"intensity": count, "averageVehicleSpeed": speed, "laneDirection": channel.direction}
        said["vehicleType"] = VEHICLE_TYPES[channel.object_class]
    return {
        name: round(value, 1) if isinstance(value, float) else value
        for name, value in said.items()
        if value is not None
    }
