"""A basin: how large, in how many lanes, and what is painted on its floor and hung across it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Colour = tuple[float, float, float]

LENGTHS = (25.0, 25.0, 25.0, 33.3, 20.0)
LANE_WIDTHS = (1.9, 2.6)
"""Metres; 2.5 in competition basins, less in old ones."""
PIXELS_A_METRE = 10
"""Of the floor's picture."""
FLOOR_MARGIN = 6.0
"""Metres around the basin that the floor's picture has too, so that a refracted ray never leaves it."""
ROPE_COLOURS: tuple[Colour, ...] = (
    (190, 60, 30), (30, 30, 200), (30, 200, 230), (235, 235, 235), (60, 160, 60), (20, 120, 240), (110, 40, 20),
)  # fmt: skip
"""B, G, R of floats: blue, red, yellow, white, green, orange, navy."""


@dataclass(frozen=True, slots=True)
class Basin:
    """A rectangle of water from (0, 0) to (width, length).

    Attributes:
        length: metres.
        lanes: how many.
        lane_width: metres.
        depth: metres.
        roped: whether ropes part the lanes.
    """

    length: float
    lanes: int
    lane_width: float
    depth: float
    roped: bool

    @property
    def width(self) -> float:
        """Metres."""
        return self.lanes * self.lane_width

    def corners(self) -> Floats:
        """Return (4, 2) metres, one after the other around it."""
        return np.array(((0, 0), (self.width, 0), (self.width, self.length), (0, self.length)), float)

    def lane(self, number: int) -> Floats:
        """Return the corners (4, 2) of a lane, counted from 0."""
        left, right = number * self.lane_width, (number + 1) * self.lane_width
        return np.array(((left, 0), (right, 0), (right, self.length), (left, self.length)), float)


def draw_basin(rng: np.random.Generator) -> Basin:
    """Draw a basin."""
    return Basin(
        length=float(rng.choice(LENGTHS)),
        lanes=int(rng.integers(3, 9)),
        lane_width=float(rng.uniform(*LANE_WIDTHS)),
        depth=float(rng.uniform(1.1, 2.4)),
        roped=bool(rng.random() < 0.85),
    )


def floor(basin: Basin, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return the floor's picture (H, W, 3): tiles, lane lines with their bars; `FLOOR_MARGIN` around the basin."""
    size = np.array((basin.width, basin.length)) + 2 * FLOOR_MARGIN
    width, height = (size * PIXELS_A_METRE).astype(int)
    tone = rng.uniform(205, 245) * np.array((1.0, 1.0, rng.uniform(0.9, 1.0)))
    pixels = np.empty((height, width, 3), np.float32)
    pixels[:] = tone
    pixels += rng.normal(0, rng.uniform(1, 5), (height, width, 1)).astype(np.float32)
    joints = int(rng.integers(4, 30))
    pixels[::joints] *= 0.94
    pixels[:, ::joints] *= 0.94
    ink = tuple(float(v) for v in rng.uniform((40, 10, 0), (140, 60, 60)))
    thick = max(1, round(rng.uniform(0.15, 0.3) * PIXELS_A_METRE))
    where = rng.random()
    for lane in range(basin.lanes + (where > 0.9)):
        x = (lane + (0.5 if where <= 0.9 else 0.0)) * basin.lane_width
        _stroke(pixels, (x, 2.0), (x, basin.length - 2.0), ink, thick)
        for y in (2.0, basin.length - 2.0):
            _stroke(pixels, (x - 0.5, y), (x + 0.5, y), ink, thick)
    for _ in range(int(rng.integers(0, 4))):  # steps, gratings, the break of a deep end
        x, y = rng.uniform(0, basin.width), rng.uniform(0, basin.length)
        across = rng.random() < 0.5
        end = (basin.width - x, y) if across else (x, min(basin.length, y + rng.uniform(0.5, 6)))
        _stroke(pixels, (x, y), end, tuple(tone * rng.uniform(0.6, 0.9)), max(1, int(rng.integers(1, 6))))
    return pixels.clip(0, 255).astype(np.uint8)


def _stroke(
    pixels: npt.NDArray[np.float32],
    one: tuple[float, float],
    other: tuple[float, float],
    ink: tuple[float, ...],
    thick: int,
) -> None:
    ends = [tuple(int((v + FLOOR_MARGIN) * PIXELS_A_METRE) for v in end) for end in (one, other)]
    cv2.line(pixels, ends[0], ends[1], ink, thick, cv2.LINE_AA)


def ropes(basin: Basin, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return the pieces of the lane ropes: their ends (N, 3) twice, metres, and colours (N, 3)."""
    if not basin.roped:
        return np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3))
    colours = np.array(ROPE_COLOURS)[rng.permutation(len(ROPE_COLOURS))]
    piece = float(rng.uniform(0.4, 2.5))
    lines = range(0 if rng.random() < 0.2 else 1, basin.lanes + (rng.random() < 0.2))
    alternate, ends_m = rng.random() < 0.7, rng.choice((0.0, 5.0))
    ones, others, paints = [], [], []
    for n, line in enumerate(lines):
        y = np.arange(0, basin.length, piece)
        sag = rng.normal(0, 0.06) * np.sin(np.pi * y / basin.length)
        x = line * basin.lane_width + sag
        points = np.column_stack((x, y, np.full(len(y), 0.02)))
        paint = colours[(np.arange(len(y) - 1) % 2 if alternate else np.zeros(len(y) - 1, int)) + n % 3]
        paint[(y[:-1] < ends_m) | (y[1:] > basin.length - ends_m)] = colours[6]
        ones.append(points[:-1])
        others.append(points[1:])
        paints.append(paint)
    if not ones:
        return np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3))
    return np.concatenate(ones), np.concatenate(others), np.concatenate(paints).astype(float)
