"""The course of the proof: the real service is started, fed, asked, looked into, crashed and ended, and all is kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Final, TypeVar

from vision.errors import ComptageError
from vision.proof import bodies, cell, memory, trace
from vision.proof.camera import Camera
from vision.proof.canary import AT_ONCE, FOOTAGE
from vision.proof.evidence import Evidence, Scan

_START_S: Final = 120.0
_SETTLE_S: Final = 2.0
"""After the last frame, for it to be looked at also by a busy machine, before the silent camera is given up."""
_NOTICE_S: Final = 0.4
"""After a crash, for the service to notice and speak of it."""
_GIVE_UP_S: Final = 4.0
"""After the last frame: more than a reader waits before it lets go of a silent camera."""
_CRASHES: Final = (signal.SIGSEGV, signal.SIGABRT)

SITE: Final = """
[site]
name = "blind"
title = "The canary's cage"

[[camera]]
name = "stream"
source = "{url}"
  [[camera.line]]
  name = "bars"
  a = [0.5, 0.9]
  b = [0.5, 0.1]

[[camera]]
name = "recording"
source = "{file}"
detector = "pool"
crop = [0.0, 0.25, 1.0, 0.75]
working_size = [320, 120]
trial = [0.9]
  [[camera.basin]]
  name = "bath"
  corners = [[0.1, 0.7], [0.9, 0.7], [0.9, 0.3], [0.1, 0.3]]

[[camera]]
name = "square"
source = "scene:square"
detector = "motion"
  [[camera.line]]
  name = "promenade"
  a = [0.5, 1.0]
  b = [0.5, 0.0]

[service]
port = 0

