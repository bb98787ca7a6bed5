"""Workers whose service is no more end by themselves, also one that is stuck in a look."""

import random
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from benchmarks.load.faulty_camera import FaultyCamera
from benchmarks.load.passers_by import PassersBy
from vision.site import Camera, Cameras

SCENE = Camera.model_validate({"name": "square", "source": "scene:square", "detector": "motion"})

STUCK = """
import time
import vision.worker as worker
worker.LAST_WORDS_S = 1.0
worker.look_once = lambda *_: time.sleep(600)
worker.main()
"""


@pytest.mark.parametrize("program", ["import vision.worker as worker; worker.main()", STUCK], ids=["at work", "stuck"])
def test_a_worker_ends_within_seconds_of_its_service(program):
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe) as worker:
        worker.stdin.write(Cameras.dump_json((SCENE,), by_alias=True) + b"\n")
        worker.stdin.flush()
        while b'"live"' not in worker.stdout.readline():
            pass
        orphaned_at = time.monotonic()
        worker.stdin.close()  # what the kernel does for a service that is killed: both ends of its pipes
        worker.stdout.close()
        try:
            worker.wait(20)
        finally:
            worker.kill()
        assert time.monotonic() - orphaned_at < 10


@pytest.mark.long
def test_a_worker_ends_well_while_ffmpeg_looks_for_pictures_in_what_are_none():
    """FFmpeg asks Python again and again whether to go on, also while Python takes leave; crashed after 10 s."""
    cameras = [FaultyCamera(PassersBy(seed)) for seed in range(6)]
    with ExitStack() as stack:
        for camera in cameras:
            camera.plug()
            stack.callback(camera.unplug)
        settings = tuple(
            Camera.model_validate({"name": f"garbage-{n}", "source": camera.url, "detector": "motion"})
            for n, camera in enumerate(cameras)
        )
        worker = stack.enter_context(
            subprocess.Popen([sys.executable, "-m", "vision.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        )
        stack.callback(worker.kill)
        worker.stdin.write(Cameras.dump_json(settings, by_alias=True) + b"\n")
        worker.stdin.flush()
        live = 0
        while live < len(cameras):
            live += b'"live"' in worker.stdout.readline()
        for camera in cameras:
            camera.spoil = lambda payload: random.randbytes(len(payload))
        threading.Thread(target=worker.stdout.read, daemon=True).start()
        time.sleep(14)
        worker.stdin.close()
        assert worker.wait(20) == 0
