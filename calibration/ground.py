"""The ground plane of one camera: where on the ground, in metres, a point of its view is."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from calibration.lens import Lens

Floats = npt.NDArray[np.float64]

NEAREST_POINT = np.array([0.5, 1.0, 1.0])
"""The middle of the view's lower edge, as a homogeneous point: if anything in the view is ground, that is."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlane:
    """A homography between a view and the ground.

    The view's frame is x right, y down, both as fractions of its width and height; that of the ground is any flat one
    in metres.

    Attributes:
        homography: (3, 3), takes homogeneous points of the view, as a pinhole shows it, to the ground. It is scaled so
            that the third coordinate is 1 in the middle of the view's lower edge; it is then positive below the
            horizon and nowhere else.
        lens: takes points of the view to where a pinhole would show them.

    Raises:
        ValueError: the matrix has another shape, is not finite, cannot be inverted, or has its horizon at the lower
            edge.
    """

    homography: Floats
    lens: Lens = field(default_factory=Lens)

    def __post_init__(self) -> None:
        matrix = np.array(self.homography, np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
            raise ValueError(f"a homography of shape {matrix.shape}, wanted (3, 3) finite numbers")
        nearest = matrix[2] @ NEAREST_POINT
        if abs(nearest) <= 1e-9 * np.abs(matrix[2]).max():
            raise ValueError("the horizon goes through the middle of the view's lower edge, wanted ground there")
        # Rows differ in unit, so each is set to length 1 before the matrix is judged.
        lengths = np.linalg.norm(matrix, axis=1)
        if not lengths.all() or abs(np.linalg.det(matrix / lengths[:, None])) < 1e-9:
            raise ValueError("the homography cannot be inverted, wanted one that takes the view to an area")
        object.__setattr__(self, "homography", matrix / nearest)

    def metres(self, points: Floats) -> Floats:
        """Return points of the view (N, 2) on the ground (N, 2); nan on and above the horizon."""
        return _through(self.homography, self.lens.undistorted(np.asarray(points, np.float64)))

    def view(self, points: Floats) -> Floats:
        """Return points of the ground (N, 2) in the view (N, 2); nan behind the camera."""
        inverse = np.asarray(np.linalg.inv(self.homography), np.float64)
        return self.lens.distorted(_through(inverse, np.asarray(points, np.float64)))

    def is_mirrored(self) -> bool:
        """Tell whether the ground's frame is seen from below: its y axis clockwise from its x axis, seen from above."""
        return bool(np.linalg.det(self.homography) > 0)

    def jacobian(self, points: Floats) -> Floats:
        """Return (N, 2, 2) at points of the view (N, 2): metres on the ground (rows) per fraction of the view."""
        straight = self.lens.undistorted(np.asarray(points, np.float64))
        depths = _positive(homogeneous(straight) @ self.homography[2])
        ground = _through(self.homography, straight)
        # The quotient rule: d(u/w) = (du - (u/w) dw) / w.
        flat = self.homography[:2, :2] - ground[:, :, None] * self.homography[2, :2]
        jacobian: Floats = flat / depths[:, None, None] @ np.linalg.inv(self.lens.jacobian(straight))
        return jacobian

    def metres_per_pixel(self, points: Floats, size: tuple[int, int]) -> Floats:
        """Return (N, 2): how many metres a step of one pixel is at points of the view (N, 2), at most and at least.

        They are the singular values of the Jacobian per pixel: mostly away from the camera and across the view.

        Args:
            points: fractions.
            size: width and height of the view in pixels.
        """
        per_pixel = self.jacobian(points) / np.array(size)
        steps = np.full((len(per_pixel), 2), np.nan)
        seen = np.isfinite(per_pixel).all(axis=(1, 2))
        steps[seen] = np.linalg.svd(per_pixel[seen], compute_uv=False)
        return steps


def homogeneous(points: Floats) -> Floats:
    """Return points (N, 2) with a third coordinate 1 (N, 3)."""
    return np.column_stack((points, np.ones(len(points))))


def _through(homography: Floats, points: Floats) -> Floats:
    there = homogeneous(points) @ homography.T
    flat: Floats = there[:, :2] / _positive(there[:, 2])[:, None]
    return flat


def _positive(depths: Floats) -> Floats:
    """Return depths, nan where they are not in front of the camera."""
    return np.where(depths > 0, depths, np.nan)
