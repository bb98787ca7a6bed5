import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.lengths import fit_lengths
from calibration.lens import Lens
from tests.calibration.views import distance_errors, level, lower_view

ACROSS_NEAR, ACROSS_FAR, AWAY = [0.2, 0.9, 0.8, 0.9], [0.25, 0.5, 0.75, 0.55], [0.5, 0.95, 0.45, 0.5]
THREE = np.array([ACROSS_NEAR, ACROSS_FAR, AWAY])
FOUR = np.array([*THREE, [0.2, 0.7, 0.75, 0.65]])


def lengths(mounting, ends):
    return np.hypot(*(mounting.to_ground(ends[:, :2]) - mounting.to_ground(ends[:, 2:])).T)


@settings(max_examples=20)
@given(
    height=st.floats(3, 25),
    tilt=st.floats(15, 50),
    width=st.floats(35, 80),
    k=st.sampled_from([(0.0, 0.0), (-0.1, 0.0)]),
)
def test_three_lengths_and_the_field_of_view_give_a_level_camera_back(height, tilt, width, k):
    mounting, lens = level(height, tilt, width), Lens(*k)
    ends = np.hstack((lens.distorted(THREE[:, :2]), lens.distorted(THREE[:, 2:])))
    if np.isnan(mounting.pinhole.to_ground(THREE[:, 2:])).any():
        return
    fit = fit_lengths(ends, lengths(mounting, THREE), lens, width)
    points = lower_view(mounting.pinhole, np.random.default_rng(0), 100)
    points = points[points[:, 1] > 0.45]
    true = mounting.pinhole.to_ground(points)
    np.testing.assert_allclose(fit.plane.metres(lens.distorted(points)), true, rtol=0.02, atol=0.05)
    assert fit.residuals.max() < 0.02 * height


def test_what_is_assumed_widens_what_is_not_known():
    mounting = level(8, 30, 60)
    known = fit_lengths(THREE[1:], lengths(mounting, THREE[1:]), field_of_view=60)
    assumed = fit_lengths(THREE[1:], lengths(mounting, THREE[1:]))
    wide, far = np.array([[0.1, 0.95], [0.9, 0.95]]), np.array([[0.9, 0.95], [0.5, 0.5]])
    assert assumed.distances(wide, far)[1].max() > 2 * known.distances(wide, far)[1].max()
    assert any("field of view is an assumption" in remark for remark in assumed.remarks)
    assert not any("assumption" in remark for remark in known.remarks)


@pytest.mark.parametrize("seed", range(3))
def test_a_pixel_of_noise_is_forgiven(seed):
    mounting = level(8, 30, 60)
    ends = THREE + np.random.default_rng(seed).normal(0, 1 / 320, THREE.shape) * (1, 4 / 3, 1, 4 / 3)
    fit = fit_lengths(ends, lengths(mounting, THREE), field_of_view=60)
    points = np.random.default_rng(1).uniform((0.1, 0.5), 0.95, (200, 2))
    errors = np.abs(distance_errors(fit.plane, mounting, points))
    assert np.median(errors) < 0.05


@pytest.mark.parametrize(
    ("ends", "metres", "words"),
    [
        (THREE[:1], [10.0], "1 lengths, wanted at least 2"),
        (THREE[:2], [10.0, -3.0], "a length is not finite or not more than 0 m"),
        (THREE[:2], [10.0, np.nan], "a length is not finite or not more than 0 m"),
        ([ACROSS_NEAR, [0.5, 0.5, 0.51, 0.5]], [10.0, 1.0], "length 2 is 0.010 widths of the view long"),
        (FOUR, lengths(level(8, 30, 60), FOUR) * (1, 1, 1, 1.5), "one of the lengths is wrong"),
        ([ACROSS_NEAR, ACROSS_NEAR], [10.0, 10.0], "lie on one line"),
        (
            [ACROSS_NEAR, [0.2, 0.92, 0.8, 0.92]],
            [10.0, 9.8],
            "the lengths cover 2% of the view's height, wanted at least 15%",
        ),
    ],
)
def test_what_fixes_no_plane_is_refused_with_the_reason(ends, metres, words):
    with pytest.raises(ValueError, match=words) as error:
        fit_lengths(np.array(ends), np.array(metres), field_of_view=60)
    assert "\n" not in str(error.value)
