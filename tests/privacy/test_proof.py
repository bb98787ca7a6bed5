"""`comptage prove-blind` holds the real product for blind, and catches every saboteur by name."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import command, is_alive, wait_for
from vision.proof import canary, experiment, memory, outlets, trace
from vision.proof.cell import Cell

SABOTAGE = Path(__file__).with_name("sabotage")
MAY_BE_UNTESTED = {
    "The product runs where nothing but the ledger's folder can be written.",
    "Memory is not written to a disk by the system.",
}


def untraceable():
    """Say why nothing can be traced on this machine; None if it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    attempt = subprocess.run(["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, text=True)
    return f"tracing is forbidden: {attempt.stderr}" if attempt.returncode else None


REASON = untraceable()
traced = pytest.mark.skipif(REASON is not None, reason=str(REASON))


class Proof:
    """A run of the command in a process of its own; what it printed and left."""

    def __init__(self, out, **environment):
        self.out = out
        proof = [sys.executable, "-m", "vision.cli", "prove-blind", "--out", out, "--seconds", "5"]
        self.process = subprocess.Popen(
            proof, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )

    def finish(self):
        self.text, self.errors = self.process.communicate(timeout=180)
        self.verdicts = {}
        promise = ""
        for line in self.text.partition("\n\n")[2].partition("\n\n")[0].splitlines():
            if line.startswith("    "):
                self.verdicts[promise][1].append(line.strip())
            else:
                outcome, _, promise = line.partition(": ")
                self.verdicts[promise] = (outcome, [])
        return self

    def found(self, words):
        """Return the outcome of the one promise that has these words in it, and what was found."""
        (verdict,) = [verdict for promise, verdict in self.verdicts.items() if words in promise]
        return verdict[0], "\n".join(verdict[1])


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return Proof(tmp_path_factory.mktemp("proof") / "honest").finish()


@pytest.fixture(scope="module")
def sabotaged(tmp_path_factory):
    with socket.create_server(("127.0.0.1", 0)) as accomplice:
        port = accomplice.getsockname()[1]
        path = os.pathsep.join([str(SABOTAGE), os.environ.get("PYTHONPATH", "")])
        out = tmp_path_factory.mktemp("proof") / "sabotaged"
        return Proof(out, PYTHONPATH=path, SABOTAGE_PORT=str(port)).finish()


@traced
def test_the_product_is_blind(honest):
    assert honest.process.returncode == 0, honest.text + honest.errors
    assert len(honest.verdicts) == 11
    for promise, (outcome, found) in honest.verdicts.items():
        assert outcome == "kept" or promise in MAY_BE_UNTESTED, (promise, found)
        assert found


@traced
def test_the_report_needs_nothing_else_and_the_evidence_is_what_it_says(honest):
    page = (honest.out / "report.html").read_text()
    assert page.count("<section") == len(honest.verdicts)
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://(?!127\.0\.0\.1)", page)
    lines = (honest.out / "sha256.txt").read_text().splitlines()
    assert len(lines) > 20
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((honest.out / name).read_bytes()).hexdigest() == digest
    assert hashlib.sha256((honest.out / "sha256.txt").read_bytes()).hexdigest() in honest.text


@traced
@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("written to a disk but the ledger", r"Wrote \S+/frame\.raw\.", id="a worker writes a frame"),
        pytest.param("the log", r"the file frame\.raw: the canary, rows of frame \d+", id="which is found in the file"),
        pytest.param("the log", r"the log: the canary, rows of frame \d+.* in base64", id="a worker logs base64"),
        pytest.param("No page", r"GET /metrics.*: the canary.* in gzip", id="the service serves it compressed"),
        pytest.param("leaves by the network", r"TCP:\S+: the canary.* in gzip", id="which is seen in its socket"),
        pytest.param("leaves by the network", r"Connected to 127\.0\.0\.1 port \d+, unasked", id="a worker phones"),
        pytest.param("next few frames", r"held \d\d+ frames that were too old.*of \d\d+ frames ago", id="it keeps all"),
        pytest.param("never touches an image", r"The service has loaded \S+/cv2/", id="the service loads OpenCV"),
        pytest.param("A crash", r"worker: core dumps are allowed: limit 65536", id="a worker dumps core"),
    ],
)  # fmt: skip
def test_every_saboteur_is_caught(sabotaged, words, told):
    outcome, found = sabotaged.found(words)
    assert outcome == "BROKEN"
    assert re.search(told, found), found
    assert sabotaged.process.returncode == 1


