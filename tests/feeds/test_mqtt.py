"""A real broker that is away for a day, dies, hangs, wants a password or TLS: bins arrive, in order, once by id."""

import asyncio
import json
import shutil
import signal
import subprocess
import threading
from contextlib import suppress

import pytest

from tests.feeds.brokers import NEEDS_MOSQUITTO, Broker, Subscriber
from tests.feeds.owed import BINS, DAY, MINUTE, Day, counted, hasty, since, site, starts, told, total
from tests.ledger.makers import T0, passage
from tests.running import Running, wait_for
from vision.errors import UsageError
from vision.events import CameraState, Snapshot
from vision.far_ends import MqttSettings
from vision.feeds import mqtt
from vision.feeds.mqtt import Happening, MqttFeed
from vision.push import _happenings
from vision.service.live import Hub
from vision.site import PrivacySettings

pytestmark = NEEDS_MOSQUITTO

STATUS = "comptage/place/status"


@pytest.fixture
def day(tmp_path):
    with Day(tmp_path) as day:
        yield day


@pytest.fixture
def hour(tmp_path):
    with Day(tmp_path, minutes=60) as day:
        yield day


@pytest.fixture
def broker(tmp_path):
    with Broker(tmp_path) as broker:
        yield broker


async def silence():
    await asyncio.Event().wait()
    yield Happening("", "", "")


def feed_to(broker, day, monkeypatch, happenings=silence, step=60, **settings):
    monkeypatch.setattr(mqtt, "POLL_S", 0.05)
    where = MqttSettings(host="127.0.0.1", port=broker.port, start=since(T0), step=step, **settings)
    return MqttFeed(where, "place", day.backlog(site(), where, "mqtt"), happenings, patience=hasty())


def subscribe_for_ever(broker):
    """Make the listener's session known, so that the broker keeps for it what comes while it is away."""
    with Subscriber(broker.port):
        pass


def test_a_day_s_outage_is_made_good_in_order_and_once_each(broker, day, monkeypatch):
    subscribe_for_ever(broker.start())
    broker.stop()
    with told(feed_to(broker, day, monkeypatch)) as feed:
        wait_for(lambda: feed.standing.failures >= 3)
        assert feed.standing.seconds_behind() == DAY
        assert feed.standing.trouble == "Connection refused"
        with Subscriber(broker.start().port) as listener:
            wait_for(lambda: feed.standing.seconds_behind() == 0 and len(listener.bins(again=False)) >= BINS)
            day.go_on(2)
            wait_for(lambda: len(listener.bins(again=False)) >= BINS + 2)
        bins = listener.bins(again=False)  # the feed may have found the new broker before the listener had
    assert starts(bins) == list(range(BINS + 2))
    assert len({(one["id"], one["version"]) for one in bins}) == BINS + 2
    assert [total(one) for one in bins] == [counted(minute) for minute in range(BINS + 2)]


def test_a_broker_that_is_restarted_in_mid_stream_misses_nothing(broker, day, monkeypatch):
    subscribe_for_ever(broker.start())
    feed = feed_to(broker, day, monkeypatch)
    with told(feed):
        for _ in range(2):
            known = feed.standing.acknowledged
            wait_for(lambda known=known: feed.standing.acknowledged > known, every=0.001)
            broker.stop()
            broker.start()
        wait_for(lambda: feed.standing.acknowledged >= BINS)
    with Subscriber(broker.port) as listener:
        wait_for(lambda: len({one["id"] for one in listener.bins()}) == BINS)
    assert feed.standing.failures
    first_heard = list(dict.fromkeys(starts(listener.bins())))
    assert first_heard == sorted(first_heard)
    assert len({(one["id"], one["version"]) for one in listener.bins()}) == BINS


def test_what_a_killed_broker_had_not_acknowledged_comes_again(broker, day, monkeypatch):
    broker.start()
    feed = feed_to(broker, day, monkeypatch)
    with told(feed):
        wait_for(lambda: feed.standing.acknowledged, every=0.001)
        broker.stop(signal.SIGKILL)
        wait_for(lambda: feed.standing.failures)
        acknowledged = feed.standing.acknowledged
        assert acknowledged < BINS
        with Subscriber(broker.start().port) as listener:
            wait_for(lambda: feed.standing.seconds_behind() == 0)
            wait_for(lambda: starts(listener.bins())[-1:] == [BINS - 1])
    told_again = starts(listener.bins())
    # the feed may have found the new broker before the listener had
    assert told_again == list(range(int(told_again[0]), BINS))
    assert feed.standing.acknowledged == BINS


