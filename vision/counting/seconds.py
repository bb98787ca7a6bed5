"""Quantities of the moment -> their time integral and maximum in each second of UTC."""

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Summed(NamedTuple, Generic[Key]):
    """One quantity during the second of UTC that begins at `start`."""

    start: int
    key: Key
    integral: float
    maximum: float


@dataclass(slots=True)
class _Second(Generic[Key]):
    integral: dict[Key, float] = field(default_factory=dict)
    maximum: dict[Key, float] = field(default_factory=dict)


class Seconds(Generic[Key]):
    """Sums of several quantities by second; a quantity that is zero all through a second is not told."""

    def __init__(self) -> None:
        self._open: dict[int, _Second[Key]] = {}

    def observe(self, values: Mapping[Key, float], seen: tuple[float, float] | None) -> None:
        """Take the values of one look.

        Args:
            values: by key; those that are left out are zero.
            seen: the time [start, end) in unix seconds for which this look speaks; None if for none.
        """
        if seen is None:
            return
        for start, share in _seconds_of(*seen):
            second = self._open.setdefault(start, _Second())
            for key, value in values.items():
                second.integral[key] = second.integral.get(key, 0.0) + share * value
                second.maximum[key] = max(second.maximum.get(key, 0.0), value)

    def finished(self, before: float) -> Iterator[Summed[Key]]:
        """Hand out, once, the seconds that ended by `before` (unix seconds)."""
        for start in sorted(start for start in self._open if start + 1 <= before):
            second = self._open.pop(start)
            for key, integral in second.integral.items():
                if integral > 0:
                    yield Summed(start, key, integral, second.maximum[key])


def _seconds_of(start: float, end: float) -> Iterator[tuple[int, float]]:
    """Split [start, end) at whole seconds; yield each second with the part of it that is covered."""
    while start < end:
        second = math.floor(start)
        stop = min(end, second + 1.0)
        yield second, stop - start
        start = stop