def test_without_strace_one_line_names_the_package(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = command("prove-blind", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "comptage: prove-blind: strace is not installed, wanted the package strace\n"


@traced
def test_longer_than_the_footage_cannot_be(tmp_path):
    done = command("prove-blind", "--seconds", "60", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr == "comptage: --seconds: found 60, wanted at most 8.8, as long as the footage is\n"


@traced
def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sir")
    done = command("prove-blind", "--out", tmp_path)
    assert done.returncode == 2
    assert "holds other things" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_worker_that_says_more_than_events_is_caught(tmp_path):
    heartbeat = 'write(1<pipe:[7]>, "' + "".join(f"\\x{byte:02x}" for byte in b'{"kind":"heartbeat"}\n') + '", 21) = 21'
    chatter = 'write(1<pipe:[7]>, "\\x68\\x69\\x0a", 3) = 3'
    for lines, outcome in (([heartbeat], "kept"), ([heartbeat, chatter], "broken")):
        (tmp_path / "trace.1").write_text(
            "\n".join(['1.0 execve("\\x61", ["\\x61"], 0x0) = 0', *(f"2.0 {x}" for x in lines)])
        )
        evidence = experiment.Evidence(
            tmp_path, Cell(()), ["a"], tmp_path / "ledger", calls=trace.read(tmp_path, ["a"])
        )
        assert outlets.said(evidence).outcome == outcome


DIES = """
import pathlib, subprocess, sys
from vision.proof import cell, experiment
product = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]
folder = pathlib.Path(sys.argv[1])
subprocess.Popen(experiment._traced(experiment.Evidence(folder, cell.build(folder), product, folder / "ledger"))).wait()
"""


@traced
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_nothing_that_a_proof_has_started_outlives_it(tmp_path):
    (tmp_path / "trace").mkdir()
    with subprocess.Popen([sys.executable, "-c", DIES, str(tmp_path)], stdout=subprocess.PIPE, text=True) as proof:
        product = int(proof.stdout.readline())
        assert is_alive(product)
        proof.kill()
        wait_for(lambda: not is_alive(product))


HOLDS = """
import sys
from vision.pixels.video_file import VideoFile
frames = [frame.pixels for frame in VideoFile(sys.argv[1], (320, 240), 60) if frame.number in (5, 50)]
print("ready", flush=True)
sys.stdin.read()
"""


@traced
def test_a_frame_in_the_memory_of_another_process_is_found_with_its_number():
    footage = Path(canary.__file__).with_name(canary.FOOTAGE)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, footage], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"ready\n"
        seen, searched = memory.scan(holder.pid)
        assert memory.image_libraries(holder.pid)
        holder.stdin.close()
    assert seen.frames[4] >= 240
    assert seen.frames[49] >= 240
    assert searched > 1e7


WRITES = """
import os, pathlib, sys
pathlib.Path(sys.argv[1]).write_bytes(b"\\x00\\xff" * 3)
try: open("/proc/nowhere", "w")
except OSError: pass
os.write(1, b"said")
"""


@traced
def test_the_trace_says_what_was_opened_and_the_bytes_that_were_written(tmp_path):
    product = [sys.executable, "-c", WRITES, str(tmp_path / "a file <1>")]
    subprocess.run([*trace.command(tmp_path), *product], check=True, capture_output=True)
    calls = trace.read(tmp_path, product)
    opened = {call.opened: call for call in calls if call.name == "openat" and "O_WRONLY" in call.words}
    assert opened[str(tmp_path / "a file <1>")].answer >= 0
    assert any(call.strings[-1] == b"/proc/nowhere" and call.answer < 0 for call in calls if call.name == "openat")
    said = trace.streams(calls)
    assert said[str(tmp_path / "a file <1>")] == b"\x00\xff" * 3
    assert b"said" in said.values()
    assert not any(call.is_cut_off for call in calls)
