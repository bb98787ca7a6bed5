"""What the network is taught, the product's own head reads back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.training.targets import STREET, encode
from vision.classes import CLASSES
from vision.pixels.network.heads import heatmap

SIZE = (128, 96)

things = st.lists(
    st.tuples(st.integers(0, 31), st.integers(0, 23), st.floats(0, 0.99), st.floats(0, 0.99), st.floats(4, 60),
              st.floats(4, 60), st.integers(0, len(STREET) - 1)),
    max_size=6,
    unique_by=lambda thing: (thing[0] // 3, thing[1] // 3),
)  # fmt: skip


def boxes_of(chosen):
    centres = np.array([((x + dx) * 4, (y + dy) * 4) for x, y, dx, dy, *_ in chosen]).reshape(-1, 2)
    sides = np.array([(width, height) for *_, width, height, _ in chosen]).reshape(-1, 2)
    boxes = np.concatenate((centres - sides / 2, centres + sides / 2), axis=1).astype(np.float32)
    return boxes, np.array([thing[-1] for thing in chosen], np.int64)


@given(chosen=things)
def test_the_head_reads_back_what_was_taught(chosen):
    boxes, classes = boxes_of(chosen)
    target = encode(boxes, classes, np.ones(len(boxes), bool), SIZE)
    found = heatmap([target.heat[None], target.size[None], target.offset[None]], SIZE, 0.999)
    assert sorted(found.labels.tolist()) == sorted(classes.tolist())
    for box, label in zip(boxes, classes, strict=True):
        same = found.boxes[found.labels == label]
        assert np.abs(same - box).max(axis=1).min() < 0.05


@given(chosen=things, sure=st.lists(st.booleans(), min_size=6, max_size=6))
def test_what_is_unsure_teaches_nothing(chosen, sure):
    boxes, classes = boxes_of(chosen)
    is_sure = np.array(sure[: len(boxes)], bool)
    target = encode(boxes, classes, is_sure, SIZE)
    assert target.centre.sum() == is_sure.sum()
    for x, y, *_ in [thing for thing, known in zip(chosen, is_sure, strict=True) if not known]:
        taught = target.centre[0, y, x] == 1
        assert target.weight[0, y, x] == taught


def test_a_fine_grid_has_both_of_two_who_are_four_pixels_apart():
    boxes = np.array([[20, 20, 25, 25], [24, 20, 29, 25]], np.float32)
    target = encode(boxes, np.array([0, 0]), np.ones(2, bool), SIZE, stride=2)
    found = heatmap([target.heat[None], target.size[None], target.offset[None]], SIZE, 0.999)
    assert sorted(found.boxes[:, 0].tolist()) == [20, 24]


def test_the_networks_classes_are_the_first_of_ours():
    assert CLASSES[: len(STREET)] == STREET


def test_a_centre_outside_the_view_is_passed_over():
    target = encode(np.array([[120.0, 10, 150, 30]], np.float32), np.array([0]), np.array([True]), SIZE)
    assert target.centre.sum() == 0
