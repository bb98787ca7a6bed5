"""Whether bytes hold a picture or a video of any common kind.

A signature alone comes about by chance, so each counts only where what must follow it does: sizes, checksums, tables.
"""

import re
import struct
import zlib
from collections.abc import Callable
from typing import Final

_MOST_SIDE: Final = 1 << 16
_BMP_HEADERS: Final = (12, 40, 52, 56, 64, 108, 124)
_TIFF_TAGS: Final = range(254, 65536)
_H264_PROFILES: Final = (44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 138, 244)
_NEAR: Final = 1024
"""Bytes within which the second parameter set of a video follows the first."""


def look_for(content: bytes) -> list[str]:
    """Return the kinds of pictures and videos that are in some bytes, each once."""
    return [
        kind
        for kind, (signature, follows) in KINDS.items()
        if any(follows(content[match.start() : match.start() + (1 << 16)]) for match in signature.finditer(content))
    ]


def _is_jpeg(content: bytes) -> bool:
    """Follow the segments (ITU T.81, B.1) up to the start of a frame."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return content[place + 4] in (8, 12, 16) and any(content[place + 5 : place + 9])
        if marker < 0xC0 or length < 2:
            return False
        place += 2 + length
    return False


def _is_png(content: bytes) -> bool:
    return len(content) >= 33 and zlib.crc32(content[12:29]) == int.from_bytes(content[29:33])


def _is_gif(content: bytes) -> bool:
    return len(content) >= 13 and all(struct.unpack_from("<HH", content, 6))


def _is_riff(content: bytes) -> bool:
    return content[8:16] in (b"WEBPVP8 ", b"WEBPVP8L", b"WEBPVP8X") or content[8:12] == b"AVI "


def _is_bmp(content: bytes) -> bool:
    if len(content) < 30:
        return False
    size, reserved, _, header = struct.unpack_from("<IIII", content, 2)
    planes, depth = struct.unpack_from("<HH", content, 22 if header == 12 else 26)
    return not reserved and size > 26 and header in _BMP_HEADERS and planes == 1 and depth in (1, 4, 8, 16, 24, 32)


def _is_tiff(content: bytes) -> bool:
    order = "<" if content[:1] == b"I" else ">"
    if len(content) < 8:
        return False
    (place,) = struct.unpack_from(f"{order}I", content, 4)
    if not 8 <= place <= len(content) - 26:
        return False
    (count,) = struct.unpack_from(f"{order}H", content, place)
    tags = [struct.unpack_from(f"{order}H", content, place + 2 + 12 * k)[0] for k in range(2)]
    return count >= 2 and tags == sorted(set(tags)) and all(tag in _TIFF_TAGS for tag in tags)


def _is_iso_media(content: bytes) -> bool:
    size, brand = int.from_bytes(content[:4]), content[8:12]
    return 16 <= size <= 256 and size % 4 == 0 and brand.isascii() and brand.decode("latin-1").isprintable()


def _is_h264(content: bytes) -> bool:
    """Look for the picture parameter set after a sequence parameter set (ITU H.264, 7.3.2)."""
    known = len(content) > 4 and content[4] in _H264_PROFILES and not content[5] & 3
    return known and re.search(rb"\x00\x00\x01[\x28\x48\x68]", content[4:_NEAR]) is not None


def _is_h265(content: bytes) -> bool:
    return b"\0\0\1\x42\1" in content[4:_NEAR] and b"\0\0\1\x44\1" in content[4:_NEAR]


def _is_netpbm(content: bytes) -> bool:
    found = re.match(rb"P[1-7]\s+(\d+)\s+(\d+)\s+(?:\d+\s)?", content)
    return found is not None and all(0 < int(side) < _MOST_SIDE for side in found.groups())


def _is_transport(content: bytes) -> bool:
    return len(content) > 188 * 8 and all(content[188 * k] == 0x47 for k in range(8)) and len(set(content[:188])) > 8


def _always(_content: bytes) -> bool:
    return True


Kind = tuple[re.Pattern[bytes], Callable[[bytes], bool]]

KINDS: Final[dict[str, Kind]] = {
    "JPEG": (re.compile(rb"\xff\xd8\xff"), _is_jpeg),
    "PNG": (re.compile(rb"\x89PNG\r\n\x1a\n"), _is_png),
    "GIF": (re.compile(rb"GIF8[79]a"), _is_gif),
    "WebP or AVI": (re.compile(rb"RIFF"), _is_riff),
    "BMP": (re.compile(rb"BM"), _is_bmp),
    "TIFF": (re.compile(rb"II\*\x00|MM\x00\*"), _is_tiff),
    "MP4, MOV, HEIF or AVIF": (re.compile(rb"\x00\x00[\x00\x01].ftyp", re.DOTALL), _is_iso_media),
    "Matroska or WebM": (re.compile(rb"\x1a\x45\xdf\xa3.{1,64}(?:matroska|webm)", re.DOTALL), _always),
    "H.264": (re.compile(rb"\x00\x00\x01[\x27\x47\x67]"), _is_h264),
    "H.265": (re.compile(rb"\x00\x00\x01\x40\x01"), _is_h265),
    "MPEG-TS": (re.compile(rb"\x47[\x00-\x1f\x40-\x5f]"), _is_transport),
    "JPEG 2000": (re.compile(rb"\x00\x00\x00\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51\x00"), _always),
    "JPEG XL": (re.compile(rb"\x00\x00\x00\x0cJXL \r\n\x87\n"), _always),
    "Netpbm": (re.compile(rb"P[1-7]\s+\d{1,5}\s+\d{1,5}\s"), _is_netpbm),
    "NumPy array": (re.compile(rb"\x93NUMPY[\x01-\x03]\x00"), _always),
    "picture in a data: address": (re.compile(rb"data:(?:image|video)/[a-z+.-]+[;,]"), _always),
    "Zstandard, which is not looked into": (re.compile(rb"\x28\xb5\x2f\xfd[\x00-\xff]{6}"), _always),
}
"""The name of each kind, how it begins, and whether what follows is what must."""
