"""Makes `vision/proof/canary.h264`, once; what is shipped is the file, and its sha256 is in `vision/proof/canary.py`.

    python -m tests.privacy.footage FILE

Lossless H.264, so that every decoder gives the same rows back. The product itself encodes nothing.
"""

import hashlib
import sys
from pathlib import Path

import av
import numpy as np

from vision.proof.canary import FRAMES, RATE, word

BAR, WIDTH, HEIGHT = 8, 640, 480
DARK, BRIGHTS = 50, range(90, 230)
STEP = 13
"""Levels from one frame's bright bars to the next one's: no two frames have the same."""
ENCODER = {
    "qp": "0",
    "preset": "veryslow",
    "tune": "zerolatency",
    # as cameras have it: a key frame every second, no B frames; headers without the encoder's name and settings
    "x264-params": f"keyint={RATE}:min-keyint={RATE}:scenecut=0:bframes=0:ref=2:threads=1:aud=1:annexb=1",
}


def luma(number):
    """Return the grey plane (480, 640) of a frame."""
    bright = BRIGHTS[STEP * number % len(BRIGHTS)]
    bars = [bright if bit == "1" else DARK for bit in word(number) * 2]
    return np.tile(np.repeat(np.array(bars, np.uint8), BAR), (HEIGHT, 1))


def make(path):
    """Write the footage."""
    with av.open(path, "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=RATE, options=ENCODER)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(FRAMES):
            neutral = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
            picture = np.concatenate([luma(number), neutral])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "yuv420p")))
        container.mux(stream.encode())


if __name__ == "__main__":
    make(sys.argv[1])
    print(hashlib.sha256(Path(sys.argv[1]).read_bytes()).hexdigest())  # noqa: T201  # to be put into the product
