"""A camera's password is in its site file and in its worker's memory, and shows nowhere else."""

import http.server
import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.running import Running, is_alive, wait_for
from vision.address import parse_address, without_password
from vision.cli import main
from vision.errors import UsageError
from vision.logs import MaskingFormatter
from vision.site import Camera, Cameras, load_site

SECRET = "5ecr3t"  # noqa: S105  # nobody's

SITE = """
[site]
name = "nation"
[[camera]]
name = "dorian"
source = "{source}"
"""


@pytest.mark.parametrize(
    "source",
    [
        f"rtps://jean:{SECRET}@10.0.0.1/s",
        f"rtsp://jean:{SECRET} with a blank@10.0.0.1/s",
        f"rtsp://jean:with a blank {SECRET}@10.0.0.1/s",
        f"rtsp://jean:{SECRET}@169.254.169.254/s",
        f"rtsp://jean:{SECRET}@/s",
        f"rtsp://[10.0.0.1/user=jean&password={SECRET}",
    ],
)
def test_the_check_of_a_site_file_does_not_repeat_it(tmp_path, capsys, source):
    path = tmp_path / "site.toml"
    path.write_text(SITE.format(source=source))
    assert main(["check", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert SECRET not in shown.out + shown.err


@pytest.mark.parametrize(
    "line",
    [
        f'password = "{SECRET}"',
        f'fps = "rtsp://jean:{SECRET}@10.0.0.1/"',
        f'detector = ["{SECRET}"]',
        f'source = "rtsp://jean:{SECRET}@10.0.0.1/"',  # a second time
        f'soruce = "rtsp://jean:{SECRET}@10.0.0.1/',  # without its end
    ],
)
def test_nor_does_a_wrong_line_of_it(tmp_path, line):
    path = tmp_path / "site.toml"
    path.write_text(SITE.format(source="rtsp://10.0.0.1/") + line)
    with pytest.raises(UsageError) as error:
        load_site(path)
    assert SECRET not in str(error.value)
    assert SECRET not in repr(error.value.__cause__)


WORD = st.text(st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="@"), max_size=8)


@given(first=WORD, last=WORD, scheme=st.sampled_from(["rtsp://", "http://", "rtsp:/", "rtsp:", "admin:"]))
def test_no_password_is_shown_even_if_its_url_is_half_written(first, last, scheme):
    secret = f"{first}{SECRET}{last}"
    if "//" not in scheme:
        secret = "".join(secret.split())
    shown = without_password(f"cannot open '{scheme}jean:{secret}@10.0.0.1/live': refused")
    assert SECRET not in shown
    assert "10.0.0.1/live': refused" in shown


def test_settings_do_not_show_it_when_printed():
    camera = Camera(name="a", source=f"rtsp://jean:{SECRET}@10.0.0.1/")
    assert SECRET not in repr(camera) + str(camera)
    with pytest.raises(ValueError, match="json_invalid") as error:
        Cameras.validate_json(Cameras.dump_json((camera,)) + b"]")
    assert SECRET not in str(error.value)


def test_a_log_line_masks_it_also_in_a_traceback():
    try:
        Path(f"/nowhere/rtsp://jean:{SECRET}@10.0.0.1/").read_bytes()
    except OSError:
        record = logging.LogRecord("a", logging.ERROR, "a", 1, "no: %s", (f"http://a:{SECRET}@b/",), sys.exc_info())
    text = MaskingFormatter().format(record)
    assert "FileNotFoundError: [Errno 2] No such file or directory" in text
    assert SECRET not in text


@pytest.mark.parametrize("call", ["fail()", "t = threading.Thread(target=fail); t.start(); t.join()"])
def test_what_nobody_catches_is_masked_too(call):
    code = f"""
import threading
from vision.logs import log_without_passwords
log_without_passwords("DEBUG")
def fail(): raise OSError("rtsp://jean:{SECRET}@b/")
{call}
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stderr.startswith("CRITICAL OSError")
    assert "rtsp://***@b/" in found.stderr
    assert SECRET not in found.stderr


class Refuse(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401 if "away" in self.path else 200)
        self.send_header("WWW-Authenticate", 'Basic realm="a"')
        self.end_headers()
        self.wfile.write(b"no video" * 1000)

    def log_message(self, *_):
        pass


def test_a_running_service_with_cameras_that_fail_shows_it_nowhere(tmp_path):
    """One camera refuses, one turns us away, one is no video: the log at its most talkative, /proc and every answer."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuse) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        sources = [f"rtsp://jean:{SECRET}@127.0.0.1:1/a", f"http://jean:{SECRET}@127.0.0.1:{port}/away",
                   f"http://127.0.0.1:{port}/cgi?user=jean&pwd={SECRET}"]  # fmt: skip
        site = '[site]\nname = "nation"\n' + "".join(
            f'[[camera]]\nname = "c{k}"\nsource = "{source}"\ndetector = "motion"\n' for k, source in enumerate(sources)
        )
        with Running(site, tmp_path, "DEBUG") as running:
            wait_for(lambda: all(one["state"] == "failed" for one in running.get("/api/v1/cameras")["cameras"]))
            told = [str(running.get(path)) for path in ("/api/v1/cameras", "/health", "/api/v1/sites")]
            processes = [running.process.pid, *running.workers()]
            assert all(is_alive(pid) for pid in processes)
            for pid in processes:
                proc = Path(f"/proc/{pid}")
                told += [(proc / name).read_bytes().decode("utf-8", "replace") for name in ("cmdline", "environ")]
            running.end()
        server.shutdown()
    log = (tmp_path / "log.txt").read_text()
    assert "camera c0: failed" in log
    assert not [text for text in [*told, log] if SECRET in text]
    assert parse_address(sources[0]).label == "rtsp://***@127.0.0.1:1/a"
