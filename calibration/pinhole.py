"""A pinhole camera over flat ground: metres on the ground <-> fractions of the view.

Ground frame: metres, x to the right and y away from the camera for a heading of 0, z up; the camera stands above
(0, 0). View frame: fractions of width and height from the top left corner, x right, y down.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ADULT_HEIGHT_M = 1.7
"""Mean height of a standing adult, shoes included: NCD-RisC (2020), mean of women and men in western Europe."""


@dataclass(frozen=True, slots=True)
class Pinhole:
    """A camera without lens distortion or roll.

    Attributes:
        height: metres above the ground.
        tilt: degrees by which the optical axis looks below the horizon.
        field_of_view: horizontal angle of view in degrees.
        heading: degrees, clockwise seen from above, from the y axis to the optical axis.
        aspect: width of the view over its height.

    Raises:
        ValueError: a number lies outside the range in which the ground can be seen.
    """

    height: float
    tilt: float
    field_of_view: float
    heading: float = 0.0
    aspect: float = 4 / 3

    def __post_init__(self) -> None:
        if not (self.height > 0 and 0 < self.tilt <= 90 and 0 < self.field_of_view < 180 and self.aspect > 0):
            raise ValueError(f"{self}, wanted height > 0, tilt in (0, 90], field_of_view in (0, 180), aspect > 0")

    def axes(self) -> Floats:
        """Return unit vectors (3, 3) in the ground frame: rows right, down and ahead of the camera."""
        tilt, heading = np.radians([self.tilt, self.heading])
        sin_t, cos_t, sin_h, cos_h = np.sin(tilt), np.cos(tilt), np.sin(heading), np.cos(heading)
        return np.array(
            [
                [cos_h, -sin_h, 0.0],
                [-sin_h * sin_t, -cos_h * sin_t, -cos_t],
                [sin_h * cos_t, cos_h * cos_t, -sin_t],
            ]
        )

    def focal(self) -> Floats:
        """Return the focal length (2,) in widths and in heights of the view."""
        width = 0.5 / np.tan(np.radians(self.field_of_view) / 2)
        return np.array([width, width * self.aspect])

    def depths(self, points: Floats) -> Floats:
        """Return the distances (N,) in metres along the optical axis of points (N, 2) or (N, 3)."""
        depths: Floats = self._seen(points)[:, 2]
        return depths

    def to_view(self, points: Floats) -> Floats:
        """Return the fractions (N, 2) at which points (N, 2) on the ground or (N, 3) in metres are seen.

        A point that is not in front of the camera gives nan.
        """
        seen = self._seen(points)
        depths = np.where(seen[:, 2] > 0, seen[:, 2], np.nan)
        fractions: Floats = 0.5 + self.focal() * seen[:, :2] / depths[:, None]
        return fractions

    def to_ground(self, fractions: Floats) -> Floats:
        """Return the ground points (N, 2) in metres seen at fractions (N, 2); nan on and above the horizon."""
        right, down, ahead = self.axes()
        offsets = (np.asarray(fractions, float) - 0.5) / self.focal()
        rays = ahead + offsets[:, :1] * right + offsets[:, 1:] * down
        falls = np.where(rays[:, 2] < 0, -rays[:, 2], np.nan)
        ground: Floats = rays[:, :2] * (self.height / falls)[:, None]
        return ground

    def standing_height(self, y: float, metres: float = ADULT_HEIGHT_M) -> float:
        """Return how high, as a fraction of the view's height, an upright object of that many metres is seen.

        Args:
            y: where its feet are seen in the middle column, as a fraction of the view's height.
            metres: its height.

        Returns:
            The fraction; 0 where the feet would be on or above the horizon.
        """
        foot = self.to_ground(np.array([[0.5, y]]))
        if np.isnan(foot).any():
            return 0.0
        head = self.to_view(np.array([[*foot[0], metres]]))
        return float(y - head[0, 1])

    def _seen(self, points: Floats) -> Floats:
        """Return (N, 3): metres to the right of, below and ahead of the camera."""
        points = np.asarray(points, float)
        if points.shape[1] == 2:
            points = np.concatenate((points, np.zeros((len(points), 1))), axis=1)
        seen: Floats = (points - (0.0, 0.0, self.height)) @ self.axes().T
        return seen
