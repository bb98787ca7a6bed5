"""How the figures are announced in a catalogue: to CKAN as a package, to Opendatasoft as a dataset's metadata.

The words are those of CKAN's action `package_create` and of Opendatasoft's templates `default` and `dcat`. Columns are
also given as a Table Schema (Frictionless), which CKAN's validation reads.
"""

from datetime import date
from typing import Any, NamedTuple

from vision.site import Site

DAILY = "http://publications.europa.eu/resource/authority/frequency/DAILY"
CONTINUOUS = "http://publications.europa.eu/resource/authority/frequency/CONT"
"""Frequencies of DCAT-AP (Publications Office of the European Union)."""


class Column(NamedTuple):
    """A column of the tables of passages."""

    name: str
    kind: str
    """Type of a Table Schema."""
    ods: str
    """Type of Opendatasoft."""
    description: str


COLUMNS = (
    Column("camera", "string", "text", "Which camera counted."),
    Column("line", "string", "text", "Across which line."),
    Column(
        "direction", "string", "text", "forward is from left to right for who stands at the line's a and looks to b."
    ),
    Column("class", "string", "text", "pedestrian, bicycle, motorcycle, car, truck, bus or swimmer; more may come."),
    Column("start", "datetime", "datetime", "Begin of the bin, local time with its offset."),
    Column("end", "datetime", "datetime", "End of the bin, itself outside."),
    Column("count", "integer", "int", "Passages; 0 where nobody passed, empty where nothing was seen."),
    Column("coverage", "number", "double", "Share of the bin, 0 to 1, during which the camera really saw."),
)

KEYWORDS = ("comptage", "mobilité", "trafic", "vélo", "piéton")


class Resource(NamedTuple):
    """Something that can be fetched."""

    name: str
    path: str
    format: str
    mimetype: str
    description: str


def resources(day: date) -> tuple[Resource, ...]:
    """Return what there is; daily tables are named by a day that has ended."""
    csv, json, geojson = ("CSV", "text/csv"), ("JSON", "application/json"), ("GeoJSON", "application/geo+json")
    passages = "Passages by line, direction and class, an hour a row; a file a day."
    feeds = "/api/v1/feeds"
    return (
        Resource("passages-csv", f"/api/v1/downloads/{day}.csv", *csv, passages),
        Resource("passages-parquet", f"/api/v1/downloads/{day}.parquet", "Parquet", PARQUET, passages),
        Resource("api", "/api/v1/openapi.json", *json, "All questions that can be asked, with examples."),
        Resource("multimodal", f"{feeds}/multimodal?format=csv", *csv, "As the city of Paris' «comptage multimodal»."),
        Resource("sites", f"{feeds}/mobilites/site?format=csv", *csv, "«Comptage des mobilités»: site."),
        Resource("channels", f"{feeds}/mobilites/channel?format=csv", *csv, "«Comptage des mobilités»: channel."),
        Resource("measures", f"{feeds}/mobilites/measure?format=csv", *csv, "«Comptage des mobilités»: measure."),
        Resource("lines-and-zones", f"{feeds}/geojson", *geojson, "Where is counted."),
        Resource("trajectories", f"{feeds}/moving-features", *geojson, "OGC Moving Features."),
        Resource("ngsi-ld", f"{feeds}/ngsi-ld", "JSON-LD", "application/ld+json", "Smart Data Models."),
        Resource("sensorthings", "/api/sensorthings/v1.1", *json, "OGC SensorThings 1.1."),
    )


PARQUET = "application/vnd.apache.parquet"


def ckan(site: Site, base: str, day: date) -> dict[str, Any]:
    """Return a package for CKAN's action `package_create`.

    Args:
        site: title, licence, publisher and contact.
        base: URL at which the service is asked, without a slash at its end.
        day: the last that has ended.
    """
    identity = site.identity
    contact = {"maintainer_email": identity.contact} if "@" in identity.contact else {"url": identity.contact or base}
    return {
        "name": f"comptage-{identity.name}",
        "title": _title(site),
        "notes": _description(site),
        "license_id": identity.licence,
        "author": _publisher(site),
        "maintainer": _publisher(site),
        **contact,
        "tags": [{"name": keyword} for keyword in KEYWORDS],
        "extras": [
            {"key": "frequency", "value": CONTINUOUS},
            {"key": "language", "value": "fr"},
            {"key": "timezone", "value": identity.timezone},
            *_spatial(site),
        ],
        "resources": [
            {
                "name": one.name,
                "url": base + one.path,
                "format": one.format,
                "mimetype": one.mimetype,
                "description": one.description,
                **({"schema": table_schema()} if one.name.startswith("passages") else {}),
            }
            for one in resources(day)
        ],
    }


def opendatasoft(site: Site, base: str, day: date) -> dict[str, Any]:
    """Return the metadata of a dataset for Opendatasoft; arguments as for `ckan`."""
    identity = site.identity
    return {
        "dataset_id": f"comptage-{identity.name}",
        "metas": {
            "default": {
                "title": _title(site),
                "description": _description(site),
                "license": identity.licence,
                "publisher": _publisher(site),
                "language": "fr",
                "timezone": identity.timezone,
                "keyword": list(KEYWORDS),
                "references": [base + one.path for one in resources(day)],
            },
            "dcat": {
                "creator": _publisher(site),
                "contact_name": _publisher(site),
                **({"contact_email": identity.contact} if "@" in identity.contact else {}),
                "accrualperiodicity": DAILY,
            },
        },
        "fields": [
            {"name": one.name, "label": one.name, "type": one.ods, "description": one.description} for one in COLUMNS
        ],
    }


def table_schema() -> dict[str, Any]:
    """Return the Table Schema of the tables of passages."""
    fields = [{"name": one.name, "type": one.kind, "description": one.description} for one in COLUMNS]
    return {"fields": fields, "missingValues": [""]}


def _title(site: Site) -> str:
    return f"Comptages: {site.identity.title or site.identity.name}"


def _publisher(site: Site) -> str:
    return site.identity.publisher or site.identity.title or site.identity.name


def _description(site: Site) -> str:
    withheld = "" if site.privacy is None else f" Fewer than {site.privacy.threshold} are withheld."
    return (
        "Passages across lines, by direction and class, counted by cameras of very low definition of which no image "
        "leaves the box. Each figure comes with the share of its time that was really seen; where nothing was seen "
        f"it is empty, never 0.{withheld}"
    )


def _spatial(site: Site) -> list[dict[str, str]]:
    place = site.identity.place
    if place is None:
        return []
    return [{"key": "spatial", "value": f'{{"type": "Point", "coordinates": [{place[1]}, {place[0]}]}}'}]
