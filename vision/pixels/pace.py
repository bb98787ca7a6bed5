"""How often a source is looked at."""

_LEARNING_RATE = 0.1
"""Weight of the newest spacing in the mean of those seen: that of about the last ten frames counts."""


class Pace:
    """Chooses which frames to look at, so that they come at most `fps` times a second.

    A frame is due if it is the one nearest to its point on a grid of 1 / fps seconds, as far as the source's usual
    spacing tells. So times that jitter by up to a sixth of an interval lose no frame of a source that has `fps`
    frames a second or fewer, and the mean rate over a faster source is exactly `fps`.
    """

    def __init__(self, fps: float) -> None:
        self._interval = 1 / fps
        self._due: float | None = None
        self._last = 0.0
        self._spacing: float | None = None

    def is_due(self, time: float) -> bool:
        """Say whether to look at the source's next frame, of this time (seconds, never going back).

        Ask once for every frame; where the answer is yes, it counts as looked at.
        """
        if self._due is None:
            self._due, self._last = time + self._interval, time
            return True
        spacing = min(time - self._last, self._interval)
        self._spacing = spacing if self._spacing is None else self._spacing + _LEARNING_RATE * (spacing - self._spacing)
        self._last = time
        if time < self._due - self._spacing / 2:
            return False
        # A frame that is more than half an interval late has left the grid, which then begins anew with it.
        self._due = (self._due if time <= self._due + self._interval / 2 else time) + self._interval
        return True
