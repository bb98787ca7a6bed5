"""During which time a camera really saw."""

from collections.abc import Iterator

LONGEST_GAP_S = 1.0
"""Between two looks further apart the camera did not see; at very low frame rates, three frames."""
SLACK_S = 0.05
"""Spans that meet to within this are one: what clocks are slewed by between two looks is no gap."""

Span = tuple[float, float]


class CoverageKeeper:
    """Joins looks into spans of UTC [start, end), in unix seconds.

    The length of what was seen is measured on the monotonic clock; UTC says only where it lies, so a step of the
    clock neither stretches nor shrinks it.

    Args:
        fps: looks per second that are aimed at.
    """

    def __init__(self, fps: float) -> None:
        self._longest_gap = max(LONGEST_GAP_S, 3 / fps)
        self._looked_at: float | None = None
        self._open: Span | None = None
        self._closed: list[Span] = []

    def look(self, captured_at: float, utc: float) -> Span | None:
        """Take the times of a look; return the span that it adds, None after a gap."""
        before, self._looked_at = self._looked_at, captured_at
        if before is None or captured_at - before > self._longest_gap:
            return None
        start = utc - (captured_at - before)
        if self._open and abs(self._open[1] - start) <= SLACK_S:
            start = self._open[1]
            self._open = (self._open[0], utc)
        else:
            self._closed += self._opened()
            self._open = (start, utc)
        return start, utc

    def said(self) -> Iterator[Span]:
        """Hand out, once, all that was seen so far; what follows goes on where this ends."""
        spans = self._closed + self._opened()
        self._closed = []
        if self._open:
            self._open = (self._open[1], self._open[1])
        yield from spans

    def _opened(self) -> list[Span]:
        return [self._open] if self._open and self._open[1] > self._open[0] else []
