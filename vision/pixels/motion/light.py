"""The same light in every frame: clouds and the camera's own exposure do not look like movement."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

SPARSE: Final = 8
"""Every eighth pixel in both directions tells the light of the whole."""

GAINS: Final = (0.7, 1.4)
"""Limits of what is made up for at once; beyond them, at dusk, the reference follows at the pace of the background."""

_DARK: Final = 16.0
"""Levels of 255 below which a pixel says nothing about the light."""


class SteadyLight:
    """Scales every frame to the brightness of a reference that changes as slowly as the background does.

    The reference is one pixel in `SPARSE` squared. What moves hardly matters: the gain is a median.
    """

    def __init__(self) -> None:
        self._reference: npt.NDArray[np.float32] | None = None

    def __call__(self, pixels: Image, rate: float) -> Image:
        """Return the frame (H, W, 3) or (H, W) in the light of the reference, which takes this share of it."""
        sample = pixels[::SPARSE, ::SPARSE].astype(np.float32)
        if self._reference is None or self._reference.shape != sample.shape:
            self._reference = sample
            return pixels
        lit = np.minimum(sample, self._reference) > _DARK
        gain = float(np.median(self._reference[lit] / sample[lit])) if lit.any() else 1.0
        gain = float(np.clip(gain, *GAINS))
        self._reference += np.float32(rate) * (sample * np.float32(gain) - self._reference)
        return np.asarray(cv2.convertScaleAbs(pixels, alpha=gain), np.uint8)
