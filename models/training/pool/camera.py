"""A pinhole camera beside a basin: metres to pixels, and pixels to the rays that come through them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.training.pool.basin import Basin
from models.training.pool.ranges import Ranges, within

Floats = npt.NDArray[np.floating]
FOCALS = (90.0, 420.0)
"""Pixels, for views of part of a basin: with 277 a picture of 320 x 240 is 60 degrees wide, with 139 one of half."""
NEAREST = 0.5
"""Metres before the lens: what is nearer is put there."""
LEAST_FALL = 0.005
"""Of a ray that meets the water: the sine of its angle with the level."""
LEAST_MARGIN = 3.0
"""Pixels between the water and the sides of a view that shows all of it."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where it hangs and looks.

    Attributes:
        place: (3,) metres.
        axes: (3, 3), rows: to the right of the view, down it, into it.
        focal: length in pixels.
        size: (width, height) of the view.
    """

    place: Floats
    axes: Floats
    focal: float
    size: tuple[int, int]

    def project(self, points: Floats) -> Floats:
        """Return pixels (…, 2) of points (…, 3)."""
        seen = (points - self.place) @ self.axes.T
        depth = np.maximum(seen[..., 2:], NEAREST)
        return seen[..., :2] / depth * self.focal + np.array(self.size) / 2

    def scale(self, points: Floats) -> Floats:
        """Return pixels a metre (…) where points (…, 3) are."""
        depth = (points - self.place) @ self.axes[2]
        return np.asarray(self.focal / np.maximum(depth, NEAREST))

    def rays(self, fine: int = 1) -> npt.NDArray[np.float32]:
        """Return unit vectors (fine * H, W, 3) from the camera through the middles of so many parts of each pixel.

        The parts lie one below the other, since seen from low down a pixel is several times as long as it is wide.
        """
        width, height = self.size
        u = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / self.focal
        v = ((np.arange(height * fine, dtype=np.float32) + 0.5) / fine - height / 2) / self.focal
        axes = self.axes.astype(np.float32)
        rays = axes[2] + u[None, :, None] * axes[0] + v[:, None, None] * axes[1]
        return np.asarray(rays / np.linalg.norm(rays, axis=2, keepdims=True), np.float32)

    def ground(self, rays: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return where unit vectors (…, 3) from the camera meet the level of the water (…, 2), metres.

        Those that do not go down meet it far away.
        """
        reach = self.place[2] / -np.minimum(rays[..., 2:], -LEAST_FALL)
        return np.asarray(self.place[:2] + rays[..., :2] * reach, np.float32)


def look_at(place: Floats, target: Floats, field_of_view: float, size: tuple[int, int], roll: float = 0.0) -> Camera:
    """Return the camera at a place (3,) that has a target (3,) in its middle.

    Args:
        place: metres.
        target: metres; not straight above or below.
        field_of_view: degrees across the view.
        size: (width, height) in pixels.
        roll: degrees.
    """
    into = (target - place) / np.linalg.norm(target - place)
    right = np.cross(into, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    down = np.cross(into, right)
    turn = np.deg2rad(roll)
    right, down = np.cos(turn) * right + np.sin(turn) * down, np.cos(turn) * down - np.sin(turn) * right
    focal = size[0] / 2 / np.tan(np.deg2rad(field_of_view) / 2)
    return Camera(place, np.stack((right, down, into)), float(focal), size)


def draw_camera(
    basin: Basin, ranges: Ranges, size: tuple[int, int], rng: np.random.Generator, whole: bool = False
) -> Camera:
    """Draw a camera beside a basin.

    Args:
        basin: that it looks at.
        ranges: of heights and sides.
        size: (width, height) in pixels.
        rng: random numbers.
        whole: whether all of the water shall be in view, with a field of view that is as narrow as that allows.
    """
    side = np.deg2rad(within(ranges.sides, rng)) * rng.choice((-1, 1))
    along = rng.choice((-1, 1))
    direction = np.array((np.sin(side), along * np.cos(side), 0.0))
    half = np.array((basin.width, basin.length, 0.0)) / 2
    reach = float(np.min(half[:2] / np.maximum(np.abs(direction[:2]), 1e-6)))
    height, roll = within(ranges.heights, rng), float(rng.normal(0, 2))
    place = half - direction * (reach + float(rng.uniform(0.5, 6.0))) + (0, 0, height)
    if whole:
        return _around(place, direction, basin, size, roll)
    target = half + np.array((*rng.normal(0, 0.5, 2), 0.0)) * half
    focal = float(np.exp(rng.uniform(*np.log(FOCALS))))
    return look_at(place, target, float(np.rad2deg(2 * np.arctan(size[0] / 2 / focal))), size, roll)


def _around(place: Floats, direction: Floats, basin: Basin, size: tuple[int, int], roll: float) -> Camera:
    """Return the camera in whose middle the water is, and whole, with the narrowest field of view that allows it.

    Where even a wide lens does not, the camera stands further back.
    """
    corners = np.column_stack((basin.corners(), np.zeros(4)))
    rays = corners - place
    begin = place + (rays / np.linalg.norm(rays, axis=1, keepdims=True)).mean(axis=0)
    for field in range(40, 104, 4):
        camera = look_at(place, begin, field, size, roll)
        for _ in range(4):
            seen = camera.project(corners)
            u, v = (seen.min(axis=0) + seen.max(axis=0)) / 2 - np.array(size) / 2
            ray = camera.axes[2] + (u * camera.axes[0] + v * camera.axes[1]) / camera.focal
            camera = look_at(place, place + ray, field, size, roll)
        seen = camera.project(corners)
        ahead = (corners - place) @ camera.axes[2] > NEAREST
        if ahead.all() and (seen > LEAST_MARGIN).all() and (seen < np.array(size) - LEAST_MARGIN).all():
            return camera
    return _around(place - 2 * direction, direction, basin, size, roll)
