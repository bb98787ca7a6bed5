"""What the product asked of the system: strace's words, read back as calls with their bytes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WRITES: Final = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg", "vmsplice")
"""Calls that hand over bytes, which the trace shows whole."""
READS: Final = ("recvfrom", "recvmsg", "recvmmsg")
OPENS: Final = ("open", "openat", "openat2", "creat")
NAMES: Final = (
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "mkdir",
    "mkdirat", "truncate",
)  # fmt: skip
HIDDEN: Final = (
    "memfd_create", "memfd_secret", "shmget", "sendfile", "splice", "tee", "copy_file_range", "io_uring_setup",
    "process_vm_writev", "process_vm_readv", "mq_open",
)  # fmt: skip
"""Ways in which bytes go somewhere without being shown: the product uses none."""
SOCKETS: Final = ("socket", "connect", "bind", "accept", "accept4")
CALLS: Final = ("execve", *WRITES, *READS, *OPENS, *NAMES, *HIDDEN, *SOCKETS)

LONGEST: Final = 1 << 22
"""Bytes of one call that are shown; more would be cut off."""

_CALL: Final = re.compile(r"(?P<time>\d+\.\d+) (?P<name>\w+)\((?P<words>.*)\) += (?P<answer>-?[0-9]\w*)(?P<rest>.*)")
_STRING: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_ENDPOINT: Final = re.compile(r"-?\d+<(.*?)(<char [^>]*>)?>(?=[,)\s]|$)")


@dataclass(frozen=True, slots=True)
class Call:
    """One call into the system.

    Attributes:
        time: unix seconds.
        thread: its id.
        name: of the call.
        words: what was said, as strace writes it, with strings in hexadecimal.
        answer: what the system gave back; negative where it refused.
        rest: what strace says of the answer: the name of an error, or where a descriptor leads.
    """

    time: float
    thread: int
    name: str
    words: str
    answer: int
    rest: str

    @property
    def strings(self) -> list[bytes]:
        """The bytes of every string in the call, in its order."""
        return [_plain(match[1]) for match in _STRING.finditer(self.words)]

    @property
    def is_cut_off(self) -> bool:
        """Whether a string was longer than what is shown."""
        return any(match[2] for match in _STRING.finditer(self.words))

    @property
    def descriptor(self) -> str:
        """Where the descriptor that is the first argument leads: a file, `TCP:[here->there]`, `pipe:[7]`."""
        return _endpoint(self.words)

    @property
    def opened(self) -> str:
        """Where the descriptor leads that was given back; empty where there is none."""
        return _endpoint(f"{self.answer}{self.rest}")


def command(folder: Path) -> list[str]:
    """Return the beginning of a command that is to be traced, one file a thread, into a folder."""
    options = ["-ff", "--seccomp-bpf", "-yy", "-ttt", "-xx", "-s", str(LONGEST), "-e", "signal=all"]
    return ["strace", *options, "-e", f"trace={','.join('?' + name for name in CALLS)}", "-o", str(folder / "trace")]


def read(folder: Path, product: list[str]) -> list[Call]:
    """Return the calls of all threads by time, from the moment on at which the product itself was started.

    Args:
        folder: what strace wrote.
        product: the product's command line; what was done before, to build its cell, is not its doing.
    """
    calls = sorted((call for path in folder.glob("trace.*") for call in _calls(path)), key=lambda call: call.time)
    wanted = [word.encode() for word in product]
    starts = (call.time for call in calls if call.name == "execve" and call.strings[1 : len(wanted) + 1] == wanted)
    began = next(starts, float("inf"))
    return [call for call in calls if call.time >= began]


def dumped(folder: Path) -> int:
    """Return how many threads ended with their memory dumped."""
    return sum(
        "(core dumped) +++" in path.read_text(encoding="ascii", errors="replace")[-200:]
        for path in folder.glob("trace.*")
    )


def streams(calls: Iterable[Call]) -> dict[str, bytes]:
    """Return, by where they lead, all bytes that were written, in their order in time."""
    parts: dict[str, list[bytes]] = {}
    for call in calls:
        if call.name in WRITES and call.answer > 0:
            parts.setdefault(call.descriptor, []).append(b"".join(call.strings)[: call.answer])
    return {place: b"".join(said) for place, said in parts.items()}


def _calls(path: Path) -> Iterator[Call]:
    thread = int(path.suffix[1:])
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if found := _CALL.match(line):
                answer = int(found["answer"], 0)
                yield Call(float(found["time"]), thread, found["name"], found["words"], answer, found["rest"])


def _endpoint(text: str) -> str:
    found = _ENDPOINT.match(text)
    if not found:
        return ""
    return _plain(found[1]).decode(errors="replace") if found[1].startswith("\\x") else found[1]


def _plain(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.replace("\\x", ""))
