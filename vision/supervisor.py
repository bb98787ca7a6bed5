"""Starts workers, listens to them, and puts a new one in the place of one that dies or hangs."""

import logging
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vision.address import parse_address
from vision.events import AnyEvent, CameraState, decode
from vision.site import Camera, Cameras

MIB = 1 << 20
SLACK = 1024 * MIB
"""What a worker asks for and does not use, such as the stacks of its threads."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds, on the monotonic clock."""

    start_s: float = 30.0
    """From the start of a worker to its first heartbeat: networks are loaded meanwhile."""
    hang_s: float = 5.0
    """Between two heartbeats; a worker sends two a second."""
    stop_s: float = 6.0
    """For a worker to say its last words."""
    restart_s: float = 0.5
    """Before the first restart; doubles with each one in a row."""
    longest_restart_s: float = 10.0
    check_s: float = 0.25


def memory_limit(cameras: int, workers: int) -> int:
    """Return the bytes of memory that a worker may take, so that one that leaks takes nothing from the others.

    A worker of four cameras takes some 220 MiB; decoding a camera of 3840 x 2160 takes up to 17 pictures of 12 MiB
    (ITU-T H.264, A.3.1). But no worker may take more than its share of the machine, or half of it.
    """
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min((512 + 256 * cameras) * MIB, machine // max(workers, 2))


class WorkerProcess:
    """One worker and the thread that listens to it.

    Args:
        cameras: those that it serves.
        on_event: takes what it says, from that thread.
        memory: bytes that it may take: beyond it, `trouble` says so; what it asks for far beyond, between two
            questions, it does not get.
    """

    def __init__(self, cameras: tuple[Camera, ...], on_event: Callable[[AnyEvent], None], memory: int) -> None:
        self.cameras = cameras
        self._memory = memory
        self.heard_at: float | None = None
        self.started_at = time.monotonic()
        self._on_event = on_event
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vision.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the service, which then lets its workers say their last words
        )
        assert self._process.stdin  # noqa: S101  # for the type checker: it was asked for
        with suppress(ProcessLookupError):
            resource.prlimit(self.pid, resource.RLIMIT_DATA, (2 * memory + SLACK, 2 * memory + SLACK))
        try:
            self._process.stdin.write(Cameras.dump_json(cameras, by_alias=True) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            log.warning("worker %d ended before it knew its cameras", self.pid)
        self._listener = threading.Thread(target=self._listen, name=f"worker-{self.pid}", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def trouble(self, patience: Patience) -> str | None:
        """Return what is wrong with the worker, in a few words, or None."""
        code = self._process.poll()
        if code is not None:
            return f"worker ended with signal {-code}" if code < 0 else f"worker ended with code {code}"
        if not self._listener.is_alive():
            return "worker said something that is no event"
        if self._taken() > self._memory:
            return f"worker took more than {self._memory // MIB} MiB of memory"
        now = time.monotonic()
        if self.heard_at is None:
            silent, longest = now - self.started_at, patience.start_s
        else:
            silent, longest = now - self.heard_at, patience.hang_s
        return f"worker hung for {longest:g} s" if silent > longest else None

    def _taken(self) -> int:
        """Return the bytes of memory that the worker has for itself; 0 when it is no more."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()
        except OSError:
            return 0
        return (int(pages[1]) - int(pages[2])) * resource.getpagesize()  # resident, less what is shared with files

    def ask_to_stop(self) -> None:
        """Close the worker's standard input: it says what is left and ends."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()

    def end(self, timeout: float) -> None:
        """Wait for the worker's end, kill it if it takes too long, and hear its last words out."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(timeout)
        self.ask_to_stop()

    def _listen(self) -> None:
        assert self._process.stdout  # noqa: S101  # for the type checker: it was asked for
        with self._process.stdout as lines:
            for line in lines:
                try:
                    self._on_event(decode(line))
                except ValueError:
                    # What a killed worker left half written, or a worker that must not be believed any more.
                    log.exception("worker %d said something that is no event", self.pid)
                    return
                self.heard_at = time.monotonic()


class Supervisor:
    """Deals the cameras out over worker processes and keeps those alive.

    Args:
        cameras: all cameras of the site.
        on_event: takes every event, from several threads.
        workers: how many processes; usually one a core.
        patience: time constants.
        memory: bytes that one worker may take; `memory_limit` by default.
    """

    def __init__(
        self,
        cameras: tuple[Camera, ...],
        on_event: Callable[[AnyEvent], None],
        workers: int,
        patience: Patience | None = None,
        memory: int | None = None,
    ) -> None:
        self._hands = [cameras[start::workers] for start in range(min(workers, len(cameras)))]
        self._on_event = on_event
        self._patience = patience or Patience()
        self._memory = memory
        self._stop = threading.Event()
        self._keepers = [threading.Thread(target=self._keep, args=(hand,)) for hand in self._hands]

    def start(self) -> None:
        """Start the workers."""
        for keeper in self._keepers:
            keeper.start()

    def stop(self) -> None:
        """End the workers; returns when their last words have been heard."""
        self._stop.set()
        for keeper in self._keepers:
            keeper.join()

    def _keep(self, cameras: tuple[Camera, ...]) -> None:
        """Keep one worker alive for these cameras until the supervisor stops."""
        patience = self._patience
        pause = patience.restart_s
        while cameras and not self._stop.is_set():
            memory = self._memory or memory_limit(len(cameras), len(self._hands))
            process = WorkerProcess(cameras, self._on_event, memory)
            trouble = self._watch(process)
            if trouble is None:
                process.ask_to_stop()
                process.end(patience.stop_s)
                return
            process.end(0)
            log.warning("%s; restarting in %.1f s: %s", trouble, pause, ", ".join(c.name for c in cameras))
            for camera in cameras:
                self._on_event(CameraState(camera=camera.name, state="failed", utc=time.time(), detail=trouble))
            # A recording would begin anew and be counted twice.
            cameras = tuple(camera for camera in cameras if parse_address(camera.source).kind != "file")
            self._stop.wait(pause)
            lasted = time.monotonic() - process.started_at
            pause = patience.restart_s if lasted > patience.longest_restart_s else pause * 2
            pause = min(pause, patience.longest_restart_s)

    def _watch(self, process: WorkerProcess) -> str | None:
        """Return what went wrong with a worker; None when the supervisor is to stop."""
        while not self._stop.wait(self._patience.check_s):
            trouble = process.trouble(self._patience)
            if trouble:
                return trouble
        return None
