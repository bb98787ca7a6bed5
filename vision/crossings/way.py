"""The way over a carriageway: how far along it, in metres, a point of the view is."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from calibration.ground import GroundPlane
from calibration.homography import fit_points
from vision.crossings.settings import Crossing

Floats = npt.NDArray[np.float64]

SQUARE = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)])


class Way:
    """The way over one carriageway.

    Its length is the one that the settings say; a ground plane tells how it is shared out over the view. Without one,
    four corners do, which are then those of a rectangle that is seen from somewhere.

    Args:
        polygon: (V, 2) of the carriageway, as fractions of the view.
        here, there: (2,) points of the view on either side of it: the way leads from the one to the other.
        length: metres.
        ground: the camera's ground plane, if it has one.

    Raises:
        ValueError: there is no ground plane, and the polygon has not four corners or they fix no plane.
    """

    def __init__(self, polygon: Floats, here: Floats, there: Floats, length: float, ground: GroundPlane | None) -> None:
        self.length = length
        if len(polygon) == 4:
            polygon = _from_the_side_at(polygon, here, there)
        elif ground is None:
            raise ValueError(f"found {len(polygon)} corners and no camera.ground, wanted 4 corners or a ground")
        self._plane = ground or fit_points(polygon, SQUARE).plane
        corners, middles = self._plane.metres(polygon), self._plane.metres(np.stack((here, there)))
        if len(polygon) == 4:
            middles = np.stack((corners[:2].mean(axis=0), corners[2:].mean(axis=0)))
        if not np.isfinite(middles).all() or not np.isfinite(corners).all():
            raise ValueError("it reaches above the horizon of camera.ground, wanted it on the ground")
        self._axis = (middles[1] - middles[0]) / np.hypot(*(middles[1] - middles[0]))
        reached = (middles if len(polygon) == 4 else corners) @ self._axis
        self._begin, self._scale = reached.min(), length / np.ptp(reached)

    def along(self, feet: Floats) -> Floats:
        """Return for feet (N, 2), as fractions of the view, how many metres from its beginning each is (N,)."""
        reached: Floats = (self._plane.metres(feet) @ self._axis - self._begin) * self._scale
        return reached


def ways(crossing: Crossing, polygons: Mapping[str, Floats], ground: GroundPlane | None) -> list[Way]:
    """Return the way over each stage of a crossing.

    Args:
        crossing: settings.
        polygons: (V, 2) of its zones, as fractions of the view.
        ground: the camera's ground plane, if it has one.

    Raises:
        ValueError: a stage has no way (see `Way`); the message names its zone.
    """
    middles = [polygons[name].mean(axis=0) for name in crossing.halts]
    found = []
    for stage, here, there in zip(crossing.stages, middles, middles[1:], strict=False):
        try:
            found.append(Way(polygons[stage.zone], here, there, stage.length, ground))
        except ValueError as error:
            raise ValueError(f"crossing {crossing.name!r}: zone {stage.zone!r}: {error}") from error
    return found


def _from_the_side_at(corners: Floats, here: Floats, there: Floats) -> Floats:
    """Return the four corners of a carriageway, beginning with the two of the side at which it begins."""
    sides = (corners + np.roll(corners, -1, axis=0)) / 2
    nearness = np.hypot(*(sides - there).T) - np.hypot(*(sides - here).T)
    return np.roll(corners, -int(nearness.argmax()), axis=0)
