"""The site file that somebody would write for a rendered pool."""

import numpy as np
import numpy.typing as npt

from benchmarks.pool.pictures import Size
from models.training.pool.camera import Camera as PoolCamera
from models.training.pool.scene import Pool
from vision.basins import Basin
from vision.crop import WHOLE, Crop
from vision.site import Camera

ORACLE = "oracle"
"""What sees exactly who is not under water nor hidden: what is still wrong then is not the detector's."""
ADULT_M = 1.7

Floats = npt.NDArray[np.floating]


def site_camera(pool: Pool, detector: str, size: Size, fps: float, *, crops: bool = False) -> Camera:
    """Return the settings that somebody would make for a pool: its corners, its lanes, and how tall people are.

    Who crops looks at the water and at who stands around it alone, in no more pixels than `size` has.
    """
    corners = _seen(pool.camera, pool.basin.corners())
    crop, working_size = _cropped(pool, size) if crops else (WHOLE, size)
    return Camera(
        name="pool",
        source="pool.mp4",
        working_size=working_size,
        crop=crop,
        fps=fps,
        detector="motion" if detector == ORACLE else detector,
        classes=("swimmer",) if detector == "motion" else ("swimmer", "pedestrian"),
        person_height=_person_height(pool.camera, pool.basin.corners()),
        basins=(Basin(name="basin", corners=corners.tolist(), lanes=pool.basin.lanes),),
    )


def _seen(camera: PoolCamera, points: Floats, above: float = 0.0) -> Floats:
    """Return where points (N, 2) of a pool, so many metres above the water, are seen: shares of the view (N, 2)."""
    return np.asarray(camera.project(np.column_stack((points, np.full(len(points), above)))) / camera.size)


def _cropped(pool: Pool, size: Size) -> tuple[Crop, Size]:
    """Return the part of the view in which the water is and who stands at its edges, and its working size.

    It has no more pixels than `size`, and none is made up.
    """
    corners = pool.basin.corners()
    points = np.concatenate([_seen(pool.camera, corners, above) for above in (0.0, ADULT_M)])
    crop = Crop.around(points.tolist())
    rows, columns = crop.slices(pool.camera.size)
    wide, high = crop.size_like(size)
    return crop, (min(wide, columns.stop - columns.start), min(high, rows.stop - rows.start))


def _person_height(camera: PoolCamera, corners: Floats) -> tuple[float, float]:
    """Return what a site file asks for: an adult's height at the top and the bottom edge, as shares of the view's."""
    feet, heads = (_seen(camera, corners, above)[:, 1] for above in (0.0, ADULT_M))
    slope, at_top = np.polyfit(feet, feet - heads, 1)
    top, bottom = np.clip((at_top, at_top + slope), 0.02, 0.9)
    return float(top), float(bottom)
