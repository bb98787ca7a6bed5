import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

SCHEMAS = Path(__file__).parent / "schemas"
JUDGES = {
    kind: Draft202012Validator(json.loads((SCHEMAS / f"{kind}.json").read_text()), format_checker=FormatChecker())
    for kind in ("TrafficFlowObserved", "CrowdFlowObserved")
}


def entities(feeds, at="2026-03-01T09:00:00Z", options="keyValues"):
    answer = feeds.client.get("/api/v1/feeds/ngsi-ld", params={"at": at, "step": "1h", "options": options})
    assert answer.headers["content-type"] == "application/ld+json"
    return answer.json()


@pytest.mark.parametrize("at", ["2026-03-01T09:00:00Z", "2026-03-01T10:59:59Z"])
def test_entities_are_what_smart_data_models_want(feeds, at):
    found = entities(feeds, at)
    assert {one["type"] for one in found} == set(JUDGES)
    for one in found:
        JUDGES[one["type"]].validate(one)
    assert not JUDGES["TrafficFlowObserved"].is_valid(found[-1] | {"vehicleType": "truck"})
    assert len({one["id"] for one in found}) == len(found)


def of(found, name):
    (one,) = [one for one in found if one["id"].endswith(f":dorian:piste:{name}")]
    return one


def test_an_entity_is_the_bin_that_had_ended(feeds):
    found = entities(feeds, "2026-03-01T09:59:59Z")
    bicycle = of(found, "forward:bicycle")
    assert (bicycle["intensity"], bicycle["coverage"], bicycle["averageVehicleSpeed"]) == (12, 1.0, 18.0)
    assert bicycle["dateObserved"] == "2026-03-01T08:00:00Z/2026-03-01T09:00:00Z"
    assert (bicycle["laneDirection"], bicycle["vehicleType"]) == ("forward", "bicycle")
    assert bicycle["location"]["type"] == "LineString"
    walkers = of(found, "forward:pedestrian")
    assert (walkers["peopleCount"], walkers["averageCrowdSpeed"]) == (7, 4.5)
    assert of(found, "forward:truck")["vehicleType"] == "lorry"


def test_where_nothing_was_seen_there_is_no_figure(feeds):
    bicycle = of(entities(feeds, "2026-03-01T10:00:00Z"), "forward:bicycle")
    assert "intensity" not in bicycle
    assert "averageVehicleSpeed" not in bicycle
    assert bicycle["coverage"] == 0.0
    walkers = of(entities(feeds, "2026-03-01T10:00:00Z"), "forward:pedestrian")
    assert "peopleCount" not in walkers


def test_normalized_each_value_is_a_property_and_the_same(feeds):
    for plain, whole in zip(entities(feeds), entities(feeds, options="normalized"), strict=True):
        assert plain.keys() == whole.keys()
        for name, value in whole.items():
            if name in {"id", "type", "@context"}:
                assert value == plain[name]
                continue
            assert value["type"] == ("GeoProperty" if name == "location" else "Property")
            told = value["value"]["@value"] if name in {"dateObservedFrom", "dateObservedTo"} else value["value"]
            assert told == plain[name]
        assert whole["coverage"]["observedAt"] == plain["dateObservedTo"]


def test_swimmers_are_not_told(feeds):
    assert not any("swimmer" in one["id"] for one in entities(feeds))
