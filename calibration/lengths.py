"""A ground plane from known lengths on the ground: kerbs, road markings, a measuring tape."""

import numpy as np
import numpy.typing as npt

from calibration.fit import NOISE, GroundFit, carried, require_certain
from calibration.ground import GroundPlane
from calibration.homography import is_line
from calibration.lens import Lens
from calibration.mounting import ASSUMED, Mounting, fit_mounting, require_one

Floats = npt.NDArray[np.float64]

LEAST_LENGTHS = 2
LEAST_SEEN = 0.03
"""How long a length must look, in widths of the view."""
LEAST_COVER = 0.15
"""Of the view's height, between the highest and the lowest end."""
MOST_RESIDUAL = 0.1
"""Share of its length by which one may miss."""


def fit_lengths(
    ends: Floats, metres: Floats, lens: Lens | None = None, field_of_view: float | None = None, noise: float = NOISE
) -> GroundFit:
    """Return the plane on which segments of the view have the lengths given.

    Assumed: flat ground; a pinhole, after `lens`, that hangs level but for a few degrees; its field of view, where it
    is not given, is 60 degrees with a standard deviation of 20, which the result's uncertainty contains. Two lengths
    then give height and tilt; they must lie at different distances or in different directions. The ground's frame has
    the camera above (0, 0) and y ahead of it.

    Args:
        ends: (N, 4) x0, y0, x1, y1 in fractions.
        metres: (N,) their lengths.
        lens: bends the view, and gives its aspect.
        field_of_view: horizontal, in degrees.
        noise: standard deviation of an end along each axis, in widths of the view.

    Raises:
        ValueError: the lengths do not fix a plane; the message says why in one line.
    """
    lens = lens or Lens()
    ends, metres = np.asarray(ends, np.float64), np.asarray(metres, np.float64)
    a, b = lens.undistorted(ends[:, :2]), lens.undistorted(ends[:, 2:])
    looks = np.hypot(*((a - b) / (1, lens.aspect)).T)
    _require_lengths(np.vstack((a, b)), metres, looks)

    def misses(mounting: Mounting) -> Floats:
        there = np.hypot(*(mounting.to_ground(a) - mounting.to_ground(b)).T)
        return np.asarray(np.log(np.maximum(there, 1e-6) / metres) / (np.sqrt(2) * noise / looks), np.float64)

    used = np.vstack((ends[:, :2], ends[:, 2:]))
    found = fit_mounting(misses, lens.aspect, field_of_view)
    require_one(found, np.vstack((a, b)))
    plane = GroundPlane(found.mounting.homography(), lens)
    start, end = plane.metres(ends[:, :2]), plane.metres(ends[:, 2:])
    there = np.hypot(*(end - start).T)
    if np.isnan(there).any():
        raise ValueError(f"length {int(np.argmax(np.isnan(there))) + 1} would reach above the horizon")
    worst = int(np.argmax(np.abs(there / metres - 1)))
    if abs(there[worst] / metres[worst] - 1) > MOST_RESIDUAL:
        raise ValueError(
            f"length {worst + 1} would be {there[worst]:.2f} m, wanted {metres[worst]:g} m: one of the lengths is "
            "wrong, or the field of view, or the camera does not hang level"
        )
    fit = GroundFit(
        plane=plane,
        covariance=carried(found.entries, found.numbers, found.covariance),
        seen=ends[:, 2:],
        expected=plane.view(start + (end - start) * (metres / there)[:, None]),
        residuals=np.abs(there - metres),
        used=used,
        bases=ends[:, :2],
        remarks=(found.mounting.description(), *(() if field_of_view else (ASSUMED,))),
    )
    require_certain(fit)
    return fit


def _require_lengths(points: Floats, metres: Floats, looks: Floats) -> None:
    if len(metres) < LEAST_LENGTHS:
        raise ValueError(f"{len(metres)} lengths, wanted at least {LEAST_LENGTHS}")
    if not (np.isfinite(points).all() and np.isfinite(metres).all() and (metres > 0).all()):
        raise ValueError("a length is not finite or not more than 0 m")
    if is_line(points):
        raise ValueError("the lengths lie on one line, wanted some beside it")
    cover = np.ptp(points[:, 1])
    if cover < LEAST_COVER:
        raise ValueError(f"the lengths cover {cover:.0%} of the view's height, wanted at least {LEAST_COVER:.0%}")
    if looks.min() < LEAST_SEEN:
        raise ValueError(
            f"length {int(np.argmin(looks)) + 1} is {looks.min():.3f} widths of the view long, "
            f"wanted at least {LEAST_SEEN}"
        )