def test_a_broker_that_hangs_is_given_up_and_found_again(broker, hour, monkeypatch):
    monkeypatch.setattr(mqtt, "TIMEOUT_S", 2.0)
    with Subscriber(broker.start().port) as listener, told(feed_to(broker, hour, monkeypatch)) as feed:
        wait_for(lambda: len({one["id"] for one in listener.bins()}) == 60)
        broker.send(signal.SIGSTOP)
        hour.go_on(5)
        wait_for(lambda: feed.standing.failures)
        assert feed.standing.seconds_behind() == 5 * MINUTE
        broker.send(signal.SIGCONT)
        wait_for(lambda: feed.standing.seconds_behind() == 0)
        wait_for(lambda: len({one["id"] for one in listener.bins()}) == 65)
        bins = listener.bins()
    assert len({(one["id"], one["version"]) for one in bins}) == 65


def test_the_status_is_retained_and_a_clean_end_says_offline(broker, hour, monkeypatch):
    broker.start()
    with told(feed_to(broker, hour, monkeypatch)) as feed:
        wait_for(lambda: feed.standing.acknowledged == 60)
        with Subscriber(broker.port, name="late") as listener:
            wait_for(lambda: listener.texts(STATUS) and listener.bins())
            assert listener.texts(STATUS) == ["online"]
            assert starts(listener.bins()) == [59]  # what is retained is the newest
            assert all(message.retain for message in listener.heard)
    with Subscriber(broker.port, name="later") as listener:
        wait_for(lambda: listener.texts(STATUS) == ["offline"])


