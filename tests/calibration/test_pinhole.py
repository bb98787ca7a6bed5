import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.pinhole import Pinhole

cameras = st.builds(
    Pinhole,
    height=st.floats(2, 40),
    tilt=st.floats(5, 85),
    field_of_view=st.floats(20, 110),
    heading=st.floats(-180, 180),
    aspect=st.sampled_from([1.0, 4 / 3, 16 / 9]),
)
fractions = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(camera=cameras, point=fractions)
def test_image_to_ground_and_back_is_where_it_began(camera, point):
    ground = camera.to_ground(np.array([point]))
    if np.isfinite(ground).all() and np.hypot(*ground[0]) < 1e4:
        np.testing.assert_allclose(camera.to_view(ground), [point], atol=1e-6)


@given(camera=cameras, heading=st.floats(-180, 180), point=fractions)
def test_turning_the_camera_turns_the_ground_with_it(camera, heading, point):
    ahead = Pinhole(camera.height, camera.tilt, camera.field_of_view, 0.0, camera.aspect)
    turned = Pinhole(camera.height, camera.tilt, camera.field_of_view, heading, camera.aspect)
    x, y = ahead.to_ground(np.array([point]))[0]
    clockwise = np.radians(heading)
    wanted = (x * np.cos(clockwise) + y * np.sin(clockwise), y * np.cos(clockwise) - x * np.sin(clockwise))
    np.testing.assert_allclose(turned.to_ground(np.array([point]))[0], wanted, rtol=1e-6, atol=1e-6)


def test_the_axis_of_a_camera_at_45_degrees_meets_the_ground_its_height_away():
    np.testing.assert_allclose(Pinhole(10, 45, 60).to_ground(np.array([[0.5, 0.5]])), [[0, 10]], atol=1e-9)


def test_a_quarter_turn_to_the_right_looks_along_the_x_axis():
    ground = Pinhole(10, 45, 60, heading=90).to_ground(np.array([[0.5, 0.5], [0.9, 0.5]]))
    np.testing.assert_allclose(ground[0], [10, 0], atol=1e-9)
    assert ground[1, 1] < -1


def test_the_edge_of_the_view_is_half_the_field_of_view_from_the_axis():
    view = Pinhole(10, 90, 90).to_ground(np.array([[1.0, 0.5], [0.5, 0.0]]))
    np.testing.assert_allclose(view, [[10, 0], [0, 7.5]], atol=1e-9)


def test_right_is_right_and_far_and_high_are_up():
    seen = Pinhole(10, 30, 60).to_view(np.array([[0, 20, 0], [2, 20, 0], [0, 25, 0], [0, 20, 2.0]]))
    assert seen[1, 0] > seen[0, 0]
    assert seen[2, 1] < seen[0, 1]
    assert seen[3, 1] < seen[0, 1]


def test_there_is_no_ground_above_the_horizon_and_nothing_to_see_behind():
    camera = Pinhole(10, 10, 60)
    assert np.isnan(camera.to_ground(np.array([[0.5, 0.0]]))).all()
    assert np.isnan(camera.to_view(np.array([[0.0, -50.0]]))).all()
    assert camera.standing_height(0.0) == 0


@given(y=st.floats(0.2, 1))
def test_standing_height_is_feet_minus_head(y):
    camera = Pinhole(10, 30, 60)
    x_m, y_m = camera.to_ground(np.array([[0.5, y]]))[0]
    head = camera.to_view(np.array([[x_m, y_m, 1.7]]))[0, 1]
    assert camera.standing_height(y) == pytest.approx(y - head)
    assert camera.standing_height(y, 3.4) > 1.9 * camera.standing_height(y)


@pytest.mark.parametrize("wrong", [{"height": 0}, {"tilt": 0}, {"tilt": 91}, {"field_of_view": 180}, {"aspect": 0}])
def test_a_camera_that_sees_no_ground_is_refused(wrong):
    with pytest.raises(ValueError, match="wanted height > 0"):
        Pinhole(**{"height": 10, "tilt": 30, "field_of_view": 60, **wrong})
