"""What happens now, handed from the threads that hear the workers to everyone who watches."""

import asyncio
import contextlib
import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from fastapi.sse import format_sse_event

from vision.events import AnyEvent, CameraState, Passage, Snapshot
from vision.site import PrivacySettings

QUEUE_LENGTH = 256
"""Messages that may wait for one subscriber: some ten seconds of a site of a few cameras, a few hundred kilobytes."""

TELLINGS_A_SECOND = 2000
"""To all subscribers together: a quarter of a core. Of five hundred, each is told four times a second."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event as subscribers get it: encoded once, whoever listens.

    Attributes:
        number: position in the hub's sequence; a gap is what another camera, or nobody, was told.
        kind: "passage", "snapshot", "crossing" or "state".
        camera: name of the camera that it is about.
        data: one line of JSON.
        encoded: the whole as a server-sent event.
    """

    number: int
    kind: str
    camera: str
    data: str
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """How many messages were thrown away because the subscriber was slow; counts in the ledger miss nothing."""

    snapshots: int
    others: int

    @property
    def encoded(self) -> bytes:
        """As a server-sent event."""
        return format_sse_event(event="lost", data_str=json.dumps(asdict(self)))


class Subscription:
    """A bounded queue between the hub and one asynchronous reader. Iterate over it; leave it with `with`."""

    def __init__(self, hub: "Hub", camera: str | None, loop: asyncio.AbstractEventLoop) -> None:
        self._hub = hub
        self._camera = camera
        self._loop = loop
        self._lock = threading.Lock()
        self._queue: deque[Message] = deque()
        self._lost_snapshots = 0
        self._lost_others = 0
        self._closed = False
        self._something = asyncio.Event()

    def offer(self, message: Message) -> None:
        """Queue a message, from any thread. A full queue loses its oldest snapshot, or else its oldest message."""
        if self._camera is not None and message.camera != self._camera:
            return
        with self._lock:
            self._queue.append(message)
            was_empty = len(self._queue) == 1
            if len(self._queue) > QUEUE_LENGTH:
                self._lose_one()
        if was_empty:
            self._wake()

    def close(self) -> None:
        """End the iteration once the queue is empty. Callable from any thread."""
        with self._lock:
            self._closed = True
        self._wake()

    def _lose_one(self) -> None:
        for index, message in enumerate(self._queue):
            if message.kind in {"snapshot", "crossing"}:  # what is newer says it all
                del self._queue[index]
                self._lost_snapshots += 1
                return
        self._queue.popleft()
        self._lost_others += 1

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the reader's loop has ended: there is nobody left to wake
            self._loop.call_soon_threadsafe(self._something.set)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message | Lost:
        while True:
            with self._lock:
                if self._lost_snapshots or self._lost_others:
                    lost = Lost(self._lost_snapshots, self._lost_others)
                    self._lost_snapshots = self._lost_others = 0
                    return lost
                if self._queue:
                    return self._queue.popleft()
                if self._closed:
                    raise StopAsyncIteration
                self._something.clear()  # under the lock: a message offered from here on sets it again
            await self._something.wait()

    async def encoded(self) -> bytes:
        """Wait for something to tell; return all that there is as server-sent events, empty at the end.

        Where many watch, whoever has been told pauses, so that all together they take no more than
        `TELLINGS_A_SECOND`; what happens meanwhile comes in one piece.
        """
        await asyncio.sleep(self._hub.subscribers / TELLINGS_A_SECOND)
        pieces = []
        with contextlib.suppress(StopAsyncIteration):
            pieces.append((await anext(self)).encoded)
            while self._queue:
                pieces.append((await anext(self)).encoded)
        return b"".join(pieces)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hub.leave(self)


class Hub:
    """Takes events from any thread, never waits for a reader, and remembers how each camera looked last.

    Args:
        privacy: where small numbers are withheld no passage is told as it happens, no object is shown, and of zones
            only what reaches the threshold.
    """

    def __init__(self, privacy: PrivacySettings | None = None) -> None:
        self._privacy = privacy
        self._lock = threading.Lock()
        self._number = 0
        self._subscriptions: list[Subscription] = []
        self._latest: dict[tuple[str, str, str], Message] = {}
        self._closed = False

    def publish(self, event: AnyEvent) -> None:
        """Hand an event to every subscriber. What is not for live pages is passed over."""
        if not isinstance(event, Passage | Snapshot | CameraState):
            return
        if self._privacy is not None and not isinstance(event, CameraState):
            if isinstance(event, Passage):
                return
            event = _without_small_numbers(event, self._privacy.threshold)
        # A state's detail may name the camera's address; /api/v1/cameras shows it with the address taken out.
        data = event.model_dump_json(by_alias=True, exclude={"detail"})
        self.tell(event.camera, event.kind, data, about=None if isinstance(event, Passage) else "")

    def tell(self, camera: str, kind: str, data: str, about: str | None = None) -> None:
        """Hand a message to every subscriber, as it is.

        Args:
            camera: name of the camera that it is about.
            kind: name of the server-sent event.
            data: one line of JSON.
            about: which of several things of that camera and kind: whoever subscribes later begins with the last
                message about each. None for what is not remembered.
        """
        with self._lock:
            self._number += 1
            encoded = format_sse_event(id=str(self._number), event=kind, data_str=data)
            message = Message(self._number, kind, camera, data, encoded)
            if about is not None:
                self._latest[camera, kind, about] = message
            for subscription in self._subscriptions:
                subscription.offer(message)

    def subscribe(self, camera: str | None = None) -> Subscription:
        """Return a subscription that begins with the last state and snapshot of each camera.

        Args:
            camera: name of the only camera of interest; None for all.

        Raises:
            RuntimeError: there is no running event loop.
        """
        subscription = Subscription(self, camera, asyncio.get_running_loop())
        with self._lock:
            for message in sorted(self._latest.values(), key=lambda message: message.number):
                subscription.offer(message)
            if self._closed:
                subscription.close()
            else:
                self._subscriptions.append(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Forget a subscription; one that is not known is passed over."""
        with self._lock, contextlib.suppress(ValueError):
            self._subscriptions.remove(subscription)

    @property
    def subscribers(self) -> int:
        """How many watch now."""
        with self._lock:
            return len(self._subscriptions)

    @property
    def closed(self) -> bool:
        """Whether nothing more will be told."""
        with self._lock:
            return self._closed

    def close(self) -> None:
        """End every subscription, so that a server that stops does not wait for streams without an end."""
        with self._lock:
            self._closed = True
            leaving, self._subscriptions = self._subscriptions, []
        for subscription in leaving:
            subscription.close()


def _without_small_numbers(snapshot: Snapshot, threshold: int) -> Snapshot:
    zones = tuple(zone for zone in snapshot.zones if zone.count >= threshold)
    return snapshot.model_copy(update={"objects": (), "zones": zones})
