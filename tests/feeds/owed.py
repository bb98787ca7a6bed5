"""A day of a small place in a ledger, a clock that one can set, and feeds that run beside a test."""

import asyncio
import gc
import threading
import warnings
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.ledger.makers import T0, coverage, occupancy, passage
from vision.feeds.backlog import Backlog
from vision.feeds.standing import Patience
from vision.ledger import Ledger
from vision.site import Retention, Site

MINUTE, DAY = 60, 86_400
BINS = DAY // MINUTE
KEY = "whsec_" + "c2VjcmV0" * 4
"""24 bytes, in base64."""

PLACE = {
    "site": {"name": "place"},
    "camera": [
        {
            "name": "a",
            "source": "scene:square",
            "classes": ["pedestrian", "car"],
            "line": [{"name": "l", "a": [0, 0.5], "b": [1, 0.5]}],
            "zone": [{"name": "z", "polygon": [[0, 0], [1, 0], [1, 1]]}],
        }
    ],
}


class Clock:
    """Seconds that only pass when a test says so."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def site(**tables):
    return Site.model_validate(PLACE | tables)


def since(utc):
    return datetime.fromtimestamp(utc, UTC)


def counted(minute):
    """Passages of a minute of the day."""
    return minute % 4


def fill(ledger, minutes, first=0):
    """Add what happened in so many minutes since T0, and commit."""
    for minute in range(first, first + minutes):
        start = T0 + minute * MINUTE
        ledger.add(coverage(start, start + MINUTE))
        for number in range(counted(minute)):
            ledger.add(passage(start + number))
        ledger.add(occupancy(start, 30.0, 1))
    ledger.commit()


class Day:
    """A ledger with so many minutes since T0, and a clock at their end."""

    def __init__(self, folder, minutes=BINS):
        self.path = folder / "ledger.sqlite"
        self.minutes = minutes
        self.clock = Clock(T0 + minutes * MINUTE + 10.0)
        self.ledger = Ledger(self.path, Retention())
        fill(self.ledger, minutes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ledger.close()

    def go_on(self, minutes):
        """Let time pass."""
        fill(self.ledger, minutes, self.minutes)
        self.minutes += minutes
        self.clock.now += minutes * MINUTE

    def backlog(self, place, far_end, name="far"):
        return Backlog(place, name, far_end, self.ledger, self.path, self.clock)


def hasty():
    """Patience that does not keep a test waiting."""
    return Patience(first=0.05, longest=0.2)


@contextmanager
def told(feed):
    """Run a feed in a thread of its own."""
    stopped, loop = asyncio.Event(), asyncio.new_event_loop()

    async def turn():
        task = asyncio.create_task(feed.run())
        waiting = asyncio.create_task(stopped.wait())
        done, _ = await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        waiting.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        assert task not in done, task.exception()

    def run():
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(turn())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield feed
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(stopped.set)
        thread.join(30)
        assert not thread.is_alive()
        with warnings.catch_warnings():
            # who is cancelled in the instant in which they connect may leave the socket to the collector (Python 3.11)
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


def starts(bins):
    """Return the minutes of bins, in their order."""
    return [(datetime.fromisoformat(one["from"]).timestamp() - T0) / MINUTE for one in bins]


def total(one):
    return sum(row["count"] for row in one["lines"])
