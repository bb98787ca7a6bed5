"""A camera on loopback that sends the canary over HTTP, a frame at a time, and knows which it sent last."""

import socket
import threading
import time
from contextlib import suppress
from typing import Final, Self

from vision.proof import canary

BYTES_A_FRAME: Final = 12_500
"""1 Mbit/s at ten frames a second, as cameras are set: the canary's own frames are smaller than any real ones, and a
reader's buffers would hold far more of them."""
_ANSWER: Final = b"HTTP/1.0 200 OK\r\nContent-Type: video/h264\r\nConnection: close\r\n\r\n"
_FILLER: Final = b"\0\0\0\1\x0c"
"""Start of a filler data unit of H.264 (7.3.2.7): bytes that a decoder skips, for streams of a constant rate."""


class Camera:
    """Sends the footage once, from its beginning, to whoever connects first; then only listens and is silent.

    Attributes:
        url: what a site file names as the source.
        port: of loopback, where it listens.
        newest: number of the frame sent last; -1 before the first.
        sent: bytes sent.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/canary.h264"
        self.newest = -1
        self.sent = 0
        self._frames = canary.footage()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="canary camera", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.fall_silent()
        self._listening.close()

    def fall_silent(self) -> None:
        """Send no further frame; the connection stays open until the reader gives up."""
        self._stop.set()

    def _serve(self) -> None:
        try:
            connection, _ = self._listening.accept()
        except OSError:  # closed before anyone came
            return
        with connection, suppress(OSError):  # the reader may go at any time
            connection.recv(4096)
            self._send(connection, _ANSWER)
            began = time.monotonic()
            for number, unit in enumerate(self._frames):
                if self._stop.wait(max(0.0, began + (number - canary.AT_ONCE) / canary.RATE - time.monotonic())):
                    break
                filler = _FILLER + b"\xff" * (BYTES_A_FRAME - len(unit)) + b"\x80"
                self._send(connection, unit + filler)
                self.newest = number
            while connection.recv(4096):
                pass

    def _send(self, connection: socket.socket, content: bytes) -> None:
        connection.sendall(content)
        self.sent += len(content)
