"""The only way in which a frame is looked at: once, and then it is no more."""

from collections.abc import Callable

from vision.crop import WHOLE, Crop, Size
from vision.detections import Detections
from vision.pixels.frame import Frame

Look = Callable[[Frame], Detections]


def look_once(detector: Look, frame: Frame, size: Size, crop: Crop = WHOLE) -> Detections:
    """Return what a detector sees in a part of a camera's frame, and overwrite the image, whatever happened.

    Args:
        detector: looks.
        frame: the part; is gone afterwards.
        size: (width, height) of the whole frame in whose pixels the boxes are given: `Camera.frame_size`, so that a
            camera that is smaller, or changes its resolution, is nothing special from here on.
        crop: which part it is.
    """
    width, height = frame.size
    try:
        seen = detector(frame)
        if crop == WHOLE and frame.size == size:
            return seen
        factors = (crop.right - crop.left) * size[0] / width, (crop.bottom - crop.top) * size[1] / height
        return seen.scaled(factors, (crop.left * size[0], crop.top * size[1]))
    finally:
        frame.wipe()
