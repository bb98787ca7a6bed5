"""People and two-wheelers cut out of pictures taken nearby, to be pasted at the size at which a mast sees them.

Pictures of streets have few pedestrians and hardly any cyclists; of those near the camera there are many. Shrunk to
the height of a distant one, each is a new example, on every street there is.
"""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from models.training.movement import step_since
from models.training.samples import Sample
from vision.boxes import iou
from vision.classes import CLASS_INDEX, CLASSES

KINDS = tuple(CLASS_INDEX[name] for name in ("pedestrian", "bicycle", "motorcycle"))
LEAST_HEIGHT = 32.0
"""Pixels; a lower one has no outline that can be found."""
HEIGHT = 110.0
"""Pixels to which a higher one is shrunk first: none is pasted larger, and outlines are found sooner."""
APART_IOU = 0.12
"""Overlap with another box up to which an object is taken for whole and alone."""
SLENDER = (0.2, 0.7)
"""Width over height of a whole person; others are cut at the waist, sit, or are two."""
ROUNDS = 3
"""Iterations of GrabCut."""
FILLS = (0.25, 0.92)
"""Share of its box that an outline may cover; outside of it GrabCut found nothing, or took the ground as well."""

CutOut = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], int]
"""Pixels (H, W, 3), opacity (H, W) in [0, 1], class."""
CutOuts = dict[int, list[CutOut]]
"""By class."""
SHARES = (0.52, 0.29, 0.19)
"""How often each of `KINDS` is pasted: as streets have them, but for more cyclists, whom pictures lack."""
FURNITURE = -1
"""In place of a class: what stands in streets, as high as people, and is to be called nothing."""
FURNISHED = 0.5
"""Share of the views that get furniture, up to `FURNITURE_MOST` pieces."""
FURNITURE_MOST = 4
FURNITURE_HEIGHTS = (0.4, 1.6)
"""Times a pedestrian's height there."""


def cut_outs(samples: Iterable[Sample]) -> CutOuts:
    """Return what stands alone and whole in labelled pictures, with its outline as GrabCut (OpenCV) finds it."""
    found: CutOuts = {kind: [] for kind in KINDS}
    for sample in samples:
        overlap = iou(sample.boxes, sample.boxes)
        np.fill_diagonal(overlap, 0)
        for n in np.flatnonzero(sample.sure & np.isin(sample.classes, KINDS) & (overlap <= APART_IOU).all(axis=1)):
            cut = _cut(sample.pixels[..., :3], sample.boxes[n], int(sample.classes[n]))
            if cut is not None:
                found[cut[2]].append(cut)
    return found


def _cut(pixels: npt.NDArray[np.uint8], box: npt.NDArray[np.float32], kind: int) -> CutOut | None:
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = box.round().astype(int)
    on_border = x0 < 2 or y0 < 2 or x1 > width - 2 or y1 > height - 2
    slender = SLENDER[0] <= (x1 - x0) / max(1, y1 - y0) <= SLENDER[1]
    if y1 - y0 < LEAST_HEIGHT or on_border or (kind == CLASS_INDEX["pedestrian"] and not slender):
        return None
    if y1 - y0 > HEIGHT:
        scale = HEIGHT / (y1 - y0)
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        return _outlined(pixels, (box * scale).round().astype(int), kind)
    return _outlined(pixels, box.round().astype(int), kind)


