"""Labelled pictures -> random views as a very low definition camera on a mast would give them."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.training.cutouts import CutOuts, paste
from models.training.movement import moved
from models.training.samples import Sample
from vision.pixels.network.preprocess import NO_CHANGE, change

LEAST_SIDE = 3.0
"""A box with a side under so many pixels is too small to be learnt, or to be called background: it is unsure."""
HIDDEN = 0.7
"""A box of which a pasted one's box covers more than this is unsure."""
SHRUNK_BY_AREA = 0.8
"""Scale below which a picture is shrunk over areas first, as real frames are; interpolation alone would alias."""
LEAST_SHOWN = 0.5
"""A box of which less than this share is within the view is unsure."""

NOISE = np.random.default_rng(1).standard_normal((512, 512, 4), np.float32)
"""Every view has another part of it: to draw so many numbers anew would take a third of the time."""

Pixels = npt.NDArray[np.uint8]


NEAR_GRIDS = (0.25, 0.3, 0.25, 0.2)
"""How often a view of near pictures is one of them, 2 x 2, 3 x 3 or 4 x 4: shrunk, they are what a mast sees."""
FAR_GRIDS = (0.7, 0.3, 0.0, 0.0)
"""The same for pictures that were taken from a mast: working sizes from 100 to 670 pixels wide."""
FILLS = (0.9, 3.0)
"""A picture is this many times as wide as its place in the grid; what is outside is cut."""
AIMED_SHARE = 0.5
"""Share of the placed pictures in which a labelled object, any one, is within the part that is shown."""
PASTED_SHARE = 0.6
"""Share of the views that get cut-outs."""
PASTED_HEIGHTS = (8.0, 90.0)
"""Pixels: a person whom one can hardly see, and one who fills three eighths of the height of a 320 x 240 view."""
PASTED_MOST = 14


@dataclass(frozen=True, slots=True)
class Group:
    """Samples that are alike: one set of pictures, or the clips of one place."""

    samples: list[Sample]
    grids: tuple[float, float, float, float]
    still: bool = False
    """Whether they are single pictures, of which no earlier moment is known."""


def views(group: Group, cut: CutOuts, size: tuple[int, int], rng: np.random.Generator) -> Iterator[Sample]:
    """Yield two views of size (width, height): a grid of pictures with cut-outs, then its mirror image; each worn.

    One picture, or 2 x 2, 3 x 3 or 4 x 4 of them: so the many small objects that a camera on a mast sees come out of
    pictures taken nearby. The second view costs a third of the first.
    """
    shown = _grid(group.samples, int(rng.choice(4, p=group.grids)) + 1, size, rng)
    if group.still:
        shown = moved(shown, rng)
    if rng.random() < PASTED_SHARE:
        shown = _without_hidden(paste(shown, cut, rng, PASTED_HEIGHTS, PASTED_MOST), len(shown.boxes))
    shown = Sample(with_change(shown.pixels), shown.boxes, shown.classes, shown.sure)
    yield _worn(shown, rng)
    yield _worn(mirrored(shown), rng)


def _grid(samples: list[Sample], cells: int, size: tuple[int, int], rng: np.random.Generator) -> Sample:
    width, height = size[0] // cells, size[1] // cells
    pixels = np.full((size[1], size[0], 4), 114, np.uint8)
    parts = []
    for row in range(cells):
        for column in range(cells):
            part = _placed(samples[rng.integers(len(samples))], (width, height), rng)
            corner = np.array((column * width, row * height), np.float32)
            pixels[row * height : (row + 1) * height, column * width : (column + 1) * width] = part.pixels
            parts.append(Sample(part.pixels, part.boxes + np.tile(corner, 2), part.classes, part.sure))
    return Sample(
        pixels,
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.classes for part in parts]),
        np.concatenate([part.sure for part in parts]),
    )


def with_change(pixels: Pixels) -> Pixels:
    """Replace the grey levels of the moment before by the change since, as `to_tensor` does."""
    grey = np.asarray(cv2.cvtColor(pixels[..., :3], cv2.COLOR_BGR2GRAY), np.uint8)
    return np.dstack((pixels[..., :3], change(grey, pixels[..., 3])))


def mirrored(sample: Sample) -> Sample:
    """Return the view as in a mirror: right is left."""
    boxes = sample.boxes.copy()
    boxes[:, [0, 2]] = sample.pixels.shape[1] - sample.boxes[:, [2, 0]]
    return Sample(np.ascontiguousarray(sample.pixels[:, ::-1]), boxes, sample.classes, sample.sure)


