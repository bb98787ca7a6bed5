"""Where pictures must not come from, however the address is written, and wherever a camera sends us to."""

import http.server
import socket
import socketserver
import threading
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pixels.videos import make_video
from vision import address
from vision.address import FORBIDDEN, parse_address, refuse_forbidden_network
from vision.errors import ComptageError, UsageError
from vision.pixels.decode import Decoder

METADATA = IPv4Address("169.254.169.254")
WRITTEN = [
    str,
    lambda one: str(int(one)),
    lambda one: hex(int(one)),
    lambda one: ".".join(f"0{byte:o}" for byte in one.packed),
    lambda one: f"{one.packed[0]}.{one.packed[1]}.{int(one) & 0xFFFF}",
    lambda one: f"[::ffff:{one}]",
    lambda one: f"[64:ff9b::{one}]",
    lambda one: f"[2002:{int(one) >> 16:x}:{int(one) & 0xFFFF:x}::1]",
]
"""The ways in which C, and so FFmpeg, takes an IPv4 address."""


@given(
    host=st.integers(0, 0xFFFF).map(lambda low: IPv4Address((169 << 24) + (254 << 16) + low)),
    write=st.sampled_from(WRITTEN),
    scheme=st.sampled_from(["rtsp", "RTSPS", "http", "https"]),
    before=st.sampled_from(["", "jean:s3cret@", "camera.example@", "a@b@"]),
)
def test_a_link_local_host_is_refused_however_it_is_written(host, write, scheme, before):
    with pytest.raises(UsageError, match="is link-local or a cloud's metadata service") as error:
        parse_address(f"{scheme}://{before}{write(host)}:80/stream")
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("network", FORBIDDEN, ids=str)
def test_the_first_and_the_last_host_of_each_network_are_refused(network):
    for host in (network[0], network[-1]):
        written = f"[{host}]" if isinstance(host, IPv6Address) else host
        with pytest.raises(UsageError, match="link-local"):
            parse_address(f"http://{written}/")


@pytest.mark.parametrize("host", ["10.0.0.12", "192.168.1.4", "[fd00::12]", "127.0.0.1", "169.253.255.255", "camera-3"])
def test_where_cameras_live_is_not_refused(host):
    assert parse_address(f"rtsp://{host}/stream").kind == "stream"


@pytest.mark.parametrize(
    "source",
    ["http://", "rtsp://jean:s3cret@/x", "rtsp://[::1", "http://:80/", "http://10.0.0.1\\@169.254.169.254/",
     "http://169.254\t.169.254/", "http://a b/", "v4l2:/etc/passwd", "v4l2:/dev/../etc/passwd", "v4l2:video0"],
)  # fmt: skip
def test_a_source_of_which_the_host_is_not_plain_is_refused(source):
    with pytest.raises(UsageError, match="wanted") as error:
        parse_address(source)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        (["169.254.169.254"], "its host is link-local or a cloud's metadata service"),
        (["10.0.0.1", "fe80::1"], "its host is link-local"),
        ([], "the name of its host is not known"),
    ],
)
def test_a_name_is_judged_by_what_it_is_resolved_to_when_it_is_opened(monkeypatch, found, complaint):
    def resolve(host, *_, **__):
        assert host == "camera.example"
        if not found:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in found]

    monkeypatch.setattr(address.socket, "getaddrinfo", resolve)
    with pytest.raises(ComptageError, match=complaint) as error:
        Decoder(parse_address("http://jean:s3cret@camera.example/live"), 1, 1)
    assert "s3cret" not in str(error.value)


def test_a_name_of_a_camera_passes(monkeypatch):
    monkeypatch.setattr(address.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", 0))])
    refuse_forbidden_network(parse_address("rtsp://camera.example/"))


class Camera(http.server.ThreadingHTTPServer):
    """Answers by path: a status and headers, or a body; notes what was asked."""

    daemon_threads = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Answer)
        self.answers, self.asked = answers, []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self):
        return f"http://jean:s3cret@127.0.0.1:{self.server_address[1]}"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, headers, body = self.server.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


SESSION = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"


def playlist(*names):
    lines = "".join(f"#EXTINF:2,\n{name}\n" for name in names)
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{lines}#EXT-X-ENDLIST\n".encode()


@pytest.fixture
def camera(tmp_path):
    video = make_video(tmp_path / "a.ts", frames=30)
    clip = video.read_bytes()
    with Camera({"/clip.ts": (200, {}, clip)}) as server:
        server.answers |= {
            "/here": (302, {"Location": f"{server.url}/clip.ts"}, b""),
            "/file": (302, {"Location": f"file://{video}"}, b""),
            "/list.m3u8": (200, {}, playlist(f"{server.url}/clip.ts")),
            "/local.m3u8": (200, {}, playlist(f"file://{video}")),
            "/concat": (200, {}, f"ffconcat version 1.0\nfile '{video}'\n".encode()),
            "/dash.mpd": (200, {}, b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'),
        }
        yield server
        server.shutdown()


def test_a_camera_s_own_stream_is_read(camera):
    with Decoder(parse_address(f"{camera.url}/clip.ts"), 2, 2) as decoder:
        assert next(decoder.frames()).width == 160


@pytest.mark.parametrize("path", ["/here", "/file", "/list.m3u8", "/local.m3u8", "/concat", "/dash.mpd"])
def test_neither_a_redirect_nor_a_playlist_of_a_camera_is_followed(camera, path):
    with pytest.raises(ComptageError, match="cannot be opened") as error:
        Decoder(parse_address(f"{camera.url}{path}"), 2, 2)
    assert set(camera.asked) == {path}
    assert "s3cret" not in str(error.value)


class RtspCamera(socketserver.ThreadingTCPServer):
    """Turns every question of one kind away to another address, and notes who comes there."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, turned_away, elsewhere=None):
        super().__init__(("127.0.0.1", 0), RtspAnswer)
        self.turned_away, self.elsewhere, self.asked = turned_away, elsewhere, []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self):
        return f"rtsp://127.0.0.1:{self.server_address[1]}/stream"


class RtspAnswer(socketserver.StreamRequestHandler):
    def handle(self):
        while question := self.rfile.readline():
            headers = list(iter(self.rfile.readline, b"\r\n"))
            method = question.split()[0].decode()
            self.server.asked.append(method)
            sequence = next(line for line in headers if line.startswith(b"CSeq"))
            moved = f"302 Moved\r\nLocation: {self.server.elsewhere}" if method == self.server.turned_away else "200 OK"
            self.wfile.write(f"RTSP/1.0 {moved}\r\n".encode() + sequence + b"\r\n")


@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE"])
def test_a_redirect_of_an_rtsp_camera_is_not_followed(method):
    with RtspCamera("") as elsewhere, RtspCamera(method, elsewhere.url) as camera:
        with pytest.raises(ComptageError, match="cannot be opened"):
            Decoder(parse_address(camera.url), 2, 2)
        assert camera.asked[-1] == method
        assert not elsewhere.asked
        camera.shutdown()
        elsewhere.shutdown()


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4", "stream.sdp"])
def test_a_file_does_not_make_us_ask_the_network(camera, tmp_path, name):
    listed = playlist(f"{camera.url}/clip.ts")
    (tmp_path / name).write_bytes(SESSION if name.endswith("sdp") else listed)
    with pytest.raises(ComptageError):
        Decoder(parse_address(str(tmp_path / name)), 2, 2)
    assert not camera.asked
