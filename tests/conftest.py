"""For all tests: a busy machine makes a property slow, never wrong; and one recorded walk."""

import av
import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("comptage", deadline=None)
settings.load_profile("comptage")


@pytest.fixture(scope="session")
def video(tmp_path_factory):
    """Eight seconds at 10 fps: after two, a dark upright block walks from left to right through the view."""
    path = tmp_path_factory.mktemp("video") / "walk.mkv"
    noise = np.random.default_rng(1)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for k in range(80):
            picture = np.full((480, 640, 3), 150, np.uint8)
            if k >= 20:
                x = 20 + 10 * (k - 20)
                picture[240:336, x : x + 36] = 40
            picture = (picture + noise.normal(0, 2, picture.shape)).clip(0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode())
    return path
