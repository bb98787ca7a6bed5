import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vision.boxes import foot_points, iou

sizes = st.integers(0, 5)
boxes = sizes.flatmap(lambda n: arrays(np.float64, (n, 4), elements=st.integers(0, 60))).map(
    lambda raw: np.concatenate((np.minimum(raw[:, :2], raw[:, 2:]), np.maximum(raw[:, :2], raw[:, 2:])), axis=1)
)


def painted(box):
    """A box of whole pixels as a mask: the slow and certain way to measure areas."""
    mask = np.zeros((60, 60), bool)
    x0, y0, x1, y1 = box.astype(int)
    mask[y0:y1, x0:x1] = True
    return mask


@given(a=boxes, b=boxes)
def test_iou_is_what_one_counts_in_painted_pixels(a, b):
    found = iou(a, b)
    assert found.shape == (len(a), len(b))
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            union = (painted(one) | painted(other)).sum()
            shared = (painted(one) & painted(other)).sum()
            assert np.isclose(found[i, j], shared / union if union else 0)


def test_the_foot_is_the_bottom_centre():
    np.testing.assert_array_equal(foot_points(np.array([[10.0, 20, 30, 70]])), [[20, 70]])
