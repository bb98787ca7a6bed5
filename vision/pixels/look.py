"""The only way in which a frame is looked at: once, and then it is no more."""

from vision.detections import Detections
from vision.pixels.detector import Detector
from vision.pixels.frame import Frame


def look_once(detector: Detector, frame: Frame) -> Detections:
    """Return what a detector sees in a frame, and overwrite the image, whatever happened."""
    try:
        return detector(frame)
    finally:
        frame.wipe()
