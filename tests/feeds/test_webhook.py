"""A real receiver over HTTP that fails in every way it can, then works: it gets every bin, signed, in order."""

import base64
import json
import signal
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import replace

import pytest

from tests.feeds.owed import BINS, DAY, KEY, MINUTE, Day, counted, fill, hasty, since, site, starts, told, total
from tests.feeds.receivers import Receiver, free_port, is_genuine
from tests.ledger.makers import T0, open_ledger, passage
from tests.running import Running, wait_for
from tests.test_far_ends import GOOD
from vision.address import FORBIDDEN
from vision.far_ends import WebhookSettings
from vision.feeds import webhook
from vision.feeds.standing import Patience
from vision.feeds.webhook import WebhookFeed, message_id, signature


@pytest.fixture
def day(tmp_path):
    with Day(tmp_path) as day:
        yield day


@pytest.fixture
def hour(tmp_path):
    with Day(tmp_path, minutes=60) as day:
        yield day


def feed_to(url, day, monkeypatch, patience=None):
    monkeypatch.setenv("COMPTAGE_WEBHOOK_OPEN_DATA", KEY)
    monkeypatch.setattr(webhook, "POLL_S", 0.05)
    settings = WebhookSettings(name="open-data", url=url, start=since(T0))
    return WebhookFeed(settings, "place", day.backlog(site(), settings), patience or hasty())


def test_a_day_s_outage_is_made_good_in_order_and_once_each(day, monkeypatch):
    port = free_port()
    with told(feed_to(f"http://127.0.0.1:{port}/in", day, monkeypatch)) as feed:
        wait_for(lambda: feed.standing.failures >= 3, every=0.01)
        assert feed.standing.seconds_behind() == DAY
        assert feed.standing.trouble == "cannot be reached: Connection refused"
        with Receiver(KEY, port=port) as receiver:
            wait_for(lambda: len(receiver.taken) >= BINS and feed.standing.seconds_behind() == 0)
            assert starts(receiver.taken) == list(range(BINS))
            assert len({(one["id"], one["version"]) for one in receiver.taken}) == BINS
            assert [total(one) for one in receiver.taken] == [counted(minute) for minute in range(BINS)]
            day.go_on(2)
            wait_for(lambda: len(receiver.taken) == BINS + 2)
    assert feed.standing.trouble == ""
    assert feed.standing.acknowledged == BINS + 2


TROUBLES = {
    "hang": "no answer within 2 s",
    "close": "cannot be reached: Server disconnected without sending a response.",
    "garbage": "cannot be reached: illegal status line",
    500: "answered 500",
    410: "answered 410",
    (302, ("Location", "/elsewhere")): "answered 302, a redirect, which is not followed",
    (307, ("Location", "http://169.254.169.254/")): "answered 307, a redirect, which is not followed",
    401: "answered 401",
}


@pytest.mark.parametrize("reply", TROUBLES, ids=str)
def test_what_is_not_taken_comes_again_as_the_same_message(hour, monkeypatch, caplog, reply):
    if reply == "hang":
        monkeypatch.setattr(webhook, "TIMEOUT_S", 2.0)
    replies = [(reply[0], dict([reply[1]]))] * 2 if isinstance(reply, tuple) else [reply] * 2
    with Receiver(KEY, *replies) as receiver, told(feed_to(receiver.url, hour, monkeypatch)) as feed:
        wait_for(lambda: len(receiver.taken) >= 60, every=0.02)
        time.sleep(0.2)
        assert starts(receiver.taken) == list(range(60))
        assert feed.standing.failures == 2
        assert {(method, path) for method, path, _ in receiver.asked} == {("POST", "/in")}
        ids = [headers["webhook-id"] for headers, _ in receiver.messages]
        assert len(set(ids)) == 1
        assert len(ids) == 3
    assert TROUBLES[reply] in caplog.text
    assert caplog.text.count("it is owed is kept") == 1  # said once, not for every attempt
    assert "127.0.0.1" not in caplog.text


