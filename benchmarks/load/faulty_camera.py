"""A camera that serves H.264 over RTSP on loopback and can be given every fault that a street camera has.

RTP is interleaved with RTSP on one TCP connection (RFC 2326, 10.12), which is what `vision.pixels.decode` asks for;
H.264 is packed as RFC 6184 says. Every client has an encoder of its own that begins with a key frame.
"""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from benchmarks.load.ports import bound

Picture = npt.NDArray[np.uint8]
View = Callable[[float], Picture]

_LARGEST_PAYLOAD = 1400
_CLOCK = 90_000
_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 127.0.0.1\r\n"
    "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)
_ENCODER = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20", "threads": "1"}


class FaultyCamera:
    """A camera; its attributes may be set at any time, from any thread.

    Attributes:
        url: of its stream.
        view: returns what it sees, BGR (H, W, 3), at a time on the monotonic clock; the size may change.
        fps: frames a second.
        spoil: takes each H.264 packet before it is sent and returns what is sent instead.
        key_frames: seconds from one key frame to the next.
        sent: frames sent to all clients.
    """

    def __init__(self, view: View, fps: float = 10.0) -> None:
        self.view = view
        self.fps = fps
        self.spoil: Callable[[bytes], bytes] = bytes
        self.key_frames = 1.0
        self.sent = 0
        self._flows = threading.Event()
        self._flows.set()
        self._answers = threading.Event()
        self._answers.set()
        self._clients: set[socket.socket] = set()
        self._server: _Server | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.url = f"rtsp://127.0.0.1:{self._port}/stream"

    def plug(self) -> None:
        """Begin to serve."""
        self._server = bound(lambda: _Server(("127.0.0.1", self._port), self))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def unplug(self) -> None:
        """Break off every connection and take no new one, as in a power cut."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()
        for client in list(self._clients):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def hang(self) -> None:
        """Fall silent with all connections open; new ones are taken, but nothing is answered."""
        self._flows.clear()
        self._answers.clear()

    def go_on(self) -> None:
        """Answer and send again."""
        self._answers.set()
        self._flows.set()

    def serve(self, client: socket.socket) -> None:
        """Answer one client's requests until it plays, then send until it is gone."""
        self._clients.add(client)
        try:
            with client.makefile("rb") as requests:
                for method, sequence in _requests(requests):
                    self._answers.wait()
                    client.sendall(_response(method, sequence, self.url))
                    if method == "PLAY":
                        self._play(client)
        except OSError:
            pass  # the client is gone
        finally:
            self._clients.discard(client)

    def _play(self, client: socket.socket) -> None:
        number, due = 0, time.monotonic()
        encoder = None
        while True:
            due = max(due + 1 / self.fps, time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))
            self._flows.wait()
            picture = self.view(due)
            size = picture.shape[1], picture.shape[0]
            if encoder is None or (encoder.width, encoder.height) != size:
                encoder = _encoder(size, round(self.fps * self.key_frames))
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = round(due * 1000)
            for unit in (bytes(packet) for packet in encoder.encode(frame)):
                for payload, ends in _payloads(unit):
                    client.sendall(_interleaved(self.spoil(payload), number, due, ends=ends))
                    number += 1
            self.sent += 1


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], camera: FaultyCamera) -> None:
        self._camera = camera
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, _client_address: Any) -> None:  # noqa: ANN401  # as the base class has it
        self._camera.serve(request)


def _requests(lines: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # a socket's file
    """Yield the method and the sequence number of each RTSP request."""
    while first := lines.readline():
        sequence = "0"
        while (line := lines.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            if name.lower() == "cseq":
                sequence = value.strip()
        yield first.split()[0].decode(), sequence


def _response(method: str, sequence: str, url: str) -> bytes:
    headers, body = [f"CSeq: {sequence}", "Session: 1"], ""
    if method == "OPTIONS":
        headers.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
    elif method == "DESCRIBE":
        body = _SDP
        headers += [f"Content-Base: {url}/", "Content-Type: application/sdp", f"Content-Length: {len(body)}"]
    elif method == "SETUP":
        headers.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    return "\r\n".join(["RTSP/1.0 200 OK", *headers, "", body]).encode()


def _encoder(size: tuple[int, int], group: int) -> "av.VideoCodecContext":
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, 1000)
    encoder.gop_size = group
    encoder.options = _ENCODER
    return encoder


def _payloads(unit: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the RTP payloads of an access unit in Annex B format, and whether each is the last."""
    parts = [part.rstrip(b"\0") for part in unit.split(b"\0\0\1")]
    units = [part for part in parts if part]
    for place, nal in enumerate(units):
        is_last = place == len(units) - 1
        if len(nal) <= _LARGEST_PAYLOAD:
            yield nal, is_last
            continue
        indicator, kind, rest = nal[0] & 0xE0 | 28, nal[0] & 0x1F, nal[1:]
        for start in range(0, len(rest), _LARGEST_PAYLOAD):
            piece = rest[start : start + _LARGEST_PAYLOAD]
            ends = start + len(piece) == len(rest)
            header = kind | (0x80 if start == 0 else 0) | (0x40 if ends else 0)
            yield bytes((indicator, header)) + piece, is_last and ends


def _interleaved(payload: bytes, number: int, at: float, *, ends: bool) -> bytes:
    stamp = int(at * _CLOCK) & 0xFFFFFFFF
    header = bytes((0x80, 96 | (0x80 if ends else 0))) + (number & 0xFFFF).to_bytes(2, "big")
    packet = header + stamp.to_bytes(4, "big") + b"\0\0\0\1" + payload
    return b"$\0" + len(packet).to_bytes(2, "big") + packet
