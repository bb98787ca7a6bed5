"""One pool, drawn by a seed: its picture at any time, and who is where in it."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.training.pool import bodies
from models.training.pool.basin import Basin, draw_basin, ropes
from models.training.pool.camera import Camera, draw_camera
from models.training.pool.ranges import Ranges
from models.training.pool.room import draw_room
from models.training.pool.surroundings import Walker, draw_walkers, front, still
from models.training.pool.swimmers import State, Swimmer, draw_swimmers
from models.training.pool.water import Water, draw_look

Floats = npt.NDArray[np.floating]
Pixels = npt.NDArray[np.uint8]

LEVELS = (80.0, 150.0)
"""Mean of the pictures of one camera, from 0 to 255."""
GAINS = (0.55, 1.8)
WOBBLE_PX = 0.35
"""Ropes lie on the waves."""
REACH_M = 2.5
"""From the middle of a swimmer to the end of their wash."""
STIRRED = 0.9
"""How much steeper the waves are where somebody swims."""


class Truth(NamedTuple):
    """Who is where in a picture.

    Attributes:
        boxes: (N, 4) pixels, head and upper body of each swimmer as if at the surface; may reach beyond the view.
        lanes: (N,) of each.
        under: bool (N,), who is under water.
        hidden: bool (N,), of whom blocks or flags hide more than a half.
        walkers: (M, 4) pixels, people on the deck.
    """

    boxes: Floats
    lanes: npt.NDArray[np.int_]
    under: npt.NDArray[np.bool_]
    hidden: npt.NDArray[np.bool_]
    walkers: Floats


class Pool:
    """A pool, a camera beside it, and its users.

    Args:
        seed: of everything.
        ranges: of what may be drawn.
        size: (width, height) of the pictures.
        seconds: how long people are drawn for, from 0 on.
        whole: whether the camera sees all of the water.

    Attributes:
        basin: the water's rectangle.
        camera: that looks at it.
        swimmers: all of them.
    """

    def __init__(
        self,
        seed: int | tuple[int, ...],
        ranges: Ranges,
        size: tuple[int, int],
        seconds: float = 0.0,
        *,
        whole: bool = False,
    ) -> None:
        rng = np.random.default_rng(seed)
        self._seed = seed if isinstance(seed, tuple) else (seed,)
        self.basin: Basin = draw_basin(rng)
        self.camera: Camera = draw_camera(self.basin, ranges, size, rng, whole)
        crowds = np.array(ranges.crowds)[rng.integers(len(ranges.crowds), size=self.basin.lanes)]
        numbers = rng.integers(crowds[:, 0], crowds[:, 1] + 1)
        self.swimmers: list[Swimmer] = draw_swimmers(self.basin, numbers, seconds, rng)
        self._people = [bodies.draw_person(swimmer.looks) for swimmer in self.swimmers]
        light = ranges.lights[rng.integers(len(ranges.lights))]
        room = draw_room(self.basin, light, rng)
        look = draw_look(ranges, rng)
        self._light = look.light
        self._water = Water(self.basin, self.camera, room, look, rng)
        self._base = still(self.basin, self.camera, room, rng) * (1 - self._water.cover)
        self._ropes = _rope_layer(self.basin, self.camera, rng)
        self._front = front(self.basin, self.camera, rng)
        self._walkers: list[Walker] = draw_walkers(self.basin, seconds, rng)
        self._floats = rng.uniform((0, 0), (self.basin.width, self.basin.length), (int(rng.integers(0, 3)), 2))
        self._gain = 1.0
        raw = self._drawn(0.0)
        self._gain = float(np.clip(rng.uniform(*LEVELS) / max(1.0, float(raw.mean())), *GAINS))

    def picture(self, at: float) -> Pixels:
        """Return the view (H, W, 3) at a time in seconds, as a perfect camera would see it."""
        return (self._drawn(at) * self._gain).clip(0, 255).astype(np.uint8)

    def truth(self, at: float) -> Truth:
        """Return who is where at a time in seconds."""
        there = self._there(at)
        boxes = np.array([bodies.box_of(state, p.size, self.camera) for _, p, state in there]).reshape(-1, 4)
        walkers = [w.box(at, self.camera) for w in self._walkers if w.there(at)]
        return Truth(
            boxes,
            np.array([s.lane for s, _, _ in there], int),
            np.array([state.under for _, _, state in there], bool),
            np.array([self._hides(box) for box in boxes], bool),
            np.array(walkers).reshape(-1, 4),
        )

    def _there(self, at: float) -> list[tuple[Swimmer, bodies.Person, State]]:
        return [(s, p, state) for s, p in zip(self.swimmers, self._people, strict=True) if (state := s.state(at))]

    def _is_near_view(self, state: State) -> bool:
        """Whether something of a swimmer or their splashes may be seen."""
        place = np.array((state.x, state.y, 0.0))
        reach = REACH_M * float(self.camera.scale(place))
        ahead = (place - self.camera.place) @ self.camera.axes[2] > 1
        return bool(
            ahead
            and (
                np.abs(self.camera.project(place) - np.array(self.camera.size) / 2)
                < np.array(self.camera.size) / 2 + reach
            ).all()
        )

    def _hides(self, box: Floats) -> bool:
        x0, y0, x1, y1 = box.round().astype(int).clip(0)
        part = self._front[y0 : y1 + 1, x0 : x1 + 1, 3]
        return bool(part.size and part.mean() > 127)

    def _drawn(self, at: float) -> npt.NDArray[np.float32]:
        rng = np.random.default_rng((*self._seed, int(at * 1000)))
        there = [one for one in self._there(at) if self._is_near_view(one[2])]
        picture = self._base + self._water.adds(at, self._stirred([state for _, _, state in there]))
        lower = [one for one in there if one[2].under]
        for swimmer, person, state in lower:
            bodies.paint(picture, bodies.swimmer_capsules(state, swimmer.stroke, person, rng), self.camera, self._light)
        _lay(picture, self._ropes, rng.normal(0, WOBBLE_PX, 2))
        for x, y in self._floats:
            board = np.array([[(x, y, 0.02), (x + 0.35, y + 0.1, 0.02)]])
            ink = np.array([(200.0 * (x % 1), 120.0, 200.0 * (y % 1))])
            bodies.paint(picture, bodies.Capsules(board, np.array([0.13]), ink, np.ones(1)), self.camera, self._light)
        upper = sorted((one for one in there if not one[2].under), key=lambda one: -self._away(one[2].x, one[2].y))
        for swimmer, person, state in upper:
            bodies.paint(picture, bodies.swimmer_capsules(state, swimmer.stroke, person, rng), self.camera, self._light)
        for walker in sorted((w for w in self._walkers if w.there(at)), key=lambda w: -self._away(*w.place(at))):
            bodies.paint(picture, walker.capsules(at), self.camera, self._light)
        _lay(picture, self._front, np.zeros(2))
        return picture

    def _away(self, x: float, y: float) -> float:
        return float(np.hypot(*(self.camera.place[:2] - (x, y))))

    def _stirred(self, states: list[State]) -> npt.NDArray[np.float32]:
        """Return (H, W), by how much the waves are steeper for those who swim."""
        width, height = self.camera.size
        coarse = np.ones((height // 4 + 1, width // 4 + 1), np.float32)
        places = np.array([(s.x, s.y - 0.3 * s.heading, 0.0) for s in states if not s.under]).reshape(-1, 3)
        seen, scales = self.camera.project(places), self.camera.scale(places)
        for (x, y), scale in zip((seen / 4).clip(-99, 999).astype(int).tolist(), scales.tolist(), strict=True):
            radius = max(1, int(0.9 * scale / 4))
            cv2.ellipse(coarse, (x, y), (radius, max(1, radius // 2)), 0, 0, 360, 1 + STIRRED, -1)
        smooth = cv2.GaussianBlur(coarse, (0, 0), 1.2)
        return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _rope_layer(basin: Basin, camera: Camera, rng: np.random.Generator) -> Pixels:
    """Return the ropes (H, W, 4), colour times opacity, and opacity."""
    layer = np.zeros((camera.size[1] * 3, camera.size[0] * 3, 4), np.uint8)
    ones, others, paints = ropes(basin, rng)
    if not len(ones):
        return np.zeros((*camera.size[::-1], 4), np.uint8)
    ahead = ((np.stack((ones, others)) - camera.place) @ camera.axes[2] > 0.5).all(axis=0)
    ends = (camera.project(np.stack((ones, others), axis=1)) * 3).clip(-9999, 9999).astype(int)
    thick = np.maximum(1, np.round(camera.scale(ones) * rng.uniform(0.08, 0.16) * 3)).astype(int)
    for n in np.flatnonzero(ahead):
        ink = (*(paints[n] * rng.uniform(0.8, 1.05)).clip(0, 255).tolist(), 235)
        cv2.line(layer, ends[n, 0].tolist(), ends[n, 1].tolist(), ink, int(thick[n]))
    layer[..., :3] = layer[..., :3] * (layer[..., 3:].astype(np.float32) / 255)
    return np.asarray(cv2.resize(layer, camera.size, interpolation=cv2.INTER_AREA), np.uint8)


def _lay(picture: npt.NDArray[np.float32], layer: Pixels, shift: Floats) -> None:
    """Draw a layer, colour times opacity, over a picture, so many pixels from its place."""
    if shift.any():
        move = np.column_stack((np.eye(2), shift))
        layer = np.asarray(cv2.warpAffine(layer, move, layer.shape[1::-1]), np.uint8)
    picture *= 1 - layer[..., 3:].astype(np.float32) / 255
    picture += layer[..., :3]
