"""A wall clock that runs faster, the same in several processes."""

import os
import time
from dataclasses import dataclass
from typing import Self

_VARIABLE = "COMPTAGE_COMPRESSED_CLOCK"


@dataclass(frozen=True, slots=True)
class CompressedClock:
    """Shows `begin` at `started_at`, and from then on `speed` seconds in each.

    Attributes:
        begin: unix seconds that it shows first.
        started_at: monotonic seconds of that instant.
        speed: seconds a second.
    """

    begin: float
    started_at: float
    speed: float

    def time(self) -> float:
        """Return the unix seconds that it shows now."""
        return self.begin + (time.monotonic() - self.started_at) * self.speed

    def environment(self) -> dict[str, str]:
        """Return this process's environment, with the clock for its children."""
        return {**os.environ, _VARIABLE: f"{self.begin!r} {self.started_at!r} {self.speed!r}"}

    @classmethod
    def of_environment(cls) -> Self:
        """Return the clock of the parent process."""
        return cls(*map(float, os.environ[_VARIABLE].split()))
