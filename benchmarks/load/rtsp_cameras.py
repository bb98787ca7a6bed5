"""Cameras that are not there: encoded footage, over RTSP on loopback, in real time and looped.

    python -m benchmarks.load.rtsp_cameras CAMERAS FPS FOOTAGE.h264 …

Camera n is rtsp://127.0.0.1:PORT/n and shows one of the footages in turn. PORT is printed once it is served; when
standard input ends, so do the cameras. Everything is encoded and cut into packets before: a frame costs the patching
of its packets' numbers and times, and one write. Packets are as long as those of a camera on an Ethernet, in the RTSP
connection itself (RFC 2326, 10.12; RFC 6184).
"""

import asyncio
import base64
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

CLOCK = 90_000
"""RTP ticks a second of H.264 (RFC 6184, 8.2.1)."""
LONGEST = 1400
"""Bytes of a packet's payload."""
PAYLOAD_TYPE, MARKER = 96, 0x80
FRAGMENT = 28
"""NAL unit type of a fragment, FU-A (RFC 6184, 5.8)."""
HEADER = struct.Struct(">cBHBBHII")
"""`$`, channel and length of RTSP; then RTP's version, marker and payload type, number, time and source."""
NUMBER, TIME = 6, 8
"""Bytes before a packet's number and its time."""

Packets = tuple[bytearray, tuple[int, ...]]
"""All packets of one frame, and where each begins."""


@dataclass(frozen=True, slots=True)
class Footage:
    """What a camera shows: its frames as packets, those it can begin with, and its description."""

    frames: list[Packets]
    key_frames: list[int]
    description: str


def read_footage(path: Path) -> Footage:
    """Return footage from a file of H.264."""
    frames, key_frames, sets = list[Packets](), list[int](), list[bytes]()
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if not packet.size:
                continue
            units = list(nal_units(bytes(packet)))
            if packet.is_keyframe:
                key_frames.append(len(frames))
                sets = sets or [unit for unit in units if unit[0] & 31 in {7, 8}]
            frames.append(_packets(units))
    parameters = ",".join(base64.b64encode(unit).decode() for unit in sets)
    return Footage(frames, key_frames, _description(parameters))


def nal_units(access_unit: bytes) -> Iterator[bytes]:
    """Yield the NAL units of an access unit in the byte stream format (H.264, annex B)."""
    for part in access_unit.split(b"\0\0\1")[1:]:
        yield part.rstrip(b"\0")  # a unit ends with a stop bit, never with a zero


def _packets(units: Sequence[bytes]) -> Packets:
    payloads = [payload for unit in units for payload in _payloads(unit)]
    block, starts = bytearray(), list[int]()
    for place, payload in enumerate(payloads, 1):
        starts.append(len(block))
        marker = MARKER if place == len(payloads) else 0
        block += HEADER.pack(b"$", 0, 12 + len(payload), 0x80, marker | PAYLOAD_TYPE, 0, 0, 1) + payload
    return block, tuple(starts)


def _payloads(unit: bytes) -> Iterator[bytes]:
    if len(unit) <= LONGEST:
        yield unit
        return
    rest = unit[1:]
    for start in range(0, len(rest), LONGEST - 2):
        part = rest[start : start + LONGEST - 2]
        edges = (start == 0) << 7 | (start + len(part) == len(rest)) << 6
        yield bytes((unit[0] & 0xE0 | FRAGMENT, edges | unit[0] & 31)) + part


def _description(parameters: str) -> str:
    return (
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
        f"a=rtpmap:96 H264/{CLOCK}\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets={parameters}\r\n"
        "a=control:stream\r\n"
    )


class Show(asyncio.Protocol):
    """One client's connection: answers it, then sends what its camera shows."""

    def __init__(self, footages: Sequence[Footage], cameras: int, fps: float) -> None:
        self._footages, self._cameras, self._fps = footages, cameras, fps
        self._camera = 0
        self._heard = b""
        self._sender: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # for the type checker: it is a TCP connection
        self._transport = transport

    def connection_lost(self, _reason: Exception | None) -> None:
        """End the show."""
        if self._sender:
            self._sender.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer requests; what a client reports of its reception is passed over."""
        self._heard += data
        while self._heard:
            if self._heard[:1] == b"$":
                length = 4 + int.from_bytes(self._heard[2:4], "big")
                if len(self._heard) < max(4, length):
                    return
                self._heard = self._heard[length:]
                continue
            request, ended, rest = self._heard.partition(b"\r\n\r\n")
            if not ended:
                return
            self._heard = rest
            self._answer(request.decode())

    def _answer(self, request: str) -> None:
        first, *lines = request.split("\r\n")
        method, url, _ = first.split()
        number = next(line for line in lines if line.lower().startswith("cseq:"))
        body, headers = "", [number, "Session: 1"]
        if method == "OPTIONS":
            headers.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER")
        elif method == "DESCRIBE":
            self._camera = int(url.rstrip("/").rsplit("/", 1)[1])
            body = self._footage.description
            headers += ["Content-Type: application/sdp", f"Content-Base: {url}/", f"Content-Length: {len(body)}"]
        elif method == "SETUP":
            headers.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        elif method == "PLAY":
            self._sender = asyncio.ensure_future(self._send())
        self._transport.write("\r\n".join(["RTSP/1.0 200 OK", *headers, "", body]).encode())

    @property
    def _footage(self) -> Footage:
        return self._footages[self._camera % len(self._footages)]

    async def _send(self) -> None:
        """Send a frame at each point of this camera's grid of time; cameras do not all send at once."""
        loop, footage = asyncio.get_running_loop(), self._footage
        starts = footage.key_frames
        first = starts[self._camera // len(self._footages) * 5 % len(starts)]
        begun = loop.time() + self._camera / self._cameras / self._fps
        sent = packets = 0
        while True:
            await asyncio.sleep(begun + sent / self._fps - loop.time())
            block, places = footage.frames[(first + sent) % len(footage.frames)]
            ticks = round(sent * CLOCK / self._fps) % 2**32
            for place in places:
                struct.pack_into(">HI", block, place + NUMBER, packets % 2**16, ticks)
                packets += 1
            self._transport.write(bytes(block))
            sent += 1


async def serve(footages: Sequence[Footage], cameras: int, fps: float) -> None:
    """Serve cameras until standard input ends; print the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Show(footages, cameras, fps), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(serve([read_footage(Path(path)) for path in sys.argv[3:]], int(sys.argv[1]), float(sys.argv[2])))
