"""Synthetic places: seeded, plausible worlds whose passages are known exactly. Numbers only; nothing is drawn here.

They serve the demo and the tests, and are never quoted as accuracy on the real world.
"""

from vision.errors import UsageError
from vision.scenes import crossing, pool, square
from vision.scenes.world import World

_PLACES = {"square": square.world, "crossing": crossing.world, "pool": pool.world}

NAMES = tuple(_PLACES)
"""The places there are."""


def open_world(name: str) -> World:
    """Return the world called `name`, which may carry a seed: `square` or `square?seed=3`.

    Raises:
        UsageError: there is no such place, or the seed is not a whole number.
    """
    place, _, query = name.partition("?")
    key, _, value = query.partition("=")
    wanted = f"wanted one of {', '.join(NAMES)}, with ?seed=N for another day"
    if place not in _PLACES:
        raise UsageError(f"scene {name!r}: no such place, {wanted}")
    if query and not (key == "seed" and value.isascii() and value.isdigit()):
        raise UsageError(f"scene {name!r}: found {query!r}, {wanted}")
    return _PLACES[place](int(value) if query else 0)
