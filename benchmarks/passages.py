"""Counted passages beside those of ground-truth tracks, on one video.

    python -m benchmarks.passages VIDEO GT.txt --site SITE.toml [--site OTHER.toml …]

The ground truth is MOTChallenge text (frame, id, left, top, width, height in pixels of the video). Its passages are
the places where the foot of a track properly crosses the line, without any band, so that they owe nothing to the
counter. One table a site file, with the sum of the absolute errors over lines and directions.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vision.address import parse_address
from vision.events import DIRECTIONS, Direction
from vision.pixels.decode import Decoder
from vision.recorded import count
from vision.site import Camera, Line, load_site

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


def counted(site_path: Path, video: str) -> tuple[Camera, Cells]:
    """Count a video with the only camera of a site file; return the camera and its sums over classes."""
    site = load_site(site_path)
    camera = site.cameras[0].model_copy(update={"source": video})
    cells: Cells = Counter()
    for row in count(site, camera)["lines"]:
        cells[row["line"], row["direction"]] += row["count"]
    return camera, cells


def main() -> None:
    """Count, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("truth", type=Path)
    parser.add_argument("--site", type=Path, action="append", required=True)
    options = parser.parse_args()
    tracks = np.loadtxt(options.truth, delimiter=",")
    with Decoder(parse_address(options.video)) as decoder:
        size = decoder.size
    for site_path in options.site:
        camera, cells = counted(site_path, options.video)
        width, height = camera.working_size
        print(f"{site_path.name}: detector {camera.detector} at {width}x{height}, counted/true")
        wrong = whole = 0
        for line in camera.lines:
            true = true_passages(tracks, line, size)
            print(f"  {line.name:<12}", *(f"{way} {cells[line.name, way]}/{true[way]}" for way in DIRECTIONS))
            wrong += sum(abs(cells[line.name, way] - true[way]) for way in DIRECTIONS)
            whole += true.total()
        print(f"  sum of absolute errors {wrong} over {whole} passages = {wrong / whole:.1%}")


if __name__ == "__main__":
    main()
