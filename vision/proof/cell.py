"""The cell in which the product runs while it is watched: a read-only root where the system lets us make one."""

import os
import platform
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BUILD: Final = """
ledger=$1; shift
mount --bind "$ledger" "$ledger" && cd "$ledger" || exit 125
while [ "$1" != -- ]; do mount -o remount,bind,ro "$1" || echo "cell: $1 stays writable" >&2; shift; done
shift
exec "$@"
"""
"""Everything is read-only but the ledger's folder; arguments: that folder, every mount point, `--`, the command."""
_ESCAPES: Final = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}
_NEEDED: Final = ("/proc",)
"""Stays as it is: what a process sets there is in the kernel, on no disk."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How to start a command in it.

    Attributes:
        command: goes before the command.
        trouble: why the root could not be made read-only; empty where it could.
    """

    command: tuple[str, ...]
    trouble: str = ""


def build(ledger: Path) -> Cell:
    """Return a cell in which nothing but a folder can be written, or a bare one that says why not."""
    root = () if os.geteuid() == 0 else ("--map-root-user",)
    enter = ("unshare", *root, "--mount", "--propagation", "private")
    try:
        attempt = subprocess.run(
            [*enter, "mount", "-o", "remount,bind,ro", "/"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        return Cell((), f"unshare: {error.strerror}; it is in the package util-linux")
    if attempt.returncode:
        words = attempt.stderr.strip().splitlines() or [f"unshare ended with {attempt.returncode}"]
        return Cell((), f"{words[0]}{'' if os.geteuid() == 0 else '; root may'}")
    places = [place for place in mounts("self") if not place.startswith(_NEEDED)]
    return Cell((*enter, "sh", "-c", _BUILD, "cell", str(ledger), *places, "--"))


def leash(signal: str) -> tuple[str, ...]:
    """Return what goes before a command that is to get a signal when the thread that starts it is no more.

    That is setpriv of util-linux, which asks for PR_SET_PDEATHSIG of prctl(2); empty where it is not installed.
    """
    return ("setpriv", "--pdeathsig", signal) if shutil.which("setpriv") else ()


def mounts(process: int | str) -> dict[str, bool]:
    """Return every mount point that a process sees, and whether it may be written; see proc_pid_mountinfo(5).

    Where several are mounted over each other, the last one is seen.
    """
    found = {}
    for line in Path(f"/proc/{process}/mountinfo").read_text().splitlines():
        place, options = line.split()[4:6]
        for escaped, plain in _ESCAPES.items():
            place = place.replace(escaped, plain)
        found[place] = "rw" in options.split(",")
    return found


def allow_core_dumps() -> None:
    """Let this process and its children dump their memory, as far as the system does, so that the product must not."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def swaps() -> list[str]:
    """Return the devices and files to which this machine may write memory."""
    return [line.split()[0] for line in Path("/proc/swaps").read_text().splitlines()[1:]]


def core_pattern() -> str:
    """Return where this machine's kernel writes the memory of a process that crashes."""
    return Path("/proc/sys/kernel/core_pattern").read_text().strip()


def machine() -> str:
    """Return what kind of machine this is."""
    return f"{platform.system()} {platform.release()} on {platform.machine()}, {os.cpu_count()} cores"
