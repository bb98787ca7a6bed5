"""CPU seconds of processes, from /proc; Linux only."""

import os
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds, user and system, that a process has taken; all of its threads, ended ones too."""
    # the name, in brackets, may hold spaces
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def resident_mib(pid: int) -> float:
    """Return how much memory a process holds now, in MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that still live."""
    files = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in files for child in file.read_text().split()]


def unread_bytes(port: int) -> list[int]:
    """Return, for each connection to a port of loopback, the bytes that its client has not yet read."""
    found = []
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, _, remote, state, queues = row.split()[:5]
        if int(remote.split(":")[1], 16) == port and state == "01":
            found.append(int(queues.split(":")[1], 16))
    return found
