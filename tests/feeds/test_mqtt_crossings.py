"""Advice to crossings over a real broker: in time or not at all, whoever dies, hangs, or has the same name."""

import json
import re
import signal
import time
from contextlib import contextmanager

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.crossings.places import TWO, seen
from tests.feeds.brokers import NEEDS_MOSQUITTO, Broker
from tests.feeds.owed import hasty
from tests.running import BUSY_S, wait_for
from tests.service.test_crossings import zones
from vision.events import CrossingSeen
from vision.feeds import mqtt
from vision.feeds.advice import expiring
from vision.ledger import Ledger
from vision.push import Push
from vision.service import crossings
from vision.service.crossings import CrossingDesk, CrossingNow
from vision.service.live import Hub
from vision.site import PrivacySettings, Retention, Site

pytestmark = NEEDS_MOSQUITTO

STATUS = "comptage/italie/status"
ADVICE = "comptage/italie/crossings/choisy/advice"
VALIDITY_S = 1.0 + BUSY_S


@pytest.fixture
def broker(tmp_path):
    with Broker(tmp_path) as broker:
        yield broker.start()


@pytest.fixture
def _quick(monkeypatch):
    """Connect again at once, and advise more often than once a second."""
    monkeypatch.setattr(mqtt, "Patience", hasty)
    monkeypatch.setattr(mqtt, "ADVICE_S", 0.2)


@contextmanager
def service(broker, folder, privacy=None, validity=VALIDITY_S, **settings):
    """Run what a service is made of that tells of a crossing: its desk, and how its far end stands."""
    folder.mkdir()
    crossing = TWO | {"validity": validity}
    place = Site.model_validate(
        {
            "site": {"name": "italie"},
            "camera": [{"name": "italie", "source": "/srv/clips/sud.mp4", "zone": zones(), "crossing": [crossing]}],
            "mqtt": {"host": "127.0.0.1", "port": broker.port, **settings},
        }
    ).model_copy(update={"privacy": privacy})
    hub, path = Hub(privacy), folder / "ledger.sqlite"
    desk = CrossingDesk(place, hub)
    with Ledger(path, Retention()) as ledger:
        push = Push(place, ledger, path, hub, desk)
        push.start()
        try:
            yield desk, push.standings[0]
        finally:
            push.stop()


def hear(desk, **people):
    desk.note(CrossingSeen(camera="italie", crossing="choisy", seen=seen(utc=time.time(), **people)))
    return desk.now("choisy")


class Listener:
    """Hears, over MQTT 5, what comes and when; begins with what is retained. Leave it with `with`."""

    def __init__(self, broker, *topics):
        self.heard = []
        self._topics = [(topic, 0) for topic in topics or ["#"]]
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe([*self._topics, ("mark", 0)])
        self._client.on_subscribe = lambda client, *_: client.publish("mark")  # comes after all that is retained
        self._client.on_message = lambda _, __, message: self.heard.append((time.time(), message))
        self._client.connect("127.0.0.1", broker.port)

    def __enter__(self):
        self._client.loop_start()
        wait_for(lambda: self.on("mark"), every=0.01)
        return self

    def __exit__(self, *_):
        self._client.disconnect()
        self._client.loop_stop()

    def on(self, topic):
        return [(at, message) for at, message in list(self.heard) if message.topic == topic]

    def texts(self, topic):
        return [message.payload.decode() for _, message in self.on(topic)]

    def advice(self):
        """Return what was said of the crossing, and when it came."""
        return [(at, CrossingNow.model_validate_json(message.payload)) for at, message in self.on(ADVICE)]

    def split(self):
        """Return the advice that had been retained, and that which came while we listened."""
        both = [
            (message.retain, at, now) for (at, now), (_, message) in zip(self.advice(), self.on(ADVICE), strict=False)
        ]
        return [(at, now) for old, at, now in both if old], [(at, now) for old, at, now in both if not old]

    def by_topic(self, prefix):
        return {message.topic: json.loads(message.payload) for _, message in self.heard if prefix in message.topic}


def sequences(heard):
    return [now.advice.sequence for _, now in heard]


def by_service(heard):
    """Return the sequence numbers of each service that was heard."""
    services = dict.fromkeys(now.service for _, now in heard)
    return [sequences([one for one in heard if one[1].service == service]) for service in services]


def retained(broker, topic):
    with Listener(broker, topic) as listener:
        return [message for _, message in listener.on(topic) if message.retain]


def test_advice_comes_once_a_second_as_over_http_and_is_retained_while_it_holds(broker, tmp_path, monkeypatch):
    # told once a second and true for several, so that a slow machine has time to tell it before it is over
    monkeypatch.setattr(crossings, "SILENT_S", 5.0)
    with Listener(broker) as listener, service(broker, tmp_path / "one", validity=8.0) as (desk, _):
        wait_for(listener.advice, every=0.01)
        said = hear(desk, a=3)
        wait_for(lambda: said.model_dump_json() in listener.texts(ADVICE), every=0.01)
        wait_for(lambda: len(listener.advice()) >= 3, every=0.01)
        (now,) = retained(broker, ADVICE)
        times = [at for at, _ in listener.advice()]
    assert (said.advice.demand, said.seen.kerb_a.people, said.advice.coverage) == ("call", 3, 1.0)
    assert 1.0 < times[2] - times[0] < 8
    assert 1 <= now.properties.MessageExpiryInterval <= 8
    assert wait_for(lambda: not retained(broker, ADVICE))
    assert [message.payload for message in retained(broker, STATUS)] == [b"offline"]


