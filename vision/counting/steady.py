"""Numbers that flicker -> their medians over the last seconds."""

from collections import Counter, deque
from collections.abc import Iterable

import numpy as np


class Steady:
    """The median of each of several numbers over the last seconds: what lasts less than half as long is not told.

        counted  ...2222212222033333333333...
        told     ...2222222222222222333333...

    Of an even number of looks any number between the two in the middle is a median, and the one nearest to what was
    told last is told: so who changes from one place to another is told once at each look. At the beginning and after a
    gap there are few looks, and what they counted is told at once.

    Args:
        names: of the numbers.
        over_s: how many seconds a number speaks for, in which all looks weigh the same.
    """

    def __init__(self, names: Iterable[str], over_s: float) -> None:
        self._names = tuple(names)
        self._over_s = over_s
        self._looks: deque[tuple[float, list[int]]] = deque()
        self._told = np.zeros(len(self._names), int)

    def __len__(self) -> int:
        """Return how many looks are remembered."""
        return len(self._looks)

    def observe(self, numbers: Counter[str], captured_at: float) -> Counter[str]:
        """Take what was counted at one look; return the medians, without those that are 0.

        Args:
            numbers: by name; those that are left out are 0.
            captured_at: seconds on a clock that never goes back.
        """
        self._looks.append((captured_at, [numbers[name] for name in self._names]))
        while self._looks[0][0] <= captured_at - self._over_s:
            self._looks.popleft()
        rows = np.sort([row for _, row in self._looks], axis=0)
        self._told = np.clip(self._told, rows[(len(rows) - 1) // 2], rows[len(rows) // 2])
        return Counter({name: number for name, number in zip(self._names, self._told.tolist(), strict=True) if number})

    def forget(self) -> None:
        """Begin anew."""
        self._looks.clear()
        self._told[:] = 0
