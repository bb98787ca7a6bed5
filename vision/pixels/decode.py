"""From a file, a stream or a device to decoded frames, past whatever is damaged."""

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Self

import av
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

from vision.address import Address, refuse_forbidden_network, without_password
from vision.errors import ComptageError
from vision.pixels.freed import PoolStirrer

_STREAM_OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    # Frames of a stream count from their arrival, so FFmpeg need not spend 20 of them on finding out their rate.
    "fpsprobesize": "0",
    "max_redirects": "0",  # the host that a camera sends us to is none that was looked at
    # no playlists: they name other addresses
    "format_whitelist": "rtsp,mpegts,mpjpeg,mjpeg,jpeg_pipe,h264,hevc,mpegvideo,m4v,mov,matroska,flv,avi,asf,ogg,mpeg",
}
# What FFmpeg may open on behalf of an address. RTSP carries its pictures over the same connection, and would follow a
# redirect as "rtsp", which is not among them.
_PROTOCOLS = {
    "file": "file",
    "rtsp": "tcp",
    "rtsps": "tls,tcp",
    "http": "http,tcp",
    "https": "https,tls,tcp,httpproxy",
}
# A damaged header may claim any size. 8192 x 8192 is beyond every camera and still fits into memory.
_DECODER_OPTIONS = {"max_pixels": str(8192 * 8192)}
# Demuxers find their way past damage within a few packets; one that does not will not.
_MOST_FAULTS_IN_A_ROW = 100
_DEFAULT_RATE = Fraction(25)
_HIGHEST_RATE = 240
"""Frames per second: rates that containers claim beyond it are clock frequencies, not frame rates."""


class Decoder:
    """An open video source and its frames. Damage is counted and skipped.

    Attributes:
        passed: frames that have gone by, decoded or not.
        lost: packets that could not be read or gave no frame; complete only once the source has ended.
        concealed: frames of which the decoder had to make up a part.
        interval: seconds from one frame to the next, as far as the source says; 1 / 25 where it does not.

    Args:
        address: a file, a stream or a device.
        open_timeout: seconds to wait for each of the connection and the first packets; None to wait for ever.
        read_timeout: seconds to wait for each further packet; None to wait for ever.

    Raises:
        ComptageError: the source cannot be opened or holds no video; one line, without a password.
    """

    def __init__(self, address: Address, open_timeout: float | None = None, read_timeout: float | None = None) -> None:
        self.passed = 0
        self.lost = 0
        self.concealed = 0
        self._label = address.label
        self._is_live = address.kind != "file"
        self._open_timeout = open_timeout
        self._read_timeout = read_timeout
        self._container = _open(address, (open_timeout, read_timeout))
        self._stream = _video_stream(self._container, self._label)
        rate = self._stream.guessed_rate or self._stream.average_rate
        self.interval = float(1 / (rate if rate and 0 < rate <= _HIGHEST_RATE else _DEFAULT_RATE))

    @property
    def metadata(self) -> dict[str, str]:
        """What the container says of itself."""
        return self._container.metadata

    @property
    def duration(self) -> float | None:
        """Seconds that the video lasts, as the container says; None where it does not."""
        stream = self._stream
        lengths = []
        if stream.duration and stream.time_base:
            lengths.append(float(stream.duration * stream.time_base))
        # FFmpeg shortens the duration of an AVI file that was cut off, but not its number of frames
        if stream.frames and stream.average_rate:
            lengths.append(float(stream.frames / stream.average_rate))
        if not lengths and self._container.duration:
            lengths.append(self._container.duration / av.time_base)
        return max(lengths, default=None)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels as the container says."""
        return self._stream.width, self._stream.height

    def frames(self, wanted: Callable[[], bool] = lambda: True) -> Iterator[av.VideoFrame]:
        """Yield the frames for which `wanted` answers yes; it is asked once for each frame.

        Where every packet is a whole picture (motion JPEG), a frame that is not wanted is not even decoded.

        Raises:
            ComptageError: a stream or a device fell silent, gave no picture any more or broke off. A file just ends.
        """
        intra_only = self._stream.codec.intra_only
        packets = 0
        patience, pictured_at = self._open_timeout, time.monotonic()
        pool = PoolStirrer()
        for packet in self._packets():
            packets += packet.size > 0
            if intra_only and packet.size and not wanted():
                self.passed += 1
                continue
            frames = self._decode(packet)
            if frames:
                patience, pictured_at = self._read_timeout, time.monotonic()
            elif self._is_live and patience is not None and time.monotonic() - pictured_at > patience:
                raise ComptageError(f"{self._label}: data, but no picture for {patience:g} s")
            while frames:
                self.passed += 1
                self.concealed += frames[0].is_corrupt
                pool.stir(frames[0])
                if intra_only or wanted():
                    yield frames.pop(0)  # in no variable of this generator's while it sleeps
                else:
                    del frames[0]
        # a damaged packet may vanish in the decoder without an error
        self.lost = max(self.lost, packets - self.passed)

    def close(self) -> None:
        """Let go of the source."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decode(self, packet: "av.Packet[VideoStream]") -> list[av.VideoFrame]:
        try:
            return packet.decode()
        except av.FFmpegError:
            self.lost += 1
            return []

    def _packets(self) -> "Iterator[av.Packet[VideoStream]]":
        """Yield the packets of the video; the last is empty and asks the decoder for what it still holds."""
        faults = 0
        last = None
        asked_at = time.monotonic()
        while faults < _MOST_FAULTS_IN_A_ROW:
            try:
                for packet in self._container.demux(self._stream):
                    self._check_in_time(asked_at)
                    # an empty one before the end would stop the decoder for good
                    if packet.size:
                        faults = 0
                        yield packet
                    else:
                        last = packet
                    asked_at = time.monotonic()
                break
            except IndexError:
                # PyAV 18 stumbles at the end of a file in which streams showed up late, as damage makes them do
                break
            except av.FFmpegError as error:
                # FFmpeg's own words repeat the URL with its password: they are never chained to ours
                if self._is_live and not isinstance(error, av.InvalidDataError):
                    raise ComptageError(f"{self._label}: {self._reason(error)}") from None
                faults += 1
                self.lost += 1
        if last is not None:
            yield last

    def _check_in_time(self, asked_at: float) -> None:
        """Raise ComptageError on a packet that FFmpeg held while it waited, in vain, for the next one."""
        if self._is_live and self._read_timeout is not None and time.monotonic() - asked_at >= self._read_timeout:
            raise ComptageError(f"{self._label}: no data for {self._read_timeout:g} s")

    def _reason(self, error: av.FFmpegError) -> str:
        if isinstance(error, av.ExitError):
            return f"no data for {self._read_timeout:g} s"
        return _words(error)


