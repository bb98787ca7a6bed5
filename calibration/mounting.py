"""A ground plane from how a camera is mounted: height, tilt, field of view and roll, found from what is seen there."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from calibration.ground import GroundPlane, homogeneous
from calibration.pinhole import Pinhole

Floats = npt.NDArray[np.float64]

FIELD_OF_VIEW = (60.0, 20.0)
"""Mean and standard deviation in degrees of what is assumed where nobody says it: lenses of 2.8 to 8 mm, as most
cameras have, show 81 to 33 degrees on a sensor 4.8 mm wide (1/3 inch): 2 atan(4.8 / 2f)."""
GIVEN_FIELD_OF_VIEW_DEVIATION = 1.0
ROLL_DEVIATION = 2.0
"""Degrees: a camera is put up level, nearly."""
LEAST_FALL = 1e-3
"""Of a ray below the horizon, while the horizon is still being looked for: nothing is a thousand heights away."""
STARTS = tuple(product(np.radians([10.0, 30.0, 60.0]), np.radians([30.0, 75.0])))
"""Tilts and fields of view from which the search sets out."""
BOUNDS = ([np.log(0.5), np.radians(0.5), np.radians(5), np.radians(-30)], [np.log(200), np.pi / 2, 2.6, np.radians(30)])
WORST_CONDITION = 1e6
"""Of the derivatives of what does not fit."""
MOST_ALIKE = 1.0
"""Two answers whose costs differ by less are equally good; 1 is a likelihood ratio of e."""
ASSUMED = "the field of view is an assumption, whose uncertainty the result contains: give it if you know it"
MOST_APART = 0.2
"""Share by which the distances of two equally good answers may differ."""


@dataclass(frozen=True, slots=True)
class Mounting:
    """A pinhole that may hang askew.

    Attributes:
        pinhole: the camera as if it hung level, heading 0.
        roll: degrees by which it is turned clockwise about its axis, seen from behind: the horizon then rises to the
            right in its view.
    """

    pinhole: Pinhole
    roll: float = 0.0

    @classmethod
    def of(cls, numbers: Floats, aspect: float) -> "Mounting":
        """Return that of four numbers: the logarithm of the height in metres; tilt, field of view, roll in radians."""
        tilt, field_of_view, roll = np.degrees(numbers[1:])
        return cls(Pinhole(float(np.exp(numbers[0])), min(tilt, 90.0), field_of_view, aspect=aspect), roll)

    def homography(self) -> Floats:
        """Return (3, 3) from fractions of the view to metres; the third coordinate is how far a ray falls."""
        height = self.pinhole.height
        homography: Floats = np.diag([height, height, -1]) @ self.pinhole.axes().T @ np.linalg.inv(self._camera())
        return homography

    def to_ground(self, points: Floats) -> Floats:
        """Return points of the view (N, 2) on the ground (N, 2), those above the horizon very far away."""
        there = homogeneous(points) @ self.homography().T
        ground: Floats = there[:, :2] / np.maximum(there[:, 2:], LEAST_FALL)
        return ground

    def heads(self, feet: Floats, metres: float) -> Floats:
        """Return where the upper ends (N, 2) of upright objects that stand at points of the view (N, 2) are seen."""
        ground = self.to_ground(feet)
        offsets = np.column_stack((ground, np.full(len(ground), metres - self.pinhole.height)))
        seen = offsets @ (self._camera() @ self.pinhole.axes()).T
        heads: Floats = seen[:, :2] / np.maximum(seen[:, 2:], LEAST_FALL)
        return heads

    def falls(self, points: Floats) -> npt.NDArray[np.bool_]:
        """Return (N,) whether points of the view (N, 2) are below the horizon."""
        below: npt.NDArray[np.bool_] = homogeneous(points) @ self.homography()[2] > LEAST_FALL
        return below

    def description(self) -> str:
        """Return a phrase for people."""
        return (
            f"camera {self.pinhole.height:.2f} m above the ground, tilted {self.pinhole.tilt:.1f} degrees below the "
            f"horizon, field of view {self.pinhole.field_of_view:.1f} degrees, turned by {self.roll:.1f} degrees"
        )

    def _camera(self) -> Floats:
        """Return (3, 3) from metres to the right of, below and ahead of a level camera to homogeneous fractions."""
        focal, aspect = self.pinhole.focal()[0], self.pinhole.aspect
        cosine, sine = np.cos(np.radians(self.roll)), np.sin(np.radians(self.roll))
        turned = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
        camera: Floats = np.array([[focal, 0, 0.5], [0, focal * aspect, 0.5], [0, 0, 1]]) @ turned
        return camera


@dataclass(frozen=True, slots=True, eq=False)
class MountingFit:
    """The best mounting.

    Attributes:
        numbers: (4,) as `Mounting.of` takes them.
        covariance: (4, 4) of these.
        mounting: the same.
        rivals: others that fit as well.
    """

    numbers: Floats
    covariance: Floats
    mounting: Mounting
    rivals: tuple[Mounting, ...]

    def at_height(self, factor: float, deviation: float) -> "MountingFit":
        """Return a camera so many times as high, whose height is uncertain by a share of it more."""
        numbers, covariance = self.numbers.copy(), self.covariance.copy()
        numbers[0] += np.log(factor)
        covariance[0, 0] += deviation**2
        mounting = Mounting.of(numbers, self.mounting.pinhole.aspect)
        return MountingFit(numbers, covariance, mounting, self.rivals)

    def entries(self, numbers: Floats) -> Floats:
        """Return the entries (9,) of the ground plane's homography at other numbers."""
        return GroundPlane(Mounting.of(numbers, self.mounting.pinhole.aspect).homography()).homography.ravel()


