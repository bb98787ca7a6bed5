"""A running service, started as a person starts it, for tests that look at it from outside."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from unittest import mock

from vision.cli import main

COMPTAGE = Path(sys.executable).with_name("comptage")
BUSY_S = 2.0
"""Room for a machine that does other things as well, beyond what something should take."""
BUSY_SHARE = 0.6
"""Of a time without a fault, this is seen even where other tests leave a worker too little of the machine."""


def wait_for(what, timeout=60.0, every=0.1):
    """Return the first true value of what(), or fail after `timeout` seconds."""
    ends_at = time.monotonic() + timeout
    while time.monotonic() < ends_at:
        value = what()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"waited {timeout} s in vain")


def command(*arguments):
    """Return what `comptage ARGUMENTS` says, and its exit code, without a second's start of a process for each.

    It is run in this process, where it takes no right away; its log lines are pytest's (caplog).
    """
    out, err = io.StringIO(), io.StringIO()
    words = [str(word) for word in arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch("vision.cli.forbid_core_dumps"):
        try:
            code = main(words)
        except SystemExit as ended:  # argparse's way
            code = ended.code
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


class Running:
    """`comptage run SITE` in a process of its own; leave it with `with`.

    Args:
        site: text of the site file, without [service] and [ledger].
        folder: where site file, ledger and log go.
        log_level: of the service.
        ledger: its file; in the folder where it is not said.
        environment: more variables for the service.
    """

    def __init__(self, site, folder, log_level="WARNING", ledger=None, environment=()):
        self.ledger = ledger or folder / "ledger.sqlite"
        self.log = folder / "log.txt"
        path = folder / "site.toml"
        path.write_text(f'{site}\n[service]\nport = 0\n[ledger]\npath = "{self.ledger}"\n')
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [COMPTAGE, "--log-level", log_level, "run", path],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **dict(environment)},
            )
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)

    def camera(self, name):
        return next(camera for camera in self.get("/api/v1/cameras")["cameras"] if camera["camera"] == name)

    def workers(self):
        found = []
        for children in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # the thread ended in this instant
                found += map(int, children.read_text().split())
        return found

    def wait_until_live(self, *names):
        for name in names:
            wait_for(lambda name=name: self.camera(name)["state"] == "live" and self.camera(name)["last_seen"])

    def end(self, number=signal.SIGTERM):
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(40)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
