"""Street furniture, drawn as `figures` draws people: what a network must not take for them because it stands upright.

Tripods, posts and signs are what `street` takes for pedestrians, always at the same place. Sizes are common
ones in metres; pasted pieces are scaled from a pedestrian's height, so only proportions matter.
"""

from collections.abc import Callable

import numpy as np

from models.training.cutouts import FURNITURE, CutOuts
from models.training.figures import ELEVATIONS, Tube, any_colour, at, dark, seen

Draw = Callable[[np.random.Generator], list[Tube]]


def furniture(number: int, rng: np.random.Generator) -> CutOuts:
    """Return so many pieces, of all kinds alike."""
    pieces = []
    for n in range(number):
        tubes = _KINDS[n % len(_KINDS)](rng)
        azimuth, elevation = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(*ELEVATIONS))
        pieces.append((*seen(tubes, azimuth, elevation, rng), FURNITURE))
    return {FURNITURE: pieces}


def _post(rng: np.random.Generator) -> list[Tube]:
    """Return a bollard, or a pole, some with bands of another colour."""
    radius, top, paint = rng.uniform(0.03, 0.12), rng.uniform(0.7, 2.0), any_colour(rng)
    tubes = [(at(0, 0, radius), at(0, 0, top), radius, paint)]
    bands = rng.uniform(0.3, 0.95, int(rng.integers(0, 3))) * top
    return tubes + [(at(0, 0, z), at(0, 0, z + 0.05), radius * 1.05, any_colour(rng)) for z in bands]


def _sign(rng: np.random.Generator) -> list[Tube]:
    """Return a plate on one or two poles."""
    low, high, half = rng.uniform(0.6, 1.6), rng.uniform(1.7, 2.4), rng.uniform(0.1, 0.45)
    grey, paint, frame = dark(rng) * 2, any_colour(rng), any_colour(rng)
    poles = [at(0, side * half * 0.8, 0) for side in ((-1, 1) if rng.random() < 0.4 else (0,))]
    tubes = [(pole, pole + (0, 0, high), 0.03, grey) for pole in poles]
    tubes += [(at(0, -half, z), at(0, half, z), 0.05, paint) for z in np.arange(low, high, 0.07)]
    return [*tubes, (at(0, -half, high), at(0, half, high), 0.04, frame)]


def _tripod(rng: np.random.Generator) -> list[Tube]:
    """Return a surveyor's or a photographer's tripod with its instrument."""
    top, spread, paint = rng.uniform(1.1, 1.7), rng.uniform(0.3, 0.6), any_colour(rng)
    turns = np.deg2rad((0, 120, 240)) + rng.uniform(0, 2)
    legs = [(at(0, 0, top), at(spread * np.cos(turn), spread * np.sin(turn), 0), 0.025, paint) for turn in turns]
    return [*legs, (at(-0.05, 0, top + 0.1), at(0.05, 0, top + 0.1), rng.uniform(0.06, 0.14), dark(rng))]


def _box(rng: np.random.Generator) -> list[Tube]:
    """Return a bin, a letter box or a cabinet."""
    half, top, paint = rng.uniform(0.15, 0.4), rng.uniform(0.7, 1.5), any_colour(rng)
    tubes = [(at(0, -half, z), at(0, half, z), 0.15, paint) for z in np.arange(0.15, top, 0.12)]
    return [*tubes, (at(0, -half, top), at(0, half, top), 0.1, any_colour(rng))]


def _cone(rng: np.random.Generator) -> list[Tube]:
    """Return a traffic cone with bands."""
    paints = (np.array((30.0, 80, 230)) * rng.uniform(0.7, 1.1), np.full(3, rng.uniform(150, 240)))
    heights = np.linspace(0.05, 0.75, 8)
    return [(at(0, 0, z), at(0, 0, z + 0.1), 0.2 - 0.22 * z, paints[n // 2 % 2]) for n, z in enumerate(heights)]


def _light(rng: np.random.Generator) -> list[Tube]:
    """Return a traffic light or a lamp on its pole."""
    top, paint = rng.uniform(1.9, 3.0), dark(rng)
    lit, colours = rng.integers(3), ((40.0, 40, 230), (30.0, 170, 240), (110.0, 220, 60))
    tubes = [(at(0, 0, 0), at(0, 0, top), rng.uniform(0.04, 0.08), any_colour(rng))]
    tubes.append((at(0.05, 0, top - 0.7), at(0.05, 0, top), 0.16, paint))
    lamp = np.array(colours[lit])
    return [*tubes, (at(0.2, 0, top - 0.3 * lit), at(0.2, 0, top - 0.3 * lit), 0.09, lamp)]


def _bush(rng: np.random.Generator) -> list[Tube]:
    """Return a shrub, or a young tree on its trunk."""
    trunk, leaves = rng.uniform(0.0, 1.2), np.array((40.0, 110, 60)) * rng.uniform(0.4, 1.4)
    tubes = [(at(0, 0, 0), at(0, 0, trunk + 0.3), 0.05, dark(rng))]
    for _ in range(12):
        clump = at(rng.normal(0, 0.2), rng.normal(0, 0.2), trunk + rng.uniform(0.1, 1.0))
        tubes.append((clump, clump, rng.uniform(0.1, 0.25), leaves * rng.uniform(0.7, 1.3)))
    return tubes


_KINDS: tuple[Draw, ...] = (_post, _sign, _tripod, _box, _cone, _light, _bush)
