"""What a process holds in memory: its writable mappings, read from outside, and the files that it has mapped."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from vision.proof import canary
from vision.proof.canary import Sightings

LEAST_STRIDE: Final = 4
"""Bytes from bar to bar: whoever keeps a picture smaller than the working size took it from one of that size."""
_CHUNK: Final = 1 << 24
_OVERLAP: Final = 1 << 14
"""Bytes: more than a row of 80 bars of 128 bytes."""
_ENTRY: Final = np.dtype(np.uint64)
_NEAR_PAGES: Final = 16
_SWAPPED_BIT: Final = np.uint64(62)
"""Of an entry of pagemap; the bit above it says that the page is in memory."""
_IMAGE_LIBRARY: Final = re.compile(
    r"/(cv2|av|av\.libs|onnxruntime|PIL)/|/lib(av|sw|opencv|jpeg|png|webp|tiff|x264)[a-z_]*"
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of /proc/PID/maps: [start, end), whether it may be written, and its file, if any."""

    start: int
    end: int
    is_writable: bool
    name: str


def mappings(pid: int) -> list[Mapping]:
    """Return all mappings of a process.

    Raises:
        OSError: there is no such process any more, or it may not be looked into.
    """
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, access, _, _, _, *name = line.split(maxsplit=5)
        start, end = (int(edge, 16) for edge in span.split("-"))
        found.append(Mapping(start, end, "rw" in access, name[0] if name else ""))
    return found


def image_libraries(pid: int) -> list[str]:
    """Return the files of image libraries that a process has mapped."""
    return sorted({mapping.name for mapping in mappings(pid) if _IMAGE_LIBRARY.search(mapping.name)})


def scan(pid: int) -> tuple[Sightings, int]:
    """Return what of the canary is in a process's writable memory, and how many bytes were searched.

    Raises:
        OSError: the process is gone, or may not be looked into.
    """
    found, searched = Sightings(), 0
    for content in _writable(pid):
        found.add(canary.look_for(content, LEAST_STRIDE))
        searched += len(content)
    return found, searched


def _writable(pid: int) -> Iterator[bytes]:
    """Yield what the writable mappings hold, in pieces that overlap, without the pages that were never touched."""
    process = Path(f"/proc/{pid}")
    with (process / "mem").open("rb", buffering=0) as memory, (process / "pagemap").open("rb", buffering=0) as pagemap:
        for mapping in mappings(pid):
            if not mapping.is_writable:
                continue
            for start, end in _touched(pagemap, mapping):
                for place in range(start, end, _CHUNK):
                    try:
                        memory.seek(place)
                        yield memory.read(min(_CHUNK + _OVERLAP, end - place))
                    except OSError:  # given back in this instant, or of a device
                        continue


def _touched(pagemap: BinaryIO, mapping: Mapping) -> list[tuple[int, int]]:
    """Return the spans [start, end) of a mapping that are in memory or in swap; see proc_pid_pagemap(5).

    Spans that lie near each other are one: the pages between them read as zeros.
    """
    pagemap.seek(mapping.start // mmap.PAGESIZE * _ENTRY.itemsize)
    size = (mapping.end - mapping.start) // mmap.PAGESIZE
    entries = np.frombuffer(pagemap.read(size * _ENTRY.itemsize), _ENTRY)
    is_there = (entries >> _SWAPPED_BIT) != 0
    pages = np.flatnonzero(is_there)
    if not len(pages):
        return []
    far = np.flatnonzero(np.diff(pages) > _NEAR_PAGES)
    firsts, lasts = np.append(pages[:1], pages[far + 1]), np.append(pages[far], pages[-1:])
    starts, ends = (mapping.start + edges * mmap.PAGESIZE for edges in (firsts, lasts + 1))
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
