"""`motion`: what moves against a learnt background. No weights; crude.

It sees whatever moves and only that. What stands still for about a minute becomes background; two cars that
overlap are one blob; a bicycle ridden towards the camera looks like a pedestrian. It is right for demonstrations, for
quiet places, and for a first day before a network is at hand. `person_height` in the site file makes it much better.

The background it learns is kept from frame to frame, in the memory of the worker only: a blend of the last minutes in
which what moved does not show.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.classes import CLASS_INDEX, CLASSES, ClassName
from vision.detections import Detections
from vision.pixels.frame import Frame
from vision.pixels.motion.blobs import UNKNOWN_PERSON_HEIGHT, by_shape, by_size
from vision.pixels.motion.light import SteadyLight
from vision.pixels.motion.silhouettes import silhouettes

Mask = npt.NDArray[np.uint8]

HISTORY_S: Final = 200.0
"""Time constant with which the background is learnt."""

BACKGROUND_SHARE: Final = 0.7
"""Share of the history that the background takes. What stays for the rest, a minute, belongs to it."""

DEVIATIONS_SQUARED: Final = 16.0
"""Squared distance from the background, in variances, beyond which a pixel moves. OpenCV's own default."""

SHADOW_DEPTH: Final = 0.55
"""A pixel that is darker than the background, but not below this share of it, and of its hue, is a shadow."""

MIXTURES: Final = 3
"""Gaussians a pixel; as good as five on PETS 2009 and quicker."""

CLOSING: Final = 0.14
"""Height of the gaps that are closed, in heights of a person: between a coat and a dark leg."""

_STREET: Final = tuple(CLASS_INDEX[name] for name in CLASSES if name != "swimmer")
_FOREGROUND: Final = 255
"""OpenCV's value of a pixel that moves; a shadow has another."""


class MotionDetector:
    """Background subtraction with a mixture of Gaussians (OpenCV's MOG2), then blobs, then classes by size.

    Args:
        person_height: of a standing adult as a share of the view's height, at the view's top and bottom edge.
        classes: that may occur. With a single one every blob has it; swimmers are seen only where they are named.
    """

    def __init__(
        self, person_height: tuple[float, float] | None = None, classes: tuple[ClassName, ...] | None = None
    ) -> None:
        self._background = cv2.createBackgroundSubtractorMOG2(varThreshold=DEVIATIONS_SQUARED, detectShadows=True)
        self._background.setShadowThreshold(SHADOW_DEPTH)
        self._background.setNMixtures(MIXTURES)
        self._background.setBackgroundRatio(BACKGROUND_SHARE)
        self._light = SteadyLight()
        self._person_height = person_height
        indices = tuple(sorted(CLASS_INDEX[name] for name in classes or ()))
        self._sole = indices[0] if len(indices) == 1 else None
        self._classes = indices if CLASS_INDEX["swimmer"] in indices or self._sole is not None else _STREET
        self._first_at: float | None = None
        self._last_at = 0.0

    def __call__(self, frame: Frame) -> Detections:
        """Return what moves in a frame, in its pixels. Nothing in the first one."""
        mask = self._moving(frame)
        if self._person_height is None:
            return by_shape(mask, self._sole)
        return by_size(mask, silhouettes(self._person_height, frame.size, self._classes), self._sole)

    def forget(self) -> None:
        """Keep the background: whoever moves is no part of it, and it would take seconds to learn anew."""

    def _moving(self, frame: Frame) -> Mask:
        """Return (H, W): 1 where something moves, small holes closed and single pixels dropped."""
        rate = self._learning_rate(frame.captured_at)
        smooth = cv2.GaussianBlur(self._light(frame.pixels, rate), (3, 3), 0)
        levels = self._background.apply(smooth, learningRate=rate)
        moving = cv2.medianBlur((levels == _FOREGROUND).astype(np.uint8), 3)
        top, bottom = self._person_height or (UNKNOWN_PERSON_HEIGHT, UNKNOWN_PERSON_HEIGHT)
        gap = CLOSING * (top + bottom) / 2 * frame.size[1]
        window = (int(gap * 0.5) | 1, int(gap) | 1)
        return np.asarray(cv2.morphologyEx(moving, cv2.MORPH_CLOSE, np.ones(window[::-1], np.uint8)), np.uint8)

    def _learning_rate(self, now: float) -> float:
        """Return the weight of this frame: all frames weigh the same at first, then the old ones fade."""
        if self._first_at is None:
            self._first_at = self._last_at = now
            return 1.0
        elapsed, self._last_at = now - self._last_at, now
        known_for = min(now - self._first_at + elapsed, HISTORY_S)
        return float(np.clip(elapsed / known_for, 0, 1)) if known_for > 0 else 0.0
