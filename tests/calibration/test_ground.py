import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.ground import GroundPlane
from calibration.lens import Lens
from calibration.mounting import Mounting
from calibration.pinhole import Pinhole
from tests.calibration.views import level, lower_view, seen

mountings = st.builds(
    Mounting,
    st.builds(
        Pinhole,
        height=st.floats(2, 40),
        tilt=st.floats(10, 80),
        field_of_view=st.floats(20, 100),
        aspect=st.sampled_from([1.0, 4 / 3, 16 / 9]),
    ),
    st.floats(-10, 10),
)
seeds = st.integers(0, 2**32 - 1)
lenses = st.sampled_from([(0.0, 0.0), (-0.12, 0.0), (0.1, -0.02), (-0.3, 0.2)])


def plane_of(mounting, k=(0.0, 0.0)):
    return GroundPlane(mounting.homography(), Lens(*k, mounting.pinhole.aspect))


@given(mounting=mountings, seed=seeds)
def test_a_mountings_ground_is_the_pinholes_turned_by_its_roll(mounting, seed):
    points = lower_view(mounting.pinhole, np.random.default_rng(seed), 20)
    ground = mounting.pinhole.to_ground(points)
    askew = seen(mounting, ground)
    plane = plane_of(mounting)
    good = np.isfinite(plane.metres(askew)).all(axis=1)
    assert good.any()
    np.testing.assert_allclose(plane.metres(askew)[good], ground[good], rtol=1e-6, atol=1e-6)


@given(mounting=mountings, seed=seeds, k=lenses)
def test_view_to_metres_and_back_is_where_it_began(mounting, seed, k):
    plane = plane_of(mounting, k)
    points = np.random.default_rng(seed).uniform(0, 1, (50, 2))
    metres = plane.metres(points)
    near = np.hypot(*metres.T) < 1e4  # nan is not
    np.testing.assert_allclose(plane.view(metres[near]), points[near], atol=1e-6)


@given(mounting=mountings, seed=seeds, k=lenses)
def test_the_jacobian_is_what_a_small_step_does(mounting, seed, k):
    plane = plane_of(mounting, k)
    points = np.random.default_rng(seed).uniform(0, 1, (20, 2))
    points = points[np.hypot(*plane.metres(points).T) < 200]
    step = 1e-6
    for axis in (0, 1):
        offset = step * np.eye(2)[axis]
        slope = (plane.metres(points + offset) - plane.metres(points - offset)) / (2 * step)
        np.testing.assert_allclose(plane.jacobian(points)[:, :, axis], slope, rtol=1e-3, atol=1e-2)


@given(mounting=mountings, factor=st.floats(0.01, 100), sign=st.sampled_from([-1, 1]))
def test_the_scale_and_sign_of_a_homography_say_nothing(mounting, factor, sign):
    points = np.array([[0.5, 0.99], [0.2, 0.01]])
    scaled = GroundPlane(mounting.homography() * factor * sign)
    np.testing.assert_allclose(scaled.metres(points), plane_of(mounting).metres(points), rtol=1e-9, atol=1e-9)


def test_there_is_no_ground_on_and_above_the_horizon_nor_anything_behind():
    plane = plane_of(level(10, 10, 60))
    assert np.isnan(plane.metres(np.array([[0.5, 0.0], [0.1, 0.29]]))).all()
    assert np.isfinite(plane.metres(np.array([[0.5, 0.31]]))).all()
    assert np.isnan(plane.view(np.array([[0.0, -50.0]]))).all()
    assert np.isnan(plane.metres_per_pixel(np.array([[0.5, 0.0]]), (320, 240))).all()


def test_a_pixel_straight_below_is_what_simple_geometry_says():
    """From 10 m straight down with 90 degrees, the view is 20 m wide and 15 m high."""
    plane = plane_of(level(10, 90, 90))
    np.testing.assert_allclose(plane.metres_per_pixel(np.array([[0.3, 0.7]]), (320, 240)), [[0.0625, 0.0625]])
    assert not plane.is_mirrored()


def test_a_pixel_far_away_is_longer_than_wide():
    """At the distance d from a camera h high a step of one angle is d^2 / h long and d wide."""
    plane = plane_of(level(5, 10, 30))
    most, least = plane.metres_per_pixel(np.array([[0.5, 0.5]]), (640, 480))[0]
    assert most / least == pytest.approx(1 / np.sin(np.radians(10)), rel=1e-6)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.eye(2), "wanted \\(3, 3\\) finite numbers"),
        (np.full((3, 3), np.nan), "wanted \\(3, 3\\) finite numbers"),
        (np.zeros((3, 3)), "the horizon goes through"),
        (
            np.array([[1, 0, 0], [0, 1, 0], [0, 1, -1.0]]),
            "the horizon goes through the middle of the view's lower edge",
        ),
        (np.array([[1, 2, 3], [2, 4, 6], [0, 0, 1.0]]), "cannot be inverted"),
        (np.array([[0, 0, 0], [2, 4, 6], [0, 0, 1.0]]), "cannot be inverted"),
    ],
)
def test_what_is_no_homography_of_a_ground_is_refused(matrix, words):
    with pytest.raises(ValueError, match=words):
        GroundPlane(matrix)


def test_no_points_are_no_points():
    plane = plane_of(level(5, 20, 60), (-0.1, 0.0))
    none = np.empty((0, 2))
    assert plane.metres(none).shape == plane.view(none).shape == (0, 2)
