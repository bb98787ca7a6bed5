"""The pool over HTTP: who swims where, until when that may be believed, and what is open."""

import csv
import io
import json
import time

import pytest

from tests.service.test_counts import iso
from tests.service.world import EPOCH, serving
from vision.events import CameraState, Coverage, Length, Occupancy, Snapshot, ZoneCount
from vision.ledger import Ledger
from vision.service.access import new_token
from vision.service.board import Board
from vision.service.pool.board import VALID_S
from vision.service.pool.opening import DARK_S, QUIET_S
from vision.service.times import to_unix
from vision.site import PrivacySettings, Retention, Site

CORNERS = [[0.1, 0.9], [0.9, 0.9], [0.65, 0.15], [0.35, 0.15]]
TOKEN, LINE = new_token("maitre-nageur")


def site(**more):
    basin = {"name": "grand", "title": "Grand bassin", "corners": CORNERS, "lanes": 3, "lane_capacity_persons": 8}
    return Site.model_validate(
        {
            "site": {"name": "piscine", "title": "La piscine", "timezone": "Europe/Paris"},
            "camera": [{"name": "bord", "source": "file.mp4", "classes": ["swimmer"], "basin": [basin | more]}],
        }
    )


ALWAYS = {
    day: ["00:00-24:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
}


class Day:
    """A board whose clocks are turned by hand."""

    def __init__(self, served, utc=EPOCH):
        self.utc = utc
        self.board = Board(served, clock=lambda: self.utc)
        self.board.pool._wall = lambda: self.utc

    def say(self, *counts, state="live", coverage=True):
        zones = [ZoneCount(zone=f"couloir-{k + 1}", object_class="swimmer", count=n) for k, n in enumerate(counts) if n]
        self.board.note(CameraState(camera="bord", state=state, utc=self.utc))
        if state == "live":
            self.board.note(Snapshot(camera="bord", utc=self.utc, objects=(), zones=tuple(zones)))
            if coverage:
                self.board.note(Coverage(camera="bord", start=self.utc - 1, end=self.utc))

    def now(self):
        (basin,) = self.board.pool.now(lambda name: self.board.status(name).coverage).basins
        return basin

    def state(self):
        basin = self.now()
        return basin.state, basin.state_reason


def test_swimmers_ratios_and_free_lanes():
    day = Day(site())
    day.say(3, 0, 2)
    basin = day.now()
    assert [lane.swimmers for lane in basin.lanes] == [3, 0, 2]
    assert [lane.occupancy_ratio for lane in basin.lanes] == [0.375, 0.0, 0.25]
    assert (basin.swimmers, basin.capacity_persons, basin.occupancy_ratio, basin.free_lanes) == (5, 24, 0.208, 1)
    assert to_unix(basin.valid_until) - to_unix(basin.time) == VALID_S


def test_nothing_is_said_of_what_is_not_seen():
    day = Day(site())
    assert (day.now().swimmers, day.now().time, day.now().valid_until) == (None, None, None)
    day.say(1, 1, 1)
    day.utc += VALID_S + 1
    assert (day.now().swimmers, day.now().free_lanes, day.now().lanes[0].occupancy_ratio) == (None, None, None)
    day.say(1, 1, 1)
    assert day.now().swimmers == 3
    day.say(state="stalled")
    assert day.now().swimmers is None


def test_lengths_per_minute_are_over_what_was_seen():
    day = Day(site())
    for second in range(240):
        day.utc += 1
        day.say(1, coverage=second >= 120)
        if second >= 120 and second % 20 == 0:
            day.board.note(Length(camera="bord", lane="couloir-1", utc=day.utc))
    assert [lane.lengths_per_minute for lane in day.now().lanes] == [3.0, 0.0, 0.0]
    assert day.now().lengths_per_minute == 3.0
    day.utc += 400
    day.say(1)
    assert day.now().lengths_per_minute is None  # too little seen of late


def test_open_or_closed_by_hours_light_and_motion():
    """2026-03-01 is a Sunday; EPOCH is nine o'clock in Paris."""
    day = Day(site(hours={"sunday": ["09:30-12:00"]}))
    day.say(1)
    assert day.state() == ("closed", "hours")
    assert to_unix(day.now().state_until) == EPOCH + 1800
    day.utc += 1800
    day.say(1)
    assert day.state() == ("open", "hours")
    assert to_unix(day.now().state_until) == EPOCH + 3 * 3600
    day.say(state="black")
    day.utc += DARK_S - 1
    assert day.state() == ("open", "hours")
    day.utc += 2
    assert day.state() == ("closed", "dark")
    day.say(0)
    assert day.state() == ("open", "hours")


def test_without_hours_light_and_motion_decide():
    day = Day(site())
    assert day.state() == (None, "unknown")
    day.say(0)
    assert day.state() == ("open", "light")
    day.utc += QUIET_S
    day.say(0)
    assert day.state() == ("closed", "quiet")
    day.say(1)
    assert day.state() == ("open", "light")


def test_what_is_said_by_hand_wins():
    day = Day(site(hours={}, lane_states={"couloir-2": "open"}))
    day.say(1, 0, 0)
    assert [(lane.state, lane.state_reason) for lane in day.now().lanes] == [
        ("closed", "hours"),
        ("open", "setting"),
        ("closed", "hours"),
    ]
    day.board.pool.override("grand", "couloir-2", "closed", day.utc + 60)
    assert (day.now().lanes[1].state, day.now().lanes[1].state_reason) == ("closed", "override")
    assert day.now().free_lanes == 0
    day.utc += 61
    assert (day.now().lanes[1].state, day.now().lanes[1].state_reason) == ("open", "setting")
    assert Day(site(state="closed", hours=ALWAYS)).state() == ("closed", "setting")


@pytest.mark.parametrize(
    ("counts", "lanes", "whole"),
    [((5, 6, 7), [5, 6, 7], 18), ((5, 6, 4), [5, 6, None], None), ((5, 6, 0), [5, 6, None], None)],
)
def test_small_numbers_are_withheld_and_no_sum_gives_them_back(counts, lanes, whole):
    day = Day(site().model_copy(update={"privacy": PrivacySettings(threshold=5)}))
    day.say(*counts)
    for _ in range(120):
        day.utc += 1
        day.say(*counts)
        day.board.note(Length(camera="bord", lane="couloir-1", utc=day.utc))
    basin = day.now()
    assert [lane.swimmers for lane in basin.lanes] == lanes
    assert (basin.swimmers, basin.free_lanes, basin.lengths_per_minute) == (whole, None, None)
    assert {lane.lengths_per_minute for lane in basin.lanes} == {None}
    assert [lane.occupancy_ratio is None for lane in basin.lanes] == [lane is None for lane in lanes]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("pool") / "piscine.sqlite"
    with Ledger(path, Retention()) as ledger:
        ledger.add(Coverage(camera="bord", start=EPOCH, end=EPOCH + 600))
        for start in range(EPOCH, EPOCH + 300):
            for zone, name, count in (("couloir-1", "swimmer", 2), ("couloir-1", "all", 2), ("grand", "swimmer", 3)):
                row = {"object_seconds": float(count), "maximum": count, "start": start}
                ledger.add(Occupancy(camera="bord", zone=zone, object_class=name, **row))
        for second in range(0, 300, 30):
            ledger.add(Length(camera="bord", lane="couloir-1", utc=EPOCH + second))
        ledger.add(Length(camera="bord", lane="couloir-3", utc=EPOCH + 10))
    return path


@pytest.fixture(scope="module")
def served(ledger):
    with serving(ledger, site()) as running:
        yield running


def speak(running, *counts):
    now = time.time()
    zones = [ZoneCount(zone=f"couloir-{k + 1}", object_class="swimmer", count=n) for k, n in enumerate(counts) if n]
    running.board.note(CameraState(camera="bord", state="live", utc=now))
    running.board.note(Snapshot(camera="bord", utc=now, objects=(), zones=tuple(zones)))


def test_json_and_csv_say_the_same(served):
    speak(served, 3, 0, 2)
    (basin,) = served.get("/api/v1/pool").json()["basins"]
    rows = list(csv.DictReader(io.StringIO(served.get("/api/v1/pool", format="csv").text)))
    assert [(row["basin"], row["lane"], row["swimmers"], row["capacity_persons"]) for row in rows] == [
        ("grand", "", "5", "24"),
        ("grand", "couloir-1", "3", "8"),
        ("grand", "couloir-2", "0", "8"),
        ("grand", "couloir-3", "2", "8"),
    ]
    for row, said in zip(rows, [basin, *basin["lanes"]], strict=True):
        for column in ("occupancy_ratio", "state", "time", "valid_until"):
            assert row[column] == str(said[column])


def test_the_stream_tells_the_pool_again_when_it_changes(served):
    speak(served, 1)
    found = []
    with served.client.stream("GET", "/api/v1/pool/live", timeout=20) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: "))["basins"][0]["swimmers"])
                if found[-1] == 6:
                    break
                speak(served, 1, 2, 3)
    assert found == [1, 6]


def test_history_by_bins(served):
    asked = {"from_": iso(EPOCH), "to": iso(EPOCH + 900), "step": "5m"}
    rows = served.get("/api/v1/pool/history", **asked).json()["rows"]
    told = {(row["lane"], row["start"][14:16]): row for row in rows}
    columns = ("swimmers_mean", "swimmers_maximum", "occupancy_ratio", "lengths", "lengths_per_minute", "coverage")
    assert {key: tuple(told[key][column] for column in columns) for key in told} == {
        ("", "00"): (3.0, 3, 0.125, 11, 2.2, 1.0),
        ("couloir-1", "00"): (2.0, 2, 0.25, 10, 2.0, 1.0),
        ("couloir-2", "00"): (0.0, 0, 0.0, 0, 0.0, 1.0),
        ("couloir-3", "00"): (0.0, 0, 0.0, 1, 0.2, 1.0),
        **{(lane, "05"): (0.0, 0, 0.0, 0, 0.0, 1.0) for lane in ("", "couloir-1", "couloir-2", "couloir-3")},
        **{(lane, "10"): (None,) * 5 + (0.0,) for lane in ("", "couloir-1", "couloir-2", "couloir-3")},
    }
    only = served.get("/api/v1/pool/history", **asked, lane="couloir-3", format="csv").text.splitlines()
    assert len(only) == 4
    assert only[1].startswith("bord,grand,couloir-3,")


def test_history_tells_no_basin_where_small_numbers_are_withheld(ledger):
    with serving(ledger, site().model_copy(update={"privacy": PrivacySettings(threshold=5, step=300)})) as running:
        asked = {"from_": iso(EPOCH), "to": iso(EPOCH + 600), "step": "5m"}
        rows = running.get("/api/v1/pool/history", **asked).json()["rows"]
    assert {row["lane"] for row in rows} == {"couloir-1", "couloir-2", "couloir-3"}
    first = rows[0]
    assert (first["swimmers_mean"], first["lengths"]) == (None, 10)


def put(running, lane="couloir-2", headers=None, **body):
    return running.client.put(f"/api/v1/pool/lanes/{lane}/state", json=body, headers=headers or {})


def states(running):
    (basin,) = running.get("/api/v1/pool").json()["basins"]
    return [(lane["state"], lane["state_reason"]) for lane in basin["lanes"]]


def test_a_lane_is_closed_from_the_box_itself(served):
    speak(served, 1)
    assert put(served, state="closed").status_code == 204
    assert states(served) == [("open", "light"), ("closed", "override"), ("open", "light")]
    assert put(served, "grand", state="closed").status_code == 204
    assert {state for state, _ in states(served)} == {"closed"}
    assert put(served, "grand", state="automatic").status_code == 204
    assert {reason for _, reason in states(served)} == {"light"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_what_a_proxy_passes_on_is_not_from_the_box(served, header):
    assert put(served, state="closed", headers={header: "127.0.0.1"}).status_code == 401


def test_elsewhere_only_the_holder_of_a_token_may(ledger, tmp_path):
    tokens = tmp_path / "tokens.txt"
    tokens.write_text(LINE + "\n")
    served = site()
    for access in ("open", "pages", "tokens"):
        public = served.service.model_copy(update={"names": ("localhost",), "tokens": tokens, "access": access})
        with serving(ledger, served.model_copy(update={"service": public})) as running:
            running.client.headers["Host"] = "localhost"
            assert put(running, state="closed").status_code == 401
            assert put(running, state="closed", headers={"Cookie": f"comptage={TOKEN}"}).status_code == 401
            assert put(running, state="closed", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 204
            if access != "tokens":
                assert states(running)[1] == ("closed", "override")


@pytest.mark.parametrize(
    ("lane", "body", "detail"),
    [
        (
            "couloir-9",
            {"state": "closed"},
            "lane: found 'couloir-9', wanted one of: couloir-1, couloir-2, couloir-3, grand",
        ),
        ("couloir-1", {"state": "shut"}, "state: found 'shut', wanted 'open', 'closed' or 'automatic'"),
        (
            "couloir-1",
            {"state": "open", "until": "2026-03-01T08:00:00Z"},
            "until: found '2026-03-01T08:00:00Z', wanted",
        ),
        ("couloir-1", {"state": "open", "why": "school"}, "why: unknown parameter"),
    ],
)
def test_what_cannot_be_is_refused(served, lane, body, detail):
    answer = put(served, lane, **body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(detail)


def test_another_web_site_cannot_close_a_lane(served):
    """A browser asks first whether it may, and is not told that it may."""
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    answer = served.client.options("/api/v1/pool/lanes/couloir-1/state", headers=asked)
    assert "PUT" not in answer.headers.get("Access-Control-Allow-Methods", "")
    assert answer.status_code >= 400
