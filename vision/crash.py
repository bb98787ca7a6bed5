"""A process that crashes takes its memory with it: no image of it is left on the disk."""

import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

_FILTER: Final = Path("/proc/self/coredump_filter")


def forbid_core_dumps() -> None:
    """Forbid core dumps to this process and those that it starts.

    The limit holds for files. A program that the system hands dumps to, such as systemd-coredump, is not bound by it,
    so the filter of core(5) says as well that no memory belongs in a dump.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # no Linux, or /proc is not there or not to be written
        _FILTER.write_text("0")
