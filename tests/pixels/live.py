"""A live source on loopback, and a reader under observation."""

import http.server
import itertools
import threading
import time

from benchmarks.load.ports import bound
from vision.pixels.reader import Reader, Timing
from vision.site import Camera

PATIENT = Timing(open_timeout=2, read_timeout=3, first_pause=0.02, longest_pause=0.1)
HASTY = Timing(open_timeout=2, read_timeout=0.5, first_pause=0.02, longest_pause=0.1)
"""Where a stall is wanted: a busy server may make one by itself."""
WORKING = (80, 60)
BROKEN_OFF = ("the stream ended", "Input/output error", "Connection reset by peer")


class Watched:
    """A reader, the states that it said and the event that it sets."""

    def __init__(self, source, fps=10.0, timing=PATIENT, **settings):
        self.states = []
        self.wake = threading.Event()
        camera = Camera(name="a", source=source, working_size=WORKING, fps=fps, **settings)
        self.reader = Reader(camera, self.wake, lambda state, detail: self.states.append((state, detail)), timing)

    def __enter__(self):
        self.reader.start()
        return self

    def __exit__(self, *_):
        self.reader.stop()
        self.reader.join(20)
        assert not self.reader.is_alive()

    def next_frame(self, within=20.0):
        give_up = time.monotonic() + within
        while (frame := self.reader.take()) is None:
            assert time.monotonic() < give_up, f"no frame within {within} s, states {self.states}"
            self.wake.wait(0.05)
            self.wake.clear()
        return frame

    def wait_for(self, state, within=20.0):
        give_up = time.monotonic() + within
        while self.states[-1][0] != state:
            assert time.monotonic() < give_up, f"not {state} within {within} s but {self.states}"
            self.reader.take()
            time.sleep(0.01)


class LiveServer(http.server.ThreadingHTTPServer):
    """Streams MPEG-TS in real time to whoever asks, from where the camera is now; 25 frames a second."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, parts, port=0):
        bound(lambda: super(LiveServer, self).__init__(("127.0.0.1", port), Handler))
        self.parts = parts
        self.flowing = threading.Event()
        self.flowing.set()
        self.closing = False
        self.connections = 0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def die(self):
        self.shutdown()  # first, so that whose stream ends finds nobody
        self.server_close()
        self.closing = True
        self.flowing.set()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.connections += 1
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        began = time.monotonic()
        for number, part in enumerate(itertools.cycle(self.server.parts)):
            self.server.flowing.wait()
            time.sleep(max(0, began + number / 25 - time.monotonic()))
            if self.server.closing:
                break
            try:
                self.wfile.write(part)
            except OSError:
                break

    def log_message(self, *_):
        pass
