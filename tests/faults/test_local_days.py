"""Days of 23 and 25 hours: bins are in UTC, so what a local day holds is what happened in it, once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.ledger.makers import coverage, open_ledger, passage
from tests.service.world import SITE, serving
from vision.service.routes import sites

QUARTER = 900
PLACES = [
    ("Europe/Paris", date(2026, 3, 29), 23),
    ("Europe/Paris", date(2026, 10, 25), 25),
    ("Africa/Cairo", date(2026, 4, 24), 23),  # its day begins at 01:00
    ("America/Havana", date(2026, 11, 1), 25),  # it has midnight twice
    ("Europe/Paris", date(2026, 6, 1), 24),
]


def instants_of(day, zone):
    """Unix seconds at which a local day begins and ends, found by looking at every quarter of an hour."""
    first = int(datetime.combine(day, time(), UTC).timestamp()) - 86_400
    quarters = [first + k * QUARTER for k in range(3 * 96)]
    inside = [second for second in quarters if datetime.fromtimestamp(second, zone).date() == day]
    return inside[0], inside[-1] + QUARTER


@pytest.mark.parametrize(("name", "day", "hours"), PLACES)
def test_a_local_day_is_told_whole_and_its_neighbours_share_nothing(tmp_path, monkeypatch, name, day, hours):
    zone = ZoneInfo(name)
    path = tmp_path / "x.sqlite"
    days = [instants_of(day + timedelta(days=shift), zone) for shift in (-1, 0, 1)]
    assert days[1][1] - days[1][0] == hours * 3600
    with open_ledger(path, fine_bins=10_000) as ledger:
        for second in range(days[0][0], days[2][1], QUARTER):
            ledger.add(passage(second + 1, camera="dorian", line="avenue", name="car"))
        ledger.add(coverage(days[0][0], days[2][1], camera="dorian"))
    identity = SITE.identity.model_copy(update={"timezone": name})
    with serving(path, SITE.model_copy(update={"identity": identity})) as service:
        told = []
        for begin, end in days:
            clock = pretended(end - 1)
            monkeypatch.setattr(sites, "datetime", clock)
            today = service.get("/api/v1/sites").json()["sites"][0]["today"]
            assert datetime.fromisoformat(today).timestamp() == begin
            until = datetime.fromtimestamp(end, UTC).isoformat()
            asked = {"from_": today, "to": until, "step": "whole", "line": "avenue", "direction": "forward"}
            (row,) = service.get("/api/v1/counts", **asked, class_="car").json()["rows"]
            told.append((row["count"], row["coverage"]))
    assert told == [((end - begin) // QUARTER, 1.0) for begin, end in days]


def pretended(now):
    """A datetime whose now() is another."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(now, tz)

    return Clock
