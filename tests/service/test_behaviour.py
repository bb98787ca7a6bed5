"""Movements, stops, queues, gatherings and speeds as they are asked for."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.service.test_counts import iso
from tests.service.world import EPOCH, Service
from vision.service.routes.speeds import coarse, percentile

QUARTER = {"from_": iso(EPOCH), "to": iso(EPOCH + 900), "step": "15m"}
UNSEEN = {"from_": iso(EPOCH + 1860), "to": iso(EPOCH + 2340), "step": "1m"}
NOUNS = ("movements", "stops", "queues", "gatherings", "speeds")


def ask(service: Service, noun: str, **asked):
    return service.get(f"/api/v1/{noun}", **asked).json()["rows"]


def test_movements_and_the_time_they_took(service: Service):
    rows = ask(service, "movements", **QUARTER, class_="car", camera="dorian")
    assert {(row["origin"], row["destination"], row["count"], row["mean_seconds"]) for row in rows} == {
        ("avenue", "piste", 2, 6.0),
        ("avenue", "avenue", 1, 5.0),
        ("piste", "avenue", 0, None),
        ("piste", "piste", 0, None),
    }
    (row,) = ask(service, "movements", **QUARTER, class_="car", origin="avenue", destination="piste")
    assert (row["start"], row["end"], row["coverage"]) == ("2026-03-01T08:00:00Z", "2026-03-01T08:15:00Z", 1.0)


def test_stops_of_a_zone_and_of_the_whole_view(service: Service):
    rows = ask(service, "stops", **QUARTER, camera="dorian", class_="car")
    assert {(row["zone"], row["count"], row["mean_seconds"], row["longest_seconds"]) for row in rows} == {
        ("", 3, 15.0, 30.0),
        ("parvis", 2, 20.0, 30.0),
    }
    assert len(ask(service, "stops", **QUARTER, zone="parvis")) == 2  # of two classes, of the one camera that has it


def test_queues_and_how_far_back_they_reach(service: Service):
    forward, backward = ask(service, "queues", **QUARTER, camera="dorian", line="avenue")
    assert (forward["mean"], forward["maximum"], forward["metres"]) == (round(120 / 900, 3), 4, 14.5)
    assert (backward["mean"], backward["maximum"], backward["metres"]) == (0.0, 0, None)


def test_gatherings_by_zone_where_the_ground_is_known(service: Service):
    rows = ask(service, "gatherings", **QUARTER)
    assert {row["camera"] for row in rows} == {"dorian"}
    assert {row["zone"] for row in rows} == {"", "parvis"}
    for row in rows:
        told = [row[name] for name in ("count", "mean_seconds", "mean_people", "most_people", "density")]
        assert told == [1, 60.0, 6.0, 7, 0.5]


def test_speeds_by_line_where_the_ground_is_known(service: Service):
    period = {"from_": iso(EPOCH + 1740), "to": iso(EPOCH + 1800), "step": "1m"}
    assert {row["camera"] for row in ask(service, "speeds", **period)} == {"dorian"}
    (row,) = ask(service, "speeds", **period, line="piste", direction="backward", class_="car")
    assert (row["count"], row["mean_kmh"], row["histogram"]) == (4, 21.8, [0, 0, 1, 0, 2, 0, 1])
    assert row["v85_kmh"] == pytest.approx(31.4)  # six tenths on the way from the third car to the fourth


@pytest.mark.parametrize("noun", NOUNS)
def test_null_where_nothing_was_seen(service: Service, noun):
    rows = ask(service, noun, **UNSEEN, camera="dorian")
    assert rows
    told = {"count", "mean", "maximum", "metres", "mean_seconds", "longest_seconds", "mean_kmh", "v85_kmh", "histogram"}
    for row in rows:
        assert row["coverage"] == 0
        assert [row[name] for name in told & row.keys()] == [None] * len(told & row.keys())


@pytest.mark.parametrize("noun", NOUNS)
def test_csv_says_the_same_as_json(service: Service, noun):
    text = service.get(f"/api/v1/{noun}", **QUARTER, format="csv").text
    rows = ask(service, noun, **QUARTER)
    assert list(csv.DictReader(io.StringIO(text))) == [
        {name: "" if value is None else _text(value) for name, value in row.items()} for row in rows
    ]


def _text(value):
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize(
    ("noun", "asked", "detail"),
    [
        ("movements", {"origin": "quai"}, "origin: found 'quai', wanted one of: avenue, piste, porte"),
        ("stops", {"zone": "quai"}, "zone: found 'quai', wanted one of: parvis"),
        (
            "gatherings",
            {"zone": "parvis", "camera": "sud"},
            "zone: found 'parvis', wanted none, for this site has none",
        ),
        ("queues", {"line": "quai"}, "line: found 'quai', wanted one of: avenue, piste, porte"),
        ("speeds", {"line": "quai"}, "line: found 'quai', wanted one of: avenue, piste, porte"),
    ],
)
def test_a_bad_parameter_is_told(service: Service, noun, asked, detail):
    answer = service.client.get(f"/api/v1/{noun}", params=asked)
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)


@given(st.lists(st.floats(0, 200), min_size=1, max_size=200))
def test_the_85th_percentile_of_a_histogram_is_within_a_class_of_the_true_one(speeds):
    histogram = np.bincount(np.floor(speeds).astype(int), minlength=256).astype(float)
    true = np.quantile(speeds, 0.85, method="inverted_cdf")
    assert np.floor(true) - 1e-9 <= percentile(histogram, 0.85) <= np.floor(true) + 1 + 1e-9
    assert sum(coarse(histogram)) == len(speeds)
    assert len(coarse(histogram)) == int(max(speeds) // 5) + 1
