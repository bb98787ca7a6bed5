"""One worker takes too much memory, by a camera that suddenly sends huge pictures; the other goes on."""

import time

import numpy as np
import pytest

from benchmarks.load.faulty_camera import FaultyCamera
from benchmarks.load.passers_by import PassersBy
from tests.running import BUSY_SHARE, wait_for
from vision.events import CameraState, Coverage
from vision.site import Camera
from vision.supervisor import MIB, Supervisor, memory_limit

HUGE = np.zeros((3600, 4800, 3), np.uint8)
LIMIT = 130 * MIB
"""A worker of one such camera takes 92 MiB, and some 70 more with pictures of this size."""


@pytest.fixture
def cameras():
    """Two cameras that do not know of each other, unplugged at the end."""
    pair = FaultyCamera(PassersBy(1)), FaultyCamera(PassersBy(2))
    for camera in pair:
        camera.plug()
    yield pair
    for camera in pair:
        camera.unplug()


def test_a_worker_that_takes_too_much_memory_is_replaced_and_the_other_sees_on(cameras):
    greedy, _ = cameras
    said = []
    settings = [
        Camera(name=name, source=c.url, detector="motion", person_height=(0.2, 0.2))
        for name, c in zip(("greedy", "modest"), cameras, strict=True)
    ]
    supervisor = Supervisor(tuple(settings), said.append, workers=2, memory=LIMIT)

    def states(name):
        return [e.state for e in said if isinstance(e, CameraState) and e.camera == name]

    supervisor.start()
    try:
        wait_for(lambda: states("greedy")[-1:] == states("modest")[-1:] == ["live"])
        time.sleep(1)
        small, greedy.view = greedy.view, lambda _at: HUGE
        failed = wait_for(lambda: [e for e in said if isinstance(e, CameraState) and e.state == "failed"], timeout=120)
        greedy.view = small
        wait_for(lambda: states("greedy")[-1] == "live")
        time.sleep(1.5)
    finally:
        supervisor.stop()
    assert (failed[0].camera, failed[0].detail) == ("greedy", "worker took more than 130 MiB of memory")
    spans = [(e.start, e.end) for e in said if isinstance(e, Coverage) and e.camera == "modest"]
    assert "failed" not in states("modest")
    seen, lasted = sum(end - start for start, end in spans), spans[-1][1] - spans[0][0]
    assert lasted > 2.5
    assert seen > BUSY_SHARE * lasted  # a machine that is busy with huge pictures may look too seldom for a moment


def test_a_limit_leaves_room_for_cameras_but_never_more_than_half_of_the_machine():
    assert memory_limit(1, 2) == 768 * MIB
    assert memory_limit(2, 2) - memory_limit(1, 2) == 256 * MIB
    assert memory_limit(10**6, 1) == memory_limit(10**6, 2) == 2 * memory_limit(10**6, 4)
