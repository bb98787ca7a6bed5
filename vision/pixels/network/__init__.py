"""Networks described by a card: preprocess, run, and read the outputs (heads)."""

from vision.pixels.network.detector import OnnxDetector

__all__ = ["OnnxDetector"]