def _outlined(pixels: npt.NDArray[np.uint8], box: npt.NDArray[np.int_], kind: int) -> CutOut | None:
    x0, y0, x1, y1 = box
    margin = (y1 - y0) // 4
    left, top = max(0, x0 - margin), max(0, y0 - margin)
    around = np.ascontiguousarray(pixels[top : y1 + margin, left : x1 + margin])
    mask = _guess(around.shape[:2], (int(x0 - left), int(y0 - top), int(x1 - x0), int(y1 - y0)))
    try:
        cv2.grabCut(around, mask, (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # where all pixels are alike there is no foreground model
        return None
    inside = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    found = np.isin(mask[inside], (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    if not FILLS[0] <= found.mean() <= FILLS[1] or found[: len(found) // 8].max() == 0:
        return None
    # to the outline: a person pasted with the looser box of a label would teach boxes that are too wide
    x, y, wide, tall = cv2.boundingRect(found)
    tight = (slice(y, y + tall), slice(x, x + wide))
    return around[inside][tight].copy(), found[tight].astype(np.float32), kind


def _guess(shape: tuple[int, int], box: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    """Return where GrabCut begins: ground around the box, perhaps in its corners; the middle is surely the object."""
    left, top, width, height = box
    mask = np.full(shape, cv2.GC_BGD, np.uint8)
    mask[top : top + height, left : left + width] = cv2.GC_PR_BGD
    centre = (left + width // 2, top + height // 2)
    cv2.ellipse(mask, centre, (round(width * 0.45), round(height * 0.5)), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, centre, (max(1, round(width * 0.12)), round(height * 0.42)), 0, 0, 360, cv2.GC_FGD, -1)
    return mask


def paste(onto: Sample, cut: CutOuts, rng: np.random.Generator, heights: tuple[float, float], most: int) -> Sample:
    """Return a view with up to `most` cut-outs in it, some in groups, and their boxes; furniture has none.

    Args:
        onto: the view; it is not changed.
        cut: to choose from.
        rng: random numbers.
        heights: least and greatest height of a pedestrian in pixels; the view's own lies between them, and grows
            downwards as it does where a camera looks along a street.
        most: how many at most.
    """
    pixels = onto.pixels.copy()
    height, width = pixels.shape[:2]
    low, high = sorted(np.exp(rng.uniform(np.log(heights[0]), np.log(heights[1]), 2)))
    if cut.get(FURNITURE) and rng.random() < FURNISHED:
        _furnish(pixels, onto.boxes, cut[FURNITURE], rng, (low, high))
    feet = rng.uniform((0, 0.15 * height), (width, height), (int(rng.integers(1, most + 1)), 2))
    for n in range(1, len(feet)):
        if rng.random() < 0.35:  # beside the one before
            feet[n] = feet[n - 1] + rng.normal(0, 0.5, 2) * (low + (high - low) * feet[n - 1, 1] / height)
    boxes, classes = [], []
    for x, y in feet[np.argsort(feet[:, 1])]:  # the nearer ones stand before the others
        of_kind = cut[KINDS[rng.choice(len(KINDS), p=SHARES)]]
        if not of_kind:
            continue
        image, opacity, kind = of_kind[rng.integers(len(of_kind))]
        tall = (low + (high - low) * y / height) * float(rng.normal(1, 0.08)) * (1.05 if kind != KINDS[0] else 1.0)
        wide = tall * image.shape[1] / image.shape[0] * float(rng.uniform(0.85, 1.15))
        person, flipped = _coloured(image, rng), bool(rng.random() < 0.5)
        if _blend(pixels[..., :3], person, opacity, (x - wide / 2, y - tall, wide, tall), flipped):
            boxes.append((x - wide / 2, y - tall, x + wide / 2, y))
            classes.append(kind)
            step = step_since(CLASSES[kind], tall, rng)
            before = (x - wide / 2 + step[0], y - tall + step[1], wide, tall)
            grey = np.asarray(cv2.cvtColor(person, cv2.COLOR_BGR2GRAY), np.float32)
            _blend(pixels[..., 3:], grey, opacity, before, flipped)
    return Sample(
        pixels,
        np.concatenate((onto.boxes, np.array(boxes, np.float32).reshape(-1, 4))),
        np.concatenate((onto.classes, np.array(classes, np.int64))),
        np.concatenate((onto.sure, np.ones(len(boxes), bool))),
    )


def _furnish(
    pixels: npt.NDArray[np.uint8],
    labelled: npt.NDArray[np.float32],
    furniture: list[CutOut],
    rng: np.random.Generator,
    heights: tuple[float, float],
) -> None:
    """Draw furniture that stands, now and before, where it hides nothing that is labelled."""
    height, width = pixels.shape[:2]
    for x, y in rng.uniform((0, 0.1 * height), (width, height), (int(rng.integers(1, FURNITURE_MOST + 1)), 2)):
        image, opacity, _ = furniture[rng.integers(len(furniture))]
        tall = (heights[0] + (heights[1] - heights[0]) * y / height) * rng.uniform(*FURNITURE_HEIGHTS)
        wide = tall * image.shape[1] / image.shape[0]
        place = (x - wide / 2, y - tall, wide, tall)
        if iou(np.array([(place[0], place[1], x + wide / 2, y)], np.float32), labelled).any():
            continue
        flipped = bool(rng.random() < 0.5)
        colours = image.astype(np.float32)
        if _blend(pixels[..., :3], colours, opacity, place, flipped):
            grey = np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY), np.float32)
            _blend(pixels[..., 3:], grey, opacity, place, flipped)


def _coloured(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Give upper and lower half other clothes: each its own gain a channel, and lightness."""
    changed = image.astype(np.float32)
    waist = int(len(image) * rng.uniform(0.4, 0.6))
    for half in (slice(None, waist), slice(waist, None)):
        gain = rng.uniform(0.75, 1.25, 3) * np.exp(rng.normal(0, 0.35))
        changed[half] = changed[half] * gain + rng.normal(0, 12)
    return changed.clip(0, 255)


def _blend(
    pixels: npt.NDArray[np.uint8],
    image: npt.NDArray[np.float32],
    opacity: npt.NDArray[np.float32],
    place: tuple[float, float, float, float],
    flipped: bool,
) -> bool:
    """Draw an image at left, top, width, height (pixels, fractions kept); return whether it is within the view."""
    left, top, wide, tall = place
    rows, columns = image.shape[:2]
    x0, y0 = int(np.floor(left)) - 1, int(np.floor(top)) - 1
    size = (int(np.ceil(wide)) + 3, int(np.ceil(tall)) + 3)
    if x0 < 0 or y0 < 0 or x0 + size[0] > pixels.shape[1] or y0 + size[1] > pixels.shape[0]:
        return False
    blur = max(0.0, 0.4 * rows / tall - 0.3)
    if blur > 0.2:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur), np.float32)
        opacity = np.asarray(cv2.GaussianBlur(opacity, (0, 0), blur), np.float32)
    move = np.array([[wide / columns, 0, left - x0], [0, tall / rows, top - y0]])
    if flipped:
        move[0] = [-wide / columns, 0, left - x0 + wide]
    shrunk = cv2.warpAffine(image, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(opacity, move, size, flags=cv2.INTER_LINEAR)[..., None]
    under = pixels[y0 : y0 + size[1], x0 : x0 + size[0]]
    under[:] = (shrunk.reshape(under.shape) * cover + under * (1 - cover)).clip(0, 255).astype(np.uint8)
    return True
