import dataclasses

import numpy as np
import pytest

from vision.detections import Detections

BOX = [[1.0, 2.0, 3.0, 4.0]]


def test_is_a_copy_of_what_it_was_made_from():
    output = np.zeros((1000, 4), np.float32)
    detections = Detections(output[:1], np.array([0.5]), np.array([0]))
    output[:] = 7
    assert detections.boxes.base is None
    assert detections.boxes.tolist() == [[0, 0, 0, 0]]


def test_none_has_the_right_shapes():
    none = Detections.none()
    assert (none.boxes.shape, none.scores.shape, none.classes.shape) == ((0, 4), (0,), (0,))
    assert len(none) == 0


def test_only_keeps_what_was_chosen():
    three = Detections(np.arange(12).reshape(3, 4).cumsum(axis=1), np.array([0.1, 0.2, 0.3]), np.array([0, 1, 2]))
    assert three.only(three.scores > 0.15).classes.tolist() == [1, 2]
    assert three.only(np.array([2, 0])).classes.tolist() == [2, 0]


def test_scaled_is_the_same_in_another_view():
    one = Detections(np.array(BOX), np.array([0.5]), np.array([0]))
    assert one.scaled((2, 10)).boxes.tolist() == [[2, 20, 6, 40]]


@pytest.mark.parametrize(
    ("boxes", "scores", "classes", "complaint"),
    [
        (BOX, [0.5, 0.5], [0], r"shapes \(\(1, 4\), \(2,\), \(1,\)\), expected \(\(2, 4\)"),
        ([[1, 2, 3]], [0.5], [0], "shapes"),
        ([[3, 2, 1, 4]], [0.5], [0], "right or bottom side before"),
        ([[np.nan, 2, 3, 4]], [0.5], [0], "not finite"),
        (BOX, [1.5], [0], r"scores run from 1.5 to 1.5, expected \[0, 1\]"),
        (BOX, [np.nan], [0], "scores"),
        (BOX, [0.5], [7], "classes run from 7 to 7, expected 0 to 6"),
    ],
)
def test_says_what_was_expected_and_what_was_found(boxes, scores, classes, complaint):
    with pytest.raises(ValueError, match=complaint):
        Detections(np.array(boxes), np.array(scores), np.array(classes))


def test_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Detections.none().boxes = np.empty((0, 4))