def test_a_receiver_s_rest_is_respected_up_to_the_longest_wait(hour, monkeypatch):
    replies = [(429, {"Retry-After": "1"}), (503, {"Retry-After": "86400"})]
    with (
        Receiver(KEY, *replies) as receiver,
        told(feed_to(receiver.url, hour, monkeypatch, Patience(0.05, longest=1.5))),
    ):
        wait_for(lambda: receiver.taken, every=0.02)
    first, second, third = (at for _, _, at in receiver.asked)
    assert second - first >= 1
    assert third - second >= 1.5


def test_a_batch_that_is_too_large_is_halved(hour, monkeypatch):
    with Receiver(KEY, 413, 413) as receiver, told(feed_to(receiver.url, hour, monkeypatch)):
        wait_for(lambda: len(receiver.taken) == 60)
    assert [len(json.loads(body)["bins"]) for _, body in receiver.messages] == [60, 30, 15, 15, 15, 15]
    assert starts(receiver.taken) == list(range(60))


def test_a_message_that_comes_again_is_the_same_though_more_is_due_by_then(hour, monkeypatch):
    def fail_a_minute_later():
        hour.go_on(1)
        return 500

    with Receiver(KEY, fail_a_minute_later) as receiver, told(feed_to(receiver.url, hour, monkeypatch)):
        wait_for(lambda: len(receiver.taken) == 61)
    (first, body), (again, body_again), _ = receiver.messages
    assert first["webhook-id"] == again["webhook-id"]
    assert body == body_again


def test_a_late_event_is_told_as_a_revision(hour, monkeypatch):
    with Receiver(KEY) as receiver, told(feed_to(receiver.url, hour, monkeypatch)):
        wait_for(lambda: len(receiver.taken) == 60)
        hour.ledger.add(passage(T0 + 59 * MINUTE))
        hour.go_on(1)
        wait_for(lambda: len(receiver.taken) == 62)
    before, revised, new = receiver.taken[59:]
    assert (revised["id"], revised["revised"], revised["version"]) == (before["id"], True, 2)
    assert total(revised) == total(before) + 1
    assert not new["revised"]


def test_a_fault_of_the_ledger_is_waited_for(hour, monkeypatch):
    with Receiver(KEY) as receiver:
        feed = feed_to(receiver.url, hour, monkeypatch)
        aside = hour.path.with_suffix(".aside")
        hour.path.rename(aside)
        with told(feed):
            wait_for(lambda: feed.standing.failures)
            aside.rename(hour.path)
            wait_for(lambda: len(receiver.taken) == 60)


def test_the_signature_is_that_of_standard_webhooks():
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")  # the example of Svix, who began the standard
    headers = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_guide_s_receiver_refuses_what_was_changed_or_is_old():
    key, body = base64.b64decode(KEY.removeprefix("whsec_")), b'{"type":"bins"}'
    now = int(time.time())
    good = signature(key, "msg_1", now, body)
    assert is_genuine(good, body, KEY)
    assert is_genuine(good | {"webhook-signature": "v1,AAAA " + good["webhook-signature"]}, body, KEY)
    assert not is_genuine(good, body + b" ", KEY)
    assert not is_genuine(good | {"webhook-id": "msg_2"}, body, KEY)
    assert not is_genuine(good | {"webhook-timestamp": str(now + 1)}, body, KEY)
    assert not is_genuine(signature(key, "msg_1", now - 301, body), body, KEY)
    assert not is_genuine(signature(b"another key" * 3, "msg_1", now, body), body, KEY)


def test_the_idempotency_key_changes_with_any_version(hour):
    settings = WebhookSettings(name="x", url="http://127.0.0.1/", start=since(T0))
    bins = hour.backlog(site(), settings).due(5)
    assert message_id(bins) == message_id(list(bins))
    others = [bins[:4], bins[1:], [*bins[:4], replace(bins[4], version=2)]]
    assert len({message_id(batch) for batch in (bins, *others)}) == 4