def _open(address: Address, timeout: tuple[float | None, float | None]) -> InputContainer:
    """Open a container.

    Raises:
        ComptageError: it cannot be opened, or must not be.
    """
    refuse_forbidden_network(address)
    began = time.monotonic()
    # "file:" so that a colon in a file's name is not read as the end of a protocol's
    url = f"file:{address.target}" if address.kind == "file" else address.target
    try:
        return av.open(
            url,
            format="v4l2" if address.kind == "device" else None,
            options=_options(address),
            timeout=timeout,
            metadata_errors="replace",  # a title in Latin-1 is no reason not to look
        )
    except av.FFmpegError as error:
        if timeout[0] is not None and time.monotonic() - began >= timeout[0]:
            reason = f"no answer within {timeout[0]:g} s"
        else:
            reason = _words(error)
        raise ComptageError(f"{address.label}: cannot be opened: {reason}, wanted a video") from None


def _options(address: Address) -> dict[str, str]:
    if address.kind == "device":
        return {}
    if address.kind == "file":
        return {"protocol_whitelist": _PROTOCOLS["file"]}
    return {**_STREAM_OPTIONS, "protocol_whitelist": _PROTOCOLS[address.target.partition(":")[0].lower()]}


def _words(error: av.FFmpegError) -> str:
    return without_password(error.strerror or type(error).__name__)


def _video_stream(container: InputContainer, label: str) -> VideoStream:
    """Return the container's best video stream, set to decode in one thread, and let it drop all other streams."""
    stream = container.streams.best("video")
    # FFmpeg is able to play a text file as a video of a terminal
    if not isinstance(stream, VideoStream) or stream.codec_context is None or container.format.name == "tty":
        container.close()
        raise ComptageError(f"{label}: holds no video that can be decoded")
    for other in container.streams:
        other.discard = Discard.default if other is stream else Discard.all
    stream.codec_context.thread_count = 1
    stream.codec_context.options = _DECODER_OPTIONS
    return stream
