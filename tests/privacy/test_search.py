"""The proof's search finds an image in every wrapping and of every kind, and nothing where there is none."""

import base64
import gzip
import json
import lzma
import random
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.privacy.footage import luma
from vision.proof import canary, search, signatures
from vision.service.app import PAGES

GREY = luma(7)[::2, ::2]
COLOUR = np.repeat(GREY[..., None], 3, axis=2)
ROWS = COLOUR[:3].tobytes()
FORMS = {
    "grey": GREY,
    "colour": COLOUR,
    "full size": luma(7),
    "a fourth channel": np.dstack([COLOUR, np.full(GREY.shape, 128, np.uint8)]),
    "planes": COLOUR.transpose(2, 0, 1),
    "floats": COLOUR.astype(np.float32) / 255,
    "normalised planes": (COLOUR.transpose(2, 0, 1).astype(np.float32) / 255 - 0.4) / 0.23,
    "halves": COLOUR.astype(np.float16),
    "signed": (COLOUR.astype(np.int16) - 128).astype(np.int8),
    "a thumbnail": GREY[::2, ::2],
    "negative": 255 - GREY,
}
WRAPPINGS = {
    "": lambda content: content,
    "base64": base64.b64encode,
    "base64 in lines": base64.encodebytes,
    "base64 for addresses": base64.urlsafe_b64encode,
    "hexadecimal": lambda content: content.hex().encode(),
    "decimal numbers": lambda content: json.dumps(list(content)).encode(),
    "escaped text": lambda content: repr(content).encode(),
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "deflate": lambda content: b"HTTP/1.1 200 OK\r\n\r\n" + zlib.compress(content, wbits=-15),
    "base64 of gzip": lambda content: base64.b64encode(gzip.compress(content)),
    "base64 in JSON of zlib": lambda content: json.dumps(
        {"a": base64.b64encode(zlib.compress(content)).decode()}
    ).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_number_of_a_frame_is_read_in_every_form(form):
    seen = canary.look_for(np.ascontiguousarray(FORMS[form]).tobytes())
    assert set(seen.frames) == {7}
    assert seen.frames[7] >= 100


def test_a_difference_of_two_frames_is_a_mixture():
    change = ((luma(9).astype(int) - luma(4)) // 2 + 128).astype(np.uint8)
    seen = canary.look_for(change.tobytes())
    assert seen.blends > 100
    assert not seen.frames


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"lorem ipsum "])
def test_a_few_rows_are_found_in_every_wrapping(wrapping, before):
    inner = WRAPPINGS[wrapping](before + ROWS) if wrapping.startswith("base64") else WRAPPINGS[wrapping](ROWS)
    assert any("frame 7" in found for found in search.look_for(inner if wrapping == "deflate" else b"say: " + inner))


def test_what_the_camera_sent_is_found():
    assert search.look_for(b"..." + canary.footage()[12]) == ["the canary as the camera sent it, frame 12"]


@pytest.mark.parametrize(
    ("ending", "kind"),
    [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WebP or AVI"), ("bmp", "BMP"), ("tiff", "TIFF"), ("ppm", "Netpbm")],
)
def test_pictures_are_known_by_their_kind(ending, kind):
    noise = np.random.default_rng(1).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    content = cv2.imencode(f".{ending}", noise)[1].tobytes()
    assert signatures.look_for(b"any " + content) == [kind]
    assert f"{kind} in base64" in search.look_for(b'{"a":"' + base64.b64encode(content) + b'"}')


def test_the_footage_is_a_video():
    assert signatures.look_for(b"".join(canary.footage())) == ["H.264"]


def test_nothing_is_found_where_nothing_is():
    chance = random.Random(1)
    assert search.look_for(chance.randbytes(1 << 20)) == []
    assert search.look_for(bytes(1 << 16)) == []
    for page in filter(Path.is_file, PAGES.rglob("*")):
        assert search.look_for(page.read_bytes()) == []
    assert search.look_for(Path(__file__).read_bytes()) == []


def test_only_whole_copies_of_known_files_are_left_out():
    picture = cv2.imencode(".png", COLOUR)[1].tobytes()
    assert search.look_for(b"icon: " + picture, (picture,)) == []
    assert "PNG" in search.look_for(b"icon: " + picture[:-1], (picture,))
