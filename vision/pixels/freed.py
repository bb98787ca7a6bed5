"""Memory that is free again still holds what was written there, until it is used anew or given back."""

import ctypes
from typing import Final

import av

_TRIM: Final = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""malloc_trim(3) of glibc. Other C libraries give memory back by themselves, or have no way to say so."""

_MOST_HELD: Final = 5
"""One more than the frames that a reader, a taker and a codec's references together keep from being used again."""
_FROM_FRAME: Final = 60
"""Frames after which a new connection has settled: what came at once at its beginning took more of the pool than ever
since, and must be within what is used then."""


def give_back_freed_memory() -> None:
    """Give freed memory back to the system, which hands it out again only with zeros. Takes about a millisecond."""
    if _TRIM is not None:
        _TRIM(0)


class PoolStirrer:
    """Lets a decoder use all the buffers of its pool in turn, so that none keeps an old image.

    FFmpeg takes the buffer for the next frame from the top of a stack of free ones. One at the bottom is not used, and
    holds its image, until so many are taken at once again. So a few frames are held, and let go of together: then,
    every few frames, as many buffers are taken as ever are.
    """

    def __init__(self) -> None:
        self._held: list[av.VideoFrame] = []
        self._seen = 0

    def stir(self, frame: av.VideoFrame) -> None:
        """Take notice of every frame that is decoded."""
        self._seen += 1
        if len(self._held) == _MOST_HELD:
            self._held.clear()
        if self._seen > _FROM_FRAME:
            self._held.append(frame)
