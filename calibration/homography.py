"""A ground plane from points that are known in the view and on the ground."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.spatial import ConvexHull

from calibration.fit import NOISE, GroundFit, carried, require_certain
from calibration.ground import GroundPlane, homogeneous
from calibration.lens import Lens

Floats = npt.NDArray[np.float64]

LEAST_PAIRS = 4
LEAST_WIDTH = 0.02
"""Width of a cloud of points over its length below which it is a line."""
LEAST_AREA = 0.01
"""Share of the view's area that the points must surround."""
MOST_RESIDUAL = 0.02
"""Root mean square distance in the view, in widths of it: more is no error of pointing but a wrong pair."""


def fit_points(view: Floats, ground: Floats, lens: Lens | None = None, noise: float = NOISE) -> GroundFit:
    """Return the plane on which points of the view are those of the ground.

    The direct linear transformation with normalised points (Hartley and Zisserman, Multiple View Geometry, 2nd
    edition, algorithm 4.2), then least squares of the distances in the view (4.2.3: errors in one image), where
    pointing errors are alike; the ground points count as exact. Its covariance is s^2 (J'J)^-1, where s is `noise` or,
    if more, what the residuals say.

    Args:
        view: (N, 2) fractions.
        ground: (N, 2) metres.
        lens: bends the view.
        noise: standard deviation of a point of the view along each axis, in widths of the view.

    Raises:
        ValueError: the points do not fix a plane; the message says why in one line.
    """
    lens = lens or Lens()
    view, ground = np.asarray(view, np.float64), np.asarray(ground, np.float64)
    _require_pairs(view, ground)
    straight = lens.undistorted(view)
    if np.isnan(straight).any():
        raise ValueError("points lie so far outside the view that its lens cannot bend them back, wanted fractions")
    widths = straight / (1, lens.aspect)
    start = direct_transform(ground, widths)

    def onto_view(step: Floats) -> Floats:
        return (start.ravel() + basis @ step).reshape(3, 3)

    def misses(step: Floats) -> Floats:
        there = homogeneous(ground) @ onto_view(step).T
        return np.asarray((there[:, :2] / there[:, 2:] - widths).ravel(), np.float64)

    basis = _free_directions(start, ground, widths)
    found = least_squares(misses, np.zeros(8), method="lm")
    rms = float(np.sqrt(2 * (found.fun**2).mean()))
    spare = found.fun.size - found.x.size
    estimated = np.sqrt((found.fun**2).sum() / spare) if spare else 0.0
    if rms > MOST_RESIDUAL:
        worst = int(np.argmax(np.hypot(*found.fun.reshape(-1, 2).T))) + 1
        raise ValueError(
            f"the points miss each other by {rms:.3f} of the view's width, wanted less than {MOST_RESIDUAL}: "
            f"a pair is wrong, look at point {worst} first"
        )
    jacobian = np.asarray(found.jac, np.float64)
    if np.linalg.cond(jacobian) > 1e9:
        raise ValueError("the points fix no plane: too many of them lie on one line")

    def entries(step: Floats) -> Floats:
        to_fractions = np.diag([1, lens.aspect, 1]) @ onto_view(step)
        return GroundPlane(np.asarray(np.linalg.inv(to_fractions), np.float64), lens).homography.ravel()

    plane = GroundPlane(entries(found.x).reshape(3, 3), lens)
    there = plane.metres(view)
    if np.isnan(there).any():
        above = np.flatnonzero(np.isnan(there).any(axis=1)) + 1
        raise ValueError(
            f"the horizon would go through the points, point {above[0]} lying above it: are pairs exchanged?"
        )
    scatter = max(noise, estimated) ** 2 * np.linalg.inv(jacobian.T @ jacobian)
    fit = GroundFit(
        plane=plane,
        covariance=carried(entries, found.x, np.asarray(scatter, np.float64)),
        seen=view,
        expected=plane.view(ground),
        residuals=np.hypot(*(there - ground).T),
        used=view,
    )
    require_certain(fit)
    return fit


def direct_transform(source: Floats, target: Floats) -> Floats:
    """Return the homography (3, 3), of norm 1, with the least algebraic error from points (N, 2) to points (N, 2)."""
    to_source, to_target = _normalising(source), _normalising(target)
    a, b = homogeneous(source) @ to_source.T, homogeneous(target) @ to_target.T
    none = np.zeros_like(a)
    rows = np.vstack((np.hstack((none, -a, b[:, 1:2] * a)), np.hstack((a, none, -b[:, :1] * a))))
    normalised = np.linalg.svd(rows)[2][-1].reshape(3, 3)
    homography = np.linalg.inv(to_target) @ normalised @ to_source
    return np.asarray(homography / np.linalg.norm(homography), np.float64)


def is_line(points: Floats) -> bool:
    """Tell whether points (N, 2) lie on one line, nearly."""
    length, width = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return bool(width <= LEAST_WIDTH * length)


def _normalising(points: Floats) -> Floats:
    """Return the similarity (3, 3) that puts points around 0 at a mean distance of the square root of 2."""
    centre = points.mean(axis=0)
    scale = np.sqrt(2) / np.hypot(*(points - centre).T).mean()
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _free_directions(homography: Floats, source: Floats, target: Floats) -> Floats:
    """Return (9, 8): steps of a homography's entries that change what it does, each about as much as the others."""
    to_source, from_target = _normalising(source), np.linalg.inv(_normalising(target))
    normalised = np.linalg.inv(from_target) @ homography @ np.linalg.inv(to_source)
    across = np.linalg.svd(normalised.ravel()[None])[2][1:]
    scale = np.linalg.norm(normalised)
    return np.stack([(from_target @ step.reshape(3, 3) @ to_source).ravel() * scale for step in across], axis=1)


def _require_pairs(view: Floats, ground: Floats) -> None:
    if len(view) != len(ground):
        raise ValueError(f"{len(view)} points of the view and {len(ground)} of the ground, wanted as many of each")
    if len(view) < LEAST_PAIRS:
        raise ValueError(f"{len(view)} points, wanted at least {LEAST_PAIRS}")
    for points, where in ((view, "in the view"), (ground, "on the ground")):
        if not np.isfinite(points).all():
            raise ValueError(f"a point {where} is not finite")
        _require_apart(points, where)
        if is_line(points):
            raise ValueError(f"the points {where} lie on one line, wanted points around an area")
        for index in range(len(points)):
            if is_line(np.delete(points, index, axis=0)):
                raise ValueError(f"all points {where} but point {index + 1} lie on one line, wanted two off it")
    area = ConvexHull(view).volume
    if area < LEAST_AREA:
        raise ValueError(f"the points surround {area:.2%} of the view, wanted at least {LEAST_AREA:.0%}")


def _require_apart(points: Floats, where: str) -> None:
    extent = np.ptp(points, axis=0).max()
    for later in range(1, len(points)):
        near = np.hypot(*(points[:later] - points[later]).T) <= 1e-6 * extent
        if near.any():
            raise ValueError(f"points {int(np.argmax(near)) + 1} and {later + 1} are the same {where}")
