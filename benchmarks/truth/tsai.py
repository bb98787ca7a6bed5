"""A camera calibrated by Tsai's method, as the calibration of PETS 2009 is written: the truth on that view's ground."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from xml.etree import ElementTree as ET  # the file is our own

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TsaiCamera:
    """Tsai's model (A versatile camera calibration technique, 1987): a pinhole with one radial coefficient.

    Attributes:
        size: width and height of the view in pixels.
        rotation: (3, 3) from the world to the camera.
        translation: (3,) in millimetres.
        focal: millimetres.
        kappa: of 1 / mm^2: an undistorted point is 1 + kappa r^2 times as far from the centre as a distorted one.
        centre: (2,) pixels.
        pixel: (2,) millimetres.
    """

    size: tuple[int, int]
    rotation: Floats
    translation: Floats
    focal: float
    kappa: float
    centre: Floats
    pixel: Floats

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file; its lengths are in millimetres, its angles in radians, about x, then y, then z."""
        root = ET.parse(path).getroot()  # noqa: S314  # the file is our own
        geometry, intrinsic, extrinsic = (
            {key: float(value) for key, value in part.attrib.items()} for part in list(root)[:3]
        )
        x, y, z = (_turn(axis, extrinsic[key]) for axis, key in enumerate(("rx", "ry", "rz")))
        return cls(
            size=(int(geometry["width"]), int(geometry["height"])),
            rotation=z @ y @ x,
            translation=np.array([extrinsic["tx"], extrinsic["ty"], extrinsic["tz"]]),
            focal=intrinsic["focal"],
            kappa=intrinsic["kappa1"],
            centre=np.array([intrinsic["cx"], intrinsic["cy"]]),
            pixel=np.array([geometry["dpx"] / intrinsic["sx"], geometry["dpy"]]),
        )

    def to_ground(self, points: Floats) -> Floats:
        """Return points of the view (N, 2), as fractions, on the ground (N, 2) in metres."""
        distorted = (points * self.size - self.centre) * self.pixel
        straight = distorted * (1 + self.kappa * (distorted**2).sum(axis=1, keepdims=True))
        rays = np.column_stack((straight, np.full(len(straight), self.focal))) @ self.rotation
        place = -self.rotation.T @ self.translation
        ground: Floats = (place[:2] - rays[:, :2] * (place[2] / rays[:, 2:])) / 1000
        return ground


def _turn(axis: int, angle: float) -> Floats:
    """Return the rotation (3, 3) about an axis."""
    cosine, sine = np.cos(angle), np.sin(angle)
    first, second = [other for other in range(3) if other != axis]
    if axis == 1:
        sine = -sine
    turn = np.eye(3)
    turn[first, first] = turn[second, second] = cosine
    turn[first, second], turn[second, first] = -sine, sine
    return turn
