"""A web site that takes bins, or does whatever else a test tells it to, on a free port of loopback."""

import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.load.ports import bound
from vision import feeds

TEXT = (Path(feeds.__file__).parent / "PUSH.md").read_text()
GUIDE: dict[str, object] = {}
exec(re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1], GUIDE)  # noqa: S102  # what a receiver is told to do
is_genuine = GUIDE["is_genuine"]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class Receiver:
    """Checks every message as the guide says, and answers with the next of its replies, then with 204.

    A reply is a status, a status with headers, "hang", "close" or "garbage", or what returns one. What was
    answered with 2xx is taken.
    """

    def __init__(self, secret, *replies, port=0):
        self.secret = secret
        self.replies = list(replies)
        self.asked = []
        self.messages = []
        self.taken = []
        self.released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.answer(self)

            do_GET = do_POST  # noqa: N815  # the library's name

            def log_message(self, *_):
                pass

        self._server = bound(lambda: ThreadingHTTPServer(("127.0.0.1", port), Handler))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/in"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.asked.append((request.command, request.path, time.monotonic()))
        assert is_genuine(request.headers, body, self.secret)
        self.messages.append((dict(request.headers), body))
        reply = self.replies.pop(0) if self.replies else 204
        reply = reply() if callable(reply) else reply
        if reply == "hang":
            self.released.wait(20)
        elif reply == "garbage":
            request.wfile.write(b"\x00\xff not HTTP\r\n\r\n")
        elif reply != "close":
            status, headers = reply if isinstance(reply, tuple) else (reply, {})
            if 200 <= status < 300:
                self.taken += json.loads(body)["bins"]
            request.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                request.send_header(name, value)
            request.end_headers()
