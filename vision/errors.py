"""What a user is told when something is wrong: one line, and an exit code."""

from typing import ClassVar


class ComptageError(Exception):
    """Something failed while running. The message is one line that names the file, key or camera."""

    exit_code: ClassVar[int] = 1


class UsageError(ComptageError):
    """The command line or a site file asks for something that cannot be. Same one line, exit code 2."""

    exit_code: ClassVar[int] = 2
