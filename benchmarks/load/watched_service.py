"""`comptage run` on faulty cameras, and what it says of them, watched on its live stream."""

import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.load.faulty_camera import FaultyCamera

SERVICE = """
[site]
name = "drill"
[service]
port = 0
[ledger]
path = "{ledger}"
"""
CAMERA = """
[[camera]]
name = "{name}"
source = "{url}"
detector = "motion"
person_height = [0.19, 0.19]
  [[camera.line]]
  name = "line"
  a = [0.5, 0.99]
  b = [0.5, 0.01]
"""


class Service:
    """`comptage run` in a process of its own, and what it says of its cameras."""

    def __init__(self, folder: Path, cameras: dict[str, FaultyCamera]) -> None:
        self.ledger = folder / "ledger.sqlite"
        self.said: dict[str, list[tuple[float, str]]] = {name: [] for name in cameras}
        text = "".join(CAMERA.format(name=name, url=camera.url) for name, camera in cameras.items())
        site = folder / "site.toml"
        site.write_text(SERVICE.format(ledger=self.ledger) + text)
        self._log = (folder / "log.txt").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vision.cli", "run", str(site)], stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        assert self.process.stdout  # noqa: S101  # for the type checker: it was asked for
        self._url = self.process.stdout.readline().split()[-1]
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def state(self, name: str) -> str:
        """Return the camera's last state."""
        return self.said[name][-1][1] if self.said[name] else "connecting"

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        found: list[int] = []
        for children in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with suppress(OSError):  # the thread ended in this instant
                found += map(int, children.read_text().split())
        return sorted(found)

    def end(self) -> None:
        """End the service; its ledger is complete afterwards."""
        self.process.terminate()
        self.process.wait(30)
        self._watcher.join()
        if self.process.stdout:
            self.process.stdout.close()
        self._log.close()

    def _watch(self) -> None:
        """Hear every state, however short; who asks now and then misses some. Ends with the service."""
        with urllib.request.urlopen(f"{self._url}/api/v1/live", timeout=30) as stream:
            for line in stream:
                event = json.loads(line[6:]) if line.startswith(b"data: ") else {}
                if event.get("kind") == "state":
                    said = self.said[event["camera"]]
                    if not said or said[-1][1] != event["state"]:
                        said.append((time.monotonic(), event["state"]))


@contextmanager
def running(cameras: dict[str, FaultyCamera]) -> Iterator[Service]:
    """Run the service on cameras, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder), cameras)
        try:
            yield service
        finally:
            service.end()


def wait_for(what: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is true.

    Raises:
        TimeoutError: it is not, after so many seconds.
    """
    give_up = time.monotonic() + seconds
    while not what():
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited {seconds:g} s in vain")
        time.sleep(0.05)
