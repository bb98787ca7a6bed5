import csv
import io
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from vision.feeds import catalogue, tables

PARIS = ZoneInfo("Europe/Paris")


def fetch(feeds, name, **asked):
    return feeds.client.get(f"/api/v1/downloads/{name}", params=asked)


def test_the_csv_of_a_day_has_every_hour_of_it(feeds):
    answer = fetch(feeds, "2026-03-01.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="nation-2026-03-01.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(rows[0]) == tables.COLUMNS == tuple(column.name for column in catalogue.COLUMNS)
    bicycles = [row for row in rows if (row["line"], row["direction"], row["class"]) == ("piste", "forward", "bicycle")]
    assert len(bicycles) == 24
    assert [bicycles[hour]["count"] for hour in (8, 9, 10, 11)] == ["", "12", "", "3"]
    assert [bicycles[hour]["coverage"] for hour in (8, 9, 10, 11)] == ["0.0", "1.0", "0.0", "0.5"]
    assert bicycles[9]["start"] == "2026-03-01T09:00:00+01:00"
    assert {row["class"] for row in rows} >= {"pedestrian", "swimmer"}


def test_days_are_local_and_as_long_as_they_are(feeds):
    for day, hours in (("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)):
        rows = list(csv.DictReader(io.StringIO(fetch(feeds, f"{day}.csv", camera="dorian").text)))
        starts = [row["start"] for row in rows if (row["direction"], row["class"]) == ("forward", "car")]
        assert len(set(starts)) == len(starts) == hours
        assert {start[:10] for start in starts} == {day}


@given(st.dates(date(1971, 1, 1), date(2037, 12, 31)), st.sampled_from(["Europe/Paris", "Asia/Kolkata", "UTC"]))
def test_every_bin_belongs_to_one_day(day, zone):
    timezone = ZoneInfo(zone)
    for step in (900, 3600, 86_400):
        start, end = tables.day_bins(day, timezone, step)
        assert end == tables.day_bins(date.fromordinal(day.toordinal() + 1), timezone, step)[0]
        assert start % step == 0
        assert datetime.fromtimestamp(start, timezone).date() == day
        assert datetime.fromtimestamp(end - step, timezone).date() == day or start == end


def test_parquet_says_the_same_with_types(feeds):
    answer = fetch(feeds, "2026-03-01.parquet", step="15m", camera="dorian")
    assert answer.headers["content-type"] == catalogue.PARQUET
    table = parquet.read_table(pa.BufferReader(answer.content))
    assert table.column_names == list(tables.COLUMNS)
    assert table.schema.field("start").type == pa.timestamp("ms", tz="Europe/Paris")
    assert table.schema.field("count").type == pa.int64()
    rows = table.to_pylist()
    written = list(csv.DictReader(io.StringIO(fetch(feeds, "2026-03-01.csv", step="15m", camera="dorian").text)))
    for row, line in zip(rows, written, strict=True):
        assert ("" if row["count"] is None else str(row["count"])) == line["count"]
        assert row["start"].astimezone(UTC) == datetime.fromisoformat(line["start"]).astimezone(UTC)
        assert str(row["coverage"]) == line["coverage"]
    assert sum(row["count"] or 0 for row in rows) == 12 + 3 + 5 + 1 + 7
    assert sum(row["count"] is None for row in rows) == sum(row["coverage"] == 0 for row in rows) > 0


def test_without_pyarrow_parquet_is_refused_and_csv_is_not(feeds, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = fetch(feeds, "2026-03-01.parquet")
    assert answer.status_code == 501
    assert answer.json()["detail"].endswith("comptage[parquet]")
    assert fetch(feeds, "2026-03-01.csv").status_code == 200


def test_what_is_no_day_or_too_much_is_refused(feeds):
    for name in ("2026-02-30.csv", "today.csv", "20260301.csv", "0001-01-01.csv", "2026-3-1.parquet"):
        answer = fetch(feeds, name)
        assert answer.status_code == 422
        assert "wanted a day from 1970-01-02 to 2999-12-30" in answer.json()["detail"]
    assert "rows, wanted at most 50000" in fetch(feeds, "2026-03-01.csv", step="1s").json()["detail"]
