"""The empty places: what each point of the ground looks like. Drawn once, before anybody comes.

Every function takes the ground point seen by each pixel, x and y (H, W) in metres with nan above the horizon, and
returns colours float32 (H, W, 3) in R, G, B order.
"""

import cv2
import numpy as np
import numpy.typing as npt

from calibration.pinhole import Floats
from vision.scenes import crossing, pool, square
from vision.scenes.actors import Colour

Colours = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_ASPHALT: Colour = (96, 97, 100)
_PAVING: Colour = (138, 134, 126)
_KERB: Colour = (190, 188, 182)
_PAINT: Colour = (226, 226, 220)
_GRASS: Colour = (92, 122, 62)
_TRACK: Colour = (150, 106, 92)
_WATER: Colour = (70, 168, 190)
_TILE: Colour = (214, 218, 214)
_ROPE: Colour = (206, 60, 48)


def square_ground(x: Floats, y: Floats) -> Colours:
    """Return the square without anybody: ring, avenues, island, promenade, cycle track."""
    away_x, away_y = x - square.CENTRE[0], y - square.CENTRE[1]
    radius = np.hypot(away_x, away_y)
    image = _plain(x, _PAVING)
    _tiles(image, x, y, 1.2, 0.94)
    for axis, across in ((away_y, away_x), (away_x, np.where(away_y > 0, away_y, np.nan))):
        beyond = np.abs(across) > square.LANE_RADIUS
        _paint(image, beyond & (np.abs(axis) < square.AVENUE_HALF + 0.3), _KERB)
        _paint(image, beyond & (np.abs(axis) < square.AVENUE_HALF), _ASPHALT)
        island = beyond & (np.abs(across) > square.RING_RADIUS + 3.5)
        _paint(image, island & (np.abs(axis) < square.MEDIAN_HALF), _KERB)
        _paint(image, island & (np.abs(axis) < square.MEDIAN_HALF - 0.3), _GRASS)
        give_way = (np.abs(across) > square.RING_RADIUS + 0.4) & (np.abs(across) < square.RING_RADIUS + 0.9)
        _paint(image, give_way & (np.abs(axis) < square.AVENUE_HALF) & (axis % 1.0 < 0.5), _PAINT)
    _paint(image, (radius < square.RING_RADIUS + 0.3) & ~_arms(away_x, away_y), _KERB)
    _paint(image, radius < square.RING_RADIUS, _ASPHALT)
    _paint(image, radius < square.ISLAND_RADIUS + 0.4, _KERB)
    _paint(image, radius < square.ISLAND_RADIUS, _GRASS)
    _paint(image, (radius < 4.2) & (radius > 3.0), (176, 152, 118))
    _paint(image, (np.abs(radius - 6.2) < 0.5) & (np.arctan2(away_y, away_x) % 0.6 < 0.4), (150, 76, 92))
    near, far = square.TRACK
    _paint(image, (y > near) & (y < far), _TRACK)
    _paint(image, (np.abs(y - (near + far) / 2) < 0.07) & (x % 2.0 < 1.0), _PAINT)
    _paint(image, (np.abs(y - near) < 0.12) | (np.abs(y - far) < 0.12), _KERB)
    return image


def _arms(away_x: Floats, away_y: Floats) -> Mask:
    """Return where the avenues open into the ring."""
    west_east: Mask = np.abs(away_y) < square.AVENUE_HALF
    north: Mask = (np.abs(away_x) < square.AVENUE_HALF) & (away_y > 0)
    return west_east | north


