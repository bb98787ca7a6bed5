"""Workers whose service is no more end by themselves, also one that is stuck in a look."""

import subprocess
import sys
import time

import pytest

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
