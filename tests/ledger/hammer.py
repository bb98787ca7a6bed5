"""Writers to be killed: `python -m tests.ledger.hammer` forks one for every path that it reads on stdin.

A writer says its process id, then commits numbered batches for ever and says the number of each one that is written.
Batch n is all that happened in the second T0 + n, and one late passage at T0 - 1. It goes on from the last batch that
the file holds. When a writer has died, the word `dead` is said.
"""

import os
import sys
from pathlib import Path

from tests.ledger.makers import T0, coverage, occupancy, open_ledger, passage, trajectory


def events_of(n):
    second = T0 + n
    yield coverage(second, second + 1)
    for number in range(n % 3 + 1):
        yield passage(second + number / 4)
    yield passage(second, line=f"m{n % 5}", direction="backward", name="car")
    yield occupancy(second, n % 7 + 1, n % 7 + 1)
    yield trajectory(second + 0.5)
    yield passage(T0 - 1)


def say(word):
    """Say a line in one write, which a kill cannot cut."""
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


def write_for_ever(path):
    with open_ledger(path) as ledger:
        # few pages between checkpoints, so that many a kill falls into one
        ledger._connection.execute("PRAGMA wal_autocheckpoint = 20")
        (end,) = ledger._connection.execute('SELECT coalesce(max("end"), ?) FROM coverage', (T0,)).fetchone()
        n = round(end) - T0
        while True:
            for event in events_of(n):
                ledger.add(event)
            ledger.commit()
            say(n)
            n += 1
            if n % 10 == 0:
                ledger.prune(T0)


def main():
    for line in sys.stdin:
        writer = os.fork()
        if writer == 0:
            say(os.getpid())
            write_for_ever(Path(line.rstrip("\n")))
        os.waitpid(writer, 0)
        say("dead")


if __name__ == "__main__":
    main()
