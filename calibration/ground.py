"""The ground plane of one camera: where on the ground, in metres, a point of its view is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlane:
    """A homography between a view and the ground.

    The view's frame is x right, y down, both as fractions of its width and height; that of the ground is any flat one
    in metres.

    Attributes:
        homography: (3, 3), takes homogeneous points of the view to the ground.
    """

    homography: Floats

    def metres(self, points: Floats) -> Floats:
        """Return points of the view (N, 2) on the ground (N, 2)."""
        return _through(self.homography, points)

    def view(self, points: Floats) -> Floats:
        """Return points of the ground (N, 2) in the view (N, 2)."""
        return _through(np.asarray(np.linalg.inv(self.homography), np.float64), points)


def _through(homography: Floats, points: Floats) -> Floats:
    there = np.column_stack((points, np.ones(len(points)))) @ homography.T
    flat: Floats = there[:, :2] / there[:, 2:]
    return flat
