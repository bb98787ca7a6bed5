"""What moves in front of what stays, without the glitter: two running means of a camera's grey levels.

    trend = mean over the last FAST_S - mean over the last SLOW_S

Noise, glints and waves differ from look to look and fade in a mean; ropes and tiles are in both means and cancel out.
The means are smears of the last looks, in which nothing that moves has a form. They stay in the worker's memory, at the
working size, and are overwritten when they are of no use any more.
"""

import math
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.pixels.network.preprocess import NO_CHANGE, Pixels

FAST_S: Final = 0.5
"""In it a swimmer at 1 m/s comes half a metre on, about the length of what is seen of them."""
SLOW_S: Final = 4.0
"""In it every swimmer has come on by several times that length; who rests for longer fades."""
GAIN: Final = 2.0
"""Levels said for each level of difference, since means differ by less than pictures."""
LONGEST_S: Final = 2.0
"""After a gap longer than this the means begin anew."""

Levels = npt.NDArray[np.float32]


class RunningMeans:
    """Exponential means over time, whatever the frame rate."""

    def __init__(self) -> None:
        self._fast: Levels | None = None
        self._slow: Levels | None = None
        self._seen_at = -math.inf

    def trend(self, grey: Pixels, now: float) -> Pixels:
        """Take the next grey levels (H, W), captured at `now` seconds; return (H, W), `NO_CHANGE` where nothing moves.

        At the first look nothing does.
        """
        apart = now - self._seen_at
        self._seen_at = now
        if self._fast is None or self._slow is None or self._fast.shape != grey.shape or not 0 < apart <= LONGEST_S:
            self.forget()
            self._fast, self._slow = grey.astype(np.float32), grey.astype(np.float32)
        else:
            cv2.accumulateWeighted(grey, self._fast, -math.expm1(-apart / FAST_S))
            cv2.accumulateWeighted(grey, self._slow, -math.expm1(-apart / SLOW_S))
        trend = cv2.addWeighted(self._fast, GAIN, self._slow, -GAIN, NO_CHANGE, dtype=cv2.CV_8U)
        return np.asarray(trend, np.uint8)

    def forget(self) -> None:
        """Overwrite the means; they begin anew with the next look."""
        for mean in (self._fast, self._slow):
            if mean is not None:
                mean.fill(0)
        self._fast = self._slow = None
