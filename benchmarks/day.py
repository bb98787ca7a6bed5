"""A day of operation, compressed: does the service's memory grow, do descriptors or threads leak?

    python -m benchmarks.day --hours 24 --speed 240

The service is the real one (`vision.serve`), in a process of its own, with everything that it owns: workers' pipes,
ledger with pruning, HTTP, live stream. Its workers are `benchmarks.load.passers`, its wall clock and its periods run
faster, and clients come and go: questions, live subscribers that read and some that do not.
"""

import argparse
import contextlib
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPResponse
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.load.clock import CompressedClock
from benchmarks.load.watched_service import wait_for

CAMERAS = 8
SAMPLES = 200
"""Of a run; the first quarter is not judged: caches fill."""
QUESTIONS = ("/metrics", "/health/ready", "/api/v1/counts?step=1m", "/api/v1/occupancy?step=1h", "/api/v1/trajectories")

_SERVICE = """
import sys, time
from pathlib import Path
from benchmarks.load.clock import CompressedClock
clock = CompressedClock.of_environment()
time.time = clock.time
import vision.serve as serve
import vision.service.board as board
from vision.site import load_site
serve.COMMIT_S = max(1 / clock.speed, 0.02)
serve.PRUNE_S = 60 / clock.speed
board.COVERAGE_SECONDS = 60 / clock.speed
sys.executable = sys.argv[2]
serve.serve(load_site(Path(sys.argv[1])), lambda url: print(url, flush=True))
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the service held at one instant.

    Attributes:
        hours: of compressed time since the start.
        resident: bytes of memory.
        descriptors: open files and sockets.
        threads: of the process.
        behind: compressed seconds between the clock and what was last heard of a camera.
    """

    hours: float
    resident: int
    descriptors: int
    threads: int
    behind: float


@contextlib.contextmanager
def _service(folder: Path, clock: CompressedClock) -> Iterator[tuple[int, str]]:
    """Yield the process id and the address of a service."""
    worker = folder / "worker"
    worker.write_text(f"#!/bin/sh\nexec {sys.executable} -m benchmarks.load.passers\n")
    worker.chmod(0o700)
    site = folder / "site.toml"
    site.write_text(_site(folder))
    command = [sys.executable, "-c", _SERVICE, str(site), str(worker)]
    environment = clock.environment()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:  # noqa: S603
        try:
            assert process.stdout  # noqa: S101  # it was asked for
            yield process.pid, process.stdout.readline().strip()
        finally:
            process.terminate()


def _site(folder: Path) -> str:
    cameras = [
        f"""
[[camera]]
name = "camera-{number}"
source = "scene:square"
  [[camera.line]]
  name = "line"
  a = [0.1, 0.5]
  b = [0.9, 0.5]
  [[camera.zone]]
  name = "zone"
  polygon = [[0, 0], [1, 0], [1, 1]]"""
        for number in range(CAMERAS)
    ]
    kept = "fine_bins = 0.02\nminute_bins = 0.1\ntrajectories = 0.02"
    settings = f'[ledger]\npath = "{folder}/day.sqlite"\n[ledger.retention_days]\n{kept}'
    return "\n".join(['[site]\nname = "day"\n[service]\nport = 0', settings, *cameras])


def _get(url: str) -> HTTPResponse:
    return cast("HTTPResponse", urllib.request.urlopen(url, timeout=20))  # noqa: S310  # our own service's


def _behind(url: str, clock: CompressedClock) -> float:
    """Return by how many compressed seconds what was last heard of a camera is behind the clock."""
    with _get(f"{url}/health") as got:
        seen = json.load(got)["cameras"][0]["last_seen"]
    return clock.time() - datetime.fromisoformat(seen).timestamp() if seen else math.inf


def _ask(url: str, turn: int) -> None:
    """Be the clients of one instant: a question, a subscriber that reads and one that does not; all leave."""
    with contextlib.suppress(OSError), _get(url + QUESTIONS[turn % len(QUESTIONS)]) as got:
        got.read()
    host, port = url.removeprefix("http://").split(":")
    for wanted in (4096, 0):
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=5) as subscriber:
            subscriber.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: day\r\n\r\n")
            subscriber.recv(wanted) if wanted else None


def day(hours: float, speed: float, samples: int = SAMPLES) -> Iterator[Sample]:
    """Run a service for so many compressed hours; yield what it holds, evenly."""
    with tempfile.TemporaryDirectory() as name:
        lasts = hours * 3600 / speed
        clock = CompressedClock(time.time() - hours * 3600, time.monotonic(), speed)
        with _service(Path(name), clock) as (pid, url):
            wait_for(lambda: math.isfinite(_behind(url, clock)), 60)
            began = time.monotonic()
            for turn in range(1, samples + 1):
                _ask(url, turn)
                time.sleep(max(0.0, began + lasts * turn / samples - time.monotonic()))
                yield _sample(pid, (time.monotonic() - began) * speed / 3600, _behind(url, clock))


def _sample(pid: int, hours: float, behind: float) -> Sample:
    process = Path(f"/proc/{pid}")
    pages = int((process / "statm").read_text().split()[1])
    threads = len(list((process / "task").iterdir()))
    return Sample(hours, pages * os.sysconf("SC_PAGE_SIZE"), len(list((process / "fd").iterdir())), threads, behind)


def slope(samples: list[Sample]) -> float:
    """Return how fast resident memory grows, bytes an hour, as the least squares line says."""
    grown: float = np.polyfit([one.hours for one in samples], [one.resident for one in samples], 1)[0]
    return grown


def main() -> None:
    """Print samples, then slope and ranges of all but the first quarter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--speed", type=float, default=240.0, help="compressed seconds a second")
    options = parser.parse_args()
    samples = []
    for one in day(options.hours, options.speed):
        samples.append(one)
        if len(samples) % 10 == 0:
            held = f"{one.resident / 1e6:6.1f} MB  {one.descriptors} descriptors  {one.threads} threads"
            print(f"{one.hours:5.1f} h  {held}  {one.behind:.0f} s behind", flush=True)
    judged = samples[len(samples) // 4 :]
    for what in ("descriptors", "threads"):
        values = [getattr(one, what) for one in judged]
        print(f"{what}: {min(values)} to {max(values)}")
    print(f"resident memory grows by {slope(judged) / 1e6:.3f} MB an hour after the first {judged[0].hours:.1f} h")


if __name__ == "__main__":
    main()
