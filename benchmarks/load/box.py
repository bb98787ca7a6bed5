"""`comptage run` under load, as it looks from outside: frames looked at, latency, CPU seconds. Linux only."""

import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.load.processes import children, cpu_seconds, resident_mib, unread_bytes
from vision.errors import ComptageError

START_S = 90.0
"""Within which all cameras must have been looked at once."""
SETTLE_S = 4.0
"""From then until the measuring begins: nothing of the start is measured."""
UNREAD_EVERY_S = 0.5

HEAD = '[site]\nname = "box"\n[service]\nport = 0\n[ledger]\npath = "{ledger}"\n'
CAMERA = """
[[camera]]
name = "camera-{number}"
source = "rtsp://127.0.0.1:{port}/{number}"
working_size = [320, 240]
fps = {fps}
detector = "street"
  [[camera.line]]
  name = "across"
  a = [0.5, 0.2]
  b = [0.5, 0.9]
  [[camera.zone]]
  name = "middle"
  polygon = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
"""
FRAMES = re.compile(r'^comptage_frames_(looked_at|missed)_total\{camera="camera-(\d+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Load:
    """How a box did with so many cameras.

    Attributes:
        cameras: how many.
        missed: share of the frames due that were not looked at.
        latency: seconds from the arrival of a frame to a subscriber's hearing what was seen in it, 50th and 95th
            percentile.
        unread: seconds that what waits in the sockets took to send, 95th percentile over cameras and time.
        cpu: CPU milliseconds a second and camera, of workers, service, sender and this process.
        resident: MiB of all workers together.
    """

    cameras: int
    missed: float
    latency: tuple[float, float]
    unread: float
    cpu: dict[str, float]
    resident: float

    @property
    def p95(self) -> float:
        """Seconds from sending a frame to the event, 95th percentile: at most the sum of those of its two parts."""
        return self.latency[1] + self.unread

    @property
    def box(self) -> float:
        """CPU milliseconds a second and camera that the box itself takes."""
        return self.cpu["workers"] + self.cpu["service"]


@contextmanager
def cameras(footages: Sequence[Path], number: int, fps: int) -> Iterator[tuple[int, int]]:
    """Serve so many cameras from a process of its own; give its id and its port."""
    command = [sys.executable, "-m", "benchmarks.load.rtsp_cameras", str(number), str(fps), *map(str, footages)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        assert process.stdin and process.stdout  # noqa: S101, PT018  # for the type checker: they were asked for
        try:
            yield process.pid, int(process.stdout.readline())
        finally:
            process.stdin.close()


@contextmanager
def running(site: Path) -> Iterator[tuple[int, str]]:
    """Run `comptage run`; give its process id and its URL.

    Raises:
        ComptageError: it does not start.
    """
    command = [sys.executable, "-m", "vision.cli", "--log-level", "ERROR", "run", str(site)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        assert process.stdout  # noqa: S101  # for the type checker: it was asked for
        try:
            said = process.stdout.readline().split()
            if not said:
                raise ComptageError("comptage run did not start; it says why above")
            yield process.pid, said[-1]
        finally:
            process.terminate()


def load(footages: Sequence[Path], number: int, fps: int, seconds: float, folder: Path) -> Load:
    """Run the box with so many cameras and measure it for so many seconds.

    Raises:
        ComptageError: not every camera was looked at within `START_S`.
    """
    ledger, site = folder / f"{number}-{time.monotonic_ns()}.sqlite", folder / "site.toml"
    with cameras(footages, number, fps) as (sender, port):
        blocks = [CAMERA.format(number=place, port=port, fps=fps) for place in range(number)]
        site.write_text(HEAD.format(ledger=ledger) + "".join(blocks))
        with running(site) as (service, url):
            _wait_until_seen(url, number)
            time.sleep(SETTLE_S)
            with listening(url) as delays:
                before, cpu_before = _counts(url, number), _cpu(service, sender)
                delays.clear()
                began = time.monotonic()
                unread = _watch_sockets(port, began + seconds)
                cpu_after, took = _cpu(service, sender), time.monotonic() - began
                latency = np.percentile(list(delays), (50, 95)) if delays else np.full(2, np.inf)
                after = _counts(url, number)
            resident = sum(map(resident_mib, children(service)))
    due = sum((after[camera][0] - before[camera][0]) * fps for camera in after)
    seen = sum(after[camera][1] - before[camera][1] for camera in after)
    cpu = {name: 1000 * (cpu_after[name] - cpu_before[name]) / took / number for name in cpu_after}
    bytes_a_second = np.mean([footage.stat().st_size / _frames(footage) * fps for footage in footages])
    waiting = float(np.percentile(unread, 95) / bytes_a_second)
    return Load(number, max(0.0, 1 - seen / due), (float(latency[0]), float(latency[1])), waiting, cpu, resident)


@contextmanager
def listening(url: str) -> Iterator[list[float]]:
    """Subscribe to the live stream; give the list that grows by the delay, in seconds, of every snapshot heard."""
    delays: list[float] = []
    stream = urllib.request.urlopen(f"{url}/api/v1/live", timeout=30)  # noqa: S310  # our own service

    def hear() -> None:
        try:
            snapshots = (line for line in stream if line.startswith(b"data: ") and b'"snapshot"' in line)
            delays.extend(time.time() - json.loads(line[6:])["utc"] for line in snapshots)
        except (OSError, ValueError, AttributeError):
            return  # closed under its feet, which is how it ends

    threading.Thread(target=hear, daemon=True).start()
    try:
        yield delays
    finally:
        stream.close()


def _frames(footage: Path) -> int:
    from benchmarks.load.rtsp_cameras import read_footage  # noqa: PLC0415

    return len(read_footage(footage).frames)


def _metrics(url: str) -> dict[tuple[str, int], float]:
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:  # noqa: S310  # our own service
        text = answer.read().decode()
    return {(kind, int(camera)): float(value) for kind, camera, value in FRAMES.findall(text)}


def _wait_until_seen(url: str, number: int) -> None:
    ends_at = time.monotonic() + START_S
    while time.monotonic() < ends_at:
        found = _metrics(url)
        if sum(found.get(("looked_at", camera), 0) > 0 for camera in range(number)) == number:
            return
        time.sleep(0.5)
    raise ComptageError(f"not every one of {number} cameras was looked at within {START_S:g} s")


def _counts(url: str, number: int) -> dict[int, tuple[float, float]]:
    """Return for each camera a time and the frames looked at by then.

    Counts come with a worker's heartbeats, two a second, so each is taken when it changes.
    """
    first = _metrics(url)
    found: dict[int, tuple[float, float]] = {}
    while len(found) < number:
        time.sleep(0.01)
        now, heard = time.monotonic(), _metrics(url)
        for camera in range(number):
            key = ("looked_at", camera)
            if camera not in found and heard[key] != first[key]:
                found[camera] = now, heard[key]
    return found


def _cpu(service: int, sender: int) -> dict[str, float]:
    return {
        "workers": sum(map(cpu_seconds, children(service))),
        "service": cpu_seconds(service),
        "sender": cpu_seconds(sender),
        "listener": time.process_time(),
    }


def _watch_sockets(port: int, ends_at: float) -> list[int]:
    unread: list[int] = []
    while time.monotonic() < ends_at:
        time.sleep(UNREAD_EVERY_S)
        unread += unread_bytes(port)
    return unread or [0]
