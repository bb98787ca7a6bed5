"""The canary: footage in which every row of every frame says which frame it is, and how to find it in any bytes.

A frame is 640 x 480, all of vertical bars 8 pixels wide, in two grey levels: a row is a word of 40 bits, twice. A word
is a fixed mark, the frame's number, and a check. So it is still there, bar by bar, in a grey plane, in colour, shrunk
by areas to a half or to an eighth, as floating point numbers of any scale, and quantised: nothing of this changes which
bars are equal. The levels change from frame to frame, so that a mixture or a difference of two frames shows the mark,
but no number.
"""

import hashlib
import importlib.resources
import re
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.errors import ComptageError

FOOTAGE: Final = "canary.h264"
SHA256: Final = "ebdce038a4543e129d4aa46cfc232988de712d5e3dcf96e72e7ab43697ad0dd4"
FRAMES: Final = 140
RATE: Final = 10
"""Frames a second."""
AT_ONCE: Final = 52
"""Frames that a camera sends as soon as someone connects: of a stream without time stamps, FFmpeg studies five seconds
before it gives the first frame."""
LONGEST_S: Final = (FRAMES - AT_ONCE) / RATE
"""Seconds for which a camera has something to send."""

MARK: Final = "1011001110100011110010"
NUMBER_BITS: Final = 10
CHECK_BITS: Final = 8
WORD: Final = len(MARK) + NUMBER_BITS + CHECK_BITS

STRIDES: Final = {1: 1, 2: 1, 3: 1, 4: 1, 6: 1, 8: 2, 12: 2, 16: 4, 24: 2, 32: 4, 48: 4, 64: 4, 96: 4, 128: 4}
"""Bytes from one bar to the next, of 1 to 8 pixels of 1 to 16 bytes (grey; BGR; with a fourth channel; float16 and
float32 of each); and at how many neighbouring bytes to begin, so that one is of a channel, and of a float, that varies.
"""
_CHUNK: Final = 1 << 20
"""Bytes searched at a time: they stay in a core's cache for all strides."""
_OVERLAP: Final = 2 * WORD * max(STRIDES)
"""A row of the widest form."""

_ACCESS_UNIT: Final = b"\0\0\0\1\x09"
_SLICE: Final = re.compile(rb"\x00\x00\x01[\x41\x65]")
_KINDS: Final = np.frombuffer(b"\x41\x65", np.uint8)
"""A slice of a frame that is predicted, and of a key frame, as the footage has them (ITU H.264, 7.3.1)."""
_PIECE: Final = 24
"""Bytes of a slice, from its start code on, that tell whose it is."""
_MARK_BITS: Final = np.array([bit == "1" for bit in MARK])
_PLACES: Final = 1 << np.arange(NUMBER_BITS - 1, -1, -1)


def word(number: int) -> str:
    """Return the bits that every row of a frame shows, 1 for a bright bar."""
    check = zlib.crc32(number.to_bytes(2, "big")) % (1 << CHECK_BITS)
    return f"{MARK}{number:0{NUMBER_BITS}b}{check:0{CHECK_BITS}b}"


_CHECKS: Final = np.array([int(word(number)[-CHECK_BITS:], 2) for number in range(1 << NUMBER_BITS)])


@dataclass(slots=True)
class Sightings:
    """What of the canary is in some bytes.

    Attributes:
        frames: how many rows of each frame, by its number.
        blends: rows that show the mark but no number: mixtures or differences of frames.
        encoded: how many pieces of each frame as the camera sent it.
    """

    frames: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    blends: int = 0
    encoded: Counter[int] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.frames or self.blends or self.encoded)

    def add(self, other: "Sightings") -> None:
        """Add what was seen elsewhere."""
        for number, rows in other.frames.items():
            self.frames[number] += rows
        self.blends += other.blends
        self.encoded += other.encoded


def footage() -> list[bytes]:
    """Return the encoded frames, H.264 access units, each with its start code.

    Raises:
        ComptageError: the file is not the one that this proof was made with.
    """
    content = (importlib.resources.files("vision.proof") / FOOTAGE).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ComptageError(f"{FOOTAGE}: found another sha256, wanted {SHA256}")
    return [_ACCESS_UNIT + unit for unit in content.split(_ACCESS_UNIT)[1:]]


def look_for(content: bytes | bytearray | memoryview, least_stride: int = 1) -> Sightings:
    """Return what of the canary is in some bytes, in whatever form of pixels, or encoded.

    Args:
        content: is searched.
        least_stride: bytes from one bar to the next; more leaves out the forms that are smaller.
    """
    found = Sightings()
    data = np.frombuffer(content, np.uint8)
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK + _OVERLAP]
        for stride, phases in STRIDES.items():
            if stride >= least_stride:
                for phase in range(phases):
                    _read(np.ascontiguousarray(chunk[phase::stride]), 1 / (2 * phases), found)
        _find_encoded(chunk, found)
    return found


def _read(bars: npt.NDArray[np.uint8], weight: float, found: Sightings) -> None:
    """Read every word in a row of samples, one a bar; it is so much of a row."""
    last = len(bars) - WORD + 1
    if last <= 0:
        return
    bright, dark = bars[:last], bars[1 : last + 1]
    starts = np.flatnonzero((bright != dark) & (bright == bars[2 : last + 2]) & (dark == bars[4 : last + 4]))
    for place, is_bright in enumerate(_MARK_BITS):
        starts = starts[bars[starts + place] == bars[starts + (0 if is_bright else 1)]]
    if not len(starts):
        return
    shown = bars[starts[:, None] + np.arange(WORD)]
    is_bright = shown == shown[:, :1]
    two_levels = (is_bright | (shown == shown[:, 1:2])).all(axis=1)
    numbers = is_bright[:, len(MARK) : -CHECK_BITS] @ _PLACES
    checks = is_bright[:, -CHECK_BITS:] @ _PLACES[-CHECK_BITS:]
    readable = two_levels & (_CHECKS[numbers] == checks)
    for number in numbers[readable].tolist():
        found.frames[number] += weight
    # a mark alone comes about by chance in a large mask of zeros and ones; a mark in each half of a row does not
    again = starts[~readable] + WORD
    again = again[again + len(MARK) <= len(bars)]
    for place, bit in enumerate(_MARK_BITS):
        again = again[bars[again + place] == bars[again - WORD + (0 if bit else 1)]]
    found.blends += len(again)


@cache
def _pieces() -> dict[bytes, int]:
    """Return the beginning of every slice of the footage, and of which frame it is."""
    return {
        unit[found.start() : found.start() + _PIECE]: number
        for number, unit in enumerate(footage())
        for found in _SLICE.finditer(unit)
    }


def _find_encoded(data: npt.NDArray[np.uint8], found: Sightings) -> None:
    """Look up whatever follows a start code of H.264, 00 00 01."""
    for place in np.flatnonzero(
        (data[2:-1] == 1) & (data[1:-2] == 0) & (data[:-3] == 0) & ((data[3:] == _KINDS[0]) | (data[3:] == _KINDS[1]))
    ):
        number = _pieces().get(bytes(data[place : place + _PIECE]))
        if number is not None:
            found.encoded[number] += 1
