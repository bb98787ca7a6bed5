"""A worker without cameras: says what cameras of a busy place would, at a compressed time. Started by `benchmarks.day`.

`vision.supervisor` takes it for a worker: cameras come as a line of JSON on standard input, events go to standard
output. What is said is drawn anew for every second and has no meaning.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Iterator

from benchmarks.load.clock import CompressedClock
from vision.events import (
    DIRECTIONS,
    AnyEvent,
    CameraState,
    Coverage,
    Heartbeat,
    Movement,
    Occupancy,
    Passage,
    Snapshot,
    Stop,
    Trajectory,
    encode,
)
from vision.site import Camera, Cameras

_CLASSES = ("pedestrian", "bicycle", "car")


def second(camera: Camera, start: int, rng: random.Random) -> Iterator[AnyEvent]:
    """Yield what one camera says of one second of UTC."""
    name = camera.name
    kind = rng.choice(_CLASSES)
    for line in camera.lines:
        if rng.random() < 0.3:
            way = rng.choice(DIRECTIONS)
            utc = start + rng.random()
            yield Passage(
                camera=name, line=line.name, direction=way, object_class=kind, utc=utc, kmh=rng.uniform(3, 50)
            )
    for zone in camera.zones:
        count = rng.randint(1, 9)
        yield Occupancy(
            camera=name, zone=zone.name, object_class="all", start=start, object_seconds=count, maximum=count
        )
    if rng.random() < 0.2:
        points = tuple((float(k), rng.random(), rng.random()) for k in range(20))
        yield Trajectory(camera=name, object_class=kind, start=start, points=points)
        yield Stop(camera=name, object_class=kind, zones=(), start=start - 5, end=start, x=0.5, y=0.5)
        gate = camera.lines[0].name
        yield Movement(camera=name, origin=gate, destination=gate, object_class=kind, utc=start, seconds=9)
    objects = tuple((kind, rng.random(), rng.random()) for _ in range(10))
    yield Snapshot(camera=name, utc=start, objects=objects, zones=())
    yield Coverage(camera=name, start=start, end=start + 1)


def main() -> None:
    """Speak until standard input ends."""
    cameras = Cameras.validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    clock, out, rng = CompressedClock.of_environment(), sys.stdout.buffer, random.Random(1)  # noqa: S311
    for camera in cameras:
        out.write(encode(CameraState(camera=camera.name, state="live", utc=clock.time())))
    said = int(clock.time())
    while True:
        while said < clock.time():
            for camera in cameras:
                out.writelines(encode(event) for event in second(camera, said, rng))
            said += 1
        out.write(encode(Heartbeat()))
        out.flush()
        time.sleep(0.02)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
