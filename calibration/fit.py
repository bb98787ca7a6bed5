"""What a calibration found: a ground plane, and how well it is known."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.ground import GroundPlane, homogeneous

Floats = npt.NDArray[np.float64]

NOISE = 1 / 320
"""Standard deviation of a point that a person or a detector gives, along each axis, in widths of the view: one pixel of
the usual working size."""
DIRECTIONS = 8
"""In which the outermost points of the used part are looked for."""
MOST_UNCERTAIN = 0.2
"""Standard deviation of a distance, as a share of it, above which a plane is refused; the median of the used part."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundFit:
    """A ground plane with its uncertainty.

    Attributes:
        plane: the best one.
        covariance: (9, 9) of the entries of `plane.homography`, row by row, in the scale that it has there.
        seen: (N, 2) what it was fitted to, as points of the view.
        expected: (N, 2) where the plane puts them.
        residuals: (N,) how far apart the two are, in metres.
        used: (M, 2) points of the view between which the plane was measured; beyond them it is extrapolated.
        bases: (N, 2) points of the view from which those of `seen` are measured: their feet, the other end of a length.
        remarks: sentences for whoever calibrates: what was assumed, what was left out.
    """

    plane: GroundPlane
    covariance: Floats
    seen: Floats
    expected: Floats
    residuals: Floats
    used: Floats
    bases: Floats | None = None
    remarks: tuple[str, ...] = ()

    @property
    def rms(self) -> float:
        """Root mean square of the residuals in metres."""
        return float(np.sqrt((self.residuals**2).mean()))

    def spread(self, points: Floats) -> Floats:
        """Return covariances (N, 2, 2), in square metres, of where the plane puts points of the view (N, 2).

        The covariance of the fit carried through (Hartley and Zisserman, Multiple View Geometry, 2nd edition, 5.2.6):
        J C J', where J (2, 9) is the derivative of the ground point by the homography h. With p = (x, y, 1) and the
        ground point (X, Y), J = [p 0 -Xp; 0 p -Yp] / (h3 p). The point itself is taken as exact: that of a detector
        has, on top, its own noise times the plane's Jacobian.
        """
        derivative = self._derivative(points)
        spread: Floats = derivative @ self.covariance @ derivative.transpose(0, 2, 1)
        return spread

    def deviation(self, points: Floats) -> Floats:
        """Return (N,): the standard deviation in metres, in the plane, of where points of the view (N, 2) are put."""
        deviation: Floats = np.sqrt(np.trace(self.spread(points), axis1=1, axis2=2))
        return deviation

    def distances(self, a: Floats, b: Floats) -> tuple[Floats, Floats]:
        """Return (N,) how far apart points (N, 2) and (N, 2) of the view are in metres, and (N,) how uncertain that is.

        The latter is a standard deviation: spread's formula with the difference of the two J, along the distance.
        """
        apart = self.plane.metres(a) - self.plane.metres(b)
        distances = np.hypot(*apart.T)
        along = np.einsum("ni,nij->nj", apart, self._derivative(a) - self._derivative(b)) / distances[:, None]
        return distances, np.sqrt(np.einsum("ni,ij,nj->n", along, self.covariance, along))

    def uncertain(self) -> float:
        """Return how uncertain distances in the used part are: the median standard deviation, as a share of each."""
        directions = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
        outermost = self.used[np.argmax(self.used @ [np.cos(directions), np.sin(directions)], axis=0)]
        first, second = np.triu_indices(DIRECTIONS)
        inside = np.unique((outermost[first] + outermost[second]) / 2, axis=0)  # these, and points between each two
        first, second = np.triu_indices(len(inside), 1)
        distances, deviations = self.distances(inside[first], inside[second])
        return float(np.median(deviations / distances))

    def _derivative(self, points: Floats) -> Floats:
        straight = homogeneous(self.plane.lens.undistorted(np.asarray(points, np.float64)))
        derivative = np.zeros((len(straight), 2, 9))
        derivative[:, 0, :3] = derivative[:, 1, 3:6] = straight
        derivative[:, :, 6:] = -self.plane.metres(points)[:, :, None] * straight[:, None]
        derivative /= (straight @ self.plane.homography[2])[:, None, None]
        return derivative


def require_certain(fit: GroundFit) -> None:
    """Refuse a plane on which distances mean little.

    Raises:
        ValueError: they are more uncertain than `MOST_UNCERTAIN`.
    """
    uncertain = fit.uncertain()
    if not uncertain < MOST_UNCERTAIN:
        raise ValueError(
            f"distances on the ground would be uncertain by {uncertain:.0%}, wanted less than {MOST_UNCERTAIN:.0%}"
        )


def carried(function: Callable[[Floats], Floats], at: Floats, covariance: Floats) -> Floats:
    """Return the covariance (M, M) of a function's values (M,), to the first order.

    Args:
        function: from (K,) to (M,).
        at: (K,) where.
        covariance: (K, K) there.
    """
    steps = 1e-6 * np.maximum(np.abs(at), 1) * np.eye(len(at))
    slopes = [(function(at + step) - function(at - step)) / (2 * step.sum()) for step in steps]
    jacobian = np.column_stack(slopes)
    values: Floats = jacobian @ covariance @ jacobian.T
    return values
