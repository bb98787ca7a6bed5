"""The OpenAPI document says all, and the service does what it says."""

import pytest

from benchmarks.openapi import question
from tests.service.world import Service


@pytest.fixture(scope="module")
def document(service: Service):
    return service.get("/api/v1/openapi.json").json()


def operations(document):
    return [(path, operation) for path, methods in document["paths"].items() for operation in methods.values()]


def test_it_names_every_route_and_no_other(document):
    assert set(document["paths"]) == {
        "/api/v1/sites",
        "/api/v1/cameras",
        "/api/v1/counts",
        "/api/v1/speeds",
        "/api/v1/movements",
        "/api/v1/stops",
        "/api/v1/queues",
        "/api/v1/gatherings",
        "/api/v1/occupancy",
        "/api/v1/trajectories",
        "/api/v1/live",
        "/api/v1/feeds/multimodal",
        "/api/v1/feeds/mobilites/{table}",
        "/api/v1/feeds/geojson",
        "/api/v1/feeds/moving-features",
        "/api/v1/feeds/ngsi-ld",
        "/api/v1/feeds/catalogue",
        "/api/v1/downloads/{day}.csv",
        "/api/v1/downloads/{day}.parquet",
        "/api/sensorthings/v1.1",
        "/api/sensorthings/v1.1/{path}",
        "/api/v1/pool",
        "/api/v1/pool/live",
        "/api/v1/pool/history",
        "/api/v1/pool/lanes/{lane}/state",
        "/api/v1/crossings",
        "/api/v1/crossings/{name}",
        "/api/v1/crossings/{name}/phase",
        "/health",
        "/health/ready",
        "/metrics",
    }
    tags = {tag["name"] for tag in document["tags"]}
    for _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= tags


def test_there_is_no_page_that_would_fetch_scripts_from_elsewhere(service: Service):
    assert [service.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]


def test_every_parameter_has_a_description_and_an_example_that_the_service_takes(document, service: Service):
    for path, operation in operations(document):
        parameters = operation.get("parameters", [])
        names = {parameter["name"] for parameter in parameters}
        within = {one["name"]: one["schema"]["examples"][0] for one in parameters if one["in"] == "path"}
        filled = path.format(**within)
        for parameter in parameters:
            assert parameter["description"]
            (example,) = parameter["schema"]["examples"]
            if "live" not in path and "{" not in path:
                period = {"from": "2026-03-01T08:00:00Z", "to": "2026-03-01T09:00:00Z"}
                asked = {} if parameter["in"] == "path" else {parameter["name"]: example}
                answer = service.get(filled, **(period if "from" in names else {}) | asked)
                # A name in an example need not be one of this place.
                unknown = ("wanted one of: ", "wanted none, for this site has none")
                assert answer.status_code in (200, 503) or any(words in answer.json()["detail"] for words in unknown)


def test_every_field_of_a_row_is_described_or_shown(document):
    rows = [name for name in document["components"]["schemas"] if name.endswith("Row")]
    assert len(rows) == 9
    for name in (*rows, "Health", "Problem"):
        for field, schema in document["components"]["schemas"][name]["properties"].items():
            assert "examples" in schema or "description" in schema or "enum" in schema or "$ref" in schema, (
                name,
                field,
            )


def test_refusals_are_problems(document):
    problem = {"$ref": "#/components/schemas/Problem"}
    for path, operation in operations(document):
        refusal = operation["responses"].get("422")
        assert (refusal is not None) == bool(operation.get("parameters"))
        if refusal is not None:
            assert refusal["content"] == {"application/json": {"schema": problem}}, path


def test_the_service_answers_as_described(service: Service, is_long):
    """The same with 10,000 questions: python -m benchmarks.openapi."""
    count = 1000 if is_long else 100
    answers = question(service, count)
    assert not answers.broken
    assert answers.statuses.total() == count
    assert answers.statuses[200] > count / 5
    assert answers.statuses[422] > count / 5