@pytest.mark.parametrize(("seconds", "told"), [(3.0, 3), (2.97, 2), (0.4, 1), (-5.0, 1)])
def test_a_broker_keeps_advice_no_longer_than_it_holds(seconds, told):
    assert expiring(seconds).MessageExpiryInterval == told


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])  # the former keeps what is retained on disc
def test_after_an_outage_advice_goes_on_and_nothing_old_is_told(broker, tmp_path, end):
    with service(broker, tmp_path / "one") as (desk, standing):
        wait_for(lambda: retained(broker, ADVICE))
        broker.stop(end)
        wait_for(lambda: standing.failures)
        for people in range(20):
            before = hear(desk, a=people)
        time.sleep(VALIDITY_S)
        with Listener(broker.start()) as listener:
            wait_for(lambda: len(listener.split()[1]) >= 2)
        retained_ones, live = listener.split()
        assert all(now.advice.holds(at) for at, now in live)
        assert sequences(live) == sorted(sequences(live))
        assert min(sequences(live)) > before.advice.sequence
        # Mosquitto 2.0.11 keeps on disc what is retained, but not that it expires: the advice itself says that it has
        assert all(now.advice.holds(at) == (now.advice.sequence > before.advice.sequence) for at, now in retained_ones)
        assert listener.texts(STATUS)[-1] == "online"


@pytest.mark.usefixtures("_quick")
def test_advice_that_comes_late_says_so_itself(broker, tmp_path):
    with Listener(broker, ADVICE) as listener, service(broker, tmp_path / "one") as (desk, standing):
        wait_for(listener.advice)
        broker.send(signal.SIGSTOP)
        known = len(listener.advice())
        said = hear(desk, a=3)
        time.sleep(VALIDITY_S + 0.1)
        broker.send(signal.SIGCONT)
        newest = hear(desk, a=4)
        wait_for(lambda: sequences(listener.advice())[-1] >= newest.advice.sequence)
        late = {now.advice.sequence: (at, now) for at, now in listener.advice()[known:]}
        at, now = late[said.advice.sequence]
        assert now == said
        assert not now.advice.holds(at)
        at, now = listener.advice()[-1]
        assert now.advice.holds(at)
        assert standing.failures == 0


@pytest.mark.usefixtures("_quick")
def test_two_services_of_one_name_are_told_apart_and_leave_each_other_be(broker, tmp_path):
    with Listener(broker) as listener, service(broker, tmp_path / "one") as (_, one):
        with service(broker, tmp_path / "two") as (_, two):
            wait_for(lambda: [len(numbers) >= 3 for numbers in by_service(listener.advice())] == [True, True])
            assert (one.failures, two.failures) == (0, 0)
            assert all(numbers == sorted(numbers) for numbers in by_service(listener.advice()))
        wait_for(lambda: "offline" in listener.texts(STATUS))
        wait_for(lambda: listener.texts(STATUS)[-1] == "online")  # says the one that is left
    wait_for(lambda: [message.payload for message in retained(broker, STATUS)] == [b"offline"])


def value(template, payload):
    """Return what the templates of ours, which are simple, make of a message."""
    path = re.fullmatch(r"\{\{ value_json\.([a-z_.]+)(?: if value_json\.seen else none)? \}\}", template)[1]
    for key in path.split("."):
        payload = None if payload is None else payload[key]
    return payload


@pytest.mark.usefixtures("_quick")
def test_home_assistant_is_told_the_topics_that_really_come(broker, tmp_path):
    with (
        Listener(broker) as listener,
        service(broker, tmp_path / "one", discovery="homeassistant", prefix="ville/é") as (desk, _),
    ):
        said = hear(desk, a=3, b=2, i=1)
        wait_for(lambda: any(topic.endswith("/advice") for topic in listener.by_topic("choisy")))
        sensors = wait_for(lambda: len(found := listener.by_topic("homeassistant/")) == 5 and found)
        topics = {message.topic for _, message in listener.heard}
    assert all(re.fullmatch(r"homeassistant/sensor/[\w-]+/[\w-]+/config", topic, re.ASCII) for topic in sensors)
    assert len({sensor["unique_id"] for sensor in sensors.values()}) == 5
    assert {sensor["state_topic"] for sensor in sensors.values()} <= topics
    assert {sensor["availability_topic"] for sensor in sensors.values()} <= topics
    assert {sensor["expire_after"] for sensor in sensors.values()} == {int(VALIDITY_S)}
    payload = json.loads(said.model_dump_json())
    shown = {sensor["name"]: value(sensor["value_template"], payload) for sensor in sensors.values()}
    assert shown == {
        "Waiting at kerb A": 3,
        "Waiting at kerb B": 2,
        "Waiting on the island": 1,
        "Demand": "call",
        "Advised green": said.advice.green_s,
    }


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize(("discovery", "told"), [(None, set()), ("homeassistant", {"demand", "green"})])
def test_where_small_numbers_are_withheld_nothing_is_told_of_people(broker, tmp_path, discovery, told):
    with (
        Listener(broker) as listener,
        service(broker, tmp_path / "one", privacy=PrivacySettings(), discovery=discovery) as (desk, _),
    ):
        wait_for(listener.advice)  # from then on the feed is connected
        said = hear(desk, a=3)
        wait_for(lambda: said.model_dump_json() in listener.texts(ADVICE))
        wait_for(lambda: {topic.split("/")[3] for topic in listener.by_topic("homeassistant/")} == told)
    assert all((now.seen, now.outside_green, now.advice.reasons) == (None, None, ()) for _, now in listener.advice())
    assert said.advice.demand == "call"
