"""What a service says to systemd, after sd_notify(3): datagrams of `NAME=value` lines to a socket that it names."""

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


class Notifier:
    """Speaks to the service manager that started this process; where there is none, it is silent.

    Args:
        environment: holds `NOTIFY_SOCKET`, a path, or a name in the abstract namespace that begins with `@`.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):
            self._address = "\0" + self._address[1:]
        self._said_status = ""

    def ready(self) -> None:
        """Say that the service answers."""
        self._say("READY=1")

    def alive(self) -> None:
        """Say that the service works; systemd kills one that has not said so for WatchdogSec."""
        self._say("WATCHDOG=1")

    def status(self, line: str) -> None:
        """Say how the service fares, as `systemctl status` shows it; the same line again is not said."""
        if line != self._said_status:
            self._said_status = line
            self._say(f"STATUS={line}")

    def stopping(self) -> None:
        """Say that the service ends."""
        self._say("STOPPING=1")

    def _say(self, text: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
                out.sendto(text.encode(), self._address)
        except OSError as error:
            log.warning("systemd cannot be told %s: %s", text, os.strerror(error.errno or 0))
