"""A file that is written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from vision.errors import ComptageError


@contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """Open a file for writing that takes its name only once it is whole; a device or a pipe is written as it is.

    Raises:
        ComptageError: it cannot be written.
    """
    whole = path.resolve()
    is_special = whole.exists() and not whole.is_file()
    part = whole if is_special else whole.with_name(f"{whole.name}.part")
    try:
        with part.open("w", encoding="utf-8") as out:
            yield out
        if not is_special:
            part.replace(whole)
    except OSError as error:
        raise ComptageError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        if not is_special:
            with suppress(OSError):
                part.unlink(missing_ok=True)
