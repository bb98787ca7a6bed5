"""How much one client may ask, and all of them together, so that counting and other clients never wait for it."""

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.answering import LimitSettings
from vision.service.problems import problem

LIVE: Final = frozenset({"/api/v1/live", "/api/v1/pool/live"})
API: Final = "/api/"
MOST_CLIENTS: Final = 10_000
"""Remembered at once, about two megabytes; of more the one that asked longest ago is forgotten."""

BUSY_SECONDS: Final = 5
"""After which a client may try again for a place that only others' leaving makes free."""


class Buckets:
    """A token bucket a client: so many requests a minute, and so many at once.

    Args:
        per_minute: requests.
        clock: monotonic seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._rate = per_minute / 60
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, client: str) -> float:
        """Take one request out of a client's bucket; return 0, or the seconds until there is one to take."""
        now = self._clock()
        level, seen_at = self._levels.pop(client, (self._capacity, now))
        level = min(self._capacity, level + (now - seen_at) * self._rate)
        wait = 0.0 if level >= 1 else (1 - level) / self._rate
        self._levels[client] = (level if wait else level - 1, now)
        if len(self._levels) > MOST_CLIENTS:
            self._levels.popitem(last=False)
        return wait


class RequestLimits:
    """Answers 429 to a client that asks too often or listens too often, 503 where all places are taken.

    Questions to the ledger take turns: each may lay out tens of thousands of rows. A question keeps its turn until its
    answer begins, so a client that reads slowly holds up nobody.
    """

    def __init__(self, app: ASGIApp, limits: LimitSettings) -> None:
        self._app = app
        self._limits = limits
        self._buckets = Buckets(limits.requests_per_minute)
        self._listeners: Counter[str] = Counter()
        self._turns = asyncio.Semaphore(limits.questions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = client_of(scope)
        wait = self._buckets.take(client)
        if wait:
            await _too_many(429, "too many requests", math.ceil(wait))(scope, receive, send)
        elif scope["path"].rstrip("/") in LIVE:
            await self._listen(client, scope, receive, send)
        elif scope["path"].startswith(API):
            await self._ask(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _listen(self, client: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self._listeners[client] >= self._limits.live_per_client:
            await _too_many(429, "too many live streams of one client", BUSY_SECONDS)(scope, receive, send)
            return
        if self._listeners.total() >= self._limits.live:
            await _too_many(503, "all live streams are taken", BUSY_SECONDS)(scope, receive, send)
            return
        self._listeners[client] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._listeners[client] -= 1
            if not self._listeners[client]:
                del self._listeners[client]

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.wait_for(self._turns.acquire(), self._limits.seconds)
        except TimeoutError:
            await _too_many(503, "too many questions at once", BUSY_SECONDS)(scope, receive, send)
            return
        has_turn = True

        def give_back() -> None:
            nonlocal has_turn
            if has_turn:
                has_turn = False
                self._turns.release()

        async def send_out_of_turn(message: Message) -> None:
            give_back()
            await send(message)

        try:
            await self._app(scope, receive, send_out_of_turn)
        finally:
            give_back()


def client_of(scope: Scope) -> str:
    """Return what stands for a client: its address; of IPv6 the network of 64 bits, which one household has."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)[:64]
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _too_many(status: int, what: str, seconds: int) -> ASGIApp:
    return problem(status, f"{what}, try again in {seconds} s", {"Retry-After": str(seconds)})
