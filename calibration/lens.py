"""Lens distortion: points of the view as a real lens shows them <-> as a pinhole would."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FARTHEST = 4.0
"""Half diagonals of the view from its centre beyond which no point is brought back."""
KNOTS = 512
NEWTON_STEPS = 4


@dataclass(frozen=True, slots=True)
class Lens:
    """The radial part of the Brown-Conrady model (Brown, Decentering Distortion of Lenses, 1966), two coefficients.

    A pinhole's point at the distance r from the view's centre is seen at r (1 + k1 r^2 + k2 r^4), in the same
    direction. r is 1 in the corners of the view: k1 + k2 is the share by which a corner is moved. Coefficients of
    OpenCV, where r is in focal lengths, become these by k1 c^2 and k2 c^4, with c = half the diagonal over the focal
    length, both in pixels.

    Attributes:
        k1: negative for a barrel, as wide lenses have it.
        k2: the next term.
        aspect: width of the view over its height.

    Raises:
        ValueError: the view would be folded: two points of a pinhole's view seen at the same place.
    """

    k1: float = 0.0
    k2: float = 0.0
    aspect: float = 4 / 3

    def __post_init__(self) -> None:
        if not (np.isfinite([self.k1, self.k2]).all() and 0 < self.aspect < np.inf):
            raise ValueError(f"{self}, wanted finite numbers and aspect > 0")
        if self._bent(np.array([self._last()]))[0] < 1:
            raise ValueError(f"distortion {[self.k1, self.k2]} folds the corners of the view, wanted smaller numbers")

    def distorted(self, points: Floats) -> Floats:
        """Return where a pinhole's points (N, 2), in fractions, are seen; nan for what the model would fold."""
        if not (self.k1 or self.k2):
            return points
        straight = (points - 0.5) * self._scale()
        radii = np.hypot(*straight.T)
        bent = np.where(radii <= self._last(), self._factor(radii), np.nan)
        seen: Floats = straight * bent[:, None] / self._scale() + 0.5
        return seen

    def undistorted(self, points: Floats) -> Floats:
        """Return where a pinhole would show what is seen at points (N, 2), in fractions; nan far outside the view."""
        if not (self.k1 or self.k2):
            return points
        bent = (points - 0.5) * self._scale()
        seen = np.hypot(*bent.T)
        knots: Floats = np.linspace(0, self._last(), KNOTS)
        table = self._bent(knots)
        radii = np.asarray(np.interp(seen, table, knots, right=np.nan), np.float64)
        for _ in range(NEWTON_STEPS):
            radii = np.clip(radii - (self._bent(radii) - seen) / np.maximum(self._slope(radii), 1e-9), 0, knots[-1])
        straight: Floats = bent / self._factor(radii)[:, None] / self._scale() + 0.5
        return straight

    def jacobian(self, points: Floats) -> Floats:
        """Return (N, 2, 2): how `distorted` moves at a pinhole's points (N, 2), fractions per fraction."""
        q = (points - 0.5) * self._scale()
        s = (q**2).sum(1)
        bend = 2 * (self.k1 + 2 * self.k2 * s)
        inner = self._factor(np.sqrt(s))[:, None, None] * np.eye(2) + bend[:, None, None] * q[:, :, None] * q[:, None]
        jacobian: Floats = inner * self._scale() / self._scale()[:, None]
        return jacobian

    def _scale(self) -> Floats:
        """Return (2,): from fractions to half diagonals."""
        scale: Floats = np.array([self.aspect, 1.0]) * 2 / np.hypot(self.aspect, 1)
        return scale

    def _factor(self, radii: Floats) -> Floats:
        factor: Floats = 1 + self.k1 * radii**2 + self.k2 * radii**4
        return factor

    def _bent(self, radii: Floats) -> Floats:
        bent: Floats = radii * self._factor(radii)
        return bent

    def _slope(self, radii: Floats) -> Floats:
        slope: Floats = 1 + 3 * self.k1 * radii**2 + 5 * self.k2 * radii**4
        return slope

    def _last(self) -> float:
        """Return the radius up to which a point farther out is also seen farther out."""
        under = 9 * self.k1**2 - 20 * self.k2  # of the root in the slope's first zero, s = 2 / (-3 k1 + root)
        if under < 0:
            return FARTHEST
        turn = math.sqrt(under) - 3 * self.k1
        return math.sqrt(2 / max(turn, 2 / FARTHEST**2))
