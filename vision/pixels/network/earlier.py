"""The grey levels of a camera's last looks, for networks that also see what has changed.

Beside the means of `trend`, which are smears, they are the only image that outlives its own look. They stay in the
worker's memory, at the working size, for about half a second of looks, and are then overwritten.
"""

from typing import Final

from vision.pixels.network.preprocess import Pixels, change

AIM_S: Final = 0.35
"""The change is that since the last look at least so long ago: in a shorter time a distant walker hardly moves."""
LONGEST_S: Final = 1.0
"""Of a look longer ago than this the change tells nothing that a network has learnt."""
APART_S: Final = 0.09
"""Looks that follow sooner are not kept, so there are never more than six."""


class EarlierLooks:
    """What the next look is compared with."""

    def __init__(self) -> None:
        self._kept: list[tuple[float, Pixels]] = []
        """Seconds and grey levels (H, W), the oldest first."""

    def change(self, grey: Pixels, now: float) -> Pixels | None:
        """Return the change (H, W) of a frame since a look some 0.4 s ago, as `preprocess.change` says it.

        At the beginning it is the change since the first look; None if there was none that can be compared. The
        frame's own grey levels are kept for later looks, or overwritten.

        Args:
            grey: (H, W) grey levels of the frame; no longer the caller's.
            now: seconds at which it was captured.
        """
        while self._kept and not self._comparable(now, grey):
            self._forget_oldest()
        while len(self._kept) > 1 and now - self._kept[1][0] >= AIM_S:
            self._forget_oldest()
        changed = change(grey, self._kept[0][1]) if self._kept else None
        if not self._kept or now - self._kept[-1][0] >= APART_S:
            self._kept.append((now, grey))
        else:
            grey.fill(0)
        return changed

    def forget(self) -> None:
        """Overwrite all that is kept."""
        while self._kept:
            self._forget_oldest()

    def _comparable(self, now: float, grey: Pixels) -> bool:
        then, kept = self._kept[0]
        return now - then <= LONGEST_S and self._kept[-1][0] < now and kept.shape == grey.shape

    def _forget_oldest(self) -> None:
        self._kept.pop(0)[1].fill(0)
