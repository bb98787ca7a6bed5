"""A small place with a known past, served over real HTTP on loopback."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import uvicorn

from vision.events import Coverage, Gathering, Movement, Occupancy, Passage, Queue, Stop, Trajectory
from vision.ledger import Ledger
from vision.service.app import create_app
from vision.service.board import Board
from vision.service.crossings import CrossingDesk
from vision.service.live import Hub
from vision.service.server import server_config
from vision.site import Retention, Site

EPOCH = 1_772_352_000
"""2026-03-01T08:00:00Z, a multiple of an hour but not of a day."""

SEEN = ((EPOCH, EPOCH + 1800), (EPOCH + 2400.25, EPOCH + 7200))
"""When `dorian` was seeing."""

FAST = (12.5, 20.5, 22.5, 31.5)
"""Speeds, km/h, of cars over `piste`, in the last minute of the first half hour."""

SECRETS = ("rtsp://", "jean", "s3cret", "10.20.30.40", "stream2", "/srv/clips", "sud.mp4")

SITE = Site.model_validate(
    {
        "site": {"name": "nation", "title": "Place de la Nation", "timezone": "Europe/Paris"},
        "camera": [
            {
                "name": "dorian",
                "source": "rtsp://jean:s3cret@10.20.30.40:554/stream2",
                "classes": ["bicycle", "car"],
                "ground": {"homography": [[20, 0, 0], [0, 15, 0], [0, 0, 1]]},
                "line": [
                    {"name": "avenue", "a": [0.1, 0.6], "b": [0.9, 0.6], "forward": "vers la place"},
                    {"name": "piste", "a": [0.8, 0.1], "b": [0.7, 0.4]},
                ],
                "zone": [{"name": "parvis", "polygon": [[0.1, 0.7], [0.5, 0.7], [0.5, 0.9]]}],
            },
            {"name": "sud", "source": "/srv/clips/sud.mp4", "line": [{"name": "porte", "a": [0, 0], "b": [1, 1]}]},
        ],
        "service": {"limits": {"requests_per_minute": 1_000_000}},
    }
)


def is_seen(utc: float) -> bool:
    return any(start <= utc < end for start, end in SEEN)


def past() -> list[Passage]:
    """Two hours of passages of `dorian`, each while it was seeing; the speed of a few cars is known."""
    rng = np.random.default_rng(7)
    speeds = [
        Passage(camera="dorian", line="piste", direction="backward", object_class="car", utc=EPOCH + 1770, kmh=kmh)
        for kmh in FAST
    ]
    times = [float(utc) for utc in EPOCH + rng.uniform(0, 7200, 1500) if is_seen(float(np.floor(utc)))]
    return [
        Passage(
            camera="dorian",
            line=str(rng.choice(["avenue", "piste"])),
            direction="forward" if rng.random() < 0.6 else "backward",
            object_class="bicycle" if rng.random() < 0.3 else "car",
            utc=utc,
        )
        for utc in times
    ] + speeds


def presence() -> list[Occupancy]:
    """Objects in `parvis`: the same all the time in each of a few minutes."""
    return [
        Occupancy(camera="dorian", zone="parvis", object_class=name, start=start, object_seconds=count, maximum=count)
        for start in range(EPOCH + 60, EPOCH + 360)
        for name, count in (("car", 1 + start % 2), ("all", 3 + start % 2))
    ]


def paths() -> list[Trajectory]:
    return [
        Trajectory(
            camera="dorian",
            object_class="bicycle",
            start=EPOCH + 10.5 * index,
            points=((0.0, 0.1, 0.2), (0.5, 0.15, 0.25), (1.0, 0.2, 0.3 + index / 100)),
        )
        for index in range(20)
    ]


def behaviour() -> list[Movement | Stop | Queue | Gathering]:
    """What is not counted at lines, all in the first quarter of an hour of `dorian`."""
    movements = [
        Movement(
            camera="dorian",
            origin="avenue",
            destination=destination,
            object_class="car",
            utc=EPOCH + seconds,
            seconds=seconds,
        )
        for destination, seconds in (("piste", 4.0), ("piste", 8.0), ("avenue", 5.0))
    ]
    stops = [
        Stop(camera="dorian", object_class="car", zones=zones, start=EPOCH + 60, end=EPOCH + 60 + lasts, x=0.2, y=0.8)
        for zones, lasts in ((("parvis",), 10.0), (("parvis",), 30.0), ((), 5.0))
    ]
    queues = [
        Queue(
            camera="dorian",
            line="avenue",
            direction="forward",
            start=start,
            object_seconds=2.0,
            maximum=2 + start % 3,
            metres=12.5 + start % 3,
        )
        for start in range(EPOCH + 60, EPOCH + 120)
    ]
    gathering = Gathering(
        camera="dorian",
        zones=("parvis",),
        start=EPOCH + 100,
        end=EPOCH + 160,
        people=7,
        person_seconds=360.0,
        density=0.5,
    )
    return [*movements, *stops, *queues, gathering]


@dataclass
class Service:
    """What runs, from inside and from outside."""

    url: str
    hub: Hub
    board: Board
    ledger: Path
    client: httpx.Client
    desk: CrossingDesk
    passages: list[Passage] = field(default_factory=past, repr=False)

    def get(self, path: str, **parameters: object) -> httpx.Response:
        """Ask; a trailing underscore makes a parameter of a Python keyword."""
        return self.client.get(path, params={name.rstrip("_"): value for name, value in parameters.items()})


def fill(path: Path) -> None:
    with Ledger(path, Retention()) as ledger:
        for event in (
            *past(),
            *presence(),
            *paths(),
            *behaviour(),
            *(Coverage(camera="dorian", start=a, end=b) for a, b in SEEN),
        ):
            ledger.add(event)


@contextmanager
def serving(ledger: Path, site: Site = SITE) -> Iterator[Service]:
    hub, board = Hub(site.privacy), Board(site)
    desk = CrossingDesk(site, hub)
    config = server_config(create_app(site, ledger, hub, board, desk=desk), site.service, log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
                yield Service(url, hub, board, ledger, client, desk)
        finally:
            hub.close()
            server.should_exit = True
            thread.join()
