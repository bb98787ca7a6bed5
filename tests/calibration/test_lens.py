import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calibration.lens import Lens


@st.composite
def lenses(draw):
    k1, k2 = draw(st.floats(-0.4, 0.4)), draw(st.floats(-0.2, 0.3))
    try:
        return Lens(k1, k2, draw(st.sampled_from([1.0, 4 / 3, 16 / 9])))
    except ValueError:
        assume(condition=False)


views = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20).map(np.array)


@given(lens=lenses(), points=views)
def test_what_is_bent_back_is_bent_to_where_it_was(lens, points):
    np.testing.assert_allclose(lens.distorted(lens.undistorted(points)), points, atol=1e-9)


@given(lens=lenses(), points=views)
def test_the_jacobian_is_what_a_small_step_does(lens, points):
    straight = lens.undistorted(points) * 0.98 + 0.01  # off the edge, where a step leaves the model
    step = 1e-6
    for axis in (0, 1):
        offset = step * np.eye(2)[axis]
        slope = (lens.distorted(straight + offset) - lens.distorted(straight - offset)) / (2 * step)
        good = np.isfinite(slope).all(axis=1)
        np.testing.assert_allclose(lens.jacobian(straight)[good, :, axis], slope[good], atol=1e-5)


def test_the_corners_move_by_k1_and_k2_and_the_centre_stays():
    seen = Lens(-0.1, 0.04, 16 / 9).distorted(np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]]))
    np.testing.assert_allclose(seen, [[0.03, 0.03], [0.97, 0.97], [0.5, 0.5]])


def test_a_straight_line_bulges_through_a_barrel():
    middle, end = Lens(-0.1).distorted(np.array([[0.5, 0.1], [0.1, 0.1]]))
    assert middle[1] < end[1]


def test_no_distortion_changes_nothing():
    points = np.array([[0.2, 3.0], [-7.0, 0.1]])
    assert (Lens().undistorted(points) == points).all()
    assert (Lens().distorted(points) == points).all()


@pytest.mark.parametrize("k", [(-0.2, 0.0), (0.0, -0.1), (-1.0, 0.3)])
def test_a_lens_that_folds_the_view_is_refused(k):
    with pytest.raises(ValueError, match="folds the corners of the view"):
        Lens(*k)


@pytest.mark.parametrize("wrong", [{"k1": np.nan}, {"k2": np.inf}, {"aspect": 0}])
def test_numbers_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="wanted finite numbers"):
        Lens(**wrong)


def test_far_outside_the_view_there_is_nothing():
    assert np.isnan(Lens(-0.14).undistorted(np.array([[3.0, 3.0]]))).all()
    assert np.isnan(Lens(-0.14).distorted(np.array([[3.0, 3.0]]))).all()
