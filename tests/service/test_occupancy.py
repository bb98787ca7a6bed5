import csv
import io
import statistics

import pytest

from tests.service.test_counts import iso
from tests.service.world import EPOCH, SEEN, Service


def ask(service: Service, **asked):
    return service.get("/api/v1/occupancy", **asked).json()["rows"]


def test_mean_and_maximum(service: Service):
    rows = ask(service, from_=iso(EPOCH + 60), to=iso(EPOCH + 61), step=1)
    assert {(row["class"], row["mean"], row["maximum"]) for row in rows} == {
        ("all", 3.0, 3),
        ("car", 1.0, 1),
        ("bicycle", 0.0, 0),
    }
    minute = ask(service, from_=iso(EPOCH + 60), to=iso(EPOCH + 120), step="1m", class_="all")
    assert [(row["mean"], row["maximum"], row["coverage"]) for row in minute] == [(3.5, 4, 1.0)]


def test_the_mean_is_over_what_was_seen(service: Service):
    """600.25 seconds of the hour were not seen; the objects of five minutes are shared among the others."""
    (row,) = ask(service, from_=iso(EPOCH), to=iso(EPOCH + 3600), step="1h", class_="all")
    seen = sum(min(end, EPOCH + 3600) - start for start, end in SEEN)
    assert row["mean"] == pytest.approx(300 * statistics.mean((3, 4)) / seen, abs=0.0006)
    assert row["coverage"] == pytest.approx(seen / 3600, abs=1e-6)


def test_null_where_nothing_was_seen(service: Service):
    rows = ask(service, from_=iso(EPOCH + 1800), to=iso(EPOCH + 2400), step="1m")
    assert len(rows) == 3 * 10
    assert {(row["mean"], row["maximum"], row["coverage"]) for row in rows} == {(None, None, 0.0)}


def test_csv_says_the_same_as_json(service: Service):
    asked = {"from_": iso(EPOCH - 60), "to": iso(EPOCH + 600), "step": "1m"}
    text = service.get("/api/v1/occupancy", **asked, format="csv").text
    assert list(csv.DictReader(io.StringIO(text))) == [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in ask(service, **asked)
    ]


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ({"zone": "quai"}, "zone: found 'quai', wanted one of: parvis"),
        ({"zone": "parvis", "camera": "sud"}, "zone: found 'parvis', wanted none, for this site has none"),
        ({"line": "avenue"}, "line: unknown parameter"),
    ],
)
def test_a_bad_parameter_is_told(service: Service, asked, detail):
    answer = service.client.get("/api/v1/occupancy", params=asked)
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)
