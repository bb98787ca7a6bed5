"""For all tests: what a long run does more, what comes first, and one recorded walk.

pytest          every promise, in minutes
pytest --long   the same with more examples of each, and the tests marked `long`; for a night, or a release
"""

import av
import numpy as np
import pytest
from hypothesis import settings

# A busy machine makes a property slow, never wrong. The short run tries the same examples each time; the long explores.
settings.register_profile("short", deadline=None, max_examples=30, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=500)

ORDER = (
    "tests/test_run.py",
    "tests/pages/",
    "tests/faults/test_service.py",
    "tests/test_cli.py",
    "tests/privacy/test_proof.py",
    "tests/calibration/",
    "tests/faults/test_cameras.py",
    "tests/counting/",
    "tests/feeds/test_webhook.py",
    "tests/models/",
    "tests/box/",
    "tests/test_demo.py",
    "tests/tracking/",
    "tests/feeds/",
    "tests/faults/",
    "tests/test_wheel.py",
)
"""Files and folders that come first: long ones, for one that began last would go on alone, and those that wait for a
service between those that compute, for all that wait at the same time would leave the machine idle."""


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="more examples of each property, and the tests marked long")


def pytest_configure(config):
    settings.load_profile("long" if config.getoption("--long") else "short")


def place(test):
    return next((number for number, first in enumerate(ORDER) if test.startswith(first)), len(ORDER))


def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: place(item.nodeid))
    if not config.getoption("--long"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="session")
def is_long(request):
    """Whether there is time for more of the same."""
    return request.config.getoption("--long")


@pytest.fixture(scope="session")
def video(tmp_path_factory):
    """Eight seconds at 10 fps: after two, a dark upright block walks from left to right through the view."""
    path = tmp_path_factory.mktemp("video") / "walk.mkv"
    noise = np.random.default_rng(1)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "18", "preset": "ultrafast"})
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
