"""The signal controllers of a site, spoken to once a second, in a thread of their own."""

import asyncio
import logging
import threading

from vision.crossings.controllers import Controller
from vision.errors import ComptageError, UsageError
from vision.feeds.ntcip import ControllerLink
from vision.service.crossings import CrossingDesk
from vision.site import Site

TURN_S = 1.0

log = logging.getLogger(__name__)


class Controllers:
    """Speaks to all controllers of a site; one that does not answer holds up no other.

    Args:
        site: settings.
        desk: advises, and is told phases.

    Raises:
        UsageError: the file of a controller's word cannot be read, or is empty.
    """

    def __init__(self, site: Site, desk: CrossingDesk) -> None:
        self._desk = desk
        self._controllers = [(controller, _word_of(controller)) for controller in site.controllers]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="controllers", daemon=True)

    def start(self) -> None:
        """Begin, if there are any."""
        if self._controllers:
            self._thread.start()

    def stop(self) -> None:
        """Take all calls back, and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    async def _serve(self) -> None:
        await asyncio.gather(*(self._speak_to(*known) for known in self._controllers))

    async def _speak_to(self, controller: Controller, word: str) -> None:
        link = ControllerLink(controller, word, lambda crossing: self._desk.now(crossing).advice, self._desk.say_phase)
        trouble = ""
        while not self._stop.is_set():
            before, trouble = trouble, ""
            try:
                await link.turn()
            except ComptageError as error:
                trouble = str(error)
            if trouble != before:
                log.warning("%s", trouble or f"controller {controller.name!r}: answers again")
            await asyncio.sleep(TURN_S)
        await link.take_back()
        await link.close()


def _word_of(controller: Controller) -> str:
    where = f"controller {controller.name!r}: community: {controller.community}"
    try:
        word = controller.community.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise UsageError(f"{where}: {reason}, wanted a file with one word") from error
    if not word or not word.isprintable() or " " in word:
        raise UsageError(f"{where}: wanted a file with one word")
    return word
