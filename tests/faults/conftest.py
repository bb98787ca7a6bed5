"""A camera that fails on command."""

import pytest

from benchmarks.load.faulty_camera import FaultyCamera
from benchmarks.load.passers_by import PassersBy


@pytest.fixture
def plugged():
    """A camera that is plugged in, and unplugged at the end."""
    camera = FaultyCamera(PassersBy(1))
    camera.plug()
    yield camera
    camera.unplug()
