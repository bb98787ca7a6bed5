import csv
import io
from bisect import bisect_left
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.service.world import EPOCH, SEEN, Service, serving
from vision.service.queries import MAX_ROWS
from vision.service.times import from_unix, to_unix

steps = st.sampled_from([1, 7, 59, 60, 90, 300, 900, 3600, 86_400])
begins = st.floats(EPOCH - 4000, EPOCH + 8000)
lengths = st.floats(0.5, 3000)


def iso(unix: float) -> str:
    return from_unix(unix).isoformat()


def unix(text: str) -> float:
    return to_unix(datetime.fromisoformat(text))


def seen_within(start: float, end: float) -> float:
    return sum(max(0.0, min(end, b) - max(start, a)) for a, b in SEEN)


@settings(deadline=None, max_examples=40)
@given(begin=begins, length=lengths, step=steps)
def test_every_bin_says_what_passed_while_the_camera_saw(service: Service, begin, length, step):
    asked = {"from": iso(begin), "to": iso(begin + length), "step": step, "camera": "dorian", "class": "car"}
    page = service.get("/api/v1/counts", line="avenue", **asked).json()
    assert page["step"] == step
    for direction in ("forward", "backward"):
        rows = [row for row in page["rows"] if row["direction"] == direction]
        wanted = ("avenue", direction, "car")
        times = sorted(one.utc for one in service.passages if (one.line, one.direction, one.object_class) == wanted)
        assert rows[0]["start"] == page["from"]
        assert rows[-1]["end"] == page["to"]
        assert [row["end"] for row in rows[:-1]] == [row["start"] for row in rows[1:]]
        for row in rows:
            start, end = unix(row["start"]), unix(row["end"])
            assert end - start == step
            assert start % step == 0
            seen = seen_within(start, end)
            assert row["coverage"] == pytest.approx(seen / step, abs=1e-6)
            passed = bisect_left(times, end) - bisect_left(times, start)
            assert row["count"] == (passed if seen else None)


@settings(deadline=None, max_examples=15)
@given(step=st.sampled_from([step for step in range(1, 3601) if 3600 % step == 0]), hour=st.integers(0, 1))
def test_totals_do_not_depend_on_the_step(service: Service, step, hour):
    start = EPOCH + 3600 * hour
    asked = {"from": iso(start), "to": iso(start + 3600), "class": "car", "camera": "dorian"}
    rows = service.get("/api/v1/counts", step=step, **asked).json()["rows"]
    passed = sum(one.object_class == "car" and start <= one.utc < start + 3600 for one in service.passages)
    assert sum(row["count"] or 0 for row in rows) == passed > 0
    assert sum(row["coverage"] * step for row in rows) == pytest.approx(4 * seen_within(start, start + 3600), abs=0.01)


def test_a_whole_period_is_one_bin(service: Service):
    asked = {"from": iso(EPOCH + 1), "to": iso(EPOCH + 3541), "step": "whole", "camera": "dorian"}
    page = service.get("/api/v1/counts", **asked).json()
    assert (page["from"], page["to"], page["step"]) == ("2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z", 3600)
    assert len(page["rows"]) == 2 * 2 * 2
    passed = sum(EPOCH <= one.utc < EPOCH + 3600 for one in service.passages)
    assert sum(row["count"] for row in page["rows"]) == passed


def test_rows_are_there_for_all_that_a_camera_may_see_and_null_where_it_saw_nothing(service: Service):
    page = service.get("/api/v1/counts", from_=iso(EPOCH), to=iso(EPOCH + 3600), step="1h").json()
    series = {(row["camera"], row["line"], row["direction"], row["class"]) for row in page["rows"]}
    assert len(series) == len(page["rows"]) == 2 * 2 * 2 + 1 * 2 * 7
    for row in page["rows"]:
        assert (row["count"] is None) == (row["camera"] == "sud")
        assert (row["coverage"] == 0) == (row["camera"] == "sud")


def test_csv_says_the_same_as_json(service: Service):
    asked = {"from_": iso(EPOCH - 900), "to": iso(EPOCH + 3600), "step": "15m"}
    rows = service.get("/api/v1/counts", **asked).json()["rows"]
    answer = service.get("/api/v1/counts", **asked, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["vary"] == "Accept"
    told = list(csv.DictReader(io.StringIO(answer.text)))
    assert told == [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    assert "2026-03-01T08:15:00Z" in answer.text
    negotiated = service.client.get(
        "/api/v1/counts",
        params={"from": asked["from_"], "to": asked["to"], "step": "15m"},
        headers={"Accept": "text/csv"},
    )
    assert negotiated.text == answer.text


def test_csv_without_rows_still_has_its_header(service: Service):
    answer = service.get("/api/v1/counts", camera="dorian", class_="bus", format="csv")
    assert answer.text == "camera,line,direction,class,start,end,count,coverage\r\n"


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ({"step": "2h30"}, "step: found '2h30', wanted whole seconds from 1 to 86400, such as 60, 1s, 15m, 1h,"),
        ({"from": "2026-03-01"}, "from: found '2026-03-01', wanted an ISO 8601 time with its offset, from 1970"),
        ({"camera": "nord"}, "camera: found 'nord', wanted one of: dorian, sud"),
        ({"line": "porte", "camera": "dorian"}, "line: found 'porte', wanted one of: avenue, piste"),
        ({"class": "dog"}, "class: found 'dog', wanted 'pedestrian', 'bicycle'"),
        ({"direction": "up"}, "direction: found 'up', wanted 'forward' or 'backward'"),
        ({"format": "xml"}, "format: found 'xml', wanted 'json' or 'csv'"),
        ({"stepp": "1h"}, "stepp: unknown parameter"),
        (dict.fromkeys(("from", "to"), "2026-03-01T08:00:00Z"), "to: found '2026-03-01T08:00:00Z', wanted a time"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_told(service: Service, asked, detail):
    answer = service.client.get("/api/v1/counts", params=asked)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(detail)


def test_too_much_is_refused_with_how_much_it_was(service: Service):
    asked = {"from": iso(EPOCH), "to": iso(EPOCH + 86_400), "step": "1s", "camera": "dorian"}
    answer = service.get("/api/v1/counts", **asked)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(
        f"step: found 86400 bins of 8 series, which is 691200 rows, wanted at most {MAX_ROWS}: a longer step"
    )


def test_too_many_bins_are_refused_even_of_nothing(service: Service):
    """A class that the camera does not have leaves no series, but its bins would be laid out in memory all the same."""
    asked = {"from": iso(0), "to": iso(EPOCH), "step": "1s", "camera": "dorian", "class": "swimmer"}
    assert service.get("/api/v1/counts", **asked).status_code == 422


def test_a_ledger_that_is_not_there_is_a_503_without_its_path(tmp_path):
    with serving(tmp_path / "none.sqlite") as service:
        for noun in ("counts", "occupancy", "trajectories"):
            answer = service.get(f"/api/v1/{noun}")
            assert answer.status_code == 503
            assert answer.json() == {"detail": "the ledger cannot be read now, try again later"}
