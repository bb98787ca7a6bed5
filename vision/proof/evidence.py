"""What was seen of the product at work, before anything is concluded from it."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from vision.proof import trace
from vision.proof.canary import Sightings
from vision.proof.cell import Cell


@dataclass(frozen=True, slots=True)
class Scan:
    """One look into a process's memory.

    Attributes:
        moment: in words.
        role: "worker" or "service".
        process: its id.
        newest: the newest frame of the stream that was sent.
        searched: bytes.
        seen: what of the canary was there.
    """

    moment: str
    role: str
    process: int
    newest: int
    searched: int
    seen: Sightings


@dataclass(slots=True)
class Evidence:
    """All that was seen, before anything is concluded from it.

    Attributes:
        folder: where the files of it are.
        cell: in which the product ran.
        product: its command line.
        ledger: the ledger's file, alone in the only folder that was to be writable.
        began: unix seconds.
        port: of the service.
        camera_port: of the canary's camera.
        sent: bytes that the camera sent.
        coverage: share of the last minute that each camera saw.
        bodies: answers of HTTP, by what was asked.
        scans: of memory.
        libraries: by role, the image libraries that processes had mapped.
        writable: mount points that the service could write.
        limits: by role, the limits of core dumps of processes, and their filters.
        crashed: processes that were crashed, by the signal's name.
        swapped: by role, bytes of processes that were in swap.
        kept: files in the ledger's folder, before and after the service's end.
        exit_code: of the service.
        calls: into the system.
        dumped: processes that dumped their memory as they ended.
        trouble: what could not be looked at, in words.
    """

    folder: Path
    cell: Cell
    product: list[str]
    ledger: Path
    began: float = field(default_factory=time.time)
    port: int = 0
    camera_port: int = 0
    sent: int = 0
    coverage: dict[str, float] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    scans: list[Scan] = field(default_factory=list)
    libraries: dict[str, list[str]] = field(default_factory=dict)
    writable: list[str] = field(default_factory=list)
    limits: dict[str, set[str]] = field(default_factory=dict)
    crashed: dict[int, str] = field(default_factory=dict)
    swapped: dict[str, int] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    exit_code: int | None = None
    calls: list[trace.Call] = field(default_factory=list)
    dumped: int = 0
    trouble: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """What the product printed, on standard output and error."""
        return self.folder / "log.txt"
