"""Moving water: what it mirrors, what is seen through it, and the light that plays on the floor.

Each pixel's ray meets the plane of the water, whose slope there is the sum of two pictures of waves that drift apart
(as real-time graphics do it). By Fresnel's law, in Schlick's approximation with the 2 % of water at normal incidence,
a part is mirrored and the rest refracted (index 1.33) to the floor, through so much water as takes away its red first.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from models.training.pool.basin import FLOOR_MARGIN, PIXELS_A_METRE, Basin, floor
from models.training.pool.camera import Camera
from models.training.pool.ranges import Ranges, within
from models.training.pool.room import MIRROR, Room, mirrored
from models.training.pool.texture import look_up, repeated

Floats = npt.NDArray[np.float32]

INDEX = 1.33
NORMAL_REFLECTANCE = np.float32(0.02)
TILE = 256
"""Side in pixels of the pictures of waves, which repeat."""
WAVES_M = 12.0
"""Metres that a picture of waves shows; the finest wave has two pixels."""
DRIFT = 0.5
"""Metres a second at which waves of a metre or less run, about (deep water: 1.25 sqrt(length))."""


@cache
def wave_slopes(number: int) -> Floats:
    """Return the slopes (TILE, TILE, 2) of one of several fields of waves, of root mean square 1, which tile."""
    rng = np.random.default_rng((7, number))
    k = np.fft.fftfreq(TILE) * TILE / WAVES_M
    kx, ky = np.meshgrid(k, k)
    length = np.hypot(kx, ky)
    with np.errstate(divide="ignore"):
        power = np.where((length > 0.2) & (length < 5.0), (length + 0.3) ** -1.3, 0.0)
    wave = power * np.exp(2j * np.pi * rng.random((TILE, TILE)))
    slopes = np.dstack([np.fft.ifft2(1j * part * wave).real for part in (kx, ky)])
    return np.asarray(slopes / slopes.std(), np.float32)


@cache
def caustic_light(number: int) -> Floats:
    """Return a net of light (TILE, TILE) of mean 0, which tiles: bright where waves have folds."""
    slopes = wave_slopes(number)
    ridge = 1 - np.abs(cv2.GaussianBlur(slopes[..., 0] + slopes[..., 1], (0, 0), 3, borderType=cv2.BORDER_REPLICATE))
    net = np.clip(ridge, 0, 1) ** 6
    return np.asarray(net - net.mean(), np.float32)


def colour_of(hue: float, rng: np.random.Generator) -> Floats:
    """Return B, G, R of deep water of a hue, degrees."""
    value = np.array([[[hue / 2, rng.uniform(70, 210), rng.uniform(120, 225)]]], np.uint8)
    return np.asarray(cv2.cvtColor(value, cv2.COLOR_HSV2BGR)[0, 0], np.float32)


@dataclass(frozen=True, slots=True)
class Look:
    """What the water of one pool is like.

    Attributes:
        colour: B, G, R of deep water.
        clear: metres through which some 37 % of the green is left.
        slope: root mean square of the waves'.
        caustics: how much the net of light on the floor differs.
        light: of the floor, against full.
        fields: which waves.
        drifts: (2, 2) metres a second.
        blur: of what is mirrored, pixels of its picture.
    """

    colour: Floats
    clear: float
    slope: float
    caustics: float
    light: float
    fields: tuple[int, int]
    drifts: Floats
    blur: float


def draw_look(ranges: Ranges, rng: np.random.Generator) -> Look:
    """Draw what the water is like."""
    turns = rng.uniform(0, 2 * np.pi, 2)
    drifts = DRIFT * rng.uniform(0.5, 1.5, (2, 1)) * np.column_stack((np.cos(turns), np.sin(turns)))
    first, second = rng.choice(6, 2, replace=False)
    return Look(
        colour=colour_of(within(ranges.hues, rng), rng),
        clear=float(rng.uniform(2.0, 8.0)),
        slope=within(ranges.waves, rng),
        caustics=float(rng.uniform(0, 0.7)),
        light=float(rng.uniform(0.6, 1.05)),
        fields=(int(first), int(second)),
        drifts=drifts.astype(np.float32),
        blur=float(rng.uniform(0.8, 3.0)),
    )


class Water:
    """The water of a basin as a camera sees it.

    Args:
        basin: that holds it.
        camera: that looks.
        room: that it mirrors.
        look: what it is like.
        rng: for the floor.

    Attributes:
        cover: float32 (H, W, 1), which part of a pixel is water.
        ground: float32 (H, W, 2), metres where the pixel's ray meets the level of the water.
    """

    def __init__(self, basin: Basin, camera: Camera, room: Room, look: Look, rng: np.random.Generator) -> None:
        self._look = look
        self._rays = camera.rays()
        down = np.minimum(self._rays[..., 2:], -0.005)
        self.ground = (camera.place[:2] + self._rays[..., :2] * (camera.place[2] / -down)).astype(np.float32)
        reach = float(camera.place[2]) / -down[..., 0]
        self.footprint = np.asarray(reach / camera.focal / -down[..., 0], np.float32)  # metres a pixel, down the view
        self.cover = self._covered(basin)
        self._floor = floor(basin, rng)
        self._mirror = mirrored(room, basin, look.blur)
        self._fades = np.clip(0.45 / (self.footprint + 0.05), 0.12, 1)[..., None] * np.float32(look.slope)
        straight = np.sqrt(1 - (1 - down[..., 0] ** 2) / INDEX**2)  # cosine under water
        path = basin.depth / straight
        shift = self._rays[..., :2] * (path / INDEX)[..., None]
        self._on_floor = ((self.ground + shift + FLOOR_MARGIN) * PIXELS_A_METRE).astype(np.float32)
        absorbed = np.array((0.7, 1.0, 2.4), np.float32) / look.clear
        self._through = np.exp(-path[..., None] * 2 * absorbed).astype(np.float32)
        self._deep = look.colour * (1 - self._through) * np.float32(look.light)
        self._depth = np.float32(basin.depth)

    def _covered(self, basin: Basin) -> Floats:
        inside = np.minimum(self.ground, np.array((basin.width, basin.length), np.float32) - self.ground).min(axis=2)
        soft = np.clip(inside / np.maximum(self.footprint, 0.02) + 0.5, 0, 1)
        return np.asarray(soft * (self._rays[..., 2] < -0.005), np.float32)[..., None]

    def slopes(self, at: float) -> Floats:
        """Return the slope (H, W, 2) of the water at a time in seconds."""
        total = np.zeros((), np.float32)
        for field, drift in zip(self._look.fields, self._look.drifts, strict=True):
            place = (self.ground - drift * np.float32(at)) * np.float32(TILE / WAVES_M)
            total = total + repeated(wave_slopes(field), place)
        return np.asarray(total * self._fades, np.float32)

    def colours(self, at: float, stirred: Floats | None = None) -> Floats:
        """Return what the water looks like (H, W, 3) at a time in seconds.

        Args:
            at: seconds.
            stirred: (H, W), by how much swimmers make the waves steeper; 1 where they do not.
        """
        slopes = self.slopes(at)
        if stirred is not None:
            slopes *= stirred[..., None]
        facing = np.einsum("hwc,hwc->hw", self._rays[..., :2], slopes) - self._rays[..., 2]
        cosine = np.clip(facing, 0.02, 1)
        part = (NORMAL_REFLECTANCE + (1 - NORMAL_REFLECTANCE) * (1 - cosine) ** 5)[..., None]
        return np.asarray(
            self._seen_through(slopes, at) * (1 - part) + self._mirrored(slopes, facing) * part, np.float32
        )

    def _mirrored(self, slopes: Floats, facing: Floats) -> Floats:
        across = self._rays[..., :2] - 2 * facing[..., None] * slopes
        rise = np.maximum(self._rays[..., 2] + 2 * facing, 0)
        place = (across / (1 + rise)[..., None] / np.float32(1.02) + 1) * np.float32(MIRROR / 2) - 0.5
        return look_up(self._mirror, place)

    def _seen_through(self, slopes: Floats, at: float) -> Floats:
        place = self._on_floor - slopes * (self._depth * np.float32(0.25 * PIXELS_A_METRE))
        below = look_up(self._floor, place)
        net = repeated(
            caustic_light(self._look.fields[0]),
            place * np.float32(0.55 * TILE / WAVES_M / PIXELS_A_METRE) + np.float32(at * 9),
        )
        light = self._look.light * (1 + self._look.caustics * net * np.clip(0.3 / self.footprint, 0, 1))
        return np.asarray(below * self._through * light[..., None] + self._deep, np.float32)
