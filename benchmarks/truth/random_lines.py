"""Counting lines that nobody chose: seeded, through where most goes on."""

import numpy as np

from benchmarks.truth.passages import Rows
from vision.errors import UsageError
from vision.view import Line

LENGTHS = (0.15, 0.6)
"""Shortest and longest line before it is cut off at the edge of the view, in widths of the view."""


def random_lines(tracks: Rows, size: tuple[int, int], count: int, seed: int) -> tuple[Line, ...]:
    """Return lines through the busiest part of a view.

    The middle of a line lies on the way of a true track, drawn so that every pixel that any of them went has the same
    chance; its bearing and its length are drawn evenly. So lines lie where many walk or drive, no matter how long
    someone stands or is parked there, and no line is chosen for what is counted on it.

    Args:
        tracks: rows frame, id, left, top, width, height, …
        size: (width, height) of the view in the pixels of the boxes.
        count: how many lines.
        seed: of the draw.

    Raises:
        UsageError: nothing moves in the tracks.
    """
    starts, ways = _steps(tracks)
    gone = np.hypot(*ways.T)
    if not gone.sum():
        raise UsageError(
            "nothing moves in the truth, wanted at least one track that does, for lines to lie across its way"
        )
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(gone), count, p=gone / gone.sum())
    middles = starts[chosen] + rng.random((count, 1)) * ways[chosen]
    bearings = rng.uniform(0, 2 * np.pi, count)
    halves = rng.uniform(*LENGTHS, count) / 2 * size[0]
    reach = halves[:, None] * np.stack((np.cos(bearings), np.sin(bearings)), axis=1)
    a, b = ((middles + sign * reach) / size for sign in (-1, 1))
    return tuple(
        Line(name=f"random-{k}", a=_within(middle, end_a), b=_within(middle, end_b))
        for k, (middle, end_a, end_b) in enumerate(zip(middles / size, a, b, strict=True), 1)
    )


def _steps(tracks: Rows) -> tuple[Rows, Rows]:
    """Return where feet were and how far each then went until it was labelled again, (N, 2) each, in pixels."""
    rows = tracks[np.lexsort((tracks[:, 0], tracks[:, 1]))]
    feet = np.stack((rows[:, 2] + rows[:, 4] / 2, rows[:, 3] + rows[:, 5]), axis=1)
    same = rows[1:, 1] == rows[:-1, 1]
    return feet[:-1][same], np.diff(feet, axis=0)[same]


def _within(middle: Rows, end: Rows) -> tuple[float, float]:
    """Return the end of a line, in fractions, cut off at the edge of the view on the way from its middle."""
    with np.errstate(divide="ignore"):
        shares = np.where(end > 1, (1 - middle) / (end - middle), np.where(end < 0, middle / (middle - end), 1.0))
    x, y = np.clip(middle + shares.min() * (end - middle), 0, 1)
    return float(x), float(y)
