"""The pinhole beside the basin: pixels and rays agree, and a camera that shall see all of the water does."""

import numpy as np
import pytest

from models.training.pool.basin import Basin, draw_basin
from models.training.pool.camera import draw_camera, look_at
from models.training.pool.ranges import HELD_OUT, TRAINING

SIZE = (160, 120)
BASIN = Basin(length=25.0, lanes=5, lane_width=2.5, depth=1.8, roped=True)


def test_the_ray_through_a_points_pixel_goes_to_the_point():
    camera = look_at(np.array((-3.0, -6.0, 7.0)), np.array((6.0, 12.0, 0.0)), 70.0, SIZE, roll=3.0)
    rays = camera.rays()
    for point in ((6.0, 12.0, 0.0), (2.0, 20.0, 0.0), (9.0, 8.0, 1.0)):
        u, v = camera.project(np.array(point))
        ray = rays[int(v), int(u)]
        wanted = np.array(point) - camera.place
        off = np.degrees(np.arccos(ray @ wanted / np.linalg.norm(wanted)))
        assert off < 70 / 160  # within a pixel


def test_what_is_aimed_at_is_in_the_middle_and_up_is_up():
    camera = look_at(np.array((0.0, -8.0, 6.0)), np.array((0.0, 10.0, 0.0)), 60.0, SIZE)
    assert camera.project(np.array((0.0, 10.0, 0.0))) == pytest.approx((80, 60))
    assert camera.project(np.array((0.0, 10.0, 1.0)))[1] < 60
    assert camera.project(np.array((1.0, 10.0, 0.0)))[0] > 80
    near, far = camera.scale(np.array(((0.0, 5.0, 0.0), (0.0, 20.0, 0.0))))
    assert near > far


@pytest.mark.parametrize("ranges", [TRAINING, HELD_OUT])
def test_a_camera_that_shall_see_all_of_the_water_does(ranges):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        basin = draw_basin(rng)
        camera = draw_camera(basin, ranges, SIZE, rng, whole=True)
        corners = camera.project(np.column_stack((basin.corners(), np.zeros(4))))
        assert (corners > 0).all()
        assert (corners < SIZE).all()
        assert any(low <= camera.place[2] <= high for low, high in ranges.heights)


def test_what_is_held_out_is_not_learnt_from():
    for name in ("heights", "sides", "hues", "waves"):
        for low, high in getattr(TRAINING, name):
            assert all(high <= other[0] or low >= other[1] for other in getattr(HELD_OUT, name)), name
    assert not set(TRAINING.lights) & set(HELD_OUT.lights)
    learnt = {number for low, high in TRAINING.crowds for number in range(low, high + 1)}
    assert {7, 8} <= {number for low, high in HELD_OUT.crowds for number in range(low, high + 1)} - learnt
