"""`comptage run`: processes that end, die or hang, seen from outside."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from datetime import datetime
from pathlib import Path

import pytest

from tests.running import BUSY_S, BUSY_SHARE, COMPTAGE, Running, is_alive, wait_for
from vision.ledger import LedgerReader
from vision.ledger.schema import OCCUPANCY

SITE = """
[site]
name = "test"

[[camera]]
name = "square"
source = "scene:square"
working_size = [160, 120]
person_height = [0.0238, 0.0848]
  [[camera.line]]
  name = "promenade"
  a = [0.5, 0.98]
  b = [0.5, 0.2]

[[camera]]
name = "pool"
source = "scene:pool"
working_size = [160, 120]
classes = ["swimmer"]
"""


@pytest.fixture
def running(tmp_path):
    with Running(SITE, tmp_path) as running:
        running.wait_until_live("square", "pool")
        # A camera is live from its first frame; its coverage is in the ledger with the next second's batch.
        wait_for(lambda: spans(running, "square") and spans(running, "pool"))
        yield running


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """One service for all tests after which it still runs."""
    with Running(SITE, tmp_path_factory.mktemp("lasting")) as running:
        yield running
        assert running.end() == 0


@pytest.fixture
def seeing(lasting):
    """The same, when both of its cameras see."""
    lasting.wait_until_live("square", "pool")
    wait_for(lambda: spans(lasting, "square") and spans(lasting, "pool"))
    return lasting


def spans(running, camera):
    with LedgerReader(running.ledger) as reader:
        return reader.coverage_spans(camera)


def seconds_seen(running, camera, start, end):
    return sum(max(0.0, min(b, end) - max(a, start)) for a, b in spans(running, camera))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly_with_the_last_second_written(running, number):
    time.sleep(2)
    workers = running.workers()
    seen_at = datetime.fromisoformat(running.camera("square")["last_seen"]).timestamp()
    assert time.time() - seen_at < 1 + BUSY_S  # what was seen is told once a second
    assert running.end(number) == 0
    assert spans(running, "square")[-1][1] >= seen_at - 0.001  # as it is told, in whole milliseconds
    assert not any(is_alive(pid) for pid in workers)
    assert "Traceback" not in running.log.read_text()


def test_counts_come_over_http(lasting):
    def counted():
        rows = lasting.get("/api/v1/counts?step=1h&camera=square")["rows"]
        return sum(row["count"] or 0 for row in rows)

    wait_for(counted, timeout=60)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_hangs_is_replaced_and_the_gap_shows(seeing, number):
    before = seeing.workers()
    hurt_at = time.time()
    os.kill(before[0], number)
    (hurt,) = wait_for(lambda: [name for name in ("square", "pool") if seeing.camera(name)["state"] != "live"])
    wait_for(lambda: len(seeing.workers()) == 2 and set(seeing.workers()) != set(before))
    wait_for(lambda: seeing.camera(hurt)["state"] == "live")
    again = wait_for(lambda: [start for start, _ in spans(seeing, hurt) if start > hurt_at])[0]
    assert max(end for start, end in spans(seeing, hurt) if start < hurt_at) <= hurt_at + 1.5
    assert not is_alive(before[0])
    unhurt = {"square": "pool", "pool": "square"}[hurt]
    wait_for(lambda: spans(seeing, unhurt)[-1][1] > again)
    assert seconds_seen(seeing, unhurt, hurt_at, again) > BUSY_SHARE * (again - hurt_at)


def test_workers_do_not_outlive_a_service_that_is_killed_and_its_ledger_serves_the_next(running, tmp_path):
    time.sleep(2)
    workers = running.workers()
    running.end(signal.SIGKILL)
    wait_for(lambda: not any(is_alive(pid) for pid in workers), timeout=20)
    kept = spans(running, "square")
    assert kept
    with Running(SITE, tmp_path) as again:
        again.wait_until_live("square")
        assert again.end() == 0
        after = spans(again, "square")
        assert after[: len(kept) - 1] == kept[:-1]
        assert after[len(kept) - 1] == pytest.approx(kept[-1], abs=2)  # the last words of the workers
        assert after[-1][0] > kept[-1][1]


def test_no_image_library_is_mapped_into_the_service(seeing):
    maps = Path(f"/proc/{seeing.process.pid}/maps").read_text()
    assert "site-packages" in maps  # it is the process that we think it is
    for library in ("cv2", "libav", "onnxruntime", "libsws"):
        assert library not in maps
    worker = "".join(Path(f"/proc/{pid}/maps").read_text() for pid in seeing.workers())
    assert "cv2" in worker


def test_a_locked_ledger_is_waited_for_and_nothing_is_lost(seeing):
    seen = spans(seeing, "square")
    with contextlib.closing(sqlite3.connect(seeing.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(9)
        other.execute("ROLLBACK")
    wait_for(lambda: spans(seeing, "square")[-1][1] > seen[-1][1] + 9)
    assert seconds_seen(seeing, "square", seen[-1][1], seen[-1][1] + 9) > BUSY_SHARE * 9
    assert "locked" in seeing.log.read_text()


def test_a_recording_is_not_counted_again_by_a_new_worker(tmp_path, video):
    site = SITE.replace('source = "scene:square"', f'source = "{video}"').replace("scene:pool", "scene:pool?seed=2")
    with Running(site, tmp_path) as running:
        running.wait_until_live("square")
        killed_at = time.time()
        for pid in running.workers():
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: running.camera("square")["state"] == "failed")
        wait_for(lambda: running.camera("pool")["state"] == "live")
        time.sleep(1)
        assert running.camera("square")["state"] == "failed"
        assert running.end() == 0
        assert all(start < killed_at for start, _ in spans(running, "square"))


def test_a_port_in_use_is_said_in_one_line(tmp_path):
    path = tmp_path / "site.toml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        path.write_text(f"{SITE}\n[service]\nport = {port}\n")
        done = subprocess.run([COMPTAGE, "run", path], capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"comptage: service: cannot listen on 127.0.0.1 port {port}: Address already in use\n"


def test_a_second_service_on_the_same_ledger_is_refused(lasting):
    path = lasting.ledger.with_name("site.toml")
    done = subprocess.run([COMPTAGE, "run", path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "ledger.sqlite" in done.stderr
    assert len(done.stderr.splitlines()) == 1


TRIED = """
[site]
name = "test"

