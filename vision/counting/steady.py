"""Numbers that flicker -> their medians over the last seconds."""

from collections import Counter, deque
from collections.abc import Iterable

import numpy as np


class Steady:
    """The median of each of several numbers over the last seconds: what lasts less than half as long is not told.

        counted  ...2222212222033333333333...
        told     ...2222222222222222333333...

    Args:
        names: of the numbers.
        over_s: how many seconds a number speaks for.
    """

    def __init__(self, names: Iterable[str], over_s: float) -> None:
        self._names = tuple(names)
        self._over_s = over_s
        self._looks: deque[tuple[float, list[int]]] = deque()

    def observe(self, numbers: Counter[str], captured_at: float) -> Counter[str]:
        """Take what was counted at one look; return the medians, a half rounded up, without those that are 0.

        Args:
            numbers: by name; those that are left out are 0.
            captured_at: seconds on a clock that never goes back.
        """
        self._looks.append((captured_at, [numbers[name] for name in self._names]))
        while self._looks[0][0] <= captured_at - self._over_s:
            self._looks.popleft()
        medians = np.floor(np.median([row for _, row in self._looks], axis=0) + 0.5).astype(int)
        return Counter({name: number for name, number in zip(self._names, medians.tolist(), strict=True) if number})

    def forget(self) -> None:
        """Begin anew."""
        self._looks.clear()
