"""The long crossing as a camera on a pole sees it: drawn anew at every look, at very low definition, with noise.

Places and headings are SUMO's. People are `models.training.figures`, drawn ones such as the network `street` has learnt
from beside pictures of real people; cars and shadows are those of the product's synthetic places.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar
from zlib import crc32

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.signals.network import ISLAND_M, KERB_Y, LANE_M, PAVEMENT_M, STREET_M, ZEBRA_X
from benchmarks.signals.traffic import STANDS_M_S, Person, Vehicle
from calibration.pinhole import Floats, Pinhole
from models.training.figures import PIXELS_A_METRE, pedestrian, seen
from vision.pixels.scene.bodies import body_of
from vision.pixels.scene.canvas import SUPERSAMPLING, Canvas, Image
from vision.scenes.actors import Actor, Pose, cast
from vision.scenes.journeys import Journey

SIZE = (320, 240)
POLE = ((ZEBRA_X[0] + ZEBRA_X[1]) / 2, -KERB_Y - 16.0)
"""Metres: behind the southern kerb, in line with the crossing, looking north."""
CAMERA = Pinhole(height=10.0, tilt=25.5, field_of_view=41.0)
SHADOW = 0.6
BLUR_PX, NOISE_LEVELS = 0.5, 3.0
"""Standard deviations of the lens's blur, and of the sensor's noise in grey levels of 255."""
CAR_M = 4.3
"""Length of a drawn car; SUMO tells where the middle of its front is."""
MARGIN = 0.15
"""In widths and heights of the view: whoever's feet are further outside does not reach into it."""
STRIDE_M, STEP_M = 0.28, 0.7
"""How far a foot gets ahead of the body, and metres walked from one foot to the other."""
AZIMUTHS = 16
"""Sides from which people are drawn."""
STILL = Journey.through((0, 1), ((0, 0), (0, 0)))
"""Of actors whose way SUMO tells."""

Moving = TypeVar("Moving", Person, Vehicle)

ASPHALT, PAVING, KERB, PAINT = (96, 97, 100), (138, 134, 126), (190, 188, 182), (226, 226, 220)
"""Red, green, blue."""


def ground(points: Floats) -> Floats:
    """Return SUMO's metres (N, 2) in the frame of the camera, which stands above (0, 0) and looks along y."""
    moved: Floats = np.asarray(points, float) - POLE
    return moved


def to_view(points: Floats) -> Floats:
    """Return the fractions (N, 2) of the view at which SUMO's metres (N, 2) are seen."""
    return CAMERA.to_view(ground(points))


class View:
    """What the camera sees.

    Args:
        seed: of the looks of people and cars, and of the noise.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rng = np.random.default_rng((seed, 3))
        self._empty = _empty_place(self._rng)
        self._shaded = np.asarray(cv2.convertScaleAbs(self._empty, alpha=SHADOW), np.uint8)
        self._noise = self._rng.normal(0, NOISE_LEVELS, (2 * SIZE[1], 2 * SIZE[0], 3)).round().astype(np.int16)
        self._actors: dict[str, Actor] = {}
        self._walked: dict[str, float] = {}

    def render(self, people: Iterable[Person], vehicles: Iterable[Vehicle], seconds: float) -> Image:
        """Return uint8 (H, W, 3) in B, G, R order.

        Args:
            people: who is there.
            vehicles: what is there.
            seconds: since the look before; legs move on with them.
        """
        walkers = dict(_in_view([(self._walker(one, seconds), one) for one in people]))
        cars = [pose for pose, _ in _in_view([(self._car(one), one) for one in vehicles])]
        canvas = Canvas(self._empty.copy(), CAMERA)
        shadows = np.zeros(canvas.image.shape[:2], np.uint8)
        canvas.cast_shadows(shadows, [body_of(pose) for pose in (*walkers, *cars)])
        cv2.copyTo(self._shaded, shadows, canvas.image)
        for pose in sorted((*walkers, *cars), key=lambda pose: -pose.y):
            if pose in walkers:
                _paste(canvas.image, pose, self._seed + crc32(walkers[pose].name.encode()), walkers[pose].speed)
            else:
                canvas.draw([body_of(pose)])
        shrunk = cv2.GaussianBlur(cv2.resize(canvas.image, SIZE, interpolation=cv2.INTER_AREA), (0, 0), BLUR_PX)
        top, left = self._rng.integers(0, SIZE[::-1])  # every image takes another part of the noise
        noise = self._noise[top : top + SIZE[1], left : left + SIZE[0]]
        return np.asarray(cv2.add(shrunk, noise, dtype=cv2.CV_8U), np.uint8)

    def _walker(self, one: Person, seconds: float) -> Pose:
        self._walked[one.name] = self._walked.get(one.name, 0.0) + one.speed * seconds
        x, y = ground(np.array([(one.x, one.y)]))[0].tolist()
        return Pose(self._actor(one.name, "pedestrian"), x, y, heading(one.angle), self._walked[one.name])

    def _car(self, one: Vehicle) -> Pose:
        turned = heading(one.angle)
        middle = (one.x - CAR_M / 2 * np.cos(turned), one.y - CAR_M / 2 * np.sin(turned))
        x, y = ground(np.array([middle]))[0].tolist()
        return Pose(self._actor(one.name, "car"), x, y, turned, 0.0)

    def _actor(self, name: str, kind: str) -> Actor:
        if name not in self._actors:
            rng = np.random.default_rng((self._seed, crc32(name.encode())))
            self._actors[name] = cast(rng, "pedestrian" if kind == "pedestrian" else "car", STILL)
        return self._actors[name]


def heading(angle: float) -> float:
    """Return radians anticlockwise from east of SUMO's degrees clockwise from north."""
    return float(np.pi / 2 - np.radians(angle))


