"""Cameras and workers are given their faults while `comptage run` counts; every fault with its figures.

    python -m benchmarks.faults

The cameras are real RTSP servers on loopback (`benchmarks.load.faulty_camera`), the service is the real one, and what
is said of it is read from its live stream and from its ledger. In front of every camera somebody walks over a line
every five seconds.
"""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np

from benchmarks.load.faulty_camera import FaultyCamera
from benchmarks.load.passers_by import EVERY_S, PassersBy, crossings
from benchmarks.load.watched_service import Service, running, wait_for
from vision.ledger import LedgerReader

SETTLED_S = 1.0
"""A passage is booked within so long of the walker's being on the line."""


@dataclass(slots=True)
class Fault:
    """What happens to a camera, from when to when, in seconds after all cameras that can be are live.

    Attributes:
        begin, clear: what is done to the camera and its view.
        from_start: whether the camera has the fault already when the service starts.
    """

    name: str
    starts: float
    ends: float
    begin: Callable[[FaultyCamera, PassersBy], None]
    clear: Callable[[FaultyCamera, PassersBy], None]
    from_start: bool = False


@dataclass(slots=True)
class Figures:
    """What came of a fault. Seconds; None where it never came.

    Attributes:
        states: of the camera, as they were said after the fault began, each once in a row.
        detected: until the camera was said to be anything but live.
        back: from the end of the fault until the camera was said to be live.
        lasted_s: how long the fault lasted.
        covered_s: how much of that was said to be seen.
        counted, true: passages counted during the fault, from a second after it began, and how often somebody crossed.
        counted_later, true_later: the same after it, from a second after the camera was back.
    """

    states: list[str] = field(default_factory=list)
    detected: float | None = None
    back: float | None = None
    lasted_s: float = 0.0
    covered_s: float = 0.0
    counted: int = 0
    true: int = 0
    counted_later: int = 0
    true_later: int = 0


def _garble(payload: bytes, chance: random.Random) -> bytes:
    """Send noise behind a header that H.264 forbids: of free noise FFmpeg makes a picture once in a thousand frames."""
    return b"\x81" + chance.randbytes(len(payload) - 1)


def _damage(payload: bytes, chance: random.Random) -> bytes:
    """Flip a bit in one packet of ten; the parameter sets are left, as they come again with each key frame anyway."""
    if len(payload) < 100 or chance.random() > 0.1:
        return payload
    place = chance.randrange(20, len(payload))
    return payload[:place] + bytes((payload[place] ^ 0x10,)) + payload[place + 1 :]


def _see(camera: FaultyCamera, view: PassersBy) -> None:
    camera.view = view
    camera.spoil = bytes
    camera.fps = 10.0
    view.scale = 1
    view.aim = 0.0


def _blacken(camera: FaultyCamera, view: PassersBy) -> None:
    camera.view = view.black


def _freeze(camera: FaultyCamera, view: PassersBy) -> None:
    last = view(time.monotonic())
    camera.view = lambda _at: last


def _turn(_camera: FaultyCamera, view: PassersBy) -> None:
    view.aim = 600.0


def _resize(camera: FaultyCamera, view: PassersBy) -> None:
    view.scale, camera.fps = 2, 25.0


def _spoil(how: Callable[[bytes, random.Random], bytes]) -> Callable[[FaultyCamera, PassersBy], None]:
    def begin(camera: FaultyCamera, _view: PassersBy) -> None:
        chance = random.Random(1)  # noqa: S311  # keeps no secret
        camera.spoil = lambda payload: how(payload, chance)

    return begin


CAMERA_FAULTS = (
    Fault("never-answers", 0, 12, lambda c, _: c.hang(), lambda c, _: c.go_on(), from_start=True),
    Fault("stalls", 5, 13, lambda c, _: c.hang(), lambda c, _: c.go_on()),
    Fault("unplugged", 5, 13, lambda c, _: c.unplug(), lambda c, _: c.plug()),
    Fault("other-size-and-rate", 5, 15, _resize, _see),
    Fault("garbage", 5, 13, _spoil(_garble), _see),
    Fault("damaged", 5, 20, _spoil(_damage), _see),
    Fault("black", 12, 20, _blacken, _see),
    Fault("frozen", 2, 27, _freeze, _see),
    Fault("turned", 13, 25, _turn, _see),
)
LASTS_S = 35.0


