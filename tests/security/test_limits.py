"""How much is done for one client, and for all of them."""

import asyncio
import contextlib
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.test_access import site
from tests.service.world import fill, serving
from vision.answering import LimitSettings
from vision.ledger import LedgerReader
from vision.service import context, limits
from vision.service.limits import Buckets, RequestLimits, client_of


@pytest.fixture
def serve(tmp_path):
    fill(tmp_path / "nation.sqlite")
    with contextlib.ExitStack() as stack:
        yield lambda **wanted: stack.enter_context(
            serving(tmp_path / "nation.sqlite", site(limits=LimitSettings(**wanted)))
        )


@given(
    per_minute=st.integers(1, 1000),
    waits=st.lists(st.floats(0, 100), min_size=1, max_size=300),
)
def test_a_client_gets_no_more_than_its_share_and_is_told_when(per_minute, waits):
    now = [0.0]
    buckets = Buckets(per_minute, lambda: now[0])
    taken = []
    for wait in waits:
        now[0] += wait
        retry = buckets.take("a")
        if retry:
            assert retry <= 60 / per_minute + 1e-6
            now[0] += retry + 1e-6
            retry = buckets.take("a")
        assert retry == 0
        taken.append(now[0])
    for first, begin in enumerate(taken):
        for count, end in enumerate(taken[first:], start=1):
            assert count <= per_minute + (end - begin) * per_minute / 60 + 1e-6


def test_one_client_does_not_use_up_what_another_may_ask():
    buckets = Buckets(5, lambda: 0.0)
    assert [bool(buckets.take("greedy")) for _ in range(7)] == [False] * 5 + [True] * 2
    assert buckets.take("other") == 0


def test_clients_without_number_take_no_memory_without_bound(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CLIENTS", 100)
    buckets = Buckets(5, lambda: 0.0)
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets) == 100


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("unknown", "unknown"),
    ],
)
def test_what_stands_for_a_client(host, client):
    assert client_of({"client": (host, 1)}) == client


def test_who_asks_too_often_is_told_to_wait_and_others_are_not(serve):
    running = serve(requests_per_minute=3)
    answers = [running.get("/api/v1/sites") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
    assert answers[-1].json()["detail"].startswith("too many requests, try again in ")
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
    # loopback is believed as a proxy: this is another client behind it
    assert running.client.get("/health", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 200


def test_a_proxy_that_is_not_named_is_not_believed(tmp_path):
    fill(tmp_path / "nation.sqlite")
    with serving(tmp_path / "nation.sqlite", site(proxies=(), limits=LimitSettings(requests_per_minute=1))) as running:
        found = [
            running.client.get("/health", headers={"X-Forwarded-For": f"198.51.100.{k}"}).status_code for k in (1, 2)
        ]
    assert found == [200, 429]


def test_live_streams_are_bounded_for_one_client_and_in_all(serve):
    running = serve(live_per_client=2, live=3)
    headers = {"X-Forwarded-For": "198.51.100.7"}

    def listen(stack, **headers):
        return stack.enter_context(running.client.stream("GET", "/api/v1/live", headers=headers)).status_code

    with contextlib.ExitStack() as stack:
        assert [listen(stack) for _ in range(3)] == [200, 200, 429]
        assert [listen(stack, **headers) for _ in range(2)] == [200, 503]
        assert running.get("/api/v1/sites").status_code == 200
    ends_at = time.monotonic() + 5
    while running.hub.subscribers and time.monotonic() < ends_at:
        time.sleep(0.01)
    with contextlib.ExitStack() as stack:
        assert listen(stack, **headers) == 200


def test_questions_take_turns(serve, monkeypatch):
    running = serve(questions=1, seconds=2.0)
    asked, answered = threading.Event(), threading.Event()

    class SlowReader(LedgerReader):
        def sums(self, *asked_for):
            asked.set()
            answered.wait(30)
            return super().sums(*asked_for)

    monkeypatch.setattr(context, "LedgerReader", SlowReader)
    first = threading.Thread(target=lambda: running.get("/api/v1/counts"))
    first.start()
    assert asked.wait(30)
    busy = running.get("/api/v1/sites")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    assert running.get("/health").status_code == 200
    answered.set()
    first.join()
    assert running.get("/api/v1/sites").status_code == 200


def test_a_turn_ends_as_the_answer_begins_however_slowly_it_is_read():
    async def scenario():
        reading = asyncio.Event()

        async def app(_scope, _receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"much"})

        async def slow_client(message):
            if message["type"] == "http.response.body":
                await reading.wait()

        limited = RequestLimits(app, LimitSettings(questions=1, seconds=1))
        scope = {"type": "http", "path": "/api/v1/counts", "client": ("192.0.2.1", 1)}
        slow = asyncio.create_task(limited(scope, None, slow_client))
        await asyncio.sleep(0)
        told = []

        async def quick_client(message):
            told.append(message)

        await asyncio.wait_for(limited(scope, None, quick_client), 5)
        assert told[0]["status"] == 200
        assert not slow.done()
        reading.set()
        await slow

    asyncio.run(scenario())


def connect(running):
    host, port = running.url.removeprefix("http://").split(":")
    found = socket.create_connection((host, int(port)))
    found.settimeout(10)
    return found


def is_closed(connection):
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nto",
    ],
)
def test_a_request_that_does_not_come_to_its_end_is_not_waited_for(serve, said):
    running = serve(seconds=0.3)
    with connect(running) as connection:
        connection.sendall(said)
        assert is_closed(connection)


def test_a_stream_is_not_ended_by_the_time_limit_of_requests(serve):
    running = serve(seconds=2.0)
    with connect(running) as connection:
        connection.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.settimeout(5)
        with contextlib.suppress(TimeoutError):
            while True:
                assert connection.recv(4096)
        assert running.hub.subscribers == 1


def test_connections_are_bounded(serve):
    running = serve(connections=3)
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(running)) for _ in range(4)]
        assert is_closed(connections[-1])
        connections[0].sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connections[0].recv(15) == b"HTTP/1.1 200 OK"


def test_a_request_larger_than_any_browser_s_is_refused(serve):
    running = serve()
    with connect(running) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000)
        assert connection.recv(12) == b"HTTP/1.1 400"