@pytest.mark.parametrize("address", [network[1] if network.num_addresses > 1 else network[0] for network in FORBIDDEN])
def test_a_name_that_leads_to_a_forbidden_address_is_not_connected_to(hour, monkeypatch, address):
    asked = []

    def resolve(host, *_, **__):
        asked.append(host)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        return [(family, socket.SOCK_STREAM, 6, "", (str(address), 0))]

    feed = feed_to("https://data.example/in", hour, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        patch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))
        with told(feed):
            wait_for(lambda: feed.standing.failures, every=0.01)
    assert set(asked) == {"data.example"}
    assert "metadata service" in feed.standing.trouble


def test_the_connection_goes_to_the_address_that_was_judged(hour, monkeypatch):
    real, answers = socket.getaddrinfo, iter(["127.0.0.1"])

    def resolve(host, *arguments, **named):
        """Of data.example, a good address once and never again."""
        return real(next(answers) if host == "data.example" else host, *arguments, **named)

    with Receiver(KEY) as receiver:
        port = receiver.url.split(":")[-1].split("/")[0]
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        with told(feed_to(f"http://data.example:{port}/in", hour, monkeypatch)):
            wait_for(lambda: len(receiver.taken) == 60)
        assert {headers["Host"] for headers, _ in receiver.messages} == {f"data.example:{port}"}


def test_a_receiver_without_a_good_certificate_is_told_nothing(hour, monkeypatch):
    with Receiver(KEY) as receiver:
        url = receiver.url.replace("http://", "https://")
        feed = feed_to(url, hour, monkeypatch)
        with told(feed):
            wait_for(lambda: feed.standing.failures)
        assert feed.standing.trouble.startswith("cannot be reached: TLS: ")
        assert receiver.messages == []
    assert feed._tls.verify_mode == ssl.CERT_REQUIRED
    assert feed._tls.check_hostname


def far_end(running, **wanted):
    """Return what the service says of its only far end, if it is so."""
    try:
        (found,) = running.get("/health/ready")["far_ends"]
    except urllib.error.HTTPError as error:  # the camera is not live yet
        (found,) = json.load(error)["far_ends"]
    return found if wanted.items() <= found.items() else None


def figures(running):
    with urllib.request.urlopen(running.url + "/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}


def test_a_service_killed_between_sending_and_acknowledgement_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPTAGE_WEBHOOK_OPEN_DATA", KEY)
    began = int(time.time()) // MINUTE * MINUTE - 150 * MINUTE
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        fill(ledger, 120, first=(began - T0) // MINUTE)
    port = free_port()
    text = f"""{GOOD}
[[webhook]]
name = "open-data"
url = "http://127.0.0.1:{port}/in/hush-hush"
step = 60
start = {since(began).isoformat()}
"""
    with Receiver(KEY, 204, "hang", port=port) as receiver, Running(text, tmp_path, "DEBUG") as running:
        wait_for(lambda: len(receiver.messages) == 2)  # the second is sent, and its answer never comes
        assert running.get("/health")["alive"]
        running.end(signal.SIGKILL)
        before = list(receiver.taken)
    with Receiver(KEY, port=port) as receiver, Running(text, tmp_path, "DEBUG") as running:
        wait_for(lambda: len(before) + len(receiver.taken) >= 150)
        assert wait_for(lambda: far_end(running, behind_seconds=0.0))["failures"] == 0
        bins_told = 'comptage_far_end_bins_total{far_end="open-data",kind="webhook"}'
        wait_for(lambda: figures(running)[bins_told] == len(receiver.taken))
        assert running.end() == 0
    bins = (before + receiver.taken)[:150]
    assert [one["from"] for one in bins] == [since(began + k * MINUTE).strftime("%FT%H:%M:%SZ") for k in range(150)]
    assert len({(one["id"], one["version"]) for one in bins}) == 150
    assert [total(one) for one in bins[:120]] == [counted((began - T0) // MINUTE + k) for k in range(120)]
    assert {row["count"] for one in bins[121:149] for row in one["lines"]} == {None}
    log = running.log.read_text()
    assert "hush" not in log
    assert KEY.removeprefix("whsec_") not in log