def _without_hidden(sample: Sample, first_pasted: int) -> Sample:
    """Make unsure what the pasted, from `first_pasted` on, cover for the most part, later ones the earlier too."""
    sure = sample.sure.copy()
    corners = np.maximum(sample.boxes[:, None, :2], sample.boxes[None, :, :2])
    ends = np.minimum(sample.boxes[:, None, 2:], sample.boxes[None, :, 2:])
    shared = (ends - corners).clip(0).prod(axis=2) / (sample.boxes[:, 2:] - sample.boxes[:, :2]).prod(axis=1)[:, None]
    order = np.arange(len(sure))
    over = (order[None, :] >= first_pasted) & (order[None, :] > order[:, None])
    sure &= ~((shared > HIDDEN) & over).any(axis=1)
    return Sample(sample.pixels, sample.boxes, sample.classes, sure)


def _placed(sample: Sample, size: tuple[int, int], rng: np.random.Generator) -> Sample:
    """Return a random part of a picture of size (width, height), scaled as `FILLS` says."""
    width, height = size
    own_height, own_width = sample.pixels.shape[:2]
    scale = width / own_width * float(np.exp(rng.uniform(*np.log(FILLS))))
    stretch = float(rng.uniform(0.85, 1.18))
    x_scale, y_scale = scale * stretch, scale / stretch
    left = rng.uniform(*sorted((0.0, own_width * x_scale - width)))
    top = rng.uniform(*sorted((0.0, own_height * y_scale - height)))
    if sample.sure.any() and rng.random() < AIMED_SHARE:
        box = sample.boxes[rng.choice(np.flatnonzero(sample.sure))]
        aimed = (box[:2] + box[2:]) / 2 * (x_scale, y_scale) - rng.uniform(0, size)
        left = aimed[0].clip(*sorted((0.0, own_width * x_scale - width)))
        top = aimed[1].clip(*sorted((0.0, own_height * y_scale - height)))
    move = np.array([[x_scale, 0, -left], [0, y_scale, -top]])
    pixels = _warped(sample.pixels, move, size)
    corners = sample.boxes.reshape(-1, 2, 2) * move[[0, 1], [0, 1]] + move[:, 2]
    boxes = np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1).reshape(-1, 4)
    return _within(Sample(pixels, boxes.astype(np.float32), sample.classes, sample.sure), size)


def _warped(pixels: Pixels, move: npt.NDArray[np.float64], size: tuple[int, int]) -> Pixels:
    """Return what a move (2, 3), scale and shift, shows of a picture in a view of size (width, height)."""
    scale, shift = np.diag(move[:, :2]), move[:, 2]
    first = np.floor(-shift / scale - 2).clip(0).astype(int)
    last = np.ceil((np.array(size) - shift) / scale + 2).clip(first + 1).astype(int)
    part = pixels[first[1] : last[1], first[0] : last[0]]
    shrunk = np.ones(2)
    if scale.min() < SHRUNK_BY_AREA:
        before = np.array(part.shape[1::-1])
        after = np.maximum(1, (before * scale).round().astype(int))
        size_after = (int(after[0]), int(after[1]))
        part = np.asarray(cv2.resize(part, size_after, interpolation=cv2.INTER_AREA), np.uint8)
        shrunk = after / before
    from_part = np.column_stack((np.diag(scale / shrunk), shift + scale * first))
    return np.asarray(cv2.warpAffine(part, from_part, size, flags=cv2.INTER_LINEAR, borderValue=(114,) * 4), np.uint8)


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
    light = rng.uniform(0.6, 1.2)
    levels = np.linspace(0, 1, 256)[:, None] ** np.exp(rng.uniform(-0.5, 0.6)) * light * 255
    changes = (np.arange(256)[:, None] - NO_CHANGE) * light + NO_CHANGE
    table = np.concatenate((levels * rng.uniform(0.9, 1.1, 3), changes), axis=1).clip(0, 255).astype(np.uint8)
    pixels = np.asarray(cv2.LUT(sample.pixels, table[:, None, :]))
    if rng.random() < 0.2:
        pixels[..., :3] = cv2.cvtColor(pixels[..., :3], cv2.COLOR_BGR2GRAY)[..., None]
    if rng.random() < 0.3:
        pixels = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.3, 0.9)))
    y, x = rng.integers(0, np.subtract(NOISE.shape[:2], pixels.shape[:2]))
    noise = NOISE[y : y + pixels.shape[0], x : x + pixels.shape[1]] * np.float32(rng.uniform(0, 8))
    pixels = np.asarray(cv2.add(pixels, noise, dtype=cv2.CV_8U), np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(25, 90))
        colours = np.ascontiguousarray(pixels[..., :3])
        packed = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        pixels[..., :3] = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    return Sample(pixels.astype(np.uint8), sample.boxes, sample.classes, sample.sure)
