"""What a cheap camera makes of a view: light, colour, sharpness, noise, compression; the same for all its pictures."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.training.views import NOISE

Pixels = npt.NDArray[np.uint8]
GREY_SHARE = 0.08
"""Of the cameras, that see no colours."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One camera.

    Attributes:
        tones: uint8 (256, 1, 3), level -> level of each colour.
        grey: whether it sees no colours.
        blur: standard deviation in pixels.
        noise: standard deviation in levels.
        quality: of JPEG, None without.
    """

    tones: Pixels
    grey: bool
    blur: float
    noise: float
    quality: int | None

    def sees(self, pixels: Pixels, rng: np.random.Generator) -> Pixels:
        """Return a picture (H, W, 3) as the camera gives it; the noise is another one each time."""
        seen = np.asarray(cv2.LUT(pixels, self.tones), np.uint8)
        if self.grey:
            seen = np.asarray(cv2.cvtColor(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)
        if self.blur > 0.2:
            seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), self.blur), np.uint8)
        height, width = seen.shape[:2]
        rows, columns = (rng.integers(len(NOISE)) + np.arange(side) for side in (height, width))
        noise = NOISE[..., :3].take(rows, 0, mode="wrap").take(columns, 1, mode="wrap") * np.float32(self.noise)
        seen = np.asarray(cv2.add(seen, noise, dtype=cv2.CV_8U), np.uint8)
        if self.quality is None:
            return seen
        packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1]
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def draw_sensor(rng: np.random.Generator, grey_share: float = GREY_SHARE) -> Sensor:
    """Draw a camera; of many, such a share see no colours."""
    levels = np.linspace(0, 1, 256)[:, None] ** np.exp(rng.uniform(-0.35, 0.45)) * 255 * rng.uniform(0.92, 1.08, 3)
    return Sensor(
        tones=levels.clip(0, 255).astype(np.uint8)[:, None, :],
        grey=bool(rng.random() < grey_share),
        blur=float(rng.uniform(0.0, 0.8)),
        noise=float(rng.uniform(0.5, 6.0)),
        quality=int(rng.integers(30, 92)) if rng.random() < 0.6 else None,
    )
