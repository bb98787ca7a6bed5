"""The files of a ledger: the lock beside it, and what has been set aside."""

import errno
import fcntl
import os
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TextIO

from vision.errors import ComptageError

_JOURNALS = ("-wal", "-shm")
"""What SQLite keeps beside a database, by the end of its name; a damaged one keeps its own."""


def trial_path(ledger: Path) -> Path:
    """Return the ledger, beside another one, in which is kept what scores that are tried have counted."""
    return ledger.with_name(f"{ledger.name}.trial")


def hold(path: Path) -> TextIO:
    """Return the lock file beside `path`, held by this process until it is closed or the process ends.

    A lock file and not the ledger itself: closing any descriptor of a database drops the locks that SQLite holds on
    it in this process. It is never removed, since two writers could then hold two files of the same name.
    A child forked without exec would share the hold; workers are programs of their own and do not.

    Raises:
        ComptageError: another writer holds it, or there is no place for it.
    """
    lock = path.with_name(f"{path.name}.lock")
    with ExitStack() as stack:
        try:
            file = stack.enter_context(lock.open("a"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ComptageError(f"{path}: another writer holds this ledger, wanted to be the only one") from error
        except OSError as error:
            raise ComptageError(f"{lock}: {error.strerror}, wanted a place for the ledger's lock") from error
        stack.pop_all()
        return file


def sign(lock: TextIO) -> None:
    """Say in the lock file that the file beside it is a ledger, so that it is known for one when it is damaged."""
    if not is_signed(lock):
        with suppress(OSError):  # a disk that is full; the next start signs
            os.write(lock.fileno(), b"the file beside this one is a ledger of Comptage\n")


def is_signed(lock: TextIO) -> bool:
    """Say whether the file beside a lock has been a ledger: any other file is not ours to rename."""
    return os.fstat(lock.fileno()).st_size > 0


def set_aside(path: Path) -> Path:
    """Give a damaged ledger, and its journals, a name with the time of now (UTC); return that.

    Raises:
        ComptageError: the files cannot be renamed, or one of that name is there already.
    """
    aside = path.with_name(time.strftime(f"{path.name}.damaged-%Y%m%dT%H%M%SZ", time.gmtime()))
    try:
        if aside.exists():
            raise FileExistsError(errno.EEXIST, "is there already")
        for end in _JOURNALS:
            journal = path.with_name(path.name + end)
            if journal.exists():
                journal.rename(aside.with_name(aside.name + end))
        path.rename(aside)
    except OSError as error:
        raise ComptageError(f"{path}: damaged, and cannot be set aside as {aside.name}: {error.strerror}") from error
    return aside


def found_aside(path: Path) -> tuple[str, ...]:
    """Return the names of the damaged ledgers that lie beside this one, oldest first."""
    found = path.parent.glob(f"{path.name}.damaged-*Z")
    return tuple(sorted(file.name for file in found))
