"""Small videos for tests, and what happens to them."""

import functools
import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (160, 120)
DATA = Path(__file__).parents[3] / "shared" / "data"


@functools.cache
def picture(number, size=SIZE):
    """Return uint8 BGR (H, W, 3): a texture, noise and a red square whose place tells the frame's number."""
    width, height = size
    pixels = np.random.default_rng(0).integers(60, 120, (height // 8 + 1, width // 8 + 1, 3), np.uint8)
    pixels = pixels.repeat(8, axis=0).repeat(8, axis=1)[:height, :width]
    pixels += np.random.default_rng(number).integers(0, 16, pixels.shape, np.uint8)
    left = number * 4 % (width - 24)
    pixels[height // 4 : height // 2, left : left + 16] = (0, 0, 255)
    return pixels


def make_video(path, *, codec="libx264", frames=50, fps=25, size=SIZE, pix_fmt="yuv420p", stamps=None, **options):
    """Write a video; `stamps` gives the presentation times in units of 1 / fps. Keyword options go to the encoder."""
    metadata = options.pop("metadata", {})
    rotation = options.pop("rotation", None)
    with av.open(str(path), "w", container_options=options.pop("muxer", {})) as container:
        container.metadata.update(metadata)
        stream = container.add_stream(codec, rate=fps, options={"g": "12", "threads": "1", **options})
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = Fraction(1, fps)
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(number, size), format="bgr24").reformat(format=pix_fmt)
            frame.pts = number if stamps is None else stamps[number]
            frame.time_base = Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def flipped(data, seed, flips=30, keep=0):
    """Return bytes with some bits flipped, none of them among the first `keep` bytes."""
    chosen = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(flips):
        damaged[chosen.randrange(keep, len(damaged))] ^= 1 << chosen.randrange(8)
    return bytes(damaged)


def spoil_pictures(path, numbers=None):
    """Overwrite the headers of pictures of a motion JPEG file (0-based; all by default), so that they are lost."""
    head, *pictures = path.read_bytes().split(b"\xff\xd8\xff")
    for number in range(len(pictures)) if numbers is None else numbers:
        pictures[number] = bytes(400) + pictures[number][400:]
    path.write_bytes(b"\xff\xd8\xff".join([head, *pictures]))


def sound_videos(folder: Path) -> list[Path]:
    """Write one small video of each kind that cameras and recorders make."""
    wanted = [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.ts", "libx264"), ("a.h264", "libx264"),
              ("a.flv", "libx264"), ("a.avi", "mjpeg"), ("a.mjpeg", "mjpeg"), ("b.mp4", "mpeg4")]  # fmt: skip
    return [
        make_video(folder / name, codec=codec, frames=15, pix_fmt="yuvj420p" if codec == "mjpeg" else "yuv420p")
        for name, codec in wanted
    ]
