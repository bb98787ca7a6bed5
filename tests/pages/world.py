"""A place whose days are known to the hour: ten passages in each of the last weeks, fifteen today."""

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.service.world import Service, serving
from vision.events import CameraState, Coverage, Gathering, Movement, Passage, Snapshot, Stop, Trajectory, ZoneCount
from vision.ledger import Ledger
from vision.site import Retention, Site

ZONE = ZoneInfo("Europe/Paris")
USUAL, TODAY = 10, 15
"""Passages an hour."""
WEEKS = 4
UNSEEN_HOUR = 3
"""Of the day a week ago."""
KMH = 17.0
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 70 50"><script>document.documentElement.id = "ran"</script>'
    '<rect id="ground" width="70" height="50" fill="#e4e9dc"/><path d="M0 20H70V30H0Z" fill="#d5d2ca"/></svg>'
)


def site(folder: Path, **service: object) -> Site:
    (folder / "plan.svg").write_text(DRAWING)
    ground = {
        "view": [[0.1, 0.95], [0.9, 0.95], [0.8, 0.3], [0.2, 0.3]],
        "metres": [[-8.36, 11.27], [8.36, 11.27], [15.0, 39.53], [-15.0, 39.53]],
        "common": True,
    }
    corners = [[-35, 55], [35, 55], [-35, 5]]
    return Site.model_validate(
        {
            "site": {
                "name": "nation",
                "title": "Place de la Nation",
                "timezone": "Europe/Paris",
                "map": {"file": str(folder / "plan.svg"), "metres": corners},
            },
            "camera": [
                {
                    "name": "dorian",
                    "source": "rtsp://jean:s3cret@10.20.30.40:554/stream2",
                    "classes": ["pedestrian", "bicycle", "car"],
                    "ground": ground,
                    "line": [
                        {"name": "avenue", "a": [0.1, 0.6], "b": [0.9, 0.6], "forward": "vers la place"},
                        {"name": "piste", "a": [0.7, 0.35], "b": [0.75, 0.9]},
                    ],
                    "zone": [{"name": "parvis", "polygon": [[0.1, 0.7], [0.5, 0.7], [0.5, 0.9], [0.1, 0.9]]}],
                },
                {
                    "name": "sud",
                    "source": "/srv/clips/sud.mp4",
                    "crop": [0.1, 0.3, 0.9, 0.9],
                    "working_size": [400, 240],
                    "classes": ["pedestrian"],
                    "line": [{"name": "porte", "a": [0.2, 0.5], "b": [0.8, 0.6]}],
                },
            ],
            "service": {"limits": {"requests_per_minute": 1_000_000}} | service,
        }
    )


def midnight(days: int) -> datetime:
    """Return when the day so many days ago began."""
    now = datetime.now(ZONE)
    return (now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)


def hours(days: int) -> list[int]:
    """Return when each hour of a day began, unix seconds; of today only those that are over."""
    begin, end = midnight(days).timestamp(), min(midnight(days - 1).timestamp(), time.time() // 3600 * 3600)
    return list(range(int(begin), int(end), 3600))


def events(days: int, count: int) -> list[Passage | Coverage]:
    found: list[Passage | Coverage] = []
    for begin in hours(days):
        if days == 7 and datetime.fromtimestamp(begin, ZONE).hour == UNSEEN_HOUR:
            continue
        found.append(Coverage(camera="dorian", start=begin, end=begin + 3600))
        found += [
            Passage(
                camera="dorian",
                line="avenue" if index % 2 else "piste",
                direction="forward" if index % 5 else "backward",
                object_class="bicycle" if index % 3 else "car",
                utc=begin + 300.0 * index / 2,
                kmh=KMH,
            )
            for index in range(count)
        ]
    return found


def behaviour() -> list[Movement | Stop | Gathering | Trajectory]:
    """What happened at noon a week ago."""
    noon = midnight(7).timestamp() + 12 * 3600
    return [
        *(
            Movement(camera="dorian", origin="avenue", destination=to, object_class="car", utc=noon, seconds=4)
            for to in ("piste", "piste", "piste", "avenue")
        ),
        *(
            Stop(camera="dorian", object_class="car", zones=("parvis",), start=noon, end=noon + 9, x=0.2, y=0.8)
            for _ in range(6)
        ),
        Gathering(
            camera="dorian", zones=("parvis",), start=noon, end=noon + 60, people=7, person_seconds=360, density=0.5
        ),
        *(
            Trajectory(
                camera="dorian",
                object_class="bicycle",
                start=time.time() - 600 - index,
                unit="m",
                points=tuple((float(step), -6.0 + step, 15.0 + index / 2) for step in range(12)),
            )
            for index in range(20)
        ),
    ]


@contextmanager
def place(folder: Path, **service: object):
    ledger = folder / "nation.sqlite"
    with Ledger(ledger, Retention(trajectories=30)) as writer:
        for days in range(7, 7 * WEEKS + 1, 7):
            for event in events(days, USUAL):
                writer.add(event)
        for event in (*events(0, TODAY), *behaviour()):
            writer.add(event)
    with serving(ledger, site(folder, **service)) as running:
        yield running


def see(service: Service, **objects: list[tuple[str, float, float]]) -> None:
    """Let cameras see objects now."""
    now = datetime.now(UTC).timestamp()
    for camera, found in objects.items():
        for event in (
            CameraState(camera=camera, state="live", utc=now),
            Snapshot(
                camera=camera,
                utc=now,
                objects=tuple(found),
                zones=(ZoneCount(zone="parvis", object_class="car", count=2),) if camera == "dorian" else (),
            ),
        ):
            service.hub.publish(event)
            service.board.note(event)
