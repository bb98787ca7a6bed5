"""A writer is killed with SIGKILL at random instants, many times on the same file."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.ledger.hammer import events_of
from tests.ledger.makers import T0, open_ledger
from vision.events import Occupancy, Passage
from vision.ledger import LedgerReader

KILLS = 40
MORE_KILLS = 400
"""At most, where a busy machine gave the writers hardly any time."""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run_and_kill():
    """A function of (path, seconds): what a writer said before it was killed, seconds after it was started."""
    command = [sys.executable, "-m", "tests.ledger.hammer"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # a process that forks has one thread
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=environment) as hammer:

        def run(path, seconds):
            print(path, file=hammer.stdin, flush=True)
            writer = int(hammer.stdout.readline())
            time.sleep(seconds)
            os.kill(writer, signal.SIGKILL)
            return [int(line) for line in iter(hammer.stdout.readline, "dead\n")]

        yield run
        hammer.stdin.close()


def batches_in(path):
    """Return how many batches the file holds, having seen that each is there once and whole, and nothing else."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with LedgerReader(path) as reader:
        stored = sum(bins.sum() for key, bins in reader.line_counts(T0 - 1, T0, 1).items())
        end = T0 + stored + 50
        lines, zones = reader.line_counts(T0, end, 1), reader.zone_occupancy(T0, end, 1)
        seen, paths = reader.seen_seconds("a", T0, end, 1), reader.trajectories(T0, end)
        minutes = reader.line_counts(T0 - 60, T0 + 86400, 86460)
    expected, occupied = {}, np.zeros(stored + 50)
    for event in (event for n in range(stored) for event in events_of(n)):
        if isinstance(event, Passage) and event.utc >= T0:
            key = (event.camera, event.line, event.direction, event.object_class)
            expected.setdefault(key, np.zeros(stored + 50, np.int64))[int(event.utc) - T0] += 1
        elif isinstance(event, Occupancy):
            occupied[event.start - T0] = event.object_seconds
    assert lines.keys() == expected.keys()
    assert all((lines[key] == expected[key]).all() for key in expected)
    assert sum(bins.sum() for bins in minutes.values()) == stored + sum(bins.sum() for bins in lines.values())
    assert seen.tolist() == [1.0] * stored + [0.0] * 50
    assert not stored or all((part == occupied).all() for part in zones["a", "z", "pedestrian"])
    assert [found.start for found in paths] == [T0 + n + 0.5 for n in range(stored)]
    return stored


def test_a_killed_writer_leaves_whole_batches_each_of_them_once(tmp_path, run_and_kill):
    path = tmp_path / "x.sqlite"
    open_ledger(path).close()
    moments = random.Random(2)
    stored = 0
    for number in range(KILLS + MORE_KILLS):
        if number >= KILLS and stored > KILLS:
            break
        said = run_and_kill(path, moments.uniform(0, 0.06))
        assert said == list(range(stored, stored + len(said)))
        acknowledged = stored + len(said)
        stored = batches_in(path)
        assert acknowledged <= stored <= acknowledged + 1
    assert stored > KILLS


def test_a_writer_killed_while_it_makes_the_file_leaves_one_that_can_be_opened(tmp_path, run_and_kill):
    moments = random.Random(3)
    for number in range(10):
        path = tmp_path / f"{number}.sqlite"
        said = run_and_kill(path, moments.uniform(0, 0.015))
        open_ledger(path).close()
        assert len(said) <= batches_in(path) <= len(said) + 1
