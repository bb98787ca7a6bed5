"""What a network remembers of its last looks, for networks that hand it on from one look to the next.

It is what the network makes of a view: some numbers for each cell of 4 x 4 pixels, of which something of the picture
could be made again. It stays in the worker's memory, and each look overwrites it.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

LONGEST_S: Final = 3.0
"""After a gap longer than this nothing is remembered: nobody in it is where they were. A view that stands still is
looked at every two seconds (`stillness.FULL_LOOK_S`)."""


class Memory:
    """The memory of one camera's network."""

    def __init__(self) -> None:
        self._kept: Numbers | None = None
        self._seen_at = -math.inf

    def recall(self, shape: tuple[int, ...], now: float) -> Numbers:
        """Return what is remembered at a look `now` seconds, of a shape; zeros where there is nothing.

        It is no longer kept: whoever asks wipes it after the look.
        """
        apart, kept = now - self._seen_at, self._kept
        self._kept = None
        if kept is not None and kept.shape == shape and 0 < apart <= LONGEST_S:
            return kept
        if kept is not None:
            kept.fill(0)
        return np.zeros(shape, np.float32)

    def forget(self) -> None:
        """Overwrite what is kept."""
        if self._kept is not None:
            self._kept.fill(0)
        self._kept = None

    def keep(self, numbers: Numbers, now: float) -> None:
        """Keep what the network says after the look at `now` seconds; it is no longer the caller's."""
        self._kept, self._seen_at = numbers, now
