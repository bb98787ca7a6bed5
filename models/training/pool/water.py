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
from models.training.pool.camera import LEAST_FALL, Camera
from models.training.pool.ranges import Ranges, within
from models.training.pool.room import MIRROR, Room, mirrored
from models.training.pool.texture import look_up, repeated

Floats = npt.NDArray[np.float32]

INDEX = 1.33
NORMAL_REFLECTANCE = np.float32(0.02)
FINE = 4
"""Parts of a pixel, one below the other, of which the mean is seen: waves are shorter than a pixel far away."""
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
    """

    def __init__(self, basin: Basin, camera: Camera, room: Room, look: Look, rng: np.random.Generator) -> None:
        self._look = look
        rays = camera.rays(FINE)
        cover = _covered(basin, camera, rays)
        self.cover = pixels_of(cover)
        rows, columns = (_span(self.cover[..., 0].max(axis=other)) for other in (1, 0))
        self._where = rows, columns
        here = slice(rows.start * FINE, rows.stop * FINE), columns
        self._cover, self._rays = cover[here], rays[here]
        down = np.minimum(self._rays[..., 2:], -LEAST_FALL)
        self._ground = camera.ground(self._rays)
        footprint = _footprint(camera, self._rays)
        self._floor = floor(basin, rng)
        self._mirror = mirrored(room, basin, look.blur)
        self._fades = np.clip(0.45 / (footprint + 0.05), 0.12, 1)[..., None] * np.float32(look.slope)
        straight = np.sqrt(1 - (1 - down[..., 0] ** 2) / INDEX**2)  # cosine under water
        path = basin.depth / straight
        shift = self._rays[..., :2] * (path / INDEX)[..., None]
        self._on_floor = ((self._ground + shift + FLOOR_MARGIN) * PIXELS_A_METRE).astype(np.float32)
        absorbed = np.array((0.7, 1.0, 2.4), np.float32) / look.clear
        self._through = np.exp(-path[..., None] * 2 * absorbed).astype(np.float32)
        self._deep = look.colour * (1 - self._through) * np.float32(look.light)
        self._depth = np.float32(basin.depth)
        self._sharp = np.clip(0.3 / footprint, 0, 1)

    def adds(self, at: float, stirred: Floats) -> Floats:
        """Return the water's colours times its cover (H, W, 3) at a time in seconds.

        Args:
            at: seconds.
            stirred: (H, W), by how much swimmers make the waves steeper; 1 where they do not.
        """
        view = np.zeros((*self.cover.shape[:2], 3), np.float32)
        view[self._where] = pixels_of(self._colours(at, stirred[self._where].repeat(FINE, axis=0)) * self._cover)
        return view

    def _slopes(self, at: float) -> Floats:
        total = np.zeros((), np.float32)
        for field, drift in zip(self._look.fields, self._look.drifts, strict=True):
            place = (self._ground - drift * np.float32(at)) * np.float32(TILE / WAVES_M)
            total = total + repeated(wave_slopes(field), place)
        return np.asarray(total * self._fades, np.float32)

    def _colours(self, at: float, stirred: Floats) -> Floats:
        slopes = self._slopes(at) * stirred[..., None]
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
        light = self._look.light * (1 + self._look.caustics * net * self._sharp)
        return np.asarray(below * self._through * light[..., None] + self._deep, np.float32)


def pixels_of(parts: Floats) -> Floats:
    """Return the means (H, W, C) of parts of pixels (FINE * H, W, C)."""
    rows, columns, channels = parts.shape
    return np.asarray(parts.reshape(rows // FINE, FINE, columns, channels).mean(axis=1), np.float32)


def _span(there: Floats) -> slice:
    """Return the shortest slice that has all that is not 0."""
    places = np.flatnonzero(there)
    return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0, 1)


def _footprint(camera: Camera, rays: Floats) -> Floats:
    """Return how long a part of a pixel is down the view, in metres, where each ray (…, 3) meets the water (…)."""
    down = -np.minimum(rays[..., 2], -LEAST_FALL)
    return np.asarray(camera.place[2] / camera.focal / FINE / down**2, np.float32)


def _covered(basin: Basin, camera: Camera, rays: Floats) -> Floats:
    ground = camera.ground(rays)
    inside = np.minimum(ground, np.array((basin.width, basin.length), np.float32) - ground).min(axis=2)
    soft = np.clip(inside / np.maximum(_footprint(camera, rays), 0.02) + 0.5, 0, 1)
    return np.asarray(soft * (rays[..., 2] < -LEAST_FALL), np.float32)[..., None]
