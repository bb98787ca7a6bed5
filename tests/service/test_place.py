import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.service.test_live import passage, snapshot
from tests.service.world import SECRETS, Service, fill, serving
from vision.events import CameraState, Coverage


@pytest.fixture
def service(tmp_path):
    fill(tmp_path / "nation.sqlite")
    with serving(tmp_path / "nation.sqlite") as running:
        yield running


def see(service: Service, camera: str) -> None:
    service.board.note(CameraState(camera=camera, state="live", utc=1))
    service.board.note(Coverage(camera=camera, start=1_772_352_000, end=1_772_352_000.5))


def test_the_site(service: Service):
    (site,) = service.get("/api/v1/sites").json()["sites"]
    today = datetime.fromisoformat(site.pop("today"))
    assert site == {
        "name": "nation",
        "title": "Place de la Nation",
        "timezone": "Europe/Paris",
        "cameras": ["dorian", "sud"],
        "threshold": None,
        "map": None,
    }
    local = today.astimezone(ZoneInfo("Europe/Paris"))
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert 0 <= (datetime.now(UTC) - today).total_seconds() <= 25 * 3600


def test_cameras_with_lines_zones_and_state(service: Service):
    see(service, "dorian")
    dorian, sud = service.get("/api/v1/cameras").json()["cameras"]
    assert (dorian["camera"], dorian["state"], dorian["ready"]) == ("dorian", "live", True)
    assert dorian["last_seen"] == "2026-03-01T08:00:00.500000Z"
    assert dorian["lines"][0] == {
        "name": "avenue", "a": [0.1, 0.6], "b": [0.9, 0.6], "forward": "vers la place", "backward": None,
        "way": "", "heading": None,
    }  # fmt: skip
    assert dorian["zones"][0]["polygon"] == [[0.1, 0.7], [0.5, 0.7], [0.5, 0.9]]
    assert (dorian["size"], dorian["classes"]) == ([320, 240], ["bicycle", "car"])
    assert (sud["state"], sud["last_seen"], sud["coverage"], len(sud["classes"])) == ("connecting", None, 0.0, 7)


def test_health_is_alive_whatever_the_cameras_do_and_ready_only_when_all_see(service: Service):
    def status(**asked) -> tuple[int, int]:
        return service.get("/health").status_code, service.get("/health/ready", **asked).status_code

    assert status() == (200, 503)
    see(service, "dorian")
    assert status() == (200, 503)
    assert status(camera="dorian") == (200, 200)
    assert [one["ready"] for one in service.get("/health/ready").json()["cameras"]] == [True, False]
    see(service, "sud")
    assert status() == (200, 200)
    assert service.get("/health/ready", camera="nord").status_code == 422


def test_metrics(service: Service):
    see(service, "dorian")
    service.board.note(passage(1))
    answer = service.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    counted = {tuple(sorted(one.labels.items())): one.value for one in families["comptage_passages"].samples}
    assert len(counted) == 2 * 2 * 2 + 2 * 7
    labels = {"camera": "dorian", "line": "avenue", "direction": "forward", "class": "car"}
    assert counted.pop(tuple(sorted(labels.items()))) == 1
    assert set(counted.values()) == {0}
    up = {one.labels["camera"]: one.value for one in families["comptage_camera_up"].samples}
    assert up == {"dorian": 1, "sud": 0}
    assert {one.labels["camera"] for one in families["comptage_camera_last_seen_age_seconds"].samples} == {"dorian"}
    assert set(families) == {
        "comptage_passages",
        "comptage_camera_up",
        "comptage_camera_last_seen_age_seconds",
        "comptage_camera_coverage_ratio",
        "comptage_ledger_up",
        "comptage_ledger_waiting_bytes",
        "comptage_ledger_set_aside",
        "comptage_ledger_lost_events",
        "comptage_live_subscribers",
        "comptage_frames_looked_at",
        "comptage_frames_missed",
    }


def test_no_answer_tells_where_a_camera_is(service: Service):
    detail = "rtsp://jean:s3cret@10.20.30.40:554/stream2: 10.20.30.40 does not answer"
    for event in (
        CameraState(camera="dorian", state="failed", utc=1, detail=detail),
        CameraState(camera="sud", state="failed", utc=1, detail="/srv/clips/sud.mp4: no such file"),
        snapshot(1),
    ):
        service.board.note(event)
        service.hub.publish(event)
    told = [
        service.get(path).text for path in service.get("/api/v1/openapi.json").json()["paths"] if "live" not in path
    ]
    told.append(service.get("/api/v1/openapi.json").text)
    told.append(service.get("/api/v1/counts", camera="x").text)
    with service.client.stream("GET", "/api/v1/live") as answer:
        chunks = answer.iter_text()
        while told[-1].count("data:") < 3:
            told[-1] += next(chunks)
    assert any("does not answer" in text for text in told)
    for text in told:
        assert not [secret for secret in SECRETS if secret in text]


def test_every_answer_carries_the_security_headers(service: Service):
    for path in ("/", "/common/style.css", "/api/v1/sites", "/api/v1/counts?step=x", "/nothing", "/metrics"):
        headers = service.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert not re.search(r"unsafe|https?:|\*", headers["content-security-policy"])
        assert headers["x-content-type-options"] == "nosniff"
