"""What a camera in a drill sees: textured walls, sensor noise, and somebody who walks by every five seconds."""

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

EVERY_S = 5.0
SPEED = 80.0
"""Pixels a second, so a crossing of the view takes four seconds."""
BODY = (14, 44)
"""Width and height of who walks by, in pixels of 320 x 240."""
PAN_SPEED = 320.0
"""Pixels a second at which the camera turns."""
LINE = 160.0
"""x of the line in the middle, in pixels."""


class PassersBy:
    """A view of 320 x 240 on a panorama of three of them.

    Attributes:
        scale: whole factor by which the picture is enlarged before it is sent.
        aim: x in pixels of the panorama towards which the camera turns, with `PAN_SPEED`.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        coarse = rng.integers(60, 170, (12, 48), np.uint8).repeat(20, axis=0).repeat(20, axis=1)
        self._panorama = coarse + rng.integers(0, 20, (60, 240), np.uint8).repeat(4, axis=0).repeat(4, axis=1)
        self._noise = rng.normal(0, 3, (8, 240, 320))
        self._rng = rng
        self.scale = 1
        self.aim = 0.0
        self._at: float | None = None
        self._left = 0.0

    def __call__(self, at: float) -> Picture:
        """Return the picture at a time on the monotonic clock, BGR."""
        step = PAN_SPEED * (0.0 if self._at is None else max(0.0, at - self._at))
        self._at = at
        self._left += float(np.clip(self.aim - self._left, -step, step))
        grey = self._panorama[:, int(self._left) : int(self._left) + 320] + self._noise[self._rng.integers(8)]
        centre = at % EVERY_S * SPEED - 20
        low, high = (int(np.clip(centre + side * BODY[0] / 2, 0, 320)) for side in (-1, 1))
        grey[200 - BODY[1] : 200, low:high] = 245
        picture = grey.clip(0, 255).astype(np.uint8).repeat(self.scale, axis=0).repeat(self.scale, axis=1)
        return np.repeat(picture[..., None], 3, axis=2)

    def black(self, _at: float) -> Picture:
        """Return what is seen without light: some noise."""
        return self._rng.integers(0, 4, (240, 320, 3), np.uint8)


def crossings(start: float, end: float) -> list[float]:
    """Return the times at which somebody crosses the line during [start, end), on the monotonic clock."""
    offset = (LINE + 20) / SPEED
    first = int(np.ceil((start - offset) / EVERY_S))
    return [
        time for n in range(first, first + int((end - start) / EVERY_S) + 2) if (time := n * EVERY_S + offset) < end
    ]
