"""What a detector keeps of its last looks is gone once its camera is live no more."""

import threading

from tests.running import wait_for
from vision import worker
from vision.events import CameraState
from vision.site import Camera


def test_a_camera_that_is_unplugged_is_forgotten(plugged, monkeypatch):
    forgotten, said, stop = threading.Event(), [], threading.Event()

    class Blind:
        def __init__(self, opened):
            self._opened, self.looked = opened, False

        def __call__(self, frame):
            self.looked = True
            return self._opened(frame)

        def forget(self):
            if self.looked:
                forgotten.set()
            self._opened.forget()

    real = worker.open_detector
    monkeypatch.setattr(worker, "open_detector", lambda camera: Blind(real(camera)))
    camera = Camera(name="entrance", source=plugged.url, detector="motion", person_height=(0.2, 0.2))
    loop = threading.Thread(target=worker.work, args=((camera,), said.append, stop))
    loop.start()
    try:
        wait_for(lambda: [event for event in said if isinstance(event, CameraState) and event.state == "live"])
        wait_for(lambda: any(type(event).__name__ == "Snapshot" for event in said))
        assert not forgotten.is_set()
        plugged.unplug()
        assert forgotten.wait(60)
    finally:
        stop.set()
        loop.join()
