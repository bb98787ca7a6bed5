"""Networks described by a card: preprocess, run, and read the outputs (heads)."""

import os

# Since 1.29 onnxruntime's own wheel keeps a file about its use in the home folder and sends it to its maker. It reads
# this as it is loaded; its function that turns this off comes too late for the file.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from vision.pixels.network.detector import OnnxDetector

__all__ = ["OnnxDetector"]
