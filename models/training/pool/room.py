"""What is around the water: hall or open air, its lamps, windows, sun; seen directly, and mirrored in the water.

Levels are those of a picture, 0 to 255, but lamps, windows and the sun go far beyond: mirrored by a few per cent they
are still light.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.training.pool.basin import Basin
from models.training.pool.ranges import Light

Floats = npt.NDArray[np.float32]

MIRROR = 160
"""Side in pixels of the picture of the upper half of the world that the water mirrors."""


@dataclass(frozen=True, slots=True)
class Room:
    """A hall from `low` to `high`, or a place under the sky with a fence there.

    Attributes:
        light: what shines.
        low: (3,) metres.
        high: (3,) metres; the last is the height of the ceiling or the fence.
        wall: B, G, R.
        ceiling: B, G, R; of the sky outdoors.
        glow: level of what shines.
        period: (2,) metres from lamp to lamp, from window to window.
        share: (2,) how much of the period shines.
        sun: (3,) unit vector to it.
        walls: (4,) which have windows.
        open_air: whether it has no roof.
    """

    light: Light
    low: Floats
    high: Floats
    wall: Floats
    ceiling: Floats
    glow: float
    period: Floats
    share: Floats
    sun: Floats
    walls: npt.NDArray[np.bool_]
    open_air: bool

    def colours(self, origin: npt.NDArray[np.floating], rays: Floats) -> Floats:
        """Return the colours (…, 3) that come to a place along unit vectors (…, 3) from above its level."""
        far = np.where(rays > 0, self.high - origin, self.low - origin).astype(np.float32)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(np.abs(rays) > 1e-5, far / rays, np.float32(1e6))
        reach[..., 2] = np.where(rays[..., 2] > 0, reach[..., 2], 1e6)
        side = reach[..., 0] < reach[..., 1]
        on_wall = np.minimum(reach[..., 0], reach[..., 1])
        met = np.minimum(on_wall, reach[..., 2])
        at = origin.astype(np.float32) + rays * met[..., None]
        is_top = reach[..., 2] < on_wall
        top = self._sky(rays) if self.open_air else self._ceiling(at)
        which = np.where(side, 0, 2) + (np.where(side, rays[..., 0], rays[..., 1]) > 0)
        along = np.where(side, at[..., 1], at[..., 0])
        return np.where(is_top[..., None], top, self._wall(along, at[..., 2], which))

    def _ceiling(self, at: Floats) -> Floats:
        phase = np.abs((at[..., :2] / self.period) % 1 - 0.5)
        shines = (phase < self.share / 2).all(axis=-1)
        if self.light not in {"lamps", "skylights"}:
            shines &= False
        beams = 1 - 0.15 * (phase[..., 0] > 0.45)
        return np.where(shines[..., None], np.float32(self.glow), self.ceiling * beams[..., None])

    def _wall(self, along: Floats, z: Floats, which: npt.NDArray[np.int_]) -> Floats:
        height = float(self.high[2])
        shade = (0.75 + 0.25 * (z / height)).astype(np.float32)[..., None]
        tile = np.where((z < 0.35 * height)[..., None], self.wall * 0.8, self.wall) * shade
        if self.open_air:
            return tile
        window = (z > 0.3 * height) & (z < 0.88 * height) & (along / self.period[0] % 1 < self.share[1])
        window &= self.walls[which]
        return np.where(window[..., None], np.float32(self.glow) * np.array((1, 0.97, 0.92), np.float32), tile)

    def _sky(self, rays: Floats) -> Floats:
        rise = rays[..., 2:]
        sky = self.ceiling * (1 - 0.45 * rise) + 60 * (1 - rise) ** 4
        if self.light == "overcast":
            return sky
        near = np.minimum(rays @ self.sun, 1)[..., None]
        glow = np.exp((near - 1) * 900) * 8 + np.exp((near - 1) * 30) * 0.25
        return np.asarray(sky + np.float32(self.glow) * glow, np.float32)


def draw_room(basin: Basin, light: Light, rng: np.random.Generator) -> Room:
    """Draw what is around a basin in a light."""
    open_air = light in {"sun", "overcast"} or (light == "low-sun" and rng.random() < 0.5)
    margin = rng.uniform(3, 12, 4)
    low, high = -margin[:2], np.array((basin.width, basin.length)) + margin[2:]
    tall = rng.uniform(1.5, 4.0) if open_air else rng.uniform(13, 17)
    tint = rng.uniform(0.85, 1.1, 3)
    roof = (
        np.array((250, 205, 150)) * rng.uniform(0.7, 1) if light in {"sun", "low-sun"} else rng.uniform(60, 190) * tint
    )
    period = rng.uniform(1.2, 5.0, 2) if light != "skylights" else rng.uniform(3.0, 8.0, 2)
    share = rng.uniform(0.1, 0.4, 2) if light == "lamps" else rng.uniform(0.4, 0.85, 2)
    rise = np.deg2rad(rng.uniform(12, 28) if light == "low-sun" else rng.uniform(35, 65))
    turn = rng.uniform(0, 2 * np.pi)
    sun = np.array((np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)))
    walls = rng.random(4) < (0.75 if light in {"windows", "low-sun"} else 0.15)
    as_floats = (np.asarray(v, np.float32) for v in ((*low, 0), (*high, tall), rng.uniform(60, 220) * tint, roof))
    lows, highs, wall, ceiling = as_floats
    glow = float(rng.uniform(350, 1400) if not open_air else rng.uniform(400, 1500))
    return Room(
        light, lows, highs, wall, ceiling, glow, period.astype(np.float32), share.astype(np.float32),
        sun.astype(np.float32), walls, open_air,
    )  # fmt: skip


def mirrored(room: Room, basin: Basin, blur: float) -> Floats:
    """Return the picture (MIRROR, MIRROR, 3) of what is above the water, as a paraboloid: (x, y) / (1 + z) of a ray."""
    place = ((np.arange(MIRROR, dtype=np.float32) + 0.5) / MIRROR * 2 - 1) * np.float32(1.02)
    x, y = np.meshgrid(place, place)
    square = np.minimum(x * x + y * y, 0.998)
    rays = np.dstack((2 * x, 2 * y, 1 - square)) / (1 + square)[..., None]
    picture = room.colours(np.array((basin.width / 2, basin.length / 2, 0.1)), rays.astype(np.float32))
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), blur), np.float32)
