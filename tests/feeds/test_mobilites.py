"""The national schema's own tables judge ours, by Frictionless."""

import csv
import io
import json
from pathlib import Path

import pytest
from frictionless import Resource, Schema

from tests.feeds.place import HOURS

SCHEMAS = Path(__file__).parent / "schemas"


def rows(feeds, table, **asked):
    answer = feeds.client.get(f"/api/v1/feeds/mobilites/{table}", params={**HOURS, **asked, "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    return answer.text, list(csv.DictReader(io.StringIO(answer.text)))


def complaints(table, text):
    schema = json.loads((SCHEMAS / f"mobilites-{table}.json").read_text())
    report = Resource(data=text.encode(), format="csv", schema=Schema.from_descriptor(schema)).validate()
    return [error.message for task in report.tasks for error in task.errors]


@pytest.mark.parametrize("table", ["site", "channel", "measure"])
def test_a_table_is_what_the_schema_wants(feeds, table):
    text, found = rows(feeds, table)
    assert found
    assert complaints(table, text) == []


def test_the_judge_sees_faults(feeds):
    text, _ = rows(feeds, "channel")
    assert complaints("channel", text.replace("BIKE", "BICYCLE"))
    assert complaints("site", rows(feeds, "site")[0].replace("75112", "Paris"))
    assert complaints("measure", rows(feeds, "measure")[0].replace(",12\r\n", ",twelve\r\n"))


def test_nobody_is_nought_and_not_counted_is_empty(feeds):
    _, found = rows(feeds, "measure", camera="dorian")
    counts = {}
    for row in found:
        counts.setdefault(row["channel_id"], []).append(row["count"])
    assert counts["dorian:piste:forward:bicycle"] == ["12", "", "3"]
    assert counts["dorian:piste:forward:truck"] == ["0", "", "0"]
    assert found[0]["start_datetime"] == "2026-03-01T09:00:00+01:00"
    assert found[0]["end_datetime"] == "2026-03-01T10:00:00+01:00"


def test_channels_and_measures_and_sites_know_each_other(feeds):
    channels = {row["channel_id"]: row for row in rows(feeds, "channel", step="15m")[1]}
    assert {row["channel_id"] for row in rows(feeds, "measure")[1]} == set(channels)
    assert {row["site_id"] for row in channels.values()} == {row["site_id"] for row in rows(feeds, "site")[1]}
    bicycle = channels["dorian:piste:forward:bicycle"]
    assert (bicycle["mobility_type"], bicycle["counter_type"], bicycle["time_step"]) == ("BIKE", "VIDEO SENSOR", "900")
    assert (bicycle["direction"], bicycle["provider_direction_name"]) == ("S", "sortie")
    assert channels["dorian:piste:backward:bicycle"]["direction"] == "N"
    assert channels["sud:nord:backward:bus"]["direction"] == "NE"
    assert channels["sud:nord:forward:motorcycle"]["mobility_type"] == "TWO WHEELS MOTORIZED"
    assert not any("swimmer" in name for name in channels)


def test_it_is_said_since_when_is_counted(feeds):
    since = {row["site_id"]: row["started_at"] for row in rows(feeds, "channel")[1]}
    assert since == {"dorian": "2026-03-01T08:00:00Z", "sud": "2026-01-01T00:00:00Z"}


def test_json_says_the_same(feeds):
    told = feeds.client.get("/api/v1/feeds/mobilites/measure", params=HOURS).json()["rows"]
    written = rows(feeds, "measure")[1]
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in told] == written


def test_another_table_is_refused(feeds):
    answer = feeds.client.get("/api/v1/feeds/mobilites/counter")
    assert answer.status_code == 422
    assert "'site', 'channel' or 'measure'" in answer.json()["detail"]
