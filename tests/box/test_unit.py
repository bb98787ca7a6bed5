"""The systemd unit: systemd's own judgement of it, and the real service under what it promises to do without."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import vision.box
from tests.running import COMPTAGE
from vision.serve import HUNG_S

UNIT = Path(*vision.box.__path__) / "comptage.service"
WORST_EXPOSURE = 1.6
"""Of systemd-analyze security, 0 to 10; what it holds against the rest: network, its sockets, cameras."""

SITE = """
[site]
name = "test"
[[camera]]
name = "street"
source = "scene:square"
detector = "street"
[[camera]]
name = "square"
source = "scene:square"
detector = "motion"
[service]
port = 0
"""

PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
"""prctl(2), since Linux 6.3: what systemd's MemoryDenyWriteExecute= asks for."""


def settings():
    lines = [line for line in UNIT.read_text().splitlines() if re.match(r"\w+=", line)]
    return [tuple(line.split("=", 1)) for line in lines]


def systemd_analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def unit(tmp_path):
    """The unit with a command that is here."""
    path = tmp_path / UNIT.name
    path.write_text(UNIT.read_text().replace("/opt/comptage/bin/comptage", str(COMPTAGE)))
    return path


def test_systemd_understands_every_line(unit):
    done = systemd_analyze("verify", unit)
    assert (done.returncode, done.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("WatchdogSec=", "WatchdogSecs="))
    assert "WatchdogSecs" in systemd_analyze("verify", unit).stderr


def test_little_is_exposed(unit):
    done = systemd_analyze("security", "--offline=true", f"--threshold={WORST_EXPOSURE * 10:.0f}", unit)
    assert done.returncode == 0, done.stdout[-200:]


def test_its_command_is_the_one_that_is_installed():
    command = dict(settings())["ExecStart"].split()
    assert Path(command[0]).name == COMPTAGE.name
    assert command[1:] == ["run", "/etc/comptage/site.toml"]


def test_the_watchdog_waits_longer_than_the_service_may_be_busy():
    assert int(dict(settings())["WatchdogSec"]) >= 2 * HUNG_S


def allowed_calls(*words):
    """The system calls of sets and names, as systemd knows them."""
    calls = set()
    for word in words:
        if not word.startswith("@"):
            calls.add(word)
            continue
        inside = systemd_analyze("syscall-filter", word).stdout.splitlines()[1:]
        names = {line.strip() for line in inside if line.strip() and not line.strip().startswith("#")}
        calls |= allowed_calls(*(names - {word}))
    return calls


def filtered():
    """What the unit's SystemCallFilter lines allow, taken one after the other."""
    calls = set()
    for value in (value for key, value in settings() if key == "SystemCallFilter"):
        if value.startswith("~"):
            calls -= allowed_calls(*value[1:].split())
        else:
            calls |= allowed_calls(*value.split())
    return calls


FREQUENT = {"read", "write", "futex", "poll", "epoll_wait", "clock_nanosleep", "newfstatat", "lseek", "munmap", "close"}
"""System calls that are not looked at, for they would slow everything down; the unit allows them."""

CONFINE = f"""
import ctypes, os, sys
if ctypes.CDLL(None).prctl({PR_SET_MDWE}, {PR_MDWE_REFUSE_EXEC_GAIN}, 0, 0, 0):
    sys.exit("this kernel has no MDWE")
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture(scope="module")
def confined(tmp_path_factory):
    """What a service said to its manager, and the system calls it made, under MDWE from start to end."""
    if not shutil.which("strace"):
        pytest.skip("strace is not here")
    folder = tmp_path_factory.mktemp("confined")
    (folder / "site.toml").write_text(SITE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(60)
        service = subprocess.Popen(
            [
                sys.executable,
                "-c",
                CONFINE,
                "strace",
                "-f",
                "--seccomp-bpf",
                f"--trace=!{','.join(FREQUENT)}",
                "-qq",
                "-o",
                folder / "calls",
                COMPTAGE,
                "run",
                "site.toml",
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "NOTIFY_SOCKET": str(folder / "notify")},
        )
        told = []
        while "STATUS=2 of 2 cameras see; ledger written" not in told:
            told.append(manager.recv(1000).decode())
        (child,) = Path(f"/proc/{service.pid}/task/{service.pid}/children").read_text().split()
        subprocess.run(["kill", child])
        complaints = service.communicate(timeout=30)[1].decode()
        manager.setblocking(False)
        while told[-1] != "STOPPING=1":
            told.append(manager.recv(1000).decode())
    calls = set(re.findall(r"^\d+ +(\w+)\(", (folder / "calls").read_text(), re.MULTILINE))
    return service.returncode, complaints, told, calls


def test_works_where_no_memory_is_writable_and_executable(confined):
    code, complaints, _, _ = confined
    assert (code, complaints) == (0, "")


def test_tells_its_manager_how_it_fares(confined):
    told = confined[2]
    assert told[0] == "READY=1"
    assert told.count("WATCHDOG=1") >= 2
    assert told[-1] == "STOPPING=1"


def test_makes_no_system_call_that_the_unit_forbids(confined):
    calls = confined[3]
    assert {"mmap", "sendto"} <= calls
    assert filtered() >= FREQUENT
    as_root = {"fchown"} if os.geteuid() == 0 else set()  # SQLite gives its journal to the owner of the ledger
    assert calls - as_root <= filtered()
