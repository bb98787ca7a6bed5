"""The whole service, started as a person starts it, in what befalls a box: kills, disks, clocks, crowds."""

import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

import pytest

from tests.running import BUSY_S, Running, is_alive, wait_for
from vision.ledger import LedgerReader

SITE = """
[site]
name = "test"
[[camera]]
name = "square"
source = "scene:square"
working_size = [160, 120]
detector = "motion"
person_height = [0.0238, 0.0848]
  [[camera.line]]
  name = "promenade"
  a = [0.5, 0.98]
  b = [0.5, 0.2]
  [[camera.zone]]
  name = "all"
  polygon = [[0, 0], [1, 0], [1, 1], [0, 1]]
"""

TABLES = {
    "counts": "count",
    "occupancy": "object_seconds",
    "movements": "count",
    "speeds": "count",
    "stops": "count",
    "queues": "object_seconds",
    "gatherings": "count",
}
"""And a column that adds up."""


def spans(running):
    with LedgerReader(running.ledger) as reader:
        return reader.coverage_spans("square")


def share_seen(running):
    """Return the share of the time from the first look to the last that was seen, 1 unless the machine is too busy."""
    found = spans(running)
    return sum(end - start for start, end in found) / (found[-1][1] - found[0][0])


def bins(path, table, step):
    """The bins of a table by (start, series)."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
        query = f"SELECT start, series, {TABLES[table]} FROM {table} WHERE step = {step}"  # noqa: S608
        return {(start, series): value for start, series, value in ledger.execute(query)}


def assert_whole(path):
    """The file is sound, and its minutes are the sums of its seconds."""
    with contextlib.closing(sqlite3.connect(path)) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for table in TABLES:
        summed = {}
        for (start, series), value in bins(path, table, 1).items():
            key = (start - start % 60, series)
            summed[key] = summed.get(key, 0) + value
        assert bins(path, table, 60) == pytest.approx(summed)


def ready(running):
    try:
        return running.get("/health/ready")
    except urllib.error.HTTPError as error:
        return json.load(error)


def ledger_of(running):
    return ready(running)["ledger"]


def last_seen(running):
    return datetime.fromisoformat(running.camera("square")["last_seen"]).timestamp()


def metric(running, name):
    with urllib.request.urlopen(f"{running.url}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_killed_at_any_instant_no_committed_bin_is_lost_or_doubled(tmp_path, is_long):
    moments = random.Random(5)
    kept = {}
    kills = 100 if is_long else 2
    for _ in range(kills):
        began = time.time()
        with Running(SITE, tmp_path) as running:
            running.wait_until_live("square")
            wait_for(lambda running=running, began=began: [start for start, _ in spans(running) if start > began])
            wait_for(lambda running=running: bins(running.ledger, "occupancy", 1))
            time.sleep(moments.uniform(0.5, 2.5))
            committed = {table: bins(running.ledger, table, 1) for table in TABLES}
            second = time.time() - 5  # what is said later belongs to an earlier second by so much at most
            workers = running.workers()
            running.end(signal.SIGKILL)
            wait_for(lambda workers=workers: not any(is_alive(pid) for pid in workers), timeout=20)
        after = {table: bins(running.ledger, table, 1) for table in TABLES}
        for table in TABLES:
            assert all(after[table][key] >= value for key, value in committed[table].items())
            assert all(after[table][key] == value for key, value in kept.get(table, {}).items() if key[0] < second)
        kept = after
        assert_whole(running.ledger)
    assert sum(kept["occupancy"].values()) > 0
    assert len(spans(running)) >= kills


@pytest.fixture
def disk(tmp_path):
    """A file system of two megabytes, and a function that mounts it anew with other options."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2M", "none", place]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no right to mount a file system")
    yield place, lambda options: subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_is_waited_for_and_nothing_is_lost(disk, tmp_path):
    place, _ = disk
    with Running(SITE, tmp_path, ledger=place / "ledger.sqlite") as running:
        running.wait_until_live("square")
        wait_for(lambda: spans(running))
        with contextlib.suppress(OSError), (place / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
        refused = wait_for(lambda: (found := ledger_of(running)) and not found["ready"] and found)
        assert "full" in refused["detail"] or "disk I/O" in refused["detail"]
        assert not ready(running)["ready"]
        assert metric(running, "comptage_ledger_up") == 0
        time.sleep(2)
        assert metric(running, "comptage_ledger_waiting_bytes") > 0
        (place / "filler").unlink()
        written = wait_for(lambda: (found := ledger_of(running)) and found["ready"] and found)
        assert (written["waiting_bytes"], written["lost_events"]) == (0, 0)
        counted = metric(running, "comptage_passages_total")
        assert running.end() == 0
    assert share_seen(running) > 0.6
    assert_whole(running.ledger)
    assert sum(bins(running.ledger, "counts", 1).values()) >= counted
    complaints = running.log.read_text().splitlines()
    assert sum("ERROR" in line for line in complaints) <= 2
    assert "all that waited is written; 0 events have been lost" in complaints[-1]


def test_a_service_starts_on_a_read_only_disk_and_writes_when_it_can(disk, tmp_path):
    place, remount = disk
    remount("ro")
    with Running(SITE, tmp_path, ledger=place / "ledger.sqlite") as running:
        running.wait_until_live("square")
        first = last_seen(running)
        time.sleep(1)
        found = ledger_of(running)
        assert not found["ready"]
        assert found["detail"] == "Read-only file system"
        began = wait_for(lambda: (seen := last_seen(running)) >= first + 1 and seen)
        remount("rw")
        wait_for(lambda: ledger_of(running)["ready"])
        assert running.end() == 0
    assert share_seen(running) > 0.6
    assert spans(running)[0][0] < began - 0.5
    assert_whole(running.ledger)


def damage(path):
    """Overwrite all of a file, and its journal, with what is no database."""
    for end in ("", "-wal"):
        file = path.with_name(path.name + end)
        if file.exists():
            with file.open("r+b") as out:
                out.write(random.Random(1).randbytes(file.stat().st_size))


def test_a_damaged_ledger_is_set_aside_at_the_start_and_while_it_runs(tmp_path):
    with Running(SITE, tmp_path) as running:
        running.wait_until_live("square")
        wait_for(lambda: spans(running))
        assert running.end() == 0
    damage(running.ledger)
    with Running(SITE, tmp_path) as running:
        running.wait_until_live("square")
        (first,) = wait_for(lambda: ledger_of(running)["set_aside"])
        assert (tmp_path / first).exists()
        wait_for(lambda: spans(running))
        damage(running.ledger)
        wait_for(lambda: len(ledger_of(running)["set_aside"]) == 2)
        wait_for(lambda: ledger_of(running)["ready"] and spans(running))
        assert metric(running, "comptage_ledger_set_aside") == 2
        assert running.end() == 0
    assert_whole(running.ledger)
    said = running.log.read_text().splitlines()
    assert [line.count("set aside as") for line in said] == [1, 1], said


STEPPED = """
import os, time
from pathlib import Path
_now, _step = time.time, Path(os.environ["CLOCK_STEP"])
time.time = lambda: _now() + float(_step.read_text() or 0)
"""


def test_steps_of_the_clock_neither_lose_nor_repeat_a_count(tmp_path):
    """The wall clock of all processes goes back two hours, then ahead by four; heartbeats and pauses do not mind."""
    (tmp_path / "sitecustomize.py").write_text(STEPPED)
    step = tmp_path / "step"
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))

    def set_clock(seconds):
        step.with_suffix(".new").write_text(str(seconds))
        step.with_suffix(".new").rename(step)

    set_clock(0)
    with Running(SITE, tmp_path, environment={"PYTHONPATH": path, "CLOCK_STEP": str(step)}) as running:
        running.wait_until_live("square")
        workers = running.workers()
        began = time.monotonic()
        for seconds in (-7200, 7200):
            time.sleep(2)
            set_clock(seconds)
        time.sleep(2)
        assert running.camera("square")["ready"]
        assert running.workers() == workers
        counted = metric(running, "comptage_passages_total")
        lasted = time.monotonic() - began
        assert running.end() == 0
    assert sum(end - start for start, end in spans(running)) == pytest.approx(lasted, abs=2.5 + BUSY_S)
    hours = {int(start // 3600) for start, _ in spans(running)}
    assert len(hours) >= 3  # one more where a step comes as an hour ends
    assert_whole(running.ledger)
    assert sum(bins(running.ledger, "counts", 1).values()) >= counted


WATCHERS = 500


def test_five_hundred_watchers_that_do_not_read_hold_up_nothing(tmp_path):
    site = f"{SITE}\n[service.limits]\nlive_per_client = {WATCHERS}"
    with Running(site, tmp_path) as running, contextlib.ExitStack() as crowd:
        running.wait_until_live("square")
        host, port = running.url.removeprefix("http://").split(":")
        before = resident(running.process.pid)
        for _ in range(WATCHERS):
            sleeper = crowd.enter_context(socket.create_connection((host, int(port)), timeout=30))
            sleeper.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(20):  # who never ends a request
            crowd.enter_context(socket.create_connection((host, int(port)))).sendall(b"GET /health HTTP/1.1\r\nHo")
        wait_for(lambda: metric(running, "comptage_live_subscribers") == WATCHERS)
        time.sleep(3)
        assert running.camera("square")["ready"]
        assert resident(running.process.pid) - before < 200e6
        crowd.close()
        wait_for(lambda: metric(running, "comptage_live_subscribers") == 0)
        assert running.end() == 0
    assert share_seen(running) > 0.6
    assert_whole(running.ledger)


def resident(pid):
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