def crossing_ground(x: Floats, y: Floats) -> Colours:
    """Return the crossing without anybody: two lanes, cycle lanes, zebra, stop lines, pavements."""
    near, far = crossing.KERBS
    image = _plain(x, _PAVING)
    _tiles(image, x, y, 0.9, 0.93)
    _paint(image, (y > near - 0.3) & (y < far + 0.3), _KERB)
    street = (y > near) & (y < far)
    _paint(image, street, _ASPHALT)
    _paint(image, street & ((y < near + 1.9) | (y > far - 1.9)), (124, 104, 98))
    open_road = street & (np.abs(x) > crossing.STOP_LINE)
    _paint(image, open_road & (np.abs(y - (near + far) / 2) < 0.07), _PAINT)
    edges = (np.abs(y - near - 1.9) < 0.06) | (np.abs(y - far + 1.9) < 0.06)
    _paint(image, open_road & edges & (x % 1.5 < 0.9), _PAINT)
    own_half = np.where(y < (near + far) / 2, -x, x)
    _paint(image, street & (np.abs(own_half - crossing.STOP_LINE) < 0.2), _PAINT)
    zebra = street & (np.abs(x) < crossing.ZEBRA_HALF) & ((x + crossing.ZEBRA_HALF) % 1.0 < 0.5)
    _paint(image, zebra, _PAINT)
    studs = (np.abs(x) < crossing.ZEBRA_HALF) & ((np.abs(y - near + 0.5) < 0.25) | (np.abs(y - far - 0.5) < 0.25))
    _paint(image, studs, (206, 192, 120))
    _paint(image, (y > far + 6.0) & (y < far + 9.0), _GRASS)
    return image


def pool_ground(x: Floats, y: Floats) -> Colours:
    """Return the pool without anybody: tiles, water, the black lines on the bottom, ropes between the lanes."""
    image = _plain(x, _TILE)
    _tiles(image, x, y, 0.6, 0.93)
    edge = (np.abs(x) < pool.HALF_WIDTH + 0.5) & (y > pool.NEAR_WALL - 0.5) & (y < pool.FAR_WALL + 0.5)
    _paint(image, edge, (130, 160, 172))
    water = water_at(x, y)
    _paint(image, water, _WATER)
    for lane in range(pool.LANES):
        middle = pool.lane_middle(lane)
        marked = (y > pool.NEAR_WALL + 1.5) & (y < pool.FAR_WALL - 1.5)
        _paint(image, water & marked & (np.abs(x - middle) < 0.13), (40, 92, 122))
        rope = water & (lane < pool.LANES - 1) & (np.abs(x - middle - pool.LANE_WIDTH / 2) < 0.07)
        _paint(image, rope, _ROPE)
        _paint(image, rope & (y % 3.0 < 1.0), (236, 236, 230))
        start = (np.abs(x - middle) < 0.3) & (y > pool.NEAR_WALL - 0.45) & (y < pool.NEAR_WALL - 0.1)
        _paint(image, start, (30, 60, 110))
    return image


def water_at(x: Floats, y: Floats) -> Mask:
    """Return where there is water in the pool."""
    inside: Mask = (np.abs(x) < pool.HALF_WIDTH) & (y > pool.NEAR_WALL) & (y < pool.FAR_WALL)
    return inside


def grain(x: Floats, y: Floats, rng: np.random.Generator) -> Colours:
    """Return the unevenness (H, W, 1) of a weathered ground as factors around 1, coarse and fine."""
    coarse = cv2.resize(rng.normal(0, 1, (24, 32)).astype(np.float32), x.shape[::-1], interpolation=cv2.INTER_CUBIC)
    worn = 0.03 * np.sin(0.7 * np.nan_to_num(x) + 0.5 * np.sin(0.9 * np.nan_to_num(y)))
    fine = rng.normal(0, 0.02, x.shape)
    factors: Colours = (1 + 0.025 * coarse + worn + fine).astype(np.float32)[..., None]
    return factors


def _plain(x: Floats, colour: Colour) -> Colours:
    return np.full((*x.shape, 3), colour, np.float32)


def _paint(image: Colours, where: Mask, colour: Colour) -> None:
    image[where] = colour


def _tiles(image: Colours, x: Floats, y: Floats, metres: float, joint: float) -> None:
    """Darken every other tile of a checked paving."""
    dark = (np.floor(x / metres) + np.floor(y / metres)) % 2 == 0
    image[dark] *= joint
