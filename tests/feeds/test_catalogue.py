import json

import httpx
from frictionless import Resource, Schema

from tests.feeds.place import SITE
from vision.identity import SiteIdentity

CKAN_MANDATORY = {"name", "title", "notes", "license_id", "resources"}


def test_ckan_is_told_title_licence_frequency_and_columns(feeds):
    package = feeds.client.get("/api/v1/feeds/catalogue").json()
    assert package.keys() >= CKAN_MANDATORY
    assert package["license_id"] == "ODbL-1.0"
    assert (package["author"], package["maintainer_email"]) == ("Ville de Paris", "opendata@example.org")
    extras = {one["key"]: one["value"] for one in package["extras"]}
    assert extras["frequency"].endswith("/frequency/CONT")
    assert json.loads(extras["spatial"]) == {"type": "Point", "coordinates": [2.395, 48.848]}
    assert len({one["name"] for one in package["resources"]}) == len(package["resources"])


def test_what_it_points_to_is_there_as_it_says(feeds):
    for resource in feeds.client.get("/api/v1/feeds/catalogue").json()["resources"]:
        answer = httpx.get(resource["url"], trust_env=False)
        assert answer.status_code == 200, resource
        assert answer.headers["content-type"].startswith(resource["mimetype"])


def test_the_columns_are_those_of_the_file(feeds):
    (table,) = [
        one
        for one in feeds.client.get("/api/v1/feeds/catalogue").json()["resources"]
        if one["format"] == "CSV" and "schema" in one
    ]
    content = feeds.client.get("/api/v1/downloads/2026-03-01.csv").content
    resource = Resource(data=content, format="csv", schema=Schema.from_descriptor(table["schema"]))
    report = resource.validate()
    assert report.valid, report.flatten(["message"])


def test_opendatasoft_is_told_the_same(feeds):
    dataset = feeds.client.get("/api/v1/feeds/catalogue", params={"for": "opendatasoft"}).json()
    words = dataset["metas"]["default"]
    assert (words["title"], words["license"]) == ("Comptages: Place de la Nation", "ODbL-1.0")
    assert words["timezone"] == "Europe/Paris"
    assert dataset["metas"]["dcat"]["contact_email"] == "opendata@example.org"
    assert {field["type"] for field in dataset["fields"]} <= {
        "text",
        "int",
        "double",
        "datetime",
        "date",
        "geo_point_2d",
    }
    assert [field["name"] for field in dataset["fields"]][-2:] == ["count", "coverage"]


def test_no_licence_is_given_that_nobody_chose():
    assert SiteIdentity(name="x").licence == "notspecified"
    assert SITE.identity.licence == "ODbL-1.0"
