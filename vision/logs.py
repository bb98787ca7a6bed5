"""Log lines on standard error, in which no password is ever shown, whoever wrote them."""

import logging
import sys
import threading
from types import TracebackType

from vision.address import without_password

log = logging.getLogger(__name__)


class MaskingFormatter(logging.Formatter):
    """Masks passwords in the finished text, so also in what an exception says of itself and in its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record."""
        return without_password(super().format(record))


def log_without_passwords(level: str | int) -> None:
    """Send log lines from a level on, and what nobody has caught in any thread, to standard error.

    Hooks that somebody has set before stay.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter("%(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _log_uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda caught: _log_uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, SystemExit):
        log.critical("%s", kind.__name__, exc_info=(kind, error, trace))
