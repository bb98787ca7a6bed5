import json
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from tests.service.test_live import passage, snapshot
from tests.service.world import Service, fill, serving
from vision.events import CameraState, Snapshot
from vision.ledger import LedgerReader
from vision.service import context, server


@pytest.fixture
def service(tmp_path):
    fill(tmp_path / "nation.sqlite")
    with serving(tmp_path / "nation.sqlite") as running:
        yield running


@contextmanager
def listening(service: Service, **parameters):
    """Yield an iterator of (event, id, data), once the service knows of the listener."""
    before = service.hub.subscribers
    with service.client.stream("GET", "/api/v1/live", params=parameters, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        wait_until(lambda: service.hub.subscribers > before)
        yield events(answer.iter_lines())


def events(lines):
    fields = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and "data" in fields:
            yield fields["event"], fields.get("id"), json.loads(fields["data"])
            fields = {}


def wait_until(holds) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_events_arrive_as_they_happen(service: Service):
    service.hub.publish(CameraState(camera="dorian", state="live", utc=1, detail="rtsp://jean@10.20.30.40"))
    with listening(service) as stream:
        assert next(stream) == ("state", "1", {"camera": "dorian", "kind": "state", "state": "live", "utc": 1.0})
        service.hub.publish(passage(2.5))
        kind, number, data = next(stream)
        assert (kind, number) == ("passage", "2")
        assert (data["line"], data["class"], data["utc"]) == ("avenue", "car", 2.5)
        service.hub.publish(snapshot(3))
        kind, number, data = next(stream)
        assert (kind, number) == ("snapshot", "3")
        assert Snapshot.model_validate(data) == snapshot(3)


def test_one_camera_only(service: Service):
    with listening(service, camera="sud") as stream:
        service.hub.publish(passage(1, "dorian"))
        service.hub.publish(passage(2, "sud"))
        assert next(stream)[2]["camera"] == "sud"


def test_an_unknown_camera_is_refused_before_the_stream_begins(service: Service):
    answer = service.get("/api/v1/live", camera="nord")
    assert (answer.status_code, answer.json()["detail"]) == (422, "camera: found 'nord', wanted one of: dorian, sud")


def test_a_comment_keeps_an_idle_connection_alive(service: Service, monkeypatch):
    monkeypatch.setattr("vision.service.routes.live.KEEPALIVE_S", 0.05)
    with service.client.stream("GET", "/api/v1/live", timeout=30) as answer:
        lines = answer.iter_lines()
        assert any(line == ": ping" for line in lines)


def test_a_listener_that_leaves_is_forgotten(service: Service):
    with listening(service):
        assert service.hub.subscribers == 1
    wait_until(lambda: service.hub.subscribers == 0)


def test_a_service_that_closes_ends_its_streams(service: Service):
    with listening(service) as stream:
        service.hub.close()
        assert list(stream) == []


def test_a_listener_that_does_not_read_holds_up_nobody(service: Service):
    """Some fifty megabytes for a socket whose owner sleeps: publishing goes on, another listener gets its passage."""
    big = Snapshot(camera="dorian", utc=1, objects=(("car", 0.123456, 0.654321),) * 400, zones=())
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as sleeper:
        sleeper.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: service.hub.subscribers == 1)
        with listening(service, camera="sud") as stream:
            began = time.perf_counter()
            for _ in range(5000):
                service.hub.publish(big)
            assert time.perf_counter() - began < 30  # it would wait for ever
            service.hub.publish(passage(1, "sud"))
            assert next(stream)[0] == "passage"
        sleeper.settimeout(30)
        told = b""
        while b"event: lost" not in told:
            told = told[-100:] + sleeper.recv(1 << 20)


def test_a_slow_question_does_not_hold_up_the_stream(service: Service, monkeypatch):
    asked, answered = threading.Event(), threading.Event()

    class SlowReader(LedgerReader):
        def sums(self, *asked_for):
            asked.set()
            answered.wait(30)
            return super().sums(*asked_for)

    monkeypatch.setattr(context, "LedgerReader", SlowReader)
    with listening(service) as stream:
        question = threading.Thread(target=lambda: service.get("/api/v1/counts"))
        question.start()
        assert asked.wait(30)
        service.hub.publish(passage(1))
        assert next(stream)[0] == "passage"
        assert not answered.is_set()
        answered.set()
        question.join()


def test_no_part_of_an_answer_waits_for_the_acknowledgement_of_another(service: Service, monkeypatch):
    """A wait of 40 ms an answer on many systems, by Nagle's algorithm."""
    at_once, honest = [], server.TimedConnection.data_received

    def data_received(self, data):
        option = self.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        at_once.append(option)
        honest(self, data)

    monkeypatch.setattr(server.TimedConnection, "data_received", data_received)
    assert service.get("/health").status_code == 200
    assert at_once == [1]
