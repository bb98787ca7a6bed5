"""A camera is lost in the middle of a green: the real service, a real RTSP stream, a controller that asks over HTTP."""

import json
import time
import urllib.request

import pytest

from benchmarks.load.faulty_camera import FaultyCamera
from tests.running import BUSY_S, Running, wait_for
from vision.service.crossings import CrossingNow

SITE = """
[site]
name = "italie"
[[camera]]
name = "carrefour"
source = "{url}"
detector = "motion"
person_height = [0.19, 0.19]
  [[camera.zone]]
  name = "ouest"
  kind = "waiting"
  polygon = [[0.01, 0.1], [0.2, 0.1], [0.2, 0.9], [0.01, 0.9]]
  [[camera.zone]]
  name = "chaussee"
  kind = "crossing"
  polygon = [[0.2, 0.1], [0.8, 0.1], [0.8, 0.9], [0.2, 0.9]]
  [[camera.zone]]
  name = "est"
  kind = "waiting"
  polygon = [[0.8, 0.1], [0.99, 0.1], [0.99, 0.9], [0.8, 0.9]]
  [[camera.crossing]]
  name = "italie"
  kerb_a = "ouest"
  kerb_b = "est"
  validity = 2.0
  coverage_min = 0.3
    [[camera.crossing.stage]]
    zone = "chaussee"
    length = 10.0
    width = 4.0
"""
URL = "/api/v1/crossings/italie"


def put(running, signal):
    body = json.dumps({"signal": signal}).encode()
    request = urllib.request.Request(f"{running.url}{URL}/phase", body, method="PUT")
    urllib.request.urlopen(request, timeout=10).close()


@pytest.mark.parametrize(
    ("lose", "find"),
    [(FaultyCamera.hang, FaultyCamera.go_on), (FaultyCamera.unplug, FaultyCamera.plug)],
    ids=["silent", "unplugged"],
)
def test_a_camera_lost_in_a_green_is_no_data_until_it_is_back_in_the_same_green(plugged, tmp_path, lose, find):
    with Running(SITE.format(url=plugged.url), tmp_path) as running:

        def now():
            asked_at = time.time()
            told = CrossingNow.model_validate(running.get(URL))
            assert told.advice.utc + told.advice.validity_s >= asked_at
            return told

        def has_data():
            told = now()
            return told if told.advice.demand != "no data" else None

        wait_for(has_data)
        put(running, "walk")
        green = wait_for(has_data).phase
        lose(plugged)
        lost_at = time.monotonic()
        dark = wait_for(lambda: now() if not has_data() else None)
        # the last word holds for its validity, then the desk turns
        assert time.monotonic() - lost_at <= 2.0 + 1.5 + BUSY_S
        assert (dark.phase, dark.seen, dark.advice.green_s, dark.advice.coverage) == (green, None, None, 0)
        put(running, "clearance")
        find(plugged)
        back = wait_for(has_data)
        assert back.phase.signal == "clearance"
        assert back.advice.sequence > dark.advice.sequence
        assert back.advice.extension_s is not None
