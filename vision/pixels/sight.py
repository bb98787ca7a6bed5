"""Whether a live camera's view can be seen: not black, not frozen, and still the view that was learnt.

What is kept of a view is its structure: for each of 32 x 24 cells one direction, that in which edges run there, and how
pronounced they are. It is no image and none can be made of it: it says neither where an edge lies within its cell, nor
which of its sides is the lighter, nor how light anything is. It stays in the worker's memory and is never written.
"""

from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from vision.events import Unseen

Pixels = npt.NDArray[np.uint8]
Structure = npt.NDArray[np.complex64]
Seen = Unseen | Literal["live"]

_GRID: Final = (64, 48)
"""Width and height to which a picture is shrunk; four of its points are a cell of 32 x 24."""
_WEAK: Final = 800.0
"""Squared Sobel gradient, summed over a cell, at which structure counts half; that of sensor noise is some 20."""
_DARK: Final = 32
"""Grey level, 16 above the black of video (ITU-R BT.601)."""

BLACK_SHARE: Final = 0.98
"""Of the picture, from which on it is black where it has no structure either …"""
BLACK_SHARE_WHERE_LOST: Final = 0.85
"""… and where what was learnt is lost: captions and logos are burned into a black picture as well. On a day and a
night of five street cameras no picture had more than 0.2 (`benchmarks.sight`)."""
LOST: Final = 0.2
"""Share of the learnt structure that must still be there. Views that were turned away have 0.02 to 0.16 by their
captions and by chance; the same view ten minutes later has 0.5 to 0.95, at noon and at midnight 0.3."""
FOUND: Final = 0.3
"""Share from which on a view that was lost is back."""
STILL_SHARE: Final = 0.9
"""Of the cells with structure: where so many have not changed, nothing has; a clock may tick. Of live pictures 0.76 at
most are the same after nine seconds, for sensors have noise; of one that an encoder sends again at 2 Mbit/s, 0.99."""
_SAME: Final = 0.06
"""Change of a cell's structure, which has a length of 0 to 1, that counts as none."""
_TELLING: Final = 0.3
"""Structure of a cell in which sensor noise shows as a change."""
_LEAST_TELLING: Final = 0.1
"""Share of such cells without which nothing is called frozen."""
_FAINT: Final = 0.15
"""Root mean square of the structure of a picture that has none: a dozen small lamps in the dark make 0.24."""
_LEAST_STRUCTURE: Final = 0.05
"""Root mean square of the structure of a view that can be told from another."""

BLACK_S: Final = 3.0
TURNED_S: Final = 10.0
"""Longer than a vehicle takes to drive past the lens; one that stays there hides the view, and this is said."""
FROZEN_S: Final = 20.0
"""Cameras that save bits send the same picture while nothing moves, until a key frame; one every 8 s is in use."""
SETTLE_S: Final = 1.0
"""Before a view that was lost is looked at again: it may still be turning."""
LEARN_S: Final = 10.0
"""Before a view is known; longer than from one key frame to the next, so that a damaged beginning does no harm."""
FOLLOW_S: Final = 300.0
"""Time constant with which what is learnt follows light, weather and season: in twilight the light halves in some four
minutes."""
LONGEST_KNOWN_S: Final = 86400.0
"""A day: whatever light it brings, the old view has had its hour to be recognised in."""
_LONGEST_STEP_S: Final = 1.0
"""A look says nothing of more time than this, however long ago the look before was."""

_REMARKS: Final[dict[Seen, str]] = {
    "live": "",
    "black": "the picture is black",
    "frozen": f"the picture has not changed for {FROZEN_S:g} s",
    "turned": "the view is not the one that was learnt: the camera was turned away or covered",
}
_NEW_VIEW: Final = "a new view was learnt in the place of the old one: are the lines still where they should be?"


