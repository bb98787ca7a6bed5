"""An image, for the time it takes to look at it once."""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False, repr=False, weakref_slot=True)
class Frame:
    """One image of one camera, or the part of it that is looked at, already shrunk to the camera's working size.

    Attributes:
        pixels: uint8 (H, W, 3) in B, G, R order, or (H, W) gray.
        captured_at: seconds on the monotonic clock (for a file, its presentation time); for durations.
        utc: seconds since 1970-01-01T00:00:00Z; for labels.
        number: 1-based position in the source, counting the frames that were not looked at.
        source_size: (width, height) in pixels of the whole image before the shrinking.

    Raises:
        TypeError: pixels are not uint8.
        ValueError: pixels have another shape.
    """

    pixels: npt.NDArray[np.uint8]
    captured_at: float
    utc: float
    number: int
    source_size: tuple[int, int]

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8:
            raise TypeError(f"pixels are {self.pixels.dtype}, expected uint8")
        if not (self.pixels.ndim == 2 or (self.pixels.ndim == 3 and self.pixels.shape[2] == 3)):
            raise ValueError(f"pixels have shape {self.pixels.shape}, expected (H, W, 3) or (H, W)")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def wipe(self) -> None:
        """Overwrite the image with zeros, so that nothing is left of it wherever the array is still held."""
        self.pixels.fill(0)

    def __repr__(self) -> str:
        return f"Frame(shape={self.pixels.shape}, captured_at={self.captured_at:.3f})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Frame is never serialised: images do not leave the process that looks at them")
