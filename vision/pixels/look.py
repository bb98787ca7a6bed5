"""The only way in which a frame is looked at: once, and then it is no more."""

from collections.abc import Callable

from vision.detections import Detections
from vision.pixels.frame import Frame

Look = Callable[[Frame], Detections]


def look_once(detector: Look, frame: Frame, size: tuple[int, int]) -> Detections:
    """Return what a detector sees in a frame, and overwrite the image, whatever happened.

    Args:
        detector: looks.
        frame: is gone afterwards.
        size: (width, height) of the view in whose pixels the boxes are given: the camera's working size, so that a
            camera that is smaller, or changes its resolution, is nothing special from here on.
    """
    width, height = frame.size
    try:
        seen = detector(frame)
        return seen if frame.size == size else seen.scaled((size[0] / width, size[1] / height))
    finally:
        frame.wipe()
