"""What stands around the water: deck, walls, starting blocks, flags; and people who walk or stand there."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.training.pool import bodies
from models.training.pool.basin import ROPE_COLOURS, Basin
from models.training.pool.camera import Camera
from models.training.pool.room import Room
from models.training.pool.texture import repeated
from models.training.pool.water import FINE, pixels_of, wave_slopes

Floats = npt.NDArray[np.floating]
Pixels = npt.NDArray[np.uint8]

DECK_M = 0.12
"""Deck above the water."""
EDGES_M = (0.15, 0.6)
"""Width of the basin's edge, of another colour."""
BLOCK_M = (0.5, 0.6, 0.7)
"""Width, length and height of a starting block."""
FLAGS_SHARE = 0.35
FLAGS_AT_M, FLAGS_HEIGHT_M = 5.0, 1.8
"""Backstroke flags: from each end, above the water (FINA's facilities rules)."""
MOST_WALKERS = 9


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody on the deck.

    Attributes:
        start: (2,) metres at 0 s.
        speed: (2,) metres a second.
        until: seconds for which they are there.
        looks: seed of what they are like.
    """

    start: Floats
    speed: Floats
    until: float
    looks: int

    def there(self, at: float) -> bool:
        """Whether they are."""
        return at < self.until

    def place(self, at: float) -> tuple[float, float]:
        """Return x and y, metres."""
        x, y = self.start + self.speed * at
        return float(x), float(y)

    def box(self, at: float, camera: Camera) -> Floats:
        """Return the box (4,) in pixels, not clipped."""
        return bodies.walker_box(*self.place(at), DECK_M, bodies.draw_person(self.looks).size, camera)

    def capsules(self, at: float) -> bodies.Capsules:
        """Return what they look like."""
        moves = bool(self.speed.any())
        step = float(np.sin(5 * at + self.looks % 7)) if moves else 0.15
        return bodies.walker_capsules(*self.place(at), DECK_M, step, bodies.draw_person(self.looks))


def draw_walkers(basin: Basin, seconds: float, rng: np.random.Generator) -> list[Walker]:
    """Draw people on the deck, nearer than 3 m to the water."""
    walkers = []
    for _ in range(int(rng.integers(0, MOST_WALKERS + 1))):
        beside, along = rng.uniform(0.4, 3.0), rng.random()
        side = rng.integers(4)
        length = basin.length if side < 2 else basin.width
        one = (-beside, basin.width + beside)[side % 2] if side < 2 else along * length
        other = along * length if side < 2 else (-beside, basin.length + beside)[side % 2]
        speed = np.zeros(2)
        until = np.inf
        if rng.random() < 0.5:
            pace = float(rng.uniform(0.5, 1.3)) * rng.choice((-1, 1))
            speed[int(side < 2)] = pace
            until = max(1.0, (length * (1 - along) if pace > 0 else length * along) / abs(pace))
        walkers.append(Walker(np.array((one, other)), speed, float(until + 0 * seconds), int(rng.integers(2**31))))
    return walkers


def still(basin: Basin, camera: Camera, room: Room, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return the view (H, W, 3) of everything but water and people."""
    rays = camera.rays(FINE)
    ground = camera.ground(rays)
    view = room.colours(camera.place, rays)
    tone = np.asarray(rng.uniform(90, 220) * rng.uniform(0.85, 1.1, 3), np.float32)
    size = np.array((basin.width, basin.length), np.float32)
    outside = np.maximum(-ground, ground - size).max(axis=2)
    rough = repeated(wave_slopes(3), ground * 40)[..., 0]
    joints = (np.mod(ground, np.float32(rng.uniform(0.3, 1.2))) < 0.06).any(axis=2)
    deck = tone * (1 + np.float32(rng.uniform(0, 0.025)) * rough - 0.06 * joints)[..., None]
    deck *= np.where(outside < rng.uniform(0.5, 2.5), np.float32(0.85), np.float32(1))[..., None]  # wet
    edge = np.array(ROPE_COLOURS[rng.integers(len(ROPE_COLOURS))], np.float32) if rng.random() < 0.5 else tone * 1.15
    deck = np.where((outside < rng.uniform(*EDGES_M))[..., None], edge, deck)
    inside = ((ground > room.low[:2]) & (ground < room.high[:2])).all(axis=2) & (rays[..., 2] < 0)
    return pixels_of(np.asarray(np.where(inside[..., None], deck, np.minimum(view, 400)), np.float32))


def front(basin: Basin, camera: Camera, rng: np.random.Generator) -> Pixels:
    """Return starting blocks and flags (H, W, 4), colour times opacity, and opacity."""
    layer = np.zeros((camera.size[1] * 2, camera.size[0] * 2, 4), np.uint8)
    if rng.random() < 0.5:
        ink = rng.uniform(60, 235) * rng.uniform(0.8, 1.1, 3)
        for y in (-BLOCK_M[1] - 0.1, basin.length + 0.1)[: int(rng.integers(1, 3))]:
            for lane in range(basin.lanes):
                _block(layer, (lane + 0.5) * basin.lane_width, y, ink, camera)
    if rng.random() < FLAGS_SHARE:
        for y in (FLAGS_AT_M, basin.length - FLAGS_AT_M):
            _flags(layer, basin, y, camera, rng)
    layer[..., :3] = layer[..., :3] * (layer[..., 3:].astype(np.float32) / 255)
    return np.asarray(cv2.resize(layer, camera.size, interpolation=cv2.INTER_AREA), np.uint8)


def _block(layer: Pixels, x: float, y: float, ink: Floats, camera: Camera) -> None:
    wide, long, tall = BLOCK_M
    corners = np.array(
        [(x + a * wide, y + b * long, z) for z in (DECK_M, tall) for a, b in ((-0.5, 0), (0.5, 0), (0.5, 1), (-0.5, 1))]
    )
    if ((corners - camera.place) @ camera.axes[2]).min() < 1:
        return
    seen = (camera.project(corners) * 2).clip(-9999, 9999).astype(np.int32)
    cv2.fillConvexPoly(layer, cv2.convexHull(seen), (*(ink * 0.7).clip(0, 255).tolist(), 255))
    cv2.fillConvexPoly(layer, seen[4:], (*ink.clip(0, 255).tolist(), 255))


def _flags(layer: Pixels, basin: Basin, y: float, camera: Camera, rng: np.random.Generator) -> None:
    inks = np.array(ROPE_COLOURS)[rng.choice(len(ROPE_COLOURS), 2)]
    for n, x in enumerate(np.arange(0, basin.width, 0.5)):
        corners = np.array([(x, y, FLAGS_HEIGHT_M), (x + 0.25, y, FLAGS_HEIGHT_M), (x + 0.12, y, FLAGS_HEIGHT_M - 0.4)])
        if ((corners - camera.place) @ camera.axes[2]).min() < 1:
            continue
        seen = (camera.project(corners) * 2).clip(-9999, 9999).astype(np.int32)
        cv2.fillConvexPoly(layer, seen, (*inks[n % 2].astype(float).tolist(), 255))
