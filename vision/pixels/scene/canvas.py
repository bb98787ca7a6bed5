"""Drawing solid bodies into a perspective image, with cv2, at twice the size that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from calibration.pinhole import Floats, Pinhole
from vision.pixels.scene.bodies import Body, joined

Image = npt.NDArray[np.uint8]

SUPERSAMPLING = 2
"""Everything is drawn this many times larger, then shrunk by area: the cheapest smooth edge."""

SUN = np.array([-0.45, -0.35, 0.82]) / np.linalg.norm([-0.45, -0.35, 0.82])
"""Unit vector towards the sun: half past ten of a summer morning, behind the camera's left shoulder."""
_SHADE = 0.62
"""Brightness of a face turned away from the sun, over that of one that it meets square on."""
_SHIFT = 4
_SUBPIXELS = 1 << _SHIFT
"""cv2 takes coordinates in fixed point with this many bits after the point."""
_FAR_PX = 1 << 14
"""Coordinates are cut here, far outside any image and well inside cv2's fixed point."""
_NEAR_M = 1.0
"""Depth below which nothing grows any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """An image being drawn through a camera.

    Attributes:
        image: uint8 (H, W, 3) in B, G, R order.
        camera: what looks at the place.
    """

    image: Image
    camera: Pinhole

    def cast_shadows(self, mask: Image, bodies: Sequence[Body]) -> None:
        """Add to a mask uint8 (H, W) the shadows of bodies, each taken as the convex solid around its points."""
        hulls = [body.hull() for body in bodies]
        if not hulls:
            return
        points = np.concatenate(hulls)
        on_ground = points[:, :2] - points[:, 2:] * (SUN[:2] / SUN[2])
        outlines = _fixed(self._pixels(on_ground))
        for outline in np.split(outlines, np.cumsum([len(hull) for hull in hulls[:-1]])):
            cv2.fillConvexPoly(mask, cv2.convexHull(outline), 255, shift=_SHIFT)

    def draw(self, bodies: Sequence[Body]) -> None:
        """Draw bodies whose points are metres of the ground frame, one over the other."""
        if not bodies:
            return
        whole = joined(*bodies)
        faces = self._face_strokes(whole)
        limbs = self._limb_strokes(whole, np.repeat(np.arange(len(bodies)), [len(body.limbs) for body in bodies]))
        face, limb = 0, 0
        for body in bodies:
            for outline, colour in faces[face : face + len(body.faces)]:
                if outline is not None:
                    cv2.fillConvexPoly(self.image, outline, colour, shift=_SHIFT)
            for start, end, colour, width in limbs[limb : limb + len(body.limbs)]:
                self._draw_limb(start, end, colour, width)
            face, limb = face + len(body.faces), limb + len(body.limbs)

    def _draw_limb(self, start: list[int], end: list[int], colour: list[float], width: int) -> None:
        if start == end:
            cv2.circle(self.image, start, width * _SUBPIXELS // 2, colour, -1, shift=_SHIFT)
        else:
            cv2.line(self.image, start, end, colour, width, shift=_SHIFT)

    def _face_strokes(self, body: Body) -> list[tuple[npt.NDArray[np.int32] | None, list[float]]]:
        """Return outline (4, 2) and colour of each face; no outline where its back is turned."""
        corners = body.faces
        along, up = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        normals = along[:, [1, 2, 0]] * up[:, [2, 0, 1]] - along[:, [2, 0, 1]] * up[:, [1, 2, 0]]
        normals /= np.sqrt((normals**2).sum(axis=1, keepdims=True))
        eye = np.array([0.0, 0.0, self.camera.height])
        seen = ((eye - corners[:, 0]) * normals).sum(axis=1) > 0
        light = _SHADE + (1 - _SHADE) * np.clip(normals @ SUN, 0, 1)
        colours = (body.face_colours * light[:, None]).tolist()
        outlines = _fixed(self._pixels(corners.reshape(-1, 3))).reshape(-1, 4, 2)
        return [(outlines[k] if seen[k] else None, colours[k]) for k in range(len(corners))]

    def _limb_strokes(
        self, body: Body, owners: npt.NDArray[np.int64]
    ) -> list[tuple[list[int], list[int], list[float], int]]:
        """Return both ends, colour and width in pixels of each limb, from far to near within each of its owners."""
        ends = body.limbs.reshape(-1, 3)
        depths = self.camera.depths(ends).reshape(-1, 2).mean(axis=1)
        pixels_per_metre = self.camera.focal()[0] * self.image.shape[1] / np.maximum(depths, _NEAR_M)
        widths = np.maximum(1, np.rint(2 * body.radii * pixels_per_metre)).astype(int).tolist()
        lines = _fixed(self._pixels(ends)).reshape(-1, 2, 2).tolist()
        colours = body.limb_colours.tolist()
        return [(*lines[k], colours[k], widths[k]) for k in np.lexsort((-depths, owners)).tolist()]

    def _pixels(self, points: Floats) -> Floats:
        """Return pixel coordinates (N, 2) of points (N, 2) or (N, 3) in metres."""
        height, width = self.image.shape[:2]
        pixels: Floats = self.camera.to_view(points) * (width, height)
        return pixels


def _fixed(pixels: Floats) -> npt.NDArray[np.int32]:
    cut = np.nan_to_num(np.clip(pixels, -_FAR_PX, _FAR_PX), nan=-_FAR_PX)
    return np.rint(cut * _SUBPIXELS).astype(np.int32)
