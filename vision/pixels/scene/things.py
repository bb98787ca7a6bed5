"""What stands in the empty places: houses, trees, a monument, signals, starting blocks. From far to near.

Nobody ever walks behind a thing that could hide them, so things are drawn once, together with the ground.
"""

from typing import NamedTuple

import numpy as np

from vision.pixels.scene.bodies import Body, box, joined, rods
from vision.scenes import crossing, pool, square
from vision.scenes.actors import Colour

_STONE: Colour = (204, 192, 170)
_ROOF: Colour = (104, 110, 122)
_WINDOW: Colour = (84, 92, 104)
_TRUNK: Colour = (84, 66, 52)
_BRONZE: Colour = (78, 100, 92)


class Thing(NamedTuple):
    """Something that does not move, in metres of the ground frame, and whether it throws a shadow on the ground."""

    body: Body
    shaded: bool = True


def square_things(rng: np.random.Generator) -> list[Thing]:
    """Return houses on both sides of the northern avenue, trees before them, and the monument."""
    beyond = square.CENTRE[1] + square.RING_RADIUS + 14
    houses = [
        Thing(
            _house(side * (square.AVENUE_HALF + 5 + 16 * k), side * (square.AVENUE_HALF + 20.5 + 16 * k), beyond, stone)
        )
        for side in (-1, 1)
        for k, stone in enumerate((_STONE, (188, 168, 146), (210, 204, 192), (182, 172, 158)))
    ]
    trees = [Thing(_tree(rng, side * x, beyond - 7, 7.5)) for side in (-1, 1) for x in (15.0, 22.5, 30.0, 37.5, 45.0)]
    x, y = square.CENTRE
    plinth = joined(
        box((x - 1.5, y - 1.5, 0), (x + 1.5, y + 1.5, 0.8), _STONE),
        box((x - 0.9, y - 0.9, 0.8), (x + 0.9, y + 0.9, 2.2), _STONE),
    )
    figure = rods([((x, y, 2.4), (x, y, 4.0), 0.45, _BRONZE), ((x, y, 4.5), (x, y, 4.5), 0.3, _BRONZE)])
    return [*houses, *trees, Thing(joined(plinth, figure))]


def crossing_things(rng: np.random.Generator) -> list[Thing]:
    """Return the row of houses with shops behind the far pavement, trees before it, and the far signals."""
    far = crossing.KERBS[1]
    stones: tuple[Colour, ...] = (_STONE, (176, 150, 128), (208, 202, 190), (190, 178, 150), _STONE, (184, 176, 168))
    houses = [Thing(_house(-42.0 + 14 * k, -28.2 + 14 * k, far + 11, stone)) for k, stone in enumerate(stones)]
    awnings: tuple[Colour, ...] = ((150, 44, 44), (40, 86, 70), (196, 160, 80), (44, 62, 110))
    shops = [
        Thing(box((-20.0 + 11 * k, far + 9.6, 2.6), (-13.0 + 11 * k, far + 11, 3.1), colour))
        for k, colour in enumerate(awnings)
    ]
    trees = [Thing(_tree(rng, x, far + 7.5, 6.0)) for x in (-19.0, -9.5, 9.5, 19.0)]
    masts = [Thing(_mast(side * (crossing.ZEBRA_HALF + 0.9), far + 0.7)) for side in (-1, 1)]
    return [*houses, *shops, *trees, *masts]


def pool_things(_rng: np.random.Generator) -> list[Thing]:
    """Return the end wall of the hall with its windows, benches, and the starting blocks."""
    wall_y = pool.FAR_WALL + 5.0
    wall = box((-30.0, wall_y, 0), (30.0, wall_y + 1, 9.0), (196, 200, 196))
    panes = [box((x, wall_y - 0.05, 1.2), (x + 3.4, wall_y, 6.0), (150, 190, 206)) for x in np.arange(-28.0, 28.0, 4.0)]
    benches = [
        box((side * 9.5 - 0.4, y, 0.0), (side * 9.5 + 0.4, y + 2.2, 0.45), (150, 112, 74))
        for y in (30.0, 24.0, 18.0, 12.0)
        for side in (-1, 1)
    ]
    blocks = [
        box((x - 0.3, y, 0.0), (x + 0.3, y + 0.5, 0.6), (228, 228, 224))
        for y in (pool.FAR_WALL + 0.2, pool.NEAR_WALL - 0.7)
        for x in map(pool.lane_middle, range(pool.LANES))
    ]
    return [Thing(body, shaded=False) for body in (joined(wall, *panes), *benches, *blocks)]


def _house(x0: float, x1: float, y: float, stone: Colour) -> Body:
    """Return a house of five floors with its front at y, from x0 to x1 in metres."""
    left, right = sorted((x0, x1))
    front = box((left, y, 0), (right, y + 14, 17.0), stone)
    roof = box((left + 0.3, y + 0.6, 17.0), (right - 0.3, y + 14, 20.0), _ROOF)
    windows = [
        box((x, y - 0.05, floor), (x + 1.2, y, floor + 1.9), _WINDOW)
        for floor in (4.2, 7.4, 10.6, 13.8)
        for x in np.arange(left + 1.0, right - 1.5, 2.4)
    ]
    shop = box((left + 0.8, y - 0.05, 0.0), (right - 0.8, y, 2.9), (70, 66, 66))
    return joined(front, roof, shop, *windows)


def _tree(rng: np.random.Generator, x: float, y: float, tall: float) -> Body:
    """Return a tree whose crown is a heap of balls, brighter on top."""
    crown = rng.normal((x, y, tall * 0.68), (tall * 0.14, tall * 0.1, tall * 0.12), (22, 3))
    lift = np.clip((crown[:, 2] / tall - 0.4) * 60, 0, 40).astype(int)
    greens: list[Colour] = [(52 + int(up), 82 + int(up), 42 + int(up) // 2) for up in lift]
    balls = [
        ((a, b, c), (a, b, c), tall * 0.11, green) for (a, b, c), green in zip(crown.tolist(), greens, strict=True)
    ]
    return rods([((x, y, 0.0), (x, y, tall * 0.6), 0.18, _TRUNK), *balls])


def _mast(x: float, y: float) -> Body:
    """Return a pedestrian signal on its mast."""
    return rods([((x, y, 0), (x, y, 2.6), 0.06, (60, 66, 62)), ((x, y, 2.2), (x, y, 2.8), 0.16, (30, 32, 32))])
