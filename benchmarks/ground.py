"""How right distances on the ground are, on PETS 2009, whose camera was calibrated by others.

Ways: point pairs with a pixel of noise, known lengths, and the ground truth's boxes as tracks. The used part of the
view is where feet stand; errors are of distances between random pairs of them, at least two metres apart.

    python -m benchmarks.ground --data ../shared/data [--tracks FILE]
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.machine import machine_lines
from benchmarks.truth.tsai import TsaiCamera
from calibration.fit import GroundFit
from calibration.homography import fit_points
from calibration.lengths import fit_lengths
from calibration.lens import Lens
from calibration.people import WALKING_SPEED, Scale, fit_people
from calibration.tracks import Tracks, read_tracks

Floats = npt.NDArray[np.float64]

FPS = 10.0
PAIRS = 4000
LEAST_M = 2.0
POINT_DRAWS, LENGTH_DRAWS = 200, 40
FIELD_OF_VIEW = 35.9
"""Of the view, by its calibration: 2 atan(width / 2 / focal length)."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Of distances: bias, median and 90th percentile of the absolute error as shares; the median in metres too.

    A foot put above the horizon makes an error without end. `said` is the median of what the fit itself holds for the
    standard deviation of these distances, as shares.
    """

    bias: float
    median: float
    most: float
    metres: float
    said: float


def errors(fit: GroundFit, camera: TsaiCamera, feet: Floats) -> Errors:
    """Return how wrong distances between random feet (N, 2) are."""
    chosen = feet[np.random.default_rng(0).integers(len(feet), size=(2, PAIRS))]
    true = np.hypot(*(camera.to_ground(chosen[0]) - camera.to_ground(chosen[1])).T)
    chosen, true = chosen[:, true >= LEAST_M], true[true >= LEAST_M]
    found, deviations = fit.distances(chosen[0], chosen[1])
    found = np.where(np.isnan(found), np.inf, found)
    off = np.abs(found - true)
    return Errors(
        float(np.median(found / true - 1)),
        float(np.median(off / true)),
        float(np.percentile(off / true, 90, method="higher")),
        float(np.median(off)),
        float(np.nanmedian(deviations / found)),
    )


def point_fits(camera: TsaiCamera, feet: Floats, points: int, lens: Lens) -> Iterator[GroundFit]:
    """Yield fits to so many feet, chosen at random, seen with a pixel of noise; refused choices are left out."""
    rng = np.random.default_rng(1)
    for _ in range(POINT_DRAWS):
        chosen = feet[rng.choice(len(feet), points, replace=False)]
        noisy = chosen + rng.normal(0, 1, chosen.shape) / camera.size
        try:
            yield fit_points(noisy, camera.to_ground(chosen), lens, 1 / camera.size[0])
        except ValueError:
            continue


def length_fits(camera: TsaiCamera, feet: Floats, lengths: int, field_of_view: float | None) -> Iterator[GroundFit]:
    """Yield fits to so many segments between feet, likewise."""
    rng = np.random.default_rng(2)
    lens = Lens(aspect=camera.size[0] / camera.size[1])
    for _ in range(LENGTH_DRAWS):
        a, b = feet[rng.choice(len(feet), (2, lengths), replace=False)]
        metres = np.hypot(*(camera.to_ground(a) - camera.to_ground(b)).T)
        noisy = np.hstack((a, b)) + rng.normal(0, 1, (lengths, 4)) / np.tile(camera.size, 2)
        try:
            yield fit_lengths(noisy, metres, lens, field_of_view, 1 / camera.size[0])
        except ValueError:
            continue


def people_fits(tracks: Tracks, lens: Lens) -> Iterator[tuple[str, GroundFit]]:
    """Yield fits to tracks, with what each was told."""
    by_height = Scale(fps=FPS)
    yield "people 1.7 m tall", fit_people(tracks, lens, scale=by_height)
    yield f"people 1.7 m tall, field of view {FIELD_OF_VIEW}", fit_people(tracks, lens, FIELD_OF_VIEW, by_height)
    yield (
        f"people who walk at {WALKING_SPEED} m/s",
        fit_people(tracks, lens, scale=Scale(walking_speed=WALKING_SPEED, fps=FPS)),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--tracks", type=Path, metavar="FILE", help="of vtest.avi by comptage tracks, to calibrate by too"
    )
    options = parser.parse_args(arguments)
    folder = options.data / "pets09"
    camera = TsaiCamera.read(folder / "calibration_tsai.xml")
    tracks = read_tracks(folder / "gt.txt", camera.size)
    feet = tracks.whole().feet()
    lens = Lens(aspect=camera.size[0] / camera.size[1])
    print(*machine_lines(), sep="\n")
    print(f"{'calibrated by':<52} {'fits':>5} {'bias':>7} {'median':>7} {'90 %':>7} {'median m':>9} {'said':>7}")

    def tell(name: str, fits: Sequence[GroundFit]) -> None:
        rows = [errors(fit, camera, feet) for fit in fits]
        bias, median, most, metres, said = np.median(
            [(row.bias, row.median, row.most, row.metres, row.said) for row in rows], axis=0
        )
        print(f"{name:<52} {len(fits):5d} {bias:7.1%} {median:7.1%} {most:7.1%} {metres:9.2f} {said:7.1%}")

    for points in (4, 6, 12):
        tell(f"{points} points, 1 px", list(point_fits(camera, feet, points, lens)))
    for lengths, field_of_view in ((2, FIELD_OF_VIEW), (2, None), (4, FIELD_OF_VIEW), (4, None)):
        known = f"field of view {field_of_view or 'assumed'}"
        tell(f"{lengths} lengths, 1 px, {known}", list(length_fits(camera, feet, lengths, field_of_view)))
    for path in (folder / "gt.txt", *([options.tracks] if options.tracks else [])):
        for name, fit in people_fits(read_tracks(path, camera.size), lens):
            tell(f"{path.name}: {name}", [fit])


if __name__ == "__main__":
    main()
