"""What is drawn on a camera's view: counting lines, zones, and the ground plane under them."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from calibration.fit import GroundFit
from calibration.ground import GroundPlane
from calibration.homography import fit_points
from calibration.lens import Lens
from calibration.wgs84 import tangent_plane
from vision.settings import Settings

Fraction = Annotated[float, Field(ge=0, le=1)]
Point = tuple[Fraction, Fraction]
"""x, y as fractions of the view's width and height, from its top left corner."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
ZoneKind = Literal["area", "waiting", "crossing", "lane"]
Heading = Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"]


class Line(Settings):
    """A counting line from `a` to `b`; left to right, seen from `a` towards `b`, is forward."""

    name: Name
    a: Point
    b: Point
    forward: str | None = None
    backward: str | None = None
    way: str = ""
    """What kind of way goes across it, in the words of feeds, such as "Piste cyclable"."""
    heading: Heading | None = None
    """Whither forward leads; by default what the ground plane says, where it knows north."""

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.a == self.b:
            raise ValueError(f"a and b are the same point {list(self.a)}, wanted two different points")
        return self


class Zone(Settings):
    """A part of the view in which objects are counted while they are there."""

    name: Name
    kind: ZoneKind = "area"
    polygon: tuple[Point, ...]

    @field_validator("polygon")
    @classmethod
    def _has_area(cls, polygon: tuple[Point, ...]) -> tuple[Point, ...]:
        if len(polygon) < 3:
            raise ValueError(f"found {len(polygon)} points, wanted at least 3")
        following = polygon[1:] + polygon[:1]
        if abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(polygon, following, strict=True))) < 1e-9:
            raise ValueError("the polygon has no area, wanted three points that are not on one line")
        return polygon


Row = tuple[float, float, float]
Metres = tuple[float, float]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Position = tuple[Latitude, Longitude]


class Ground(Settings):
    """Where on the ground, in metres, a point of the view is; without it quantities in metres are absent.

    Either `homography`, as `comptage calibrate` prints it, or points of the `view` and the same in `metres` or `wgs84`.
    """

    homography: tuple[Row, Row, Row] | None = None
    """Takes x, y, 1 of the view, as fractions, to the ground in metres."""
    view: tuple[Point, ...] | None = None
    metres: tuple[Metres, ...] | None = None
    """x, y in any flat frame."""
    wgs84: tuple[Position, ...] | None = None
    """Degrees; metres are then east and north of the first."""
    distortion: tuple[float, float] = (0.0, 0.0)
    """k1, k2 of `calibration.lens.Lens`."""
    common: bool = False
    """Whether metres are in one frame with those of the site's other cameras and map; of wgs84 they always are."""
    aspect: Annotated[float, Field(gt=0)] = 4 / 3
    """Width of the view over its height; that of the camera's `frame_size`, unless it is said here."""

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        given = [key for key in ("homography", "view", "metres", "wgs84") if getattr(self, key) is not None]
        if given not in (["homography"], ["view", "metres"], ["view", "wgs84"]):
            found = " and ".join(given) or "none of them"
            raise ValueError(f"found {found}, wanted homography, or view and metres, or view and wgs84")
        return self

    @property
    def is_shared(self) -> bool:
        """Whether the camera can be drawn on one plan with others."""
        return self.common or self.wgs84 is not None

    def fit(self) -> GroundFit | None:
        """Return the plane through the points with its residuals and uncertainty; None where there are no points.

        Raises:
            ValueError: the points fix no plane, or the lens folds the view; one line says why.
        """
        if self.view is None:
            return None
        ground = (
            np.array(self.metres)
            if self.wgs84 is None
            else tangent_plane(np.array(self.wgs84), np.array(self.wgs84[0]))
        )
        fit = fit_points(np.array(self.view), ground, self._lens())
        if self.wgs84 is not None and fit.plane.is_mirrored():
            raise ValueError("the view would be a mirror image, wanted wgs84 as latitude, longitude")
        return fit

    def plane(self) -> GroundPlane:
        """Return it in a form that calculates.

        Raises:
            ValueError: as for `fit`, or the homography is none.
        """
        fit = self.fit()
        return fit.plane if fit else GroundPlane(np.array(self.homography), self._lens())

    def _lens(self) -> Lens:
        return Lens(*self.distortion, self.aspect)
