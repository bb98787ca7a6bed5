"""How each far end fares, and how long one waits for one that does not answer."""

import logging
import os
import secrets
import ssl
from collections.abc import Callable
from typing import Literal

log = logging.getLogger(__name__)

FIRST_S, LONGEST_S = 1.0, 300.0
"""Seconds of the first and of the longest wait."""

Kind = Literal["mqtt", "webhook"]


class Standing:
    """How one far end fares; it may be read from any thread.

    Args:
        name: of the far end.
        kind: what it is.
        seconds_behind: says how many seconds of bins are ready and not acknowledged; None where that is not known yet.
    """

    def __init__(self, name: str, kind: Kind, seconds_behind: Callable[[], float | None]) -> None:
        self.name = name
        self.kind = kind
        self.seconds_behind = seconds_behind
        self.acknowledged = 0
        """Bins since the service started."""
        self.failures = 0
        """Attempts since the service started."""
        self.trouble = ""
        """Why the last attempt failed, without any address; empty where it did not."""

    def failed(self, reason: str) -> None:
        """Take note of an attempt that failed; the log is told where the reason is a new one."""
        self.failures += 1
        if reason != self.trouble:
            log.warning("%s %s: %s; what it is owed is kept", self.kind, self.name, reason)
        self.trouble = reason

    def succeeded(self, bins: int) -> None:
        """Take note of so many bins that were acknowledged."""
        self.acknowledged += bins
        if self.trouble:
            log.warning("%s %s: reached again", self.kind, self.name)
        self.trouble = ""


class Patience:
    """Waits that double from failure to failure, with full jitter, so that far ends are not asked by all at once.

    Exponential backoff with full jitter, as Brooker describes it (AWS Architecture Blog, 4 March 2015).

    Args:
        first: seconds of the first wait at most.
        longest: seconds of any wait at most.
    """

    def __init__(self, first: float = FIRST_S, longest: float = LONGEST_S) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0
        self._chance = secrets.SystemRandom()

    def after_failure(self, asked: float = 0.0) -> float:
        """Return how many seconds to wait, at least as many as the far end asked for, but never longer than `longest`.

        A first wait is at least half of `first`, and no wait less than that of the first.
        """
        most = min(self._longest, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return min(max(self._chance.uniform(self._first / 2, most), asked), self._longest)

    def after_success(self) -> None:
        """Begin anew with the shortest wait."""
        self._failures = 0


def reason(error: BaseException) -> str:
    """Return why a connection failed, in one line that names no host: what the system or TLS says, else the error."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"TLS: {cause.reason or 'failed'}"
        if isinstance(cause, OSError) and cause.errno and cause.errno > 0:
            return os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return " ".join(str(error).split()) or type(error).__name__
