"""A camera's password is in its site file and in its worker's memory, and shows nowhere else."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.running import Running, is_alive, wait_for
from vision.address import parse_address, without_password
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


def check(folder, text):
    path = folder / "site.toml"
    path.write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "vision.cli", "--log-level", "DEBUG", "check", path], capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "source",
    [
        f"rtps://jean:{SECRET}@10.0.0.1/s",
        f"rtsp://jean:{SECRET} with a blank@10.0.0.1/s",
        f"rtsp://jean:with a blank {SECRET}@10.0.0.1/s",
        f"rtsp://jean:{SECRET}@169.254.169.254/s",
        f"rtsp://jean:{SECRET}@/s",
        f"rtsp://10.0.0.1/user=jean&password={SECRET}@[",
    ],
)
def test_the_check_of_a_site_file_does_not_repeat_it(tmp_path, source):
    found = check(tmp_path, SITE.format(source=source))
    assert found.returncode == 2
    assert found.stderr.count("\n") == 1
    assert SECRET not in found.stdout + found.stderr


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
        raise OSError(5, "Input/output error", f"rtsp://jean:{SECRET}@10.0.0.1/")
    except OSError:
        record = logging.LogRecord("a", logging.ERROR, "a", 1, "no: %s", (f"http://a:{SECRET}@b/",), sys.exc_info())
    text = MaskingFormatter().format(record)
    assert "OSError: [Errno 5] Input/output error" in text
    assert SECRET not in text


@pytest.mark.parametrize("where", ["main", "thread"])
def test_what_nobody_catches_is_masked_too(where):
    code = (
        "import logging, threading; from vision.logs import log_without_passwords; log_without_passwords('DEBUG')\n"
        f"def fail(): raise OSError('rtsp://jean:{SECRET}@b/')\n"
        + ("fail()" if where == "main" else "t = threading.Thread(target=fail); t.start(); t.join()")
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stderr.startswith("CRITICAL OSError")
    assert "rtsp://***@b/" in found.stderr
    assert SECRET not in found.stderr


def test_a_running_service_with_cameras_that_fail_shows_it_nowhere(tmp_path):
    """One camera refuses, one turns us away, one is no video: the log at its most talkative, /proc and every answer."""
    import http.server  # noqa: PLC0415  # used here alone

    class Refuse(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(401 if "away" in self.path else 200)
            self.send_header("WWW-Authenticate", 'Basic realm="a"')
            self.end_headers()
            self.wfile.write(b"no video" * 1000)

        def log_message(self, *_):
            pass

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
                told += [
                    Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "replace")
                    for name in ("cmdline", "environ")
                ]
            running.end()
        server.shutdown()
    log = (tmp_path / "log.txt").read_text()
    assert "camera c0: failed" in log
    assert not [text for text in [*told, log] if SECRET in text]
    assert os.environ.get("SECRET") is None
    assert parse_address(sources[0]).label == "rtsp://***@127.0.0.1:1/a"
