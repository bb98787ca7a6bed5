"""Serves a video file, looped, over RTSP on loopback: GStreamer's RTSP server in a process of its own.

    /usr/bin/python3 tests/rtsp_server.py VIDEO [PORT]

prints the stream's URL once it is served, and serves it until it is killed. On Debian the packages are: python3-gi
gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
gstreamer1.0-plugins-ugly gstreamer1.0-libav. They belong to the system's own Python, so tests do not import the
server: `RtspServer` starts it with that Python.
"""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

SYSTEM_PYTHON = "/usr/bin/python3"
ENCODE = (
    "filesrc name=file ! decodebin ! videoconvert ! video/x-raw,format=I420 ! "
    # an encoder as cameras have: no B frames, a key frame at least every 20 frames
    "x264enc tune=zerolatency speed-preset=ultrafast bitrate=2000 key-int-max=20 ! "
    "video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=sink sync=false"
)
SERVE = (
    "( appsrc name=source is-live=true format=time "
    "caps=video/x-h264,stream-format=byte-stream,alignment=au ! h264parse ! "
    # in real time: every access unit waits for the moment of its time stamp
    "identity sync=true ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
)


class RtspServer:
    """The server's process, for tests: starts, dies and comes back on the same port."""

    def __init__(self, video: Path) -> None:
        self._video = video
        self._process: subprocess.Popen[str] | None = None
        self.port = free_port()
        self.url = f"rtsp://127.0.0.1:{self.port}/stream"

    @staticmethod
    def missing() -> str | None:
        """Say what this machine lacks to run the server; None if nothing."""
        check = [SYSTEM_PYTHON, __file__, "--check"]
        try:
            found = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
        except OSError as error:
            return f"{SYSTEM_PYTHON}: {error.strerror}"
        return None if found.returncode == 0 else found.stderr.strip().splitlines()[-1]

    def start(self) -> None:
        """Start the server and wait until it serves; its port may be that of a passing connection, which soon ends."""
        command = [SYSTEM_PYTHON, __file__, str(self._video), str(self.port)]
        for pause in (1, 2, 4, 0):
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert self._process.stdout
            if self._process.stdout.readline().strip() == self.url:
                return
            self.kill()
            time.sleep(pause)
        raise RuntimeError("the RTSP server did not start; it says why on standard error")

    def kill(self) -> None:
        """Kill the server as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.communicate()

    def freeze(self) -> None:
        """Let the server fall silent with its connections open, as a hung camera does."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def free_port() -> int:
    """Return a port of loopback that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def encoded(gst, video: str) -> list[tuple[bytes, int, int]]:
    """Return the video as H.264: (access unit, time in ns, duration in ns) of each frame."""
    pipeline = gst.parse_launch(ENCODE)
    pipeline.get_by_name("file").set_property("location", video)
    sink, bus = pipeline.get_by_name("sink"), pipeline.get_bus()
    pipeline.set_state(gst.State.PLAYING)
    units = []
    while not sink.get_property("eos"):
        if failure := bus.pop_filtered(gst.MessageType.ERROR):
            sys.exit(f"{video}: {failure.parse_error().gerror.message}")
        if sample := sink.emit("try-pull-sample", gst.SECOND // 10):
            buffer = sample.get_buffer()
            units.append((buffer.extract_dup(0, buffer.get_size()), buffer.pts, buffer.duration))
    pipeline.set_state(gst.State.NULL)
    return units


class Loop:
    """Feeds the access units to one client's pipeline, again from the beginning after the last."""

    def __init__(self, gst, units: list[tuple[bytes, int, int]]) -> None:
        self._gst = gst
        self._units = units
        self._length = units[-1][1] + units[-1][2] - units[0][1]
        self._sent = 0

    def feed(self, source, _length: int) -> None:
        """Push the next access unit into an appsrc that needs data."""
        turns, place = divmod(self._sent, len(self._units))
        unit, time, duration = self._units[place]
        buffer = self._gst.Buffer.new_wrapped(unit)
        buffer.pts = buffer.dts = time - self._units[0][1] + turns * self._length
        buffer.duration = duration
        self._sent += 1
        source.emit("push-buffer", buffer)


def serve(video: str, port: int) -> None:
    """Serve a video, looped, until killed."""
    import gi  # noqa: PLC0415  # the system's Python has it, the one that runs the tests has not

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer  # noqa: PLC0415

    Gst.init(None)
    if not Gst.ElementFactory.find("x264enc"):
        sys.exit("GStreamer has no x264enc: install gstreamer1.0-plugins-ugly")
    if video == "--check":
        return
    units = encoded(Gst, video)

    def configure(_factory, media) -> None:
        loop = Loop(Gst, units)
        media.get_element().get_child_by_name("source").connect("need-data", loop.feed)

    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(SERVE)
    factory.connect("media-configure", configure)
    server = GstRtspServer.RTSPServer(service=str(port), address="127.0.0.1")
    server.get_mount_points().add_factory("/stream", factory)
    if not server.attach(None):
        sys.exit(f"port {port} cannot be listened to")
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/stream", flush=True)  # noqa: T201  # tells that it serves
    GLib.MainLoop().run()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