def drill(faults: tuple[Fault, ...] = CAMERA_FAULTS, lasts: float = LASTS_S) -> dict[str, Figures]:
    """Give each fault to a camera of its own, all in one run; return the figures by the fault's name."""
    views = {fault.name: PassersBy(seed) for seed, fault in enumerate(faults)}
    cameras = {fault.name: FaultyCamera(views[fault.name]) for fault in faults}
    for fault in faults:
        cameras[fault.name].plug()
        if fault.from_start:
            fault.begin(cameras[fault.name], views[fault.name])
    with ExitStack() as stack:
        for camera in cameras.values():
            stack.callback(camera.unplug)
        service = stack.enter_context(running(cameras))
        began = time.monotonic()
        wait_for(lambda: all(service.state(fault.name) == "live" or fault.from_start for fault in faults))
        origin = time.monotonic()
        acts = [(fault.starts, fault.begin, fault.name) for fault in faults if not fault.from_start]
        acts += [(fault.ends, fault.clear, fault.name) for fault in faults]
        done: dict[tuple[str, bool], float] = {(fault.name, True): began for fault in faults if fault.from_start}
        for at, act, name in sorted(acts, key=lambda item: item[0]):
            time.sleep(max(0.0, origin + at - time.monotonic()))
            done[name, (name, True) not in done] = time.monotonic()
            act(cameras[name], views[name])
        time.sleep(max(0.0, origin + lasts - time.monotonic()))
        ended = time.monotonic()
        offset = time.time() - ended
        service.end()
        return {
            fault.name: _figures(
                service, fault.name, (origin, done[fault.name, True], done[fault.name, False], ended), offset
            )
            for fault in faults
        }


def _figures(service: Service, name: str, times: tuple[float, float, float, float], offset: float) -> Figures:
    """Sum up what was said of a camera; `offset` takes the monotonic clock to unix time."""
    origin, start, end, ended = times
    first = int(origin + offset) - 5
    later = [(at, state) for at, state in service.said[name] if at >= start]
    found = Figures(states=[state for _, state in later])
    found.detected = next((at - start for at, state in later if state not in ("live", "connecting") and at < end), None)
    if found.detected is not None:
        found.back = next((at - end for at, state in later if state == "live" and at >= end), None)
    with LedgerReader(service.ledger) as reader:
        spans = reader.coverage_spans(name)
        bins = reader.line_counts(first, int(ended + offset) + 1, 1)
    low, high = start + offset, end + offset
    found.lasted_s = end - start
    found.covered_s = sum(max(0.0, min(b, high) - max(a, low)) for a, b in spans)
    numbers = sum((bins[key] for key in bins if key[0] == name), np.zeros(int(ended + offset) - first + 1, np.int64))
    counted = [first + second + 0.5 - offset for second, count in enumerate(numbers.tolist()) for _ in range(count)]
    found.counted, found.true = _within(counted, start, end)
    found.counted_later, found.true_later = _within(counted, end + (found.back or 0.0), ended)
    return found


def _within(counted: list[float], start: float, end: float) -> tuple[int, int]:
    """Return how many passages were counted and how many there were, each in full seconds inside of [start, end).

    Passages are known to the second: from `start`, a crossing within a second of either end is left out of both.
    """
    true = [time for time in crossings(start, end) if start + SETTLED_S <= time < end - SETTLED_S]
    near = [time for time in crossings(start - EVERY_S, end + EVERY_S) if time not in true]
    return sum(start <= c < end and all(abs(c - n) > SETTLED_S for n in near) for c in counted), len(true)


def main() -> None:
    """Print the table."""
    print("| fault | said | after s | back after s | seen s of s | counted of true | counted of true afterwards |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, found in drill().items():
        said = ", ".join(found.states) or "live"
        detected, back = (f"{s:.1f}" if s is not None else "-" for s in (found.detected, found.back))
        seen, counted = f"{found.covered_s:.1f} of {found.lasted_s:.1f}", f"{found.counted} of {found.true}"
        later = f"{found.counted_later} of {found.true_later}"
        print(f"| {name} | {said} | {detected} | {back} | {seen} | {counted} | {later} |")


if __name__ == "__main__":
    main()
