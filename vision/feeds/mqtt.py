"""MQTT: one connection to a broker, over which bins are promised and passages are told as they happen.

    <prefix>/<site>/status               online, or offline by the last will       QoS 1, retained
    <prefix>/<site>/bins/<camera>        a bin, until the broker acknowledges it   QoS 1, the newest retained
    <prefix>/<site>/cameras/<camera>     the state of a camera                     QoS 1, retained
    <prefix>/<site>/passages/<camera>    a passage                                 QoS 0, lost where the broker is away
    <prefix>/<site>/crossings/<name>/advice                                        QoS 0, retained while it holds

Advice is told at QoS 0: the next one makes good for one that is lost; it passes the bins that wait for the broker; and
the broker keeps none for who is away, so that nobody who comes back is told what is over.

Whoever has something else to say over the connection is one more task beside those of `_speak`.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass

from aiomqtt import Client, MqttError, ProtocolVersion, Will

from vision.address import allowed_addresses
from vision.crossings.settings import Crossing
from vision.errors import ComptageError
from vision.far_ends import MqttSettings
from vision.feeds.advice import Crossings, expiring
from vision.feeds.backlog import Backlog
from vision.feeds.bins import Bin
from vision.feeds.home_assistant import discovery
from vision.feeds.standing import Patience, Standing, reason

BATCH = 100
"""Bins under way at once."""
KEEP_ALIVE_S = 15
"""A broker that has heard nothing for half as long again says that we are offline."""
TIMEOUT_S = 30.0
"""For a connection, and for the acknowledgement of a batch: half a megabyte at 150 kbit/s."""
POLL_S = 1.0
ADVICE_S = 1.0
"""From one advice to the next."""
STATUSES = 16
"""That may wait to be read."""
FAREWELL_S = 2.0
"""For the broker's last words when the service ends."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens now, as live pages get it: "passage" or "state", its camera, and one line of JSON."""

    kind: str
    camera: str
    data: str


Happenings = Callable[[], AsyncGenerator[Happening]]
"""Begins to listen; bounded, so that who is slow loses some."""