class Sight:
    """Judges one camera's pictures, in their order in time.

    From the first picture on that is black or in which the learnt structure is lost, nothing is to be counted; `state`
    follows once it has lasted for `BLACK_S` or `TURNED_S`. A camera that turns back is recognised. A new view is
    learnt in the place of the old one when it has lasted as long as that had been known, a day at most: so a camera's
    splash screen is soon forgotten, a camera that was turned for a while is waited for, and one that was turned for
    good does not stay blind. A new `Sight`, as after a restart, learns the view that it finds.

    Attributes:
        state: what can be said of the camera after the last look.
        remark: the same for the technician, in a few words.
    """

    def __init__(self) -> None:
        self.state: Seen = "live"
        self._is_new = False
        self._learnt: Structure | None = None
        self._known_s = 0.0
        self._looked_at: float | None = None
        self._lost_at: float | None = None
        self._found_at: float | None = None
        self._still: Structure | None = None
        self._still_at = 0.0

    @property
    def remark(self) -> str:  # noqa: D102  # documented above
        return _NEW_VIEW if self.state == "live" and self._is_new else _REMARKS[self.state]

    def look(self, pixels: Pixels, at: float) -> bool:
        """Say whether a picture shows the view, so that it may be counted in.

        Args:
            pixels: uint8 (H, W, 3) in B, G, R order, or (H, W) grey levels; not kept.
            at: seconds on a clock that never goes back.
        """
        step = 0.0 if self._looked_at is None else min(at - self._looked_at, _LONGEST_STEP_S)
        self._looked_at = at
        found, dark = structure(pixels)
        trouble = self._trouble(found, dark)
        if trouble:
            self._lose(trouble, found, at)
        elif self._is_back(at):
            self.state = "frozen" if self._is_frozen(found, at) else "live"
            if self.state == "live":
                self._learn(found, step)
        return self._lost_at is None and self.state == "live"

    def _trouble(self, found: Structure, dark: float) -> Seen | None:
        """Return what is wrong with this one picture."""
        is_lost = self._known_s >= LEARN_S and self._agreement(found) < (LOST if self._lost_at is None else FOUND)
        if is_lost and dark >= BLACK_SHARE_WHERE_LOST:
            return "black"
        if dark >= BLACK_SHARE and np.vdot(found, found).real < _FAINT**2 * found.size:
            return "black"
        return "turned" if is_lost else None

    def _agreement(self, found: Structure) -> float:
        """Return the share of the learnt structure that is found, -1 to 1; 1 where there is none to be found."""
        assert self._learnt is not None  # noqa: S101  # for the type checker: asked for once a view is known
        learnt = np.vdot(self._learnt, self._learnt).real
        if learnt < _LEAST_STRUCTURE**2 * self._learnt.size:
            return 1.0
        # what is found too much counts as what is missing: a wall of windows has something of every view
        most = np.sqrt(learnt * max(learnt, np.vdot(found, found).real))
        return float(np.vdot(self._learnt, found).real / most)

    def _lose(self, trouble: Seen, found: Structure, at: float) -> None:
        self._found_at = self._still = None
        if self._lost_at is None:
            self._lost_at = at
        lasted = at - self._lost_at
        if lasted >= (BLACK_S if trouble == "black" else TURNED_S):
            self.state = trouble
        if trouble == "turned" and lasted >= max(min(self._known_s, LONGEST_KNOWN_S), TURNED_S):
            self._learnt, self._known_s, self._is_new = found.copy(), 0.0, True

    def _is_back(self, at: float) -> bool:
        """Say whether a view that is found has been so for long enough, or was never lost."""
        if self._lost_at is None:
            return True
        if self._found_at is None:
            self._found_at = at
        if at - self._found_at < SETTLE_S:
            return False
        self._lost_at = self._found_at = None
        return True

    def _is_frozen(self, found: Structure, at: float) -> bool:
        if self._still is None or not _is_same(found, self._still):
            self._still, self._still_at = found, at
        return at - self._still_at >= FROZEN_S

    def _learn(self, found: Structure, step: float) -> None:
        """Let what is learnt follow: at first the mean of all that was seen, then of about the last `FOLLOW_S`."""
        self._known_s += step
        if self._learnt is None or not step:
            self._learnt = found.copy()
        else:
            self._learnt += np.float32(step / min(self._known_s + step, FOLLOW_S)) * (found - self._learnt)


def _is_same(found: Structure, before: Structure) -> bool:
    """Say whether two pictures are the same as far as can be told; a dark one with some lamps tells nothing."""
    telling = np.abs(before) >= _TELLING
    return bool(
        np.count_nonzero(telling) >= _LEAST_TELLING * before.size
        and np.mean(np.abs(found - before)[telling] < _SAME) >= STILL_SHARE
    )


def structure(pixels: Pixels) -> tuple[Structure, float]:
    """Return the structure of a picture, and the share of it that is dark.

    Args:
        pixels: uint8 (H, W, 3) in B, G, R order, or (H, W) grey levels.

    Returns:
        complex64 (24, 32): the squared gradient of each cell as a complex number, so that the angle is twice that of
        the edge and the same from light to dark as from dark to light (Bigün and Granlund 1987), with a length of 0 to
        1 by how pronounced it is; and a share in [0, 1].
    """
    small = cv2.resize(pixels, _GRID, interpolation=cv2.INTER_AREA)
    if small.ndim == 3:
        small = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    gradients = cv2.merge((cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)))
    squared = np.square(gradients.view(np.complex64)[..., 0])
    cells = squared[::2, ::2] + squared[1::2, ::2] + squared[::2, 1::2] + squared[1::2, 1::2]
    return cells / (np.abs(cells) + np.float32(_WEAK)), float(np.mean(small <= _DARK))
