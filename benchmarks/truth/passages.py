"""What a true passage is: the crossings of ground-truth tracks, reckoned apart from the counter.

Counts are judged by this, so it shares no code with `vision.counting` and takes a whole track at once where the
counter takes one look after another. It is rule 3 of what a count means, written plainly: a foot's path properly
crosses the segment, and the track then goes beyond a band on the far side. Where a path crosses the line several
times before it has gone beyond the band, they are one passage if the last of them lies on the segment, and no passage
if the track comes back to the side it had. A line that is drawn up to the edge of the view goes on beyond it: a box
ends where the view ends, so the feet of whoever walks half out of it lie on the very edge.
"""

import itertools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from vision.classes import CLASSES
from vision.events import Passage
from vision.view import Line

Rows = npt.NDArray[np.float64]

BAND = 0.05
"""Half-width of the band, in heights of the box; the counter's own is `vision.counting.lines.BAND_OF_HEIGHT`."""


def true_passages(
    tracks: Rows, lines: Iterable[Line], size: tuple[int, int], interval: float, band: float = BAND
) -> list[Passage]:
    """Return the passages of true tracks across lines; `utc` is seconds since the first frame.

    Args:
        tracks: rows frame (from 1), id, left, top, width, height, position of the class in `CLASSES`.
        lines: in fractions of the view.
        size: (width, height) of the view in the pixels of the boxes.
        interval: seconds from one frame to the next.
        band: half-width in heights of the box; 0 for every proper crossing.
    """
    found = []
    for track in np.unique(tracks[:, 1]):
        rows = tracks[tracks[:, 1] == track]
        rows = rows[np.argsort(rows[:, 0])]
        feet = np.stack((rows[:, 2] + rows[:, 4] / 2, rows[:, 3] + rows[:, 5]), axis=1)
        name, times = CLASSES[int(rows[0, 6])], (rows[:, 0] - 1) * interval
        for line in lines:
            for time, is_forward in crossings(feet, times, band * rows[:, 5], line, size):
                direction = "forward" if is_forward else "backward"
                found.append(Passage(camera="truth", line=line.name, direction=direction, object_class=name, utc=time))
    return found


def crossings(feet: Rows, times: Rows, bands: Rows, line: Line, size: tuple[int, int]) -> list[tuple[float, bool]]:
    """Return time and whether it is forward of each passage of one path across one line.

    Args:
        feet: (N, 2) pixels.
        times: (N,) seconds.
        bands: (N,) half-width of the band in pixels.
        line: in fractions of the view.
        size: (width, height) of the view in pixels.
    """
    a, along = np.array(line.a) * size, (np.array(line.b) - line.a) * size
    length = float(np.hypot(*along))
    right = (along[0] * (feet[:, 1] - a[1]) - along[1] * (feet[:, 0] - a[0])) / length
    off = np.flatnonzero(right != 0)
    if not off.size:
        return []
    # Sides are taken where the track is beyond the band; where it is first seen off the line it has one as well.
    clear = np.flatnonzero((np.abs(right) > bands) | (np.arange(len(right)) == off[0]))
    first = 0.0 if _inside(line.a) else -np.inf
    end = 1.0 if _inside(line.b) else np.inf
    found = []
    for before, after in itertools.pairwise(clear):
        if right[before] * right[after] > 0:
            continue
        last = before + int(np.flatnonzero(right[before:after] * right[after] <= 0)[-1])
        share = right[last] / (right[last] - right[last + 1])
        met = feet[last] + share * (feet[last + 1] - feet[last]) - a
        if first <= met @ along / length**2 < end:
            found.append((float(times[last] + share * (times[last + 1] - times[last])), bool(right[after] > 0)))
    return found


def _inside(point: tuple[float, float]) -> bool:
    return min(point) > 0 and max(point) < 1
