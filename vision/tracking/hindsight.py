"""Tracks as they are known a while later, for recorded files: what is told live cannot wait, a file can.

Three things are known then. A track's tentative beginning belongs to it, once it has been confirmed, and is dropped
with it otherwise. Where it was while nobody saw it lies between the observations before and after. And both sides of
time say where it was in a frame: its box there is a local linear regression over the observations around it.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from vision.boxes import foot_points
from vision.tracking.track import Track, TrackState

Frame = TypeVar("Frame")
Box = tuple[float, float, float, float]

WINDOW_S = 1.0
"""Observations weigh less the further they are off in time, and nothing from here on: within a second a walker goes
straight. Of 0.6, 1 and 1.5 s the best on PETS at 10, 5 and 2.5 frames a second."""


@dataclass(slots=True)
class _Path:
    """What is still needed of one track: its boxes by time, the frames in which it is not seen, and what it is."""

    track: Track
    times: list[float] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    unseen: list[float] = field(default_factory=list)
    last_at: float = 0.0

    def add(self, track: Track, at: float) -> None:
        self.track, self.last_at = track, at
        if not track.observed:
            self.unseen.append(at)
            return
        if self.unseen:
            ends = [self.times[-1], at]
            between = [np.interp(self.unseen, ends, side) for side in zip(self.boxes[-1], track.box, strict=True)]
            self.times += self.unseen
            self.boxes += zip(*(side.tolist() for side in between), strict=True)
            self.unseen.clear()
        self.times.append(at)
        self.boxes.append(track.box)

    def at(self, time: float) -> Track | None:
        """Return the track as it was then; None where it was not there, or not confirmed later either."""
        here = bisect_left(self.times, time)
        if self.track.state is TrackState.TENTATIVE or here == len(self.times) or self.times[here] != time:
            return None
        first, end = bisect_left(self.times, time - WINDOW_S), bisect_left(self.times, time + WINDOW_S)
        box = _regression(self.times[first:end], self.boxes[first:end], time)
        foot_x, foot_y = foot_points(box[None])[0].tolist()
        left, top, right, bottom = box.tolist()
        return self.track._replace(
            box=(left, top, right, bottom),
            foot=(foot_x, foot_y),
            state=TrackState.CONFIRMED,
            unobserved_s=0.0,
        )

    def forget(self, before: float) -> None:
        """Drop the boxes before a time, except the last one, from which a gap may still have to be filled."""
        end = min(bisect_left(self.times, before), len(self.times) - 1)
        del self.times[:end], self.boxes[:end]


class Hindsight(Generic[Frame]):
    """Holds frames back until nothing that is seen later can change what their tracks are.

    It holds no more than the frames of `delay_s`, and the observations of a second before them.

    Args:
        delay_s: seconds that a frame waits: at least as long as a track may be unconfirmed or unobserved.
    """

    def __init__(self, delay_s: float) -> None:
        self._delay_s = max(delay_s, WINDOW_S)
        self._waiting: deque[tuple[Frame, float, Sequence[int]]] = deque()
        self._paths: dict[int, _Path] = {}

    def add(self, frame: Frame, captured_at: float, tracks: Sequence[Track]) -> Iterator[tuple[Frame, list[Track]]]:
        """Take one frame's tracks, of all states, and yield the frames that are settled by it, in order.

        Args:
            frame: whatever the caller knows the frame by.
            captured_at: seconds, later than the frame before.
            tracks: as `Tracker.update` returns them.

        Yields:
            A frame and its tracks, all confirmed: observed, or between two observations. Their boxes are regressed;
            class and velocity are the latest ones.
        """
        for track in tracks:
            self._paths.setdefault(track.id, _Path(track)).add(track, captured_at)
        self._waiting.append((frame, captured_at, [track.id for track in tracks]))
        while captured_at - self._waiting[0][1] > self._delay_s:
            yield self._settle()

    def finish(self) -> Iterator[tuple[Frame, list[Track]]]:
        """Yield the frames that are left."""
        while self._waiting:
            yield self._settle()

    def _settle(self) -> tuple[Frame, list[Track]]:
        frame, time, names = self._waiting.popleft()
        found = [self._paths[name].at(time) for name in names]
        for name in names:
            self._paths[name].forget(time - WINDOW_S)
            if self._paths[name].last_at == time:
                del self._paths[name]
        return frame, [track for track in found if track is not None]


def _regression(times: Sequence[float], boxes: Sequence[Box], at: float) -> np.typing.NDArray[np.float64]:
    """Return the value (4,) at a time of a line through boxes, by Epanechnikov weights.

    Local linear regression, which unlike a moving average does not pull the ends of a track inwards (Fan and Gijbels,
    Local Polynomial Modelling and Its Applications, 1996).
    """
    away = np.array(times) - at
    values = np.array(boxes)
    weight = 1 - (away / WINDOW_S) ** 2
    weight /= weight.sum()
    centre = weight @ away
    spread = weight * (away - centre)
    variance = spread @ away
    slope = spread @ values / variance if variance > 0 else 0.0
    regressed: np.typing.NDArray[np.float64] = weight @ values - slope * centre
    return regressed
