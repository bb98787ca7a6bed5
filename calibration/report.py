"""What a calibration tells whoever makes it: findings in words, and the table of a site file."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from calibration.fit import GroundFit
from calibration.ground import GroundPlane

Floats = npt.NDArray[np.float64]

MOST_LISTED = 20
"""Points with a line of their own."""
PLACES = {"top": 0.0, "middle": 0.5, "bottom": 1.0}


def site_table(plane: GroundPlane) -> str:
    """Return the `[camera.ground]` of a site file."""
    rows = ", ".join(f"[{', '.join(f'{round(entry, 12):.12g}' for entry in row)}]" for row in plane.homography.tolist())
    lens = plane.lens
    bent = f"\ndistortion = [{lens.k1:g}, {lens.k2:g}]\naspect = {lens.aspect:.9g}" if lens.k1 or lens.k2 else ""
    return f"[camera.ground]\nhomography = [{rows}]{bent}"


def findings(plane: GroundPlane, size: tuple[int, int], fit: GroundFit | None = None) -> Iterator[str]:
    """Yield lines on a plane.

    Args:
        plane: what was found or given.
        size: of the view in pixels, in which lengths are told.
        fit: how the plane was found, where it was.
    """
    if fit:
        yield from fit.remarks
        yield from _residuals(fit, size)
    yield from _steps(plane, size, fit)
    slope = plane.homography[2]
    if slope[1]:
        horizon = -(slope[0] * 0.5 + slope[2]) / slope[1]
        yield f"horizon: y = {horizon:.3f} in the middle column of the view{', above it' if horizon < 0 else ''}"


def _residuals(fit: GroundFit, size: tuple[int, int]) -> Iterator[str]:
    pixels = np.hypot(*((fit.seen - fit.expected) * size).T)
    if len(pixels) <= MOST_LISTED:
        for number, (metres, apart) in enumerate(zip(fit.residuals, pixels, strict=True), 1):
            yield f"point {number}: off by {metres:.3f} m, {apart:.2f} pixels"
    yield f"{len(pixels)} residuals: RMS {fit.rms:.3f} m, {np.sqrt(np.nanmean(pixels**2)):.2f} pixels"
    yield f"distances in the used part of the view: uncertain by {fit.uncertain():.1%} (standard deviation, median)"


def _steps(plane: GroundPlane, size: tuple[int, int], fit: GroundFit | None) -> Iterator[str]:
    for name, y in PLACES.items():
        point = np.array([[0.5, y]])
        most, least = plane.metres_per_pixel(point, size)[0]
        if np.isnan(most):
            yield f"{name} of the view: above the horizon"
            continue
        known = f"; known to {_local(fit, point, size):.1%}" if fit else ""
        yield f"{name} of the view: a pixel of {size[0]}x{size[1]} is {most:.3f} m, at least {least:.3f} m{known}"


def _local(fit: GroundFit, point: Floats, size: tuple[int, int]) -> float:
    """Return how uncertain a step of one pixel away from the camera is, as a share of it."""
    (step,), (deviation,) = fit.distances(point, point + np.array([0, 1 / size[1]]))
    return float(deviation / step)
