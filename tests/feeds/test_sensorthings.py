"""SensorThings, asked as the standard's examples ask it, and by Fraunhofer's client."""

import json
from datetime import datetime
from urllib.parse import unquote

import frost_sta_client as frost
import pytest

from tests.feeds.place import NINE, SITE, passages
from tests.service.world import serving
from vision.events import Coverage
from vision.ledger import Ledger
from vision.service.times import from_unix
from vision.site import Retention

BASE = "/api/sensorthings/v1.1"
BICYCLES = "Datastreams('dorian:piste:forward:bicycle')"

# 18-088, table 2 to 12: what an entity must say
MANDATORY = {
    "Things": {"name", "description", "Locations", "Datastreams"},
    "Locations": {"name", "description", "encodingType", "location", "Things"},
    "Sensors": {"name", "description", "encodingType", "metadata", "Datastreams"},
    "ObservedProperties": {"name", "definition", "description", "Datastreams"},
    "Datastreams": {
        "name", "description", "unitOfMeasurement", "observationType", "Thing", "Sensor", "ObservedProperty",
        "Observations",
    },
    "FeaturesOfInterest": {"name", "description", "encodingType", "feature"},
}  # fmt: skip


@pytest.fixture
def ask(feeds):
    def get(path="", **options):
        answer = feeds.client.get(f"{BASE}/{path}".rstrip("/"), params={f"${k}": v for k, v in options.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def refused(feeds, path, **options):
    answer = feeds.client.get(f"{BASE}/{path}", params={f"${k}": v for k, v in options.items()})
    return answer.status_code, answer.json()["detail"]


def results(document):
    return [one["result"] for one in document["value"]]


def test_the_root_leads_to_every_set(feeds, ask):
    sets = ask()["value"]
    assert {one["name"] for one in sets} == {*MANDATORY, "Observations"}
    for one in sets:
        assert feeds.client.get(one["url"]).status_code == (400 if one["name"] == "Observations" else 200)


@pytest.mark.parametrize("entity_set", MANDATORY)
def test_entities_say_what_they_must_and_their_links_lead_somewhere(feeds, ask, entity_set):
    entities = ask(entity_set)["value"]
    assert entities
    for entity in entities:
        plain = {name.removesuffix("@iot.navigationLink") for name in entity}
        assert plain >= MANDATORY[entity_set] | {"@iot.id", "@iot.selfLink"}
        assert feeds.client.get(entity["@iot.selfLink"]).json() == entity
    for name, link in entities[0].items():
        if name.endswith("navigationLink"):
            assert feeds.client.get(link).status_code == 200


def test_observations_are_the_bins_that_were_seen(ask):
    document = ask(f"{BICYCLES}/Observations", count="true")
    assert document["@iot.count"] == 6
    assert results(document) == [12, 0, 0, 0, 3, 0]
    assert {one["parameters"]["coverage"] for one in document["value"]} == {1.0}
    first = document["value"][0]
    assert first["phenomenonTime"] == "2026-03-01T08:00:00Z/2026-03-01T08:15:00Z"
    assert first["resultTime"] == "2026-03-01T08:15:00Z"


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("result gt 0", [12, 3]),
        ("result ge 3 and result lt 12", [3]),
        ("result eq 0", [0, 0, 0, 0]),
        ("result ne 0", [12, 3]),
        ("phenomenonTime ge 2026-03-01T10:00:00Z", [3, 0]),
        ("phenomenonTime gt 2026-03-01T11:00:00+01:00", [0]),
        ("phenomenonTime lt 2026-03-01T08:15:00Z", [12]),
        ("resultTime le 2026-03-01T08:15:00.000Z", [12]),
        ("phenomenonTime ge 2026-03-01T08:15:00Z and result gt 0", [3]),
        ("parameters/coverage lt 1", []),
        ("result gt 'many'", []),
        ("phenomenonTime eq 5", []),
        ("id eq 'dorian:piste:forward:bicycle:1772352000'", [12]),
    ],
)
def test_a_filter_lets_through_what_fulfils_it(ask, condition, wanted):
    assert results(ask(f"{BICYCLES}/Observations", filter=condition)) == wanted


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("phenomenonTime desc", [0, 3, 0, 0, 0, 12]),
        ("phenomenonTime asc", [12, 0, 0, 0, 3, 0]),
        ("result desc", [12, 3, 0, 0, 0, 0]),
        ("result", [0, 0, 0, 0, 3, 12]),
        ("resultTime desc", [0, 3, 0, 0, 0, 12]),
    ],
)
def test_they_come_in_the_order_asked_for(ask, order, wanted):
    assert results(ask(f"{BICYCLES}/Observations", orderby=order)) == wanted
    assert results(ask(f"{BICYCLES}/Observations", orderby=order, top=2, skip=1)) == wanted[1:3]
    filtered = ask(f"{BICYCLES}/Observations", orderby=order, filter="result ge 0")
    assert results(filtered) == wanted


def test_two_orders_are_taken_in_turn(ask):
    times = [
        one["phenomenonTime"][11:16]
        for one in ask(f"{BICYCLES}/Observations", orderby="result asc,phenomenonTime desc")["value"]
    ]
    assert times == ["10:15", "08:45", "08:30", "08:15", "10:00", "08:00"]


@pytest.mark.parametrize("options", [{}, {"orderby": "phenomenonTime desc"}, {"filter": "result ge 0"}])
def test_pages_put_together_are_the_whole(feeds, ask, options):
    whole = results(ask(f"{BICYCLES}/Observations", **options))
    document = ask(f"{BICYCLES}/Observations", top=4, **options)
    told = results(document)
    while "@iot.nextLink" in document:
        document = feeds.client.get(document["@iot.nextLink"]).json()
        told += results(document)
    assert told == whole


