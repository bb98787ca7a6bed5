"""One object as the tracker knows it."""

from enum import Enum, auto
from typing import NamedTuple

from vision.classes import ClassName


class TrackState(Enum):
    """How sure it is that a track is an object, and whether it is seen now."""

    TENTATIVE = auto()
    CONFIRMED = auto()
    LOST = auto()


STATES = tuple(TrackState)


class Track(NamedTuple):
    """One object as it is known after a frame.

    Attributes:
        id: distinct within the tracker's life; never stored and never published.
        object_class: the score-weighted vote of the track's life so far.
        box: x0, y0, x1, y1 in pixels of the camera's `frame_size`; as observed, or as predicted while not observed.
        foot: bottom centre of the box.
        velocity: of the foot, pixels per second.
        state: tentative, confirmed or lost.
        unobserved_s: seconds since a detection last belonged to it; 0 when one of this frame does.
    """

    id: int
    object_class: ClassName
    box: tuple[float, float, float, float]
    foot: tuple[float, float]
    velocity: tuple[float, float]
    state: TrackState
    unobserved_s: float

    @property
    def observed(self) -> bool:
        """Whether a detection of this frame belongs to the track."""
        return self.unobserved_s == 0
