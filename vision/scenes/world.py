"""A world: streams of actors, as a pure function of absolute time and a seed.

Time is cut into slots, stream by stream. What arrives in a slot is drawn from a generator seeded by (seed, stream,
slot), so any instant can be asked for directly, in any order and in any process, and always gives the same answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

import numpy as np

from calibration.pinhole import Pinhole
from vision.scenes.actors import Actor, Pose

_SLOTS_KEPT = 4096
"""Slots remembered by a world: some minutes of all its streams."""

Draw = Callable[[np.random.Generator, int, float], Iterable[Actor]]
"""(generator, slot number, UTC second at which the slot begins) -> the actors of that slot."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One way in which actors arrive.

    Attributes:
        slot_s: length of a slot in seconds; slot k begins at UTC second k * slot_s.
        life_s: all actors of a slot begin after it begins, and are gone this many seconds later.
        draw: what arrives in a slot.
    """

    slot_s: float
    life_s: float
    draw: Draw


class World:
    """A place, the camera that looks at it, and everybody in it.

    Args:
        name: `square`, `crossing` or `pool`.
        seed: another seed is another day.
        camera: how the place is seen.
        streams: how actors arrive. Their order is part of the seed.
    """

    def __init__(self, name: str, seed: int, camera: Pinhole, streams: tuple[Stream, ...]) -> None:
        self.name = name
        self.seed = seed
        self.camera = camera
        self._streams = streams
        self._slot = lru_cache(maxsize=_SLOTS_KEPT)(self._draw_slot)

    def actors(self, start: float, end: float) -> list[Actor]:
        """Return everybody who is there at some time during UTC seconds [start, end]."""
        return [
            actor
            for index, stream in enumerate(self._streams)
            for slot in range(max(0, ceil((start - stream.life_s) / stream.slot_s)), floor(end / stream.slot_s) + 1)
            for actor in self._slot(index, slot)
            if actor.journey.start <= end and actor.journey.end >= start
        ]

    def at(self, utc: float) -> list[Pose]:
        """Return everybody who is there at UTC second `utc`, and where."""
        return [Pose(actor, *actor.journey.at(utc)) for actor in self.actors(utc, utc)]

    def _draw_slot(self, index: int, slot: int) -> tuple[Actor, ...]:
        stream = self._streams[index]
        rng = np.random.default_rng((self.seed, index, slot))
        return tuple(stream.draw(rng, slot, slot * stream.slot_s))