class MqttFeed:
    """Tells a broker.

    Args:
        settings: where it is.
        site: name of the site, a level of every topic.
        backlog: the bins that it is owed.
        happenings: what happens now.
        crossings: those whose advice is told; their broker must speak MQTT 5, which lets a message expire.
        patience: how long to wait after a failure.

    Raises:
        UsageError: the password, or the file of certificates, cannot be read.
    """

    def __init__(
        self,
        settings: MqttSettings,
        site: str,
        backlog: Backlog,
        happenings: Happenings,
        crossings: Crossings | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._password = settings.read_password()
        self._tls = settings.trusted() if settings.tls else None
        self._topic = f"{settings.prefix}/{site}"
        self._status = f"{self._topic}/status"
        self._identifier = (
            f"comptage-{site}-{secrets.token_hex(4)}"  # of two with the same one, each throws out the other
        )
        self._backlog = backlog
        self._happenings = happenings
        self._crossings = crossings
        self._patience = patience or Patience()
        self.standing = Standing("mqtt", "mqtt", backlog.seconds_behind)

    async def run(self) -> None:
        """Tell, for ever; where the connection breaks, wait and connect again."""
        while True:
            try:
                await self._connected()
            except* (MqttError, ComptageError) as errors:
                self.standing.failed(reason(errors))
            await asyncio.sleep(self._patience.after_failure())

    async def _connected(self) -> None:
        await asyncio.to_thread(self._backlog.begin)  # what happens from now on is owed, whenever the broker is there
        # aiomqtt resolves the name again, as FFmpeg does with those of cameras
        await asyncio.to_thread(allowed_addresses, self._settings.host)
        async with self._client(Will(self._status, "offline", qos=1, retain=True)) as client:
            await client.publish(self._status, "online", qos=1, retain=True)
            try:
                await self._speak(client)
            except asyncio.CancelledError:
                client.timeout = FAREWELL_S
                with suppress(MqttError):
                    await client.publish(self._status, "offline", qos=1, retain=True)
                raise

    def _client(self, will: Will) -> Client:
        settings = self._settings
        client = Client(
            settings.host,
            settings.port or (8883 if settings.tls else 1883),
            username=settings.username,
            password=self._password,
            identifier=self._identifier,
            protocol=ProtocolVersion.V5 if self._crossings else ProtocolVersion.V311,
            will=will,
            timeout=TIMEOUT_S,
            keepalive=KEEP_ALIVE_S,
            max_queued_outgoing_messages=2 * BATCH,
            max_queued_incoming_messages=STATUSES,
            tls_context=self._tls,
        )
        client.pending_calls_threshold = 2 * BATCH
        return client

    async def _speak(self, client: Client) -> None:
        """Tell all that there is to tell, until the connection breaks."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stay_online(client))
            group.create_task(client.subscribe(self._status, qos=1))
            group.create_task(self._tell_bins(client))
            group.create_task(self._tell_happenings(client))
            if self._crossings:
                group.create_task(self._introduce(client, self._crossings))
                for crossing in self._crossings.settings:
                    group.create_task(self._tell_advice(client, self._crossings, crossing))

    async def _stay_online(self, client: Client) -> None:
        """Gainsay whoever says that we are offline, until the connection breaks, also while there is nothing to say.

        It may be the last will of another service of the same name, or that of this one before it was restarted,
        which the broker learns to be dead only when the new one has long been greeted.

        Raises:
            MqttError: it has.
        """
        async with asyncio.TaskGroup() as answers:  # who waits for the broker does not notice that it has gone
            async for message in client.messages:
                if message.payload == b"offline":
                    answers.create_task(client.publish(self._status, "online", qos=1, retain=True))

    async def _tell_bins(self, client: Client) -> None:
        while True:
            due = await asyncio.to_thread(self._backlog.due, BATCH)
            async with asyncio.TaskGroup() as group:
                for one in due:  # they are on the wire in this order, and acknowledged together
                    group.create_task(self._publish(client, one))
            if due:
                await asyncio.to_thread(self._backlog.acknowledge, due)
            self.standing.succeeded(len(due))
            self._patience.after_success()
            if not due:
                await asyncio.sleep(POLL_S)

    async def _publish(self, client: Client, one: Bin) -> None:
        retain = self._backlog.is_newest(one)  # and not an older one that has been revised
        await client.publish(f"{self._topic}/bins/{one.camera}", one.text(), qos=1, retain=retain)

    async def _tell_happenings(self, client: Client) -> None:
        async with aclosing(self._happenings()) as happenings:
            async for happening in happenings:
                if happening.kind == "state":
                    topic = f"{self._topic}/cameras/{happening.camera}"
                    await client.publish(topic, happening.data, qos=1, retain=True)
                elif self._settings.passages:
                    await client.publish(f"{self._topic}/passages/{happening.camera}", happening.data)

    async def _introduce(self, client: Client, crossings: Crossings) -> None:
        """Tell Home Assistant, if it listens, what there is."""
        if self._settings.discovery == "homeassistant":
            for crossing in crossings.settings:
                for topic, text in discovery(self._topic, crossing, people=crossings.people).items():
                    await client.publish(topic, text, qos=1, retain=True)

    async def _tell_advice(self, client: Client, crossings: Crossings, crossing: Crossing) -> None:
        """Tell what is advised now, once a second; never what was while the broker was away."""
        topic = f"{self._topic}/crossings/{crossing.name}/advice"
        while True:
            next_one = asyncio.create_task(asyncio.sleep(ADVICE_S))
            advised = await asyncio.to_thread(crossings.now, crossing.name)
            await client.publish(topic, advised.data, retain=True, properties=expiring(advised.ends - time.time()))
            await next_one