def _paste(image: Image, pose: Pose, looks: int, speed: float) -> None:
    """Draw somebody over an image, their feet where they stand; who stands has them together."""
    away = float(np.hypot(pose.x, pose.y))
    side = np.arctan2(-pose.y, -pose.x) - pose.heading
    stride = 0.05 if speed < STANDS_M_S else STRIDE_M if int(pose.travelled / STEP_M) % 2 else -STRIDE_M
    elevation = round(float(np.arctan2(CAMERA.height, away)), 1)
    pixels, opacity = _figure(looks, round(float(side) / (2 * np.pi) * AZIMUTHS) % AZIMUTHS, elevation, stride)
    height, width = image.shape[:2]
    depth = CAMERA.depths(np.array([(pose.x, pose.y)]))[0]
    scale = CAMERA.focal()[0] * width / depth / (PIXELS_A_METRE / 2)
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    x, y = CAMERA.to_view(np.array([(pose.x, pose.y)]))[0] * (width, height)
    left, top = round(x - size[0] / 2), round(y - size[1])
    inside = image[max(top, 0) : max(top + size[1], 0), max(left, 0) : max(left + size[0], 0)]
    cut = np.s_[max(-top, 0) : max(-top, 0) + inside.shape[0], max(-left, 0) : max(-left, 0) + inside.shape[1]]
    cover = cv2.resize(opacity, size, interpolation=cv2.INTER_AREA)[cut][..., None]
    inside[:] = inside * (1 - cover) + cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)[cut] * cover


@lru_cache(maxsize=4096)
def _figure(
    looks: int, side: int, elevation: float, stride: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Return pixels and opacity of one person from one side; `seen` draws at half of `PIXELS_A_METRE`."""
    tubes = pedestrian(np.random.default_rng(looks), stride)
    return seen(tubes, side * 2 * np.pi / AZIMUTHS, elevation, np.random.default_rng(looks))


def _in_view(poses: list[tuple[Pose, Moving]]) -> list[tuple[Pose, Moving]]:
    if not poses:
        return []
    feet = CAMERA.to_view(np.array([(pose.x, pose.y) for pose, _ in poses]))
    near: list[bool] = np.all(np.abs(feet - 0.5) < 0.5 + MARGIN, axis=1).tolist()
    return [pair for pair, is_near in zip(poses, near, strict=True) if is_near]


def _empty_place(rng: np.random.Generator) -> Image:
    """Return the place without anybody, at the size in which it is drawn."""
    width, height = (side * SUPERSAMPLING for side in SIZE)
    columns, rows = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    seen = CAMERA.to_ground(np.stack((columns.ravel(), rows.ravel()), axis=1)) + POLE
    x, y = seen.T.reshape(2, height, width)
    colours = np.full((height, width, 3), PAVING, np.float32)
    side = np.abs(y)
    for where, colour in _surfaces(x, side):
        colours[where] = colour
    grain = cv2.resize(rng.normal(1, 0.03, (60, 80)).astype(np.float32), (width, height))
    levels = colours[..., ::-1] * np.asarray(grain)[..., None] * rng.normal(1, 0.02, (height, width, 1))
    return np.ascontiguousarray(levels.clip(0, 255).astype(np.uint8))


def _surfaces(x: Floats, side: Floats) -> Iterable[tuple[npt.NDArray[np.bool_], tuple[int, int, int]]]:
    """Yield where each surface is, those over others later; `side` is how far off the avenue's axis a point is."""
    edge = ISLAND_M / 2
    road = (side > edge) & (side < KERB_Y)
    yield (side > edge - 0.3) & (side < KERB_Y + 0.3), KERB
    yield road | ((np.abs(x) < STREET_M / 2) & (side > edge)), ASPHALT
    zebra = (x > ZEBRA_X[0]) & (x < ZEBRA_X[1])
    lane = (np.abs((side - edge) % LANE_M) < 0.1) & (x % 3.0 < 1.5) & ~zebra
    yield road & lane & (side > edge + 1), PAINT
    yield road & zebra & ((side - edge) % 1.0 > 0.0) & ((x - ZEBRA_X[0]) % 1.0 < 0.5), PAINT
    yield (side > KERB_Y + PAVEMENT_M + 8), (120, 112, 100)
