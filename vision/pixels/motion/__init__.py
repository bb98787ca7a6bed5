"""`motion`: what differs from the background is an object, and its size says of which class. No weights."""

from vision.pixels.motion.detector import MotionDetector

__all__ = ["MotionDetector"]
