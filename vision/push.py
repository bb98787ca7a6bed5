"""The far ends of a site, told in a thread of their own: neither counting nor HTTP ever waits for one."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

from vision.feeds.advice import Advised, Crossings
from vision.feeds.backlog import Backlog
from vision.feeds.mqtt import Happening, MqttFeed
from vision.feeds.standing import LONGEST_S, Standing
from vision.feeds.webhook import WebhookFeed
from vision.ledger import Ledger
from vision.service.crossings import CrossingDesk
from vision.service.live import Hub, Message
from vision.site import Site

FAREWELL_S = 10.0
"""For what is under way when the service ends; it is told again after the next start."""

log = logging.getLogger(__name__)


class Push:
    """Tells every far end of a site what it is owed.

    Args:
        site: settings.
        ledger: keeps how far each has come.
        path: of the ledger.
        hub: what happens now.
        desk: what the crossings' controllers are advised.

    Raises:
        UsageError: a password, key or file of certificates cannot be read.
    """

    def __init__(self, site: Site, ledger: Ledger, path: Path, hub: Hub, desk: CrossingDesk) -> None:
        name = site.identity.name
        feeds: list[MqttFeed | WebhookFeed] = [
            WebhookFeed(hook, name, Backlog(site, f"webhook {hook.name}", hook, ledger, path)) for hook in site.webhooks
        ]
        if site.mqtt is not None:
            backlog = Backlog(site, "mqtt", site.mqtt, ledger, path)
            feeds.append(MqttFeed(site.mqtt, name, backlog, lambda: _happenings(hub), _crossings(site, desk)))
        self.standings: tuple[Standing, ...] = tuple(feed.standing for feed in feeds)
        self._runs = [feed.run for feed in feeds]
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._turn, name="push", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        """Tell no more; what was not acknowledged is due after the next start."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(FAREWELL_S)

    def _turn(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop or asyncio.new_event_loop()) as runner:
            runner.run(self._tell_all())

    async def _tell_all(self) -> None:
        tasks = [asyncio.create_task(_for_ever(run)) for run in self._runs]
        await self._stopped.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(run: Callable[[], Awaitable[None]]) -> None:
    """Run a feed; a fault of ours ends neither it nor the others."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("a far end is not told for %g s", LONGEST_S)
            await asyncio.sleep(LONGEST_S)


async def _happenings(hub: Hub) -> AsyncGenerator[Happening]:
    with hub.subscribe() as subscription:
        async for message in subscription:
            if isinstance(message, Message) and message.kind in {"passage", "state"}:
                yield Happening(message.kind, message.camera, message.data)


def _crossings(site: Site, desk: CrossingDesk) -> Crossings | None:
    settings = tuple(crossing for camera in site.cameras for crossing in camera.crossings)

    def now(name: str) -> Advised:
        said = desk.now(name)
        return Advised(said.model_dump_json(), said.advice.utc + said.advice.validity_s)

    return Crossings(settings, now, people=site.privacy is None) if settings else None