[[camera]]
name = "pool"
source = "scene:pool"
detector = "motion"
classes = ["swimmer"]
trial = [0.01, 0.99]
  [[camera.basin]]
  name = "water"
  corners = [[0.02, 0.98], [0.98, 0.98], [0.98, 0.02], [0.02, 0.02]]
"""


def present(path, camera):
    """Person-seconds in the basin, as a ledger has them."""
    now = int(time.time())
    with LedgerReader(path) as reader:
        sums = reader.sums(OCCUPANCY, now - 60, now, 60)
    return sum(float(columns["object_seconds"][0]) for names, columns in sums.items() if names[0] == camera)


def test_what_scores_that_are_tried_count_is_kept_apart_and_told_to_nobody(tmp_path):
    with Running(TRIED, tmp_path) as running:
        tried = running.ledger.with_name("ledger.sqlite.trial")
        wait_for(lambda: tried.exists() and present(tried, "pool/0.01") > 3)
        with urllib.request.urlopen(f"{running.url}/api/v1/live", timeout=30) as stream:
            told = b"".join(stream.readline() for _ in range(100))
        assert b"pool" in told
        assert b"pool/" not in told
        assert running.end() == 0
    assert present(running.ledger, "pool") > 0
    assert present(running.ledger, "pool/0.01") == 0
    assert present(tried, "pool") == present(tried, "pool/0.99") == 0
