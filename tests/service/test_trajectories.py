import csv
import io
from itertools import groupby

from tests.service.test_counts import iso
from tests.service.world import EPOCH, Service, paths
from vision.service.times import from_unix

HOUR = {"from_": iso(EPOCH), "to": iso(EPOCH + 3600)}


def test_they_come_in_order_and_say_when_there_are_more(service: Service):
    page = service.get("/api/v1/trajectories", **HOUR).json()
    assert page["complete"] is True
    assert [row["points"] for row in page["rows"]] == [[list(point) for point in path.points] for path in paths()]
    few = service.get("/api/v1/trajectories", **HOUR, limit=5).json()
    assert few["complete"] is False
    assert few["rows"] == page["rows"][:5]


def test_only_those_that_began_in_the_period(service: Service):
    page = service.get("/api/v1/trajectories", from_=iso(EPOCH + 10.5), to=iso(EPOCH + 21), camera="dorian").json()
    assert [row["start"] for row in page["rows"]] == ["2026-03-01T08:00:10.500000Z"]
    assert from_unix(paths()[1].start).isoformat() == "2026-03-01T08:00:10.500000+00:00"
    assert service.get("/api/v1/trajectories", **HOUR, camera="sud").json()["rows"] == []


def test_nothing_in_them_tells_who_is_who(service: Service):
    for row in service.get("/api/v1/trajectories", **HOUR).json()["rows"]:
        assert set(row) == {"camera", "class", "start", "unit", "points"}


def test_csv_says_the_same_as_json(service: Service):
    rows = service.get("/api/v1/trajectories", **HOUR).json()["rows"]
    lines = csv.DictReader(io.StringIO(service.get("/api/v1/trajectories", **HOUR, format="csv").text))
    told = [list(group) for _, group in groupby(lines, lambda line: line["trajectory"])]
    assert len(told) == len(rows)
    for row, group in zip(rows, told, strict=True):
        assert [[float(line[name]) for name in ("seconds", "x", "y")] for line in group] == row["points"]
        assert {(line["camera"], line["class"], line["start"]) for line in group} == {
            (row["camera"], row["class"], row["start"])
        }


def test_a_limit_out_of_range_is_told(service: Service):
    answer = service.get("/api/v1/trajectories", limit=10_001)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "limit: found '10001', wanted less than or equal to 10000"