def test_links_are_followed_and_expanded(ask):
    assert ask("Things('sud')/Datastreams", filter="properties/class eq 'bus'", count="true")["@iot.count"] == 4
    observation = ask(f"{BICYCLES}/Observations('dorian:piste:forward:bicycle:{NINE}')", expand="FeatureOfInterest")
    assert observation["result"] == 12
    assert observation["FeatureOfInterest"]["feature"]["type"] == "LineString"
    assert ask(f"Observations('dorian:piste:forward:bicycle:{NINE}')/Datastream/Thing/name") == {"name": "dorian"}
    stream = ask(BICYCLES, expand="Thing,Observations($top=1;$orderby=phenomenonTime desc;$select=result;$count=true)")
    assert stream["Thing"]["name"] == "dorian"
    assert [one["result"] for one in stream["Observations"]] == [0]
    assert stream["Observations@iot.count"] == 6
    assert "@iot.nextLink" in " ".join(stream)


def test_names_are_selected(ask):
    (first, *_) = ask("Things", select="id,name", orderby="name desc")["value"]
    assert set(first) == {"@iot.id", "@iot.selfLink", "name"}
    assert first["name"] == "sud"


@pytest.mark.parametrize(
    ("path", "options", "status", "words"),
    [
        ("Tasks", {}, 404, "wanted one of: Things"),
        ("Things('x')", {}, 404, "not there"),
        ("Things('dorian')/Datastreams('sud:nord:forward:bus')", {}, 404, "not there"),
        ("Things('dorian')/HistoricalLocations", {}, 404, "wanted one of: Locations, Datastreams"),
        (f"Observations('dorian:piste:forward:bicycle:{NINE + 3600}')", {}, 404, "not there"),
        (f"Observations('dorian:piste:forward:bicycle:{NINE + 1}')", {}, 404, "not there"),
        ("Things/Datastreams", {}, 404, "no entity before it"),
        ("Observations", {}, 400, "Datastreams(…)/Observations"),
        ("Things/$ref", {}, 400, "not answered here"),
        (BICYCLES, {"expand": "Thing/Locations"}, 400, "one level"),
        (BICYCLES, {"expand": "Thing($expand=Locations)"}, 400, "one level"),
        (BICYCLES, {"expand": "Nothing"}, 404, "wanted one of: Thing"),
        ("Things", {"filter": "startswith(name,'d')"}, 400, "comparisons"),
        ("Things", {"filter": "name eq 'a' or name eq 'b'"}, 400, "only and"),
        ("Things", {"filter": "name eq dorian"}, 400, "wanted a number, a time"),
        ("Things", {"top": "-1"}, 400, "whole number"),
        ("Things", {"count": "1"}, 400, "true or false"),
        ("Things", {"orderby": "name sideways"}, 400, "asc or desc"),
        ("Things", {"search": "x"}, 400, "not answered here"),
        ("Things", {"colour": "x"}, 400, "unknown option"),
    ],
)
def test_what_is_not_answered_is_said_in_one_line(feeds, path, options, status, words):
    found, detail = refused(feeds, path, **options)
    assert found == status
    assert words in detail
    assert "\n" not in detail


def test_results_are_not_looked_for_in_too_long_a_past(tmp_path):
    begin = NINE - 900 * 60_000
    with Ledger(tmp_path / "x.sqlite", Retention()) as ledger:
        ledger.add(Coverage(camera="dorian", start=begin, end=NINE + 3600))
        ledger.add(*passages("piste", "forward", "bicycle", 1))
    with serving(tmp_path / "x.sqlite", SITE) as service:
        status, detail = refused(service, f"{BICYCLES}/Observations", filter="result gt 0")
        assert (status, "shorter phenomenonTime" in detail) == (400, True)
        near = f"result gt 0 and phenomenonTime ge {from_unix(NINE - 900).isoformat()}"
        answer = service.client.get(f"{BASE}/{BICYCLES}/Observations", params={"$filter": near})
        assert results(answer.json()) == [1]
        newest = {"$orderby": "phenomenonTime desc", "$top": "4", "$count": "true"}
        answer = service.client.get(f"{BASE}/{BICYCLES}/Observations", params=newest).json()
        assert (answer["@iot.count"], results(answer)) == (60_004, [0, 0, 0, 1])


@pytest.mark.filterwarnings("ignore:furl.pathstr is deprecated")
def test_a_client_that_exists_reads_it(feeds, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    service = frost.SensorThingsService(f"{feeds.url}{BASE}")
    things = service.things().query().list()
    assert sorted(thing.name for thing in things) == ["dorian", "sud"]
    stream = service.datastreams().find("dorian:piste:forward:bicycle")
    assert stream.unit_of_measurement.name == "passages"
    found = stream.get_observations().query().orderby("phenomenonTime", "desc").top(4).list()
    told = [(one.result, one.phenomenon_time) for one in found]
    assert [result for result, _ in told] == [0, 3, 0, 0, 0, 12]  # the client follows the link to the next page
    moment = datetime.fromisoformat(told[-1][1].split("/")[0])
    assert moment.timestamp() == NINE
    filtered = stream.get_observations().query().filter("result gt 5").list()
    assert [one.result for one in filtered] == [12]
    place = service.locations().find("dorian").location
    assert json.loads(json.dumps(place)) == {"type": "Point", "coordinates": [2.3955, 48.848]}
    assert unquote(stream.self_link).endswith(BICYCLES)
