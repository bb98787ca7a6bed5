"""How often a source is looked at."""


class Pace:
    """Chooses which frames to look at, so that they come at most `fps` times a second.

    A frame is due from half an interval before its point on a grid of 1 / fps seconds. So times that jitter by up to
    a quarter of an interval lose no frame of a source that has `fps` frames a second or fewer, and the mean rate over
    a faster source is exactly `fps`: a point of the grid that is late does not delay the next one.
    """

    def __init__(self, fps: float) -> None:
        self._interval = 1 / fps
        self._due: float | None = None

    def is_due(self, time: float) -> bool:
        """Say whether to look at the frame of this time (seconds, never going back); if so, it counts as looked at."""
        due = time if self._due is None else self._due
        if time < due - self._interval / 2:
            return False
        self._due = max(due + self._interval, time)
        return True
