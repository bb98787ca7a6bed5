"""How large each class is seen where, by a camera of which only the height of a person in its view is known.

The view's two heights of a standing adult, at its top and at its bottom edge, fix the height and the tilt of a pinhole
camera; its boxes of common sizes on the ground then say what a blob of a certain width and height may be. Crude: a
blob has no wheels. Pure numpy, no image.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from calibration.pinhole import Pinhole
from vision.classes import CLASSES, ClassName

Floats = npt.NDArray[np.floating]
Indices = npt.NDArray[np.int64]

ASSUMED_FIELD_OF_VIEW: Final = 60.0
"""Horizontal angle in degrees. Street cameras have 50 to 80; the sizes seen depend little on it."""

SIZES_M: Final[dict[ClassName, tuple[float, float, float]]] = {
    "pedestrian": (0.55, 0.55, 1.7),
    "bicycle": (1.4, 0.55, 1.75),
    "motorcycle": (2.0, 0.7, 1.6),
    "car": (4.3, 1.8, 1.5),
    "truck": (7.5, 2.4, 3.1),
    "bus": (12.0, 2.55, 3.0),
    "swimmer": (1.9, 0.7, 0.3),
}
"""Length, width and height in metres of what moves, rider included, arms and legs in their swing. Vehicles: common
European sizes, within Council Directive 96/53/EC. The thin ends of a bicycle's wheels are rarely seen to move."""

FILLS: Final[dict[ClassName, float]] = {
    "pedestrian": 0.62,
    "bicycle": 0.52,
    "motorcycle": 0.57,
    "car": 0.72,
    "truck": 0.74,
    "bus": 0.76,
    "swimmer": 0.6,
}
"""Share of its box that a moving object fills: medians over the synthetic places, and pedestrians of PETS 2009."""

SIZE_SPREAD: Final = 0.22
"""Standard deviation of the logarithm of a width or height: sizes within a class, and a mask's ragged edge."""

FILL_SPREAD: Final = 0.15
"""Standard deviation of the share filled."""

RARITY: Final[dict[ClassName, float]] = {
    "pedestrian": 0.0,
    "bicycle": 0.0,
    "motorcycle": 0.5,
    "car": 0.0,
    "truck": 1.0,
    "bus": 1.5,
    "swimmer": 0.0,
}
"""Added to the squared distance, so that what could be two things is the more common of them."""

EDGE_PX: Final = 1.5
"""By how much a mask is wider and higher than what moved: optics, resampling and the filter against noise."""

PERSON_HEIGHTS: Final = (0.75, 1.25)
"""Height of one person over that of a standing adult: children, bent backs, feet lost in the mask."""

PERSON_WIDTH: Final = 0.48
"""Width of one person, arms and legs in their swing, over the height of an adult. Two abreast are wider."""

_ROWS: Final = np.linspace(0.02, 1.15, 48)
_HEADINGS: Final = np.radians(np.arange(0, 91, 15))
_FARTHEST_M: Final = 400.0


@dataclass(frozen=True, slots=True, eq=False)
class Silhouettes:
    """What a camera sees of each class, in pixels of its working frame.

    Attributes:
        adult: height of a standing adult with feet at the top and at the bottom edge of the view.
        sizes: (R, C, K, 2) logarithms of width and height of a box around each class, in each of K headings.
        least: (R,) pixels that the smallest of the classes fills there.
        classes: (C,) class indices.
        fills: (C,) share of its box that each class fills.
        rarities: (C,) by how much each class must look more alike than a common one.
        height: of the working frame.
    """

    adult: tuple[float, float]
    sizes: Floats
    least: Floats
    classes: Indices
    fills: Floats
    rarities: Floats
    height: int

    def adult_height(self, feet: Floats) -> Floats:
        """Return how high (N,) an adult is who stands at rows (N,), all in pixels."""
        top, bottom = self.adult
        tall: Floats = np.maximum(top + (bottom - top) * feet / self.height, 1) + EDGE_PX / 2
        return tall

    def least_area(self, feet: Floats) -> Floats:
        """Return the area (N,) in pixels that the smallest of the classes fills, lowest at rows (N,)."""
        least: Floats = np.interp(feet / self.height, _ROWS, self.least)
        return least

    def is_one_person(self, boxes: Floats) -> npt.NDArray[np.bool_]:
        """Return (N,) which boxes (N, 4) are as high as one adult and not too wide for one."""
        tall = self.adult_height(boxes[:, 3])
        widths, heights = (boxes[:, 2:] - boxes[:, :2]).T
        lowest, highest = PERSON_HEIGHTS
        narrow = widths <= PERSON_WIDTH * tall + EDGE_PX
        one: npt.NDArray[np.bool_] = narrow & (heights >= lowest * tall) & (heights <= highest * tall)
        return one

    def nearest(self, boxes: Floats, fills: Floats) -> tuple[Indices, Floats]:
        """Return the class (N,) that boxes (N, 4), filled to (N,), look most like, and how far off it is.

        The second is a squared distance in standard deviations, 0 for a perfect likeness.
        """
        row = np.clip(np.searchsorted(_ROWS, boxes[:, 3] / self.height), 0, len(_ROWS) - 1)
        seen = np.log(np.maximum(boxes[:, 2:] - boxes[:, :2], 1))
        off = ((self.sizes[row] - seen[:, None, None]) / SIZE_SPREAD) ** 2
        by_class = off.sum(axis=3).min(axis=2, initial=np.inf)
        by_class += ((fills[:, None] - self.fills) / FILL_SPREAD) ** 2
        best = (by_class + self.rarities).argmin(axis=1)
        return self.classes[best], by_class[np.arange(len(boxes)), best]


