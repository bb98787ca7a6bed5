"""A ground plane from points that are known in the view and on the ground."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.fit import NOISE, GroundFit, carried, require_certain
from calibration.ground import GroundPlane, homogeneous
from calibration.lens import Lens

Floats = npt.NDArray[np.float64]

LEAST_PAIRS = 4
LEAST_WIDTH = 0.02
"""Width of a cloud of points over its length below which it is a line."""
LEAST_AREA = 0.01
"""Share of the view's area that the points must surround."""
WORST_CONDITION = 1e9
"""Of the derivatives of normalised points: beyond, their inverse is noise."""
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
        raise ValueError("a point lies so far outside the view that its lens cannot be taken off, wanted fractions")
    centre = ground.mean(axis=0)
    found = _least_squares(ground - centre, straight / (1, lens.aspect), noise)
    from_widths = np.diag([1, 1 / lens.aspect, 1])

    def entries(step: Floats) -> Floats:
        return GroundPlane(found.onto_ground(step) @ from_widths).homography.ravel()

    back = np.array([[1, 0, centre[0]], [0, 1, centre[1]], [0, 0, 1]])
    plane = GroundPlane(back @ entries(np.zeros(8)).reshape(3, 3), lens)
    moved = np.kron(back, np.eye(3))
    there = plane.metres(view)
    above = np.isnan(there).any(axis=1)
    if above.any():
        raise ValueError(
            f"the horizon would go through the points, point {int(np.argmax(above)) + 1} lying above it: "
            "are pairs exchanged?"
        )
    fit = GroundFit(
        plane=plane,
        covariance=moved @ carried(entries, np.zeros(8), found.covariance) @ moved.T,
        seen=view,
        expected=plane.view(ground),
        residuals=np.hypot(*(there - ground).T),
        used=view,
    )
    require_certain(fit)
    return fit


@dataclass(frozen=True, slots=True, eq=False)
class _Homography:
    """The best homography from the ground to the view between normalised points, and how it may be another.

    Attributes:
        best: (3, 3).
        free: (9, 8) directions in which its entries can go and change what it does.
        covariance: (8, 8) of steps along these.
        to_source: (3, 3) what normalised the ground.
        to_target: (3, 3) what normalised the view.
    """

    best: Floats
    free: Floats
    covariance: Floats
    to_source: Floats
    to_target: Floats

    def onto_ground(self, step: Floats) -> Floats:
        """Return (3, 3) from the view to the ground, some steps from the best."""
        onto_view = self.best + (self.free @ step).reshape(3, 3)
        onto_ground: Floats = np.linalg.inv(self.to_source) @ np.linalg.inv(onto_view) @ self.to_target
        return onto_ground


def _least_squares(ground: Floats, widths: Floats, noise: float) -> _Homography:
    from scipy.optimize import least_squares  # noqa: PLC0415  # takes longer than all else of a start; few fit

    to_source, to_target = _normalising(ground), _normalising(widths)
    source, target = homogeneous(ground) @ to_source.T, homogeneous(widths) @ to_target.T
    start = _direct_transform(source[:, :2], target[:, :2])
    free = np.linalg.svd(start.ravel()[None])[2][1:].T

    def misses(step: Floats) -> Floats:
        there = source @ (start + (free @ step).reshape(3, 3)).T
        off: Floats = (there[:, :2] / there[:, 2:] - target[:, :2]).ravel() / to_target[0, 0]
        return off

    found = least_squares(misses, np.zeros(8), method="lm", x_scale="jac")
    _require_agreement(found.fun)
    jacobian = np.asarray(found.jac, np.float64)
    if np.linalg.cond(jacobian) > WORST_CONDITION:
        raise ValueError("the points fix no plane: too many of them lie on one line")
    spare = found.fun.size - found.x.size
    estimated = float(np.sqrt((found.fun**2).sum() / spare)) if spare else 0.0
    covariance = max(noise, estimated) ** 2 * np.linalg.inv(jacobian.T @ jacobian)
    best = start + (free @ found.x).reshape(3, 3)
    return _Homography(best, free, np.asarray(covariance, np.float64), to_source, to_target)


def _direct_transform(source: Floats, target: Floats) -> Floats:
    """Return the homography (3, 3), of norm 1, with the least algebraic error from points (N, 2) to points (N, 2).

    Both must have been normalised.
    """
    a, b = homogeneous(source), homogeneous(target)
    none = np.zeros_like(a)
    rows = np.vstack((np.hstack((none, -a, b[:, 1:2] * a)), np.hstack((a, none, -b[:, :1] * a))))
    return np.asarray(np.linalg.svd(rows)[2][-1].reshape(3, 3), np.float64)


def is_line(points: Floats) -> bool:
    """Tell whether points (N, 2) lie on one line, nearly."""
    length, width = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return bool(width <= LEAST_WIDTH * length)


def _normalising(points: Floats) -> Floats:
    """Return the similarity (3, 3) that puts points around 0 at a mean distance of the square root of 2."""
    centre = points.mean(axis=0)
    scale = np.sqrt(2) / np.hypot(*(points - centre).T).mean()
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _require_agreement(misses: Floats) -> None:
    apart = np.hypot(*misses.reshape(-1, 2).T)
    rms = float(np.sqrt((apart**2).mean()))
    if rms > MOST_RESIDUAL:
        raise ValueError(
            f"the points miss each other by {rms:.3f} of the view's width, wanted less than {MOST_RESIDUAL}: "
            f"a pair is wrong, look at point {int(np.argmax(apart)) + 1} first"
        )


def _require_pairs(view: Floats, ground: Floats) -> None:
    from scipy.spatial import ConvexHull  # noqa: PLC0415  # as above

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
