"""Whether bytes hold anything of an image: as they are, or wrapped in text, or compressed, or both."""

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from vision.proof import canary, signatures

DEEPEST: Final = 3
"""Wrappings within wrappings that are opened."""
_MOST_INSIDE: Final = 1 << 26
"""Bytes to which a compressed stream is opened."""
_LEAST: Final = 32
"""Bytes inside a wrapping that are worth a look."""

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-](?:(?:\\[nr])?[\s]*[A-Za-z0-9+/_-]){43,}")
_HEXADECIMAL: Final = re.compile(rb"(?:[0-9A-Fa-f]{2}){32,}")
_ESCAPED: Final = re.compile(rb"(?:\\\\?x[0-9a-f]{2}|\\\\?[nrt0]|[\x20-\x5b\x5d-\x7e]){40,}")
_DECIMALS: Final = re.compile(rb"\d{1,3}(?:\.0*)?(?:[,;\s\]\[]+\d{1,3}(?:\.0*)?){39,}")
_STREAMS: Final[tuple[tuple[str, re.Pattern[bytes]], ...]] = (
    ("zlib", re.compile(rb"[\x08\x18\x28\x38\x48\x58\x68\x78][\x01\x5e\x9c\xda\x1d\x5b\x99\xd7\x19\x57\x95\xd3]")),
    ("gzip", re.compile(rb"\x1f\x8b\x08")),
    ("bzip2", re.compile(rb"BZh[1-9]1AY&SY")),
    ("xz", re.compile(rb"\xfd7zXZ\x00")),
)
_HEADERS_END: Final = b"\r\n\r\n"


def look_for(content: bytes, known: tuple[bytes, ...] = ()) -> list[str]:
    """Return what of an image is in some bytes, and in what it is wrapped, in words; nothing where there is nothing.

    Args:
        content: is searched.
        known: files of the installed product, which existed before any camera was looked at: whole copies of them,
            byte for byte, are left out.
    """
    for file in known:
        content = content.replace(file, b"\0" * 4)
    found: dict[str, None] = {}
    for wrapping, inside in _layers(content, DEEPEST):
        where = f" in {wrapping}" if wrapping else ""
        found.update(dict.fromkeys(f"{kind}{where}" for kind in _look(inside)))
    return list(found)


def _look(content: bytes) -> list[str]:
    seen = canary.look_for(content)
    found = []
    if seen.frames:
        found.append(f"the canary, rows of frame {', '.join(map(str, sorted(seen.frames)[:5]))}")
    if seen.blends:
        found.append("the canary, of several frames mixed")
    if seen.encoded:
        found.append(f"the canary as the camera sent it, frame {', '.join(map(str, sorted(seen.encoded)[:5]))}")
    return found + signatures.look_for(content)


def _layers(content: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield the content and everything that is wrapped in it, each with the names of its wrappings, outermost last."""
    yield "", content
    if depth:
        for name, inside in _unwrapped(content):
            if len(inside) >= _LEAST:
                for wrapping, innermost in _layers(inside, depth - 1):
                    yield f"{wrapping} in {name}" if wrapping else name, innermost


def _unwrapped(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield from _written_out(content)
    for name, head in _STREAMS:
        for match in head.finditer(content):
            yield name, _inflated(name, content[match.start() :])
    for start in (0, *(match.end() for match in re.finditer(re.escape(_HEADERS_END), content))):
        yield "deflate", _inflated("deflate", content[start:])


def _written_out(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes that are there as text."""
    for match in _BASE64.finditer(content):
        yield from _from_base64(match.group())
    for match in _HEXADECIMAL.finditer(content):
        yield "hexadecimal", bytes.fromhex(match.group().decode())
    for match in _DECIMALS.finditer(content):
        numbers = [int(number) for number in re.findall(rb"(\d+)(?:\.0*)?", match.group())]
        yield "decimal numbers", bytes(number & 255 for number in numbers)
    if b"\\x" in content:
        for match in _ESCAPED.finditer(content):
            yield "escaped text", _from_escapes(match.group())


def _from_base64(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what a run of base64, plain or safe for addresses, says if it begins at each place of a group of four."""
    letters = re.sub(rb"\\[nr]|\s", b"", text).replace(b"-", b"+").replace(b"_", b"/")
    for start in range(4):
        whole = letters[start : start + (len(letters) - start) // 4 * 4]
        try:
            yield "base64", base64.b64decode(whole)
        except binascii.Error:
            continue


def _from_escapes(text: bytes) -> bytes:
    """Return the bytes of which a text is the repr, as in a log."""
    try:
        return text.replace(b"\\\\", b"\\").decode("unicode_escape").encode("latin-1", "replace")
    except UnicodeDecodeError:
        return b""


def _inflated(name: str, content: bytes) -> bytes:
    """Return what a compressed stream at the start of the content holds, as far as it is sound."""
    try:
        return _OPENERS[name](content)
    except (zlib.error, OSError, lzma.LZMAError, ValueError, EOFError):
        return b""


_OPENERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "zlib": lambda content: zlib.decompressobj().decompress(content, _MOST_INSIDE),
    "gzip": lambda content: zlib.decompressobj(31).decompress(content, _MOST_INSIDE),
    "deflate": lambda content: zlib.decompressobj(-15).decompress(content, _MOST_INSIDE),
    "bzip2": lambda content: bz2.BZ2Decompressor().decompress(content, _MOST_INSIDE),
    "xz": lambda content: lzma.LZMADecompressor().decompress(content, _MOST_INSIDE),
}