def camera_from_person_height(person_height: tuple[float, float], aspect: float) -> Pinhole:
    """Return the camera that comes closest to seeing an adult that high, from the view's top edge to its bottom edge.

    Args:
        person_height: as a share of the view's height, with feet at the top and at the bottom edge; linear between.
        aspect: width of the view over its height.
    """
    rows = np.linspace(0, 1, 5)
    wanted = np.interp(rows, (0, 1), person_height)

    def camera(parameters: Floats) -> Pinhole:
        height, tilt = float(np.exp(parameters[0])), float(parameters[1])
        return Pinhole(height=height, tilt=tilt, field_of_view=ASSUMED_FIELD_OF_VIEW, aspect=aspect)

    def misses(parameters: Floats) -> Floats:
        guess = camera(parameters)
        return np.array([guess.standing_height(row) for row in rows]) - wanted

    start = np.array([np.log(1.7 / max(person_height[1] - person_height[0], 0.02)), 25.0])
    limits = (np.array([np.log(1.8), 0.5]), np.array([np.log(200.0), 89.0]))
    return camera(least_squares(misses, np.clip(start, *limits), bounds=limits).x)


@cache
def silhouettes(person_height: tuple[float, float], size: tuple[int, int], classes: tuple[int, ...]) -> Silhouettes:
    """Return the silhouettes of classes (indices) for a camera.

    Args:
        person_height: of a standing adult, as a share of the view's height, at the view's top and bottom edge.
        size: (width, height) of the working frame in pixels.
        classes: indices of the classes that may occur.
    """
    camera = camera_from_person_height(person_height, size[0] / size[1])
    top, bottom = (share * size[1] for share in person_height)
    seen = [[_seen(camera, SIZES_M[CLASSES[index]], heading, size) for heading in _HEADINGS] for index in classes]
    sizes = np.moveaxis(np.array(seen), 2, 0)
    fills = np.array([FILLS[CLASSES[index]] for index in classes])
    rarities = np.array([RARITY[CLASSES[index]] for index in classes])
    least = (np.exp(sizes.sum(axis=3)).min(axis=2) * fills).min(axis=1)
    return Silhouettes((top, bottom), sizes, least, np.array(classes), fills, rarities, size[1])


def _seen(camera: Pinhole, size_m: tuple[float, float, float], heading: float, size: tuple[int, int]) -> Floats:
    """Return (R, 2) logarithms of width and height in pixels of a block whose box ends at each of the rows."""
    nearest_m = camera.height / np.tan(np.radians(min(camera.tilt + 45, 89)))
    away = np.geomspace(max(nearest_m, 0.5), _FARTHEST_M, 96)
    length, width, height = size_m
    corners = np.array([(x * width / 2, y * length / 2, z * height) for x in (-1, 1) for y in (-1, 1) for z in (0, 1)])
    cos, sin = np.cos(heading), np.sin(heading)
    turned = corners @ np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    placed = turned[None] + np.stack((np.zeros_like(away), away, np.zeros_like(away)), axis=1)[:, None]
    pixels = camera.to_view(placed.reshape(-1, 3)).reshape(len(away), 8, 2) * size
    whole = np.isfinite(pixels).all(axis=(1, 2))
    low, high = pixels[whole].min(axis=1), pixels[whole].max(axis=1)
    order = np.argsort(high[:, 1])
    rows = _ROWS * size[1]
    extent = [np.interp(rows, high[order, 1], (high - low)[order, axis]) for axis in (0, 1)]
    return np.log(np.stack(extent, axis=1) + EDGE_PX)
