"""Counted passages beside those of ground-truth tracks, on one video.

    python -m benchmarks.passages VIDEO GT.txt --site SITE.toml --detector street --size 320x240 --size 160x120

The ground truth is MOTChallenge text (frame, id, left, top, width, height in pixels of the video). Its passages are
the places where the foot of a track properly crosses the line, without any band, so that they owe nothing to the
counter. One table a detector and working size, which take the place of those in the site file, with the sum of the
absolute errors over lines and directions.
"""

import argparse
import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.options import working_size
from vision.address import parse_address
from vision.events import DIRECTIONS, Direction
from vision.pixels.decode import Decoder
from vision.recorded import count
from vision.site import Camera, Line, Site, load_site

Cells = Counter[tuple[str, str]]


def true_passages(tracks: npt.NDArray[np.float64], line: Line, size: tuple[int, int]) -> Counter[Direction]:
    """Return how often tracks properly cross a line, each way.

    Args:
        tracks: rows frame, id, left, top, width, height, …
        line: in fractions of the view.
        size: (width, height) of the video in pixels.
    """
    a, b = np.array(line.a) * size, np.array(line.b) * size
    along = b - a
    found: Counter[Direction] = Counter()
    for track in np.unique(tracks[:, 1]):
        rows = tracks[tracks[:, 1] == track]
        rows = rows[np.argsort(rows[:, 0])]
        feet = np.stack((rows[:, 2] + rows[:, 4] / 2, rows[:, 3] + rows[:, 5]), axis=1) - a
        right = along[0] * feet[:, 1] - along[1] * feet[:, 0]
        for k in np.flatnonzero((right[:-1] > 0) != (right[1:] > 0)):
            met = feet[k] + right[k] / (right[k] - right[k + 1]) * (feet[k + 1] - feet[k])
            if 0 <= met @ along < along @ along:
                found["forward" if right[k + 1] > 0 else "backward"] += 1
    return found


def counted(site: Site, camera: Camera) -> Cells:
    """Count a camera's video; return its sums over classes."""
    cells: Cells = Counter()
    for row in count(site, camera)["lines"]:
        cells[row["line"], row["direction"]] += row["count"]
    return cells


def main() -> None:
    """Count, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("truth", type=Path)
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--detector", action="append", required=True)
    parser.add_argument("--size", type=working_size, action="append")
    options = parser.parse_args()
    tracks = np.loadtxt(options.truth, delimiter=",")
    site = load_site(options.site)
    with Decoder(parse_address(options.video)) as decoder:
        size = decoder.size
    for detector, looked_at in itertools.product(options.detector, options.size or [site.cameras[0].working_size]):
        changes = {"source": options.video, "detector": detector, "working_size": looked_at}
        camera = site.cameras[0].model_copy(update=changes)
        cells = counted(site, camera)
        print(f"{detector} at {looked_at[0]}x{looked_at[1]}, counted/true")
        wrong = whole = 0
        for line in camera.lines:
            true = true_passages(tracks, line, size)
            print(f"  {line.name:<12}", *(f"{way} {cells[line.name, way]}/{true[way]}" for way in DIRECTIONS))
            wrong += sum(abs(cells[line.name, way] - true[way]) for way in DIRECTIONS)
            whole += true.total()
        print(f"  sum of absolute errors {wrong} over {whole} passages = {wrong / whole:.1%}")


if __name__ == "__main__":
    main()