def fit_mounting(misses: Callable[[Mounting], Floats], aspect: float, field_of_view: float | None) -> MountingFit:
    """Return the mounting that makes deviations least, together with those from what is known of all cameras.

    Least squares with the loss soft_l1, so that wrong boxes pull little; the covariance is (J'J)^-1, times the mean
    square of what is left where that is more than 1.

    Args:
        misses: what does not fit, in standard deviations.
        aspect: width of the view over its height.
        field_of_view: horizontal, in degrees; None where nobody knows it: then `FIELD_OF_VIEW`.

    Raises:
        ValueError: a height or tilt is as good as another.
    """
    wide = (field_of_view, GIVEN_FIELD_OF_VIEW_DEVIATION) if field_of_view else FIELD_OF_VIEW

    def deviations(numbers: Floats) -> Floats:
        mounting = Mounting.of(numbers, aspect)
        known = [(mounting.pinhole.field_of_view - wide[0]) / wide[1], mounting.roll / ROLL_DEVIATION]
        return np.concatenate((misses(mounting), known))

    answers = []
    for tilt, width in STARTS:
        start = np.array([np.log(6.0), tilt, np.radians(field_of_view) if field_of_view else width, 0.0])
        answers.append(least_squares(deviations, start, bounds=BOUNDS, loss="soft_l1", x_scale=[0.2, 0.1, 0.2, 0.05]))
    answers.sort(key=lambda answer: float(answer.cost))
    best = answers[0]
    rivals = tuple(Mounting.of(each.x, aspect) for each in answers[1:] if each.cost < best.cost + MOST_ALIKE)
    spare = max(best.fun.size - best.x.size, 1)
    jacobian = np.asarray(best.jac, np.float64)
    if np.linalg.cond(jacobian) > WORST_CONDITION:
        raise ValueError("that fixes no plane: cameras of any height or tilt explain it")
    covariance = np.linalg.inv(jacobian.T @ jacobian) * max(1.0, 2 * float(best.cost) / spare)
    return MountingFit(best.x, np.asarray(covariance, np.float64), Mounting.of(best.x, aspect), rivals)


def require_one(fit: MountingFit, used: Floats) -> None:
    """Refuse an answer beside which there is another.

    Args:
        fit: the answer.
        used: (N, 2) points of the view between which distances must be clear.

    Raises:
        ValueError: a rival puts them at other distances.
    """
    distances = _distances(fit.mounting, used)
    for rival in fit.rivals:
        if np.median(np.abs(np.log(_distances(rival, used) / distances))) > MOST_APART:
            one, two = (f"tilted by {each.pinhole.tilt:.0f} degrees" for each in (fit.mounting, rival))
            raise ValueError(f"cameras {one} and {two} explain it equally well, wanted more to tell them apart")


def _distances(mounting: Mounting, points: Floats) -> Floats:
    """Return the distances in metres between successive points, and so a few of each kind."""
    ground = mounting.to_ground(points)
    distances: Floats = np.maximum(np.hypot(*(ground - np.roll(ground, 1, axis=0)).T), 1e-6)
    return distances