def test_of_what_is_revised_only_the_newest_bin_is_retained(broker, hour, monkeypatch):
    feed = feed_to(broker.start(), hour, monkeypatch, step=300)
    with Subscriber(broker.port) as listener, told(feed):
        wait_for(lambda: len(listener.bins()) == 12)
        for minute in (54, 59):  # one before the newest bin, and it
            hour.ledger.add(passage(T0 + minute * MINUTE))
            hour.go_on(1)
            wait_for(lambda: listener.bins()[-1]["revised"] and starts(listener.bins())[-1] == minute // 5 * 5)  # noqa: B023
            with Subscriber(broker.port, name=f"late-{minute}") as late:
                wait_for(late.bins)
                (retained,) = late.bins()
            assert (starts([retained]), retained["revised"]) == ([55], minute == 59)


def test_a_broker_that_goes_while_there_is_nothing_to_say_is_missed_and_greeted_again(broker, hour, monkeypatch):
    broker.start()
    with told(feed_to(broker, hour, monkeypatch)) as feed:
        wait_for(lambda: feed.standing.acknowledged == 60)
        broker.stop(signal.SIGKILL)
        wait_for(lambda: feed.standing.trouble)
        broker.start()
        with Subscriber(broker.port) as listener:
            wait_for(lambda: listener.texts(STATUS)[-1:] == ["online"])
            wait_for(lambda: not feed.standing.trouble)


def in_the_feed_s_loop(hub):
    """Happenings of a hub, and an event that says when they are listened to."""
    listening = threading.Event()

    async def happenings():
        heard = _happenings(hub)
        following = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(0)
        listening.set()
        with suppress(StopAsyncIteration):  # the hub is closed
            while True:
                yield await following
                following = asyncio.ensure_future(anext(heard))

    return happenings, listening


def publish_all(hub):
    hub.publish(CameraState(camera="a", state="live", utc=T0, detail="rtsp://jean:hush@10.0.0.1"))
    hub.publish(Snapshot(camera="a", utc=T0, objects=(), zones=()))
    hub.publish(passage(T0 + 1))


@pytest.mark.parametrize("told_passages", [True, False])
def test_passages_and_states_are_told_as_they_happen(broker, hour, monkeypatch, told_passages):
    hub = Hub()
    happenings, listening = in_the_feed_s_loop(hub)
    feed = feed_to(broker.start(), hour, monkeypatch, happenings, passages=told_passages)
    with Subscriber(broker.port) as listener, told(feed):
        assert listening.wait(20)
        publish_all(hub)
        wait_for(lambda: len(listener.bins()) == 60 and listener.texts("comptage/place/cameras/a"))
        if told_passages:
            wait_for(lambda: listener.texts("comptage/place/passages/a"))
        hub.close()
    (state,) = listener.texts("comptage/place/cameras/a")
    assert json.loads(state)["state"] == "live"
    assert "hush" not in state
    passages = [json.loads(text) for text in listener.texts("comptage/place/passages/a")]
    assert [one["utc"] for one in passages] == ([T0 + 1] if told_passages else [])
    topics = {message.topic.split("/")[2] for message in listener.heard}
    assert topics == {"status", "bins", "cameras", *(["passages"] if told_passages else [])}


def test_with_small_numbers_withheld_no_passage_is_told(broker, hour, monkeypatch):
    hub = Hub(PrivacySettings())
    happenings, listening = in_the_feed_s_loop(hub)
    with Subscriber(broker.start().port) as listener, told(feed_to(broker, hour, monkeypatch, happenings)):
        assert listening.wait(20)
        publish_all(hub)
        hub.publish(CameraState(camera="b", state="live", utc=T0, detail=""))  # after the passage, on the same way
        wait_for(lambda: listener.texts("comptage/place/cameras/b"))
    assert listener.texts("comptage/place/passages/a") == []


def test_a_password_is_shown_to_the_broker_and_to_nobody_else(tmp_path, hour, monkeypatch, caplog):
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("needs mosquitto_passwd")
    for user, password in (("comptage", "hush-hush"), ("listener", "x")):
        subprocess.run(["mosquitto_passwd", "-b", passwords, user, password], check=True)
    caplog.set_level("DEBUG")
    with Broker(tmp_path, f"password_file {passwords}") as broker:
        broker.start()
        monkeypatch.setenv("COMPTAGE_MQTT_PASSWORD", "wrong-hush")
        with told(feed_to(broker, hour, monkeypatch, username="comptage")) as feed:
            wait_for(lambda: feed.standing.failures)
            assert "Not authorized" in feed.standing.trouble
        monkeypatch.setenv("COMPTAGE_MQTT_PASSWORD", "hush-hush")
        with (
            Subscriber(broker.port, user=("listener", "x")) as listener,
            told(feed_to(broker, hour, monkeypatch, username="comptage")),
        ):
            wait_for(lambda: len(listener.bins()) == 60)
    assert "hush" not in caplog.text


@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket")  # paho leaves it to the garbage collector
def test_tls_is_judged_by_the_certificates_that_are_trusted(tmp_path, hour, monkeypatch):
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    wanted = ["-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", key, "-out", certificate]
    subprocess.run(["openssl", "req", "-x509", *curve, *files, *wanted], check=True, capture_output=True)
    with Broker(tmp_path, f"certfile {certificate}", f"keyfile {key}") as broker:
        broker.start()
        with told(feed_to(broker, hour, monkeypatch, tls=True)) as feed:
            wait_for(lambda: feed.standing.failures)
            assert feed.standing.trouble == "TLS: CERTIFICATE_VERIFY_FAILED"
        with (
            Subscriber(broker.port, ca=certificate) as listener,
            told(feed_to(broker, hour, monkeypatch, tls=True, ca=certificate)),
        ):
            wait_for(lambda: len(listener.bins()) == 60)


def test_a_user_without_a_password_is_said_before_anything_begins(hour, broker, monkeypatch):
    monkeypatch.delenv("COMPTAGE_MQTT_PASSWORD", raising=False)
    with pytest.raises(UsageError, match=r"mqtt\.password: nothing in COMPTAGE_MQTT_PASSWORD"):
        feed_to(broker, hour, monkeypatch, username="comptage")


def test_a_killed_service_is_offline_by_its_last_will(broker, tmp_path):
    text = f"""
[site]
name = "place"
[[camera]]
name = "a"
source = "scene:square"
[mqtt]
host = "127.0.0.1"
port = {broker.start().port}
"""
    with Subscriber(broker.port) as listener, Running(text, tmp_path) as running:
        wait_for(lambda: listener.texts(STATUS) == ["online"])
        wait_for(lambda: any('"live"' in state for state in listener.texts("comptage/place/cameras/a")))
        running.end(signal.SIGKILL)
        wait_for(lambda: listener.texts(STATUS) == ["online", "offline"])