[ledger]
path = "{ledger}"
"""
"""The canary as a stream, before `street`; as a recorded file, of which `pool`, which keeps other things of its last
looks, sees a part and counts by another score beside; and a synthetic square, so that there is something to count."""


Answer = TypeVar("Answer")


def watch(folder: Path, seconds: float, tell: Callable[[str], None]) -> Evidence:
    """Run the real service under observation and return what was seen.

    Args:
        folder: for the traces and logs; empty.
        seconds: for how long the stream goes on, at most `canary.LONGEST_S`.
        tell: is told what happens now, for whoever waits.

    Raises:
        ComptageError: the service does not start.
    """
    home = folder / "ledger"
    home.mkdir()
    (folder / "trace").mkdir()
    site = folder / "site.toml"
    product = [sys.executable, "-m", "vision.cli", "--log-level", "DEBUG", "run", str(site)]
    evidence = Evidence(folder, cell.build(home), product, home / "blind.sqlite")
    with Camera() as camera, resources.as_file(resources.files("vision.proof") / FOOTAGE) as file:
        site.write_text(SITE.format(url=camera.url, file=file, ledger=evidence.ledger), encoding="utf-8")
        evidence.camera_port = camera.port
        with _running(evidence) as url:
            evidence.port = int(url.rpartition(":")[2])
            tell("the service looks at the canary, and is asked everything that it answers")
            _feed(camera, url, seconds, evidence)
            tell("the stream is silent; memory is searched")
            _look_inside(camera, evidence)
            tell("the workers are crashed")
            _crash(evidence)
        evidence.sent = camera.sent
    evidence.kept |= {f"{name}, at the end": content for name, content in _files(home).items()}
    evidence.calls = trace.read(folder / "trace", product)
    evidence.dumped = trace.dumped(folder / "trace")
    return evidence


@contextmanager
def _running(evidence: Evidence) -> Iterator[str]:
    """Run the product, traced and in its cell, and yield its base URL; end it as a system does."""
    cell.allow_core_dumps()
    command = _traced(evidence)
    # what Python would compile at the first run belongs to the installation, not to the service
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with evidence.log.open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=evidence.ledger.parent, env=environment
        )
    try:
        yield _wait_for(lambda: _announced(evidence.log, process) or "", "the service to answer")
    finally:
        for service in _processes(process.pid).get("service", []):
            os.kill(service, signal.SIGTERM)
        try:
            evidence.exit_code = process.wait(_START_S)
        except subprocess.TimeoutExpired:
            for running in [running for role in _processes(process.pid).values() for running in role]:
                os.kill(running, signal.SIGKILL)
            process.kill()
            process.wait()
    evidence.folder.joinpath("exit.txt").write_text(f"{evidence.exit_code}\n", encoding="utf-8")


def _traced(evidence: Evidence) -> list[str]:
    """Return the product's command in its cell under strace; neither strace nor the product outlives who started it.

    strace blocks all signals that could end it but SIGKILL, at which it lets go of the product and leaves it running.
    """
    trace_it = [*cell.leash("KILL"), *trace.command(evidence.folder / "trace")]
    return [*trace_it, *evidence.cell.command, *cell.leash("TERM"), *evidence.product]


def _feed(camera: Camera, url: str, seconds: float, evidence: Evidence) -> None:
    _wait_for(lambda: camera.newest >= AT_ONCE, "the service to fetch the stream")
    ends_at = time.monotonic() + seconds
    evidence.bodies = bodies.bodies(url)
    _wait_for(lambda: bodies.states(url)["recording"][0] not in ("connecting", "live"), "the recording's end")
    time.sleep(max(0.0, ends_at - time.monotonic()))
    evidence.coverage = {name: seen for name, (_, seen) in bodies.states(url).items()}
    camera.fall_silent()


def _look_inside(camera: Camera, evidence: Evidence) -> None:
    """Search memory when the last frame has been looked at, and again when the silent camera has been given up."""
    silent_at = time.monotonic()
    roles = _processes(os.getpid())
    for moment, after in (("just after the last frame", _SETTLE_S), ("after the camera was given up", _GIVE_UP_S)):
        time.sleep(max(0.0, silent_at + after - time.monotonic()))
        for role, processes in roles.items():
            for process in processes if role == "worker" or after == _SETTLE_S else ():
                _scan(moment, role, process, camera.newest, evidence)
    for role, processes in roles.items():
        evidence.libraries[role] = [file for process in processes for file in memory.image_libraries(process)]
        evidence.limits[role] = {_core_limit(process) for process in processes}
        evidence.swapped[role] = sum(map(_swapped, processes))
    for process in roles.get("service", []):
        evidence.writable = [place for place, is_writable in cell.mounts(process).items() if is_writable]
    evidence.kept |= _files(evidence.ledger.parent)


def _scan(moment: str, role: str, process: int, newest: int, evidence: Evidence) -> None:
    try:
        seen, searched = memory.scan(process)
    except OSError as error:
        evidence.trouble.append(f"memory of {role} {process}: {error.strerror}")
        return
    evidence.scans.append(Scan(moment, role, process, newest, searched, seen))


def _crash(evidence: Evidence) -> None:
    """Crash every worker while the canary is in its memory, and wait until others have taken their place."""
    workers = _processes(os.getpid()).get("worker", [])
    for process, number in zip(workers, _CRASHES * len(workers), strict=False):
        os.kill(process, number)
        evidence.crashed[process] = number.name
    _wait_for(lambda: not set(workers) & set(_processes(os.getpid()).get("worker", [])), "the crashed workers' end")
    time.sleep(_NOTICE_S)


def _announced(log: Path, process: subprocess.Popen[bytes]) -> str | None:
    """Return the URL that the service prints when it answers."""
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if process.poll() is not None:
        raise ComptageError(f"the service did not start: {said[-1] if said else f'exit code {process.returncode}'}")
    urls = [line.split()[-1] for line in said if "http://127.0.0.1:" in line and line.startswith("The canary's cage")]
    return urls[0] if urls else None


def _processes(ancestor: int) -> dict[str, list[int]]:
    """Return, by role, the product's processes among the descendants of one."""
    roles: dict[str, list[int]] = {}
    for process in _descendants(ancestor):
        words = _words(process)
        for role, module in (("service", "vision.cli"), ("worker", "vision.worker")):
            if words[1:3] == ["-m", module]:
                roles.setdefault(role, []).append(process)
    return roles


def _descendants(process: int) -> Iterator[int]:
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found = [int(child) for child in children.read_text().split()]
        except OSError:  # the thread ended in this instant
            continue
        for child in found:
            yield child
            yield from _descendants(child)


def _words(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []


def _core_limit(process: int) -> str:
    limits = Path(f"/proc/{process}/limits").read_text().splitlines()
    soft, hard = next(line.split()[4:6] for line in limits if line.startswith("Max core file size"))
    shown = Path(f"/proc/{process}/coredump_filter").read_text().strip().lstrip("0") or "0"
    return f"limit {soft}, filter {shown}" if soft == hard else f"limit {soft} but at most {hard}, filter {shown}"


def _swapped(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in status if line.startswith("VmSwap"))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _wait_for(what: Callable[[], Answer], words: str) -> Answer:
    """Return the first answer that is not empty."""
    ends_at = time.monotonic() + _START_S
    while not (answer := what()):
        if time.monotonic() > ends_at:
            raise ComptageError(f"waited {_START_S:g} s in vain for {words}")
        time.sleep(0.2)
    return answer
