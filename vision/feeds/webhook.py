"""Webhooks: bins are posted in batches, signed after Standard Webhooks (standardwebhooks.com), until they are taken.

    webhook-id: <the same for the same batch>
    webhook-timestamp: <unix seconds>
    webhook-signature: v1,<base64 of HMAC-SHA256 over "id.timestamp.body">

    {"type": "bins", "site": "nation", "bins": [{"id": ..., "version": 1, "revised": false, ...}, ...]}

Any answer of 2xx says that the batch is kept; all others, and none, that it is to come again. `PUSH.md` beside this
file says how a receiver checks it.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from vision.address import allowed_addresses
from vision.errors import ComptageError
from vision.far_ends import WebhookSettings
from vision.feeds.backlog import Backlog
from vision.feeds.bins import Bin
from vision.feeds.standing import Patience, Standing, reason

BATCH = 100
"""Bins of one message at most; halved where a receiver says that it is too large."""
TIMEOUT_S = 30.0
"""For one message and its answer: half a megabyte at 150 kbit/s."""
POLL_S = 1.0

TOO_LARGE = 413
GONE = 410


class _FailedError(ComptageError):
    """A message was not taken; the reason names no address. Perhaps the receiver asked for so many seconds of rest."""

    def __init__(self, reason: str, status: int = 0, rest: float = 0.0) -> None:
        super().__init__(reason)
        self.status = status
        self.rest = rest


class WebhookFeed:
    """Posts to one web address.

    Args:
        settings: where it is, and the key.
        site: its name.
        backlog: the bins that it is owed.
        patience: how long to wait after a failure.
        clock: unix seconds now, for the signature.

    Raises:
        UsageError: the key, or the file of certificates, cannot be read.
    """

    def __init__(
        self,
        settings: WebhookSettings,
        site: str,
        backlog: Backlog,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = settings.url
        self._key = settings.read_key()
        self._tls = settings.trusted()
        self._site = site
        self._backlog = backlog
        self._patience = patience or Patience()
        self._clock = clock
        self._most = BATCH
        self.standing = Standing(settings.name, "webhook", backlog.seconds_behind)

    async def run(self) -> None:
        """Post, for ever; where a batch is not taken, wait and post it again."""
        batch: list[Bin] = []
        while True:
            try:
                batch = batch or await asyncio.to_thread(self._backlog.due, self._most)
                if batch:
                    await self._post(batch)
                    await asyncio.to_thread(self._backlog.acknowledge, batch)
                self.standing.succeeded(len(batch))
                self._patience.after_success()
                if not batch:
                    await asyncio.sleep(POLL_S)
                batch = []
            except ComptageError as error:
                self.standing.failed(str(error))
                rest = error.rest if isinstance(error, _FailedError) else 0.0
                if getattr(error, "status", 0) == TOO_LARGE and self._most > 1:
                    self._most, batch = max(1, len(batch) // 2), []
                await asyncio.sleep(self._patience.after_failure(rest))

    async def _post(self, batch: Sequence[Bin]) -> None:
        """Post a batch.

        Raises:
            ComptageError: it was not taken.
        """
        body = json.dumps(
            {"type": "bins", "site": self._site, "bins": [one.document() for one in batch]}, separators=(",", ":")
        ).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Comptage", "Connection": "close"}
        headers |= signature(self._key, message_id(batch), int(self._clock()), body)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                status, rest = await self._ask(body, headers)
        except (TimeoutError, httpcore.TimeoutException):
            raise _FailedError(f"no answer within {TIMEOUT_S:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise _FailedError(f"cannot be reached: {reason(error)}") from None
        if not 200 <= status < 300:
            hint = ", a redirect, which is not followed" if 300 <= status < 400 else ""
            raise _FailedError(f"answered {status}{hint}", status, rest)

    async def _ask(self, body: bytes, headers: dict[str, str]) -> tuple[int, float]:
        """Return the status of an answer, and how many seconds it asks to wait; its body is not read."""
        pool = httpcore.AsyncConnectionPool(ssl_context=self._tls, network_backend=_JudgedNetwork(), retries=0)
        async with pool, pool.stream("POST", self._url, headers=list(headers.items()), content=body) as response:
            said = {name.lower(): value for name, value in response.headers}.get(b"retry-after", b"")
            return response.status, float(said) if said.isdigit() and len(said) < 10 else 0.0


class _JudgedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was judged, so that a name server cannot give another one afterwards."""

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that can be reached.

        Raises:
            ComptageError: the host is unknown or forbidden.
            httpcore.ConnectError: none can be reached.
        """
        *others, last = await asyncio.to_thread(allowed_addresses, host)
        for address in others:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return await self._network.connect_tcp(last, port, timeout, local_address, socket_options)


def message_id(batch: Sequence[Bin]) -> str:
    """Return the idempotency key of a batch: the same for the same bins in the same versions."""
    named = json.dumps([(one.said["id"], one.version) for one in batch])
    return "msg_" + hashlib.sha256(named.encode()).hexdigest()[:32]


def signature(key: bytes, message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that sign a message.

    Args:
        key: the secret that receiver and sender share.
        message: its id.
        timestamp: unix seconds; a receiver refuses what is old, so that nobody can repeat it.
        body: as it is sent.
    """
    signed = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
