"""A port that is let go of and bound again."""

import errno
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 10.0


def bound(bind: Callable[[], T]) -> T:
    """Return what binds the port; one that is in use may be that of a passing connection, which soon ends.

    Raises:
        OSError: it cannot be bound, or is in use for `PATIENCE_S`.
    """
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            return bind()
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > give_up:
                raise
        time.sleep(0.1)
