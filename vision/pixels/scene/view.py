"""A synthetic place as a camera sees it: `scene:square`, `scene:crossing`, `scene:pool`, each with `?seed=N`."""

from collections.abc import Callable

import cv2
import numpy as np

from calibration.pinhole import Floats
from vision.pixels.scene.bodies import body_of
from vision.pixels.scene.canvas import SUPERSAMPLING, Canvas, Image
from vision.pixels.scene.grounds import Colours, Mask, crossing_ground, grain, pool_ground, square_ground, water_at
from vision.pixels.scene.things import crossing_things, pool_things, square_things
from vision.scenes import open_world
from vision.scenes.actors import Pose

_GROUNDS: dict[str, Callable[[Floats, Floats], Colours]] = {
    "square": square_ground,
    "crossing": crossing_ground,
    "pool": pool_ground,
}
_THINGS = {"square": square_things, "crossing": crossing_things, "pool": pool_things}

_SHADOW = 0.6
"""Brightness in a cast shadow over that in the sun, with a bright sky."""
_NOISE_LEVELS = 2.5
"""Standard deviation of the sensor's noise, in levels of 255: a small daylight sensor at short exposure."""
_NOISE_OFFSET = 12
"""Noise is kept as unsigned levels around this one, which is taken off the image first."""
_NOISE_TICK_S = 0.001
_CLOUDS = ((0.045, 97.0), (0.025, 41.0))
"""Share of the light and period in seconds of the slow changes of the daylight."""
_MARGIN = 0.15
"""Whoever stands further outside the view than this, in widths and heights of it, does not reach into it."""
_GLINT_FRAMES = 16
_GLINT_PERIOD_S = 2.4
_GLINT_LEVELS = 9.0
"""The water repeats itself after this long; its brightness moves by this many levels."""


class SceneView:
    """The camera of a synthetic place.

    Args:
        name: `square`, `crossing` or `pool`, with `?seed=N` for another day.
        working_size: width and height of the images, in pixels.

    Raises:
        UsageError: there is no such place.
    """

    def __init__(self, name: str, working_size: tuple[int, int]) -> None:
        self.world = open_world(name)
        self._size = working_size
        width, height = (side * SUPERSAMPLING for side in working_size)
        columns, rows = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
        seen = self.world.camera.to_ground(np.stack((columns.ravel(), rows.ravel()), axis=1))
        x, y = seen.T.reshape(2, height, width)
        rng = np.random.default_rng(self.world.seed)
        self._empty = self._draw_empty(x, y, rng)
        self._shaded = cv2.convertScaleAbs(self._empty, alpha=_SHADOW)
        self._shadows = np.zeros((height, width), np.uint8)
        self._noise = _noise_tile(working_size, rng)
        self._water = water_at(x, y) if self.world.name == "pool" else None
        self._ripples = _ripples(x, y, self._water) if self._water is not None else []

    def render(self, utc: float) -> Image:
        """Return what is seen at UTC second `utc`: uint8 (H, W, 3) in B, G, R order, the caller's own."""
        poses = self._in_view(self.world.at(utc))
        canvas = Canvas(self._empty.copy(), self.world.camera)
        if self._ripples:
            phase = int(utc / _GLINT_PERIOD_S * _GLINT_FRAMES) % _GLINT_FRAMES
            cv2.add(canvas.image, self._ripples[phase], dst=canvas.image)
        self._draw_actors(canvas, poses)
        return self._exposed(cv2.resize(canvas.image, self._size, interpolation=cv2.INTER_AREA), utc)

    def _draw_actors(self, canvas: Canvas, poses: list[Pose]) -> None:
        """Draw the shadows of everybody, then everybody from far to near."""
        bodies = [body_of(pose, swims=self._swims(pose)) for pose in sorted(poses, key=lambda pose: -pose.y)]
        if self._water is None:
            self._shadows.fill(0)
            canvas.cast_shadows(self._shadows, bodies)
            cv2.copyTo(self._shaded, self._shadows, canvas.image)
        canvas.draw(bodies)

    def _in_view(self, poses: list[Pose]) -> list[Pose]:
        if not poses:
            return []
        feet = self.world.camera.to_view(np.array([(pose.x, pose.y) for pose in poses]))
        near: list[bool] = np.all(np.abs(feet - 0.5) < 0.5 + _MARGIN, axis=1).tolist()
        return [pose for pose, seen in zip(poses, near, strict=True) if seen]

    def _swims(self, pose: Pose) -> bool:
        return self._water is not None and bool(water_at(np.array(pose.x), np.array(pose.y)))

    def _draw_empty(self, x: Floats, y: Floats, rng: np.random.Generator) -> Image:
        """Return the place without anybody, at the size in which it is drawn."""
        colours = _GROUNDS[self.world.name](x, y) * grain(x, y, rng)
        canvas = Canvas(np.ascontiguousarray(np.clip(colours[..., ::-1], 0, 255).astype(np.uint8)), self.world.camera)
        shadows = np.zeros(canvas.image.shape[:2], np.uint8)
        things = _THINGS[self.world.name](rng)
        canvas.cast_shadows(shadows, [thing.body for thing in things if thing.shaded])
        cv2.copyTo(cv2.convertScaleAbs(canvas.image, alpha=_SHADOW), shadows, canvas.image)
        canvas.draw([thing.body for thing in things])
        return canvas.image

    def _exposed(self, image: cv2.typing.MatLike, utc: float) -> Image:
        """Return an image under the light of the moment, with the noise of the sensor."""
        light = 1 + sum(share * np.sin(2 * np.pi * utc / period) for share, period in _CLOUDS)
        width, height = self._size
        rng = np.random.default_rng(int(utc / _NOISE_TICK_S))
        top, left = rng.integers(0, (height, width))
        noise = self._noise[top : top + height, left : left + width]
        levels = np.clip(np.arange(256) * light - _NOISE_OFFSET, 0, 255).astype(np.uint8)
        return np.asarray(cv2.add(cv2.LUT(image, levels), noise), np.uint8)


def _noise_tile(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """Return noise around `_NOISE_OFFSET`, uint8 (2H, 2W, 3), of which every image takes another part."""
    width, height = size
    noise = rng.normal(_NOISE_OFFSET, _NOISE_LEVELS, (2 * height, 2 * width, 3))
    return np.clip(np.rint(noise), 0, 255).astype(np.uint8)


def _ripples(x: Floats, y: Floats, water: Mask) -> list[Image]:
    """Return what the moving surface adds to each of the images of one period: uint8 (H, W, 3), 0 beside the water."""
    frames = []
    for step in range(_GLINT_FRAMES):
        turn = 2 * np.pi * step / _GLINT_FRAMES
        waves = (
            np.sin(1.9 * x + 1.3 * y + turn) + np.sin(-2.6 * x + 1.7 * y + 2 * turn) + np.sin(0.8 * x - 3.1 * y - turn)
        )
        light = np.where(water, _GLINT_LEVELS * (1 + waves / 3), 0)
        frames.append(np.repeat(light.astype(np.uint8)[..., None], 3, axis=2))
    return frames
