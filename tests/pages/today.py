"""A square and a pool of which today's counts are known, whatever the hour at which the tests run."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from tests.service.world import Service, serving
from vision.events import CameraState, Coverage, Movement, Occupancy, Passage, Snapshot, ZoneCount
from vision.ledger import Ledger
from vision.site import Retention, Site

CITIES = (
    "Pacific/Honolulu", "America/Bogota", "Africa/Lagos", "Asia/Dubai", "Asia/Tokyo", "Pacific/Guadalcanal",
)  # fmt: skip
"""Without daylight saving, and at any time it is between 10 and 16 o'clock in one of them."""

HOUR = 3600
COUNTS = {("pedestrian", 6): 7, ("bicycle", 7): 12, ("pedestrian", 8): 30}
"""Passages over `avenue`, forward, by class and hour of the day; from 6 to 9 o'clock `square` was seeing."""
PEDESTRIANS, BICYCLES = 37, 12
WAYS = {("avenue", "piste"): 9, ("piste", "avenue"): 4, ("quai", "avenue"): 3, ("avenue", "quai"): 2}
"""Movements of pedestrians."""
SWIMMERS = {"lane-1": 3, "lane-2": 0}
"""In the last half minute of the ledger."""
OBJECTS = (("pedestrian", 0.3, 0.4), ("pedestrian", 0.5, 0.5), ("bicycle", 0.7, 0.6))


def timezone() -> str:
    now = datetime.now(UTC)
    return min(CITIES, key=lambda city: abs(now.astimezone(ZoneInfo(city)).hour - 13))


TIMEZONE = timezone()
CITY = TIMEZONE.rpartition("/")[2]

SITE = Site.model_validate(
    {
        "site": {"name": "nation", "title": "Place de la Nation", "timezone": TIMEZONE},
        "camera": [
            {
                "name": "square",
                "source": "scene:square",
                "classes": ["pedestrian", "bicycle", "motorcycle", "car", "truck", "bus"],
                "line": [
                    {"name": "avenue", "a": [0.1, 0.6], "b": [0.9, 0.6], "forward": "vers la place"},
                    {"name": "piste", "a": [0.8, 0.1], "b": [0.7, 0.4]},
                    {"name": "quai", "a": [0.1, 0.1], "b": [0.2, 0.4]},
                ],
            },
            {
                "name": "pool",
                "source": "scene:pool",
                "classes": ["swimmer"],
                "line": [{"name": "middle", "a": [0.1, 0.5], "b": [0.9, 0.5]}],
                "zone": [
                    {"name": "lane-1", "kind": "lane", "polygon": [[0.3, 0.1], [0.5, 0.1], [0.5, 0.9], [0.1, 0.9]]},
                    {"name": "lane-2", "kind": "lane", "polygon": [[0.5, 0.1], [0.7, 0.1], [0.9, 0.9], [0.5, 0.9]]},
                ],
            },
        ],
        "service": {"limits": {"requests_per_minute": 1_000_000}},
    }
)


def site(**service) -> Site:
    return SITE.model_copy(update={"service": SITE.service.model_copy(update=service)})


def midnight() -> float:
    now = datetime.now(ZoneInfo(TIMEZONE))
    return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def clock(utc: float, form: str = "%H:%M") -> str:
    """The time of day of the place."""
    return datetime.fromtimestamp(utc, ZoneInfo(TIMEZONE)).strftime(form)


def fill(path: Path, until: int) -> None:
    """Write today's counts, and half a minute of swimmers that ends at `until`."""
    begin = midnight()
    with Ledger(path, Retention()) as ledger:
        ledger.add(Coverage(camera="square", start=begin + 6 * HOUR, end=begin + 9 * HOUR))
        ledger.add(Coverage(camera="pool", start=until - 30, end=until))
        for (name, hour), count in COUNTS.items():
            for index in range(count):
                utc = begin + hour * HOUR + 60 * index
                ledger.add(Passage(camera="square", line="avenue", direction="forward", object_class=name, utc=utc))
        for (origin, destination), count in WAYS.items():
            for index in range(count):
                ledger.add(
                    Movement(
                        camera="square",
                        origin=origin,
                        destination=destination,
                        object_class="pedestrian",
                        utc=begin + 7 * HOUR + index,
                        seconds=5,
                    )
                )
        for start in range(until - 30, until):
            for name in ("swimmer", "all"):
                ledger.add(
                    Occupancy(
                        camera="pool",
                        zone="lane-1",
                        object_class=name,
                        start=start,
                        object_seconds=SWIMMERS["lane-1"],
                        maximum=SWIMMERS["lane-1"],
                    )
                )


def pass_late(path: Path) -> None:
    """Write one more pedestrian, whom no live stream has told of."""
    utc = midnight() + 8.9 * HOUR
    with Ledger(path, Retention()) as ledger:
        ledger.add(Passage(camera="square", line="avenue", direction="forward", object_class="pedestrian", utc=utc))


class Live:
    """Cameras that see: snapshots five times a second, as workers send them, until it is left or paused."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.lanes = {"lane-1": 2, "lane-2": 1}
        self.seeing = {"square", "pool"}
        self.is_paused = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def say(self, event: object) -> None:
        self.service.hub.publish(event)
        self.service.board.note(event)

    def state(self, camera: str, state: str) -> None:
        self.say(CameraState(camera=camera, state=state, utc=time.time()))

    def passage(self, line: str = "avenue", name: str = "pedestrian") -> None:
        self.say(Passage(camera="square", line=line, direction="forward", object_class=name, utc=time.time()))

    def look(self, utc: float, objects: tuple[tuple[str, float, float], ...] = OBJECTS) -> None:
        zones = tuple(ZoneCount(zone=zone, object_class="swimmer", count=n) for zone, n in self.lanes.items() if n)
        swimmers = (("swimmer", 0.4, 0.5), ("swimmer", 0.95, 0.95))
        for camera, seen, counted in (("square", objects, ()), ("pool", swimmers, zones)):
            if camera in self.seeing:
                self.say(Snapshot(camera=camera, utc=utc, objects=seen, zones=counted))
                self.say(Coverage(camera=camera, start=utc - 0.2, end=utc))

    def _run(self) -> None:
        while not self._ended.wait(0.2):
            if not self.is_paused:
                self.look(time.time())

    def __enter__(self) -> Self:
        for camera in ("square", "pool"):
            self.state(camera, "live")
        self.look(time.time())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


@contextmanager
def place(folder: Path, served: Site = SITE) -> Iterator[Live]:
    """The place, served and seeing."""
    path = folder / "nation.sqlite"
    if not path.exists():
        fill(path, int(time.time()))
    with serving(path, served) as service, Live(service) as live:
        yield live
