"""Labelled pictures -> random views as a very low definition camera on a mast would give them."""

import cv2
import numpy as np
import numpy.typing as npt

from models.training.samples import Sample

LEAST_SIDE = 3.0
"""A box with a side under so many pixels is too small to be learnt, or to be called background: it is unsure."""
LEAST_SHOWN = 0.5
"""A box of which less than this share is within the view is unsure."""

Pixels = npt.NDArray[np.uint8]


def view(samples: list[Sample], size: tuple[int, int], rng: np.random.Generator) -> Sample:
    """Return one view of size (width, height): a grid of pictures, each flipped, scaled and worn.

    One picture, or 2 x 2, 3 x 3 or 4 x 4 of them: so the many small objects that a camera on a mast sees come out of
    pictures taken nearby.
    """
    cells = int(rng.integers(1, 5))
    if cells == 1:
        return _worn(_placed(samples[rng.integers(len(samples))], size, rng, 0.7, 1.8), rng)
    width, height = size[0] // cells, size[1] // cells
    pixels = np.full((size[1], size[0], 3), 114, np.uint8)
    parts = []
    for row in range(cells):
        for column in range(cells):
            part = _placed(samples[rng.integers(len(samples))], (width, height), rng, 0.9, 2.0)
            corner = np.array((column * width, row * height), np.float32)
            pixels[row * height : (row + 1) * height, column * width : (column + 1) * width] = part.pixels
            parts.append(Sample(part.pixels, part.boxes + np.tile(corner, 2), part.classes, part.sure))
    joined = Sample(
        pixels,
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.classes for part in parts]),
        np.concatenate([part.sure for part in parts]),
    )
    return _worn(joined, rng)


def _placed(sample: Sample, size: tuple[int, int], rng: np.random.Generator, least: float, most: float) -> Sample:
    """Return a random part of a picture, scaled so that the picture is `least` to `most` times as wide as the view."""
    width, height = size
    own_height, own_width = sample.pixels.shape[:2]
    scale = width / own_width * float(np.exp(rng.uniform(np.log(least), np.log(most))))
    stretch = float(rng.uniform(0.85, 1.18))
    x_scale, y_scale = scale * stretch, scale / stretch
    left = rng.uniform(*sorted((0.0, own_width * x_scale - width)))
    top = rng.uniform(*sorted((0.0, own_height * y_scale - height)))
    flip = rng.random() < 0.5
    move = np.array([[x_scale, 0, -left], [0, y_scale, -top]])
    if flip:
        move[0] = [-x_scale, 0, width + left]
    blur = max(0.0, 0.45 / scale - 0.45)  # as the area filter does that shrinks real frames
    source = cv2.GaussianBlur(sample.pixels, (0, 0), blur) if blur > 0.2 else sample.pixels
    pixels = cv2.warpAffine(source, move, size, flags=cv2.INTER_LINEAR, borderValue=(114, 114, 114))
    corners = sample.boxes.reshape(-1, 2, 2) * move[[0, 1], [0, 1]] + move[:, 2]
    boxes = np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1).reshape(-1, 4)
    return _within(Sample(pixels.astype(np.uint8), boxes.astype(np.float32), sample.classes, sample.sure), size)


def _within(sample: Sample, size: tuple[int, int]) -> Sample:
    """Clip boxes to the view; those cut too much, or too small, become unsure."""
    whole = (sample.boxes[:, 2:] - sample.boxes[:, :2]).prod(axis=1)
    boxes = sample.boxes.clip(0, np.tile(np.array(size, np.float32), 2))
    sides = boxes[:, 2:] - boxes[:, :2]
    there = (sides > 0).all(axis=1)
    clear = (sides >= LEAST_SIDE).all(axis=1) & (sides.prod(axis=1) >= LEAST_SHOWN * whole)
    return Sample(sample.pixels, boxes[there], sample.classes[there], (sample.sure & clear)[there])


def _worn(sample: Sample, rng: np.random.Generator) -> Sample:
    """Change light, colour, sharpness, noise and compression, as cameras, lenses, nights and codecs do."""
    levels = sample.pixels.astype(np.float32) / 255
    levels = levels ** float(np.exp(rng.uniform(-0.5, 0.6))) * float(rng.uniform(0.6, 1.2))
    levels *= rng.uniform(0.9, 1.1, 3).astype(np.float32)
    if rng.random() < 0.2:
        levels[:] = levels.mean(axis=2, keepdims=True)
    if rng.random() < 0.3:
        levels = cv2.GaussianBlur(levels, (0, 0), float(rng.uniform(0.3, 0.9))).astype(np.float32)
    levels += rng.normal(0, float(rng.uniform(0, 0.03)), levels.shape).astype(np.float32)
    pixels: Pixels = (levels * 255).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(25, 90))
        packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        pixels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return Sample(pixels, sample.boxes, sample.classes, sample.sure)
