"""Frames into tensors and boxes back: the second undoes the first for every fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalogue import Input
from vision.pixels.frame import Frame
from vision.pixels.network.preprocess import change, place, to_tensor

BASE = {"width": 64, "height": 48, "layout": "NHWC", "dtype": "uint8", "colour": "BGR", "fit": "stretch", "pad": 7}


def wanted(**changes):
    return Input.model_validate({**BASE, **changes})


def frame(pixels):
    return Frame(np.asarray(pixels, np.uint8), 0.0, 0.0, 1, (640, 480))


def coloured(width, height, colour):
    return frame(np.full((height, width, 3), colour))


sides = st.integers(16, 400)
fits = st.sampled_from(["letterbox-topleft", "letterbox-centre", "stretch"])


@given(sides, sides, sides, sides, fits)
@settings(max_examples=200, deadline=None)
def test_boxes_come_back_from_wherever_the_frame_was_put(width, height, input_width, input_height, fit):
    placement = place((width, height), (input_width, input_height), fit)
    (x, y), (w, h) = placement.corner, placement.size
    assert x >= 0
    assert y >= 0
    assert x + w <= input_width
    assert y + h <= input_height
    assert w == input_width or h == input_height
    in_input = np.array([[x, y, x + w, y + h], [x + w / 4, y + h / 2, x + w / 2, y + h]])
    in_frame = [[0, 0, width, height], [width / 4, height / 2, width / 2, height]]
    assert placement.to_frame(in_input) == pytest.approx(np.array(in_frame))


def test_boxes_are_clipped_to_the_frame():
    placement = place((32, 24), (64, 48), "stretch")
    assert placement.to_frame(np.array([[-10.0, -10, 100, 20]])).tolist() == [[0, 0, 32, 10]]


def test_a_letterbox_keeps_proportions_and_pads_the_rest():
    for fit, top in (("letterbox-topleft", 0), ("letterbox-centre", 8)):
        tensor, placement = to_tensor(coloured(128, 64, (1, 2, 3)), wanted(fit=fit))
        assert tensor.shape == (1, 48, 64, 3)
        assert placement.size == (64, 32)
        assert (tensor[0, top : top + 32] == (1, 2, 3)).all()
        assert (np.delete(tensor[0], np.s_[top : top + 32], axis=0) == 7).all()


def test_stretching_fills_the_input():
    tensor, placement = to_tensor(coloured(128, 64, (1, 2, 3)), wanted())
    assert placement.size == (64, 48)
    assert (tensor == (1, 2, 3)).all()


@pytest.mark.parametrize(("colour", "order"), [("BGR", (10, 20, 30)), ("RGB", (30, 20, 10))])
def test_colours_are_in_the_order_of_the_network(colour, order):
    tensor, _ = to_tensor(coloured(64, 48, (10, 20, 30)), wanted(colour=colour))
    assert tensor[0, 5, 5].tolist() == list(order)
    planes, _ = to_tensor(coloured(64, 48, (10, 20, 30)), wanted(colour=colour, layout="NCHW"))
    assert planes.shape == (1, 3, 48, 64)
    assert planes[0, :, 5, 5].tolist() == list(order)
    assert planes.flags.c_contiguous


@pytest.mark.parametrize(("layout", "at"), [("NHWC", np.s_[0, 5, 5]), ("NCHW", np.s_[0, :, 5, 5])])
def test_levels_are_scaled_channel_by_channel(layout, at):
    scaling = {"dtype": "float32", "scale": 0.1, "mean": (1, 0, -1), "std": (1, 2, 4)}
    tensor, _ = to_tensor(coloured(64, 48, (10, 20, 30)), wanted(layout=layout, **scaling))
    assert tensor.dtype == np.float32
    assert tensor[at] == pytest.approx([0, 1, 1])


def test_a_grey_frame_is_seen_as_one_without_colour():
    tensor, _ = to_tensor(frame(np.full((48, 64), 9)), wanted())
    assert tensor.shape == (1, 48, 64, 3)
    assert (tensor == 9).all()


@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
def test_the_tensor_is_a_copy(layout):
    seen = coloured(64, 48, (10, 20, 30))
    tensor, _ = to_tensor(seen, wanted(layout=layout))
    assert not np.shares_memory(tensor, seen.pixels)
    tensor.fill(0)
    assert (seen.pixels == (10, 20, 30)).all()


def test_the_change_is_half_the_difference_around_the_middle():
    before, now = np.array([[0, 100, 255]], np.uint8), np.array([[255, 110, 255]], np.uint8)
    assert change(now, before).tolist() == [[255, 133, 128]]
    assert change(before, now).tolist() == [[0, 123, 128]]


@pytest.mark.parametrize("kind", ["change", "trend"])
@pytest.mark.parametrize(("moves", "expected"), [(None, 128), (np.full((20, 30), 9, np.uint8), 9)])
def test_the_channel_of_what_moves_lies_where_the_frame_does(kind, moves, expected):
    tensor, _ = to_tensor(coloured(30, 20, (1, 2, 3)), wanted(**OWN_SIZE, **{kind: True}), moves)
    assert tensor.shape == (1, 32, 32, 4)
    assert (tensor[0, :20, :30] == (1, 2, 3, expected)).all()
    assert (tensor[0, 20:] == (7, 7, 7, 128)).all()


OWN_SIZE = {"width": None, "height": None, "fit": "own-size", "multiple": 16}


@given(sides, sides)
@settings(max_examples=50, deadline=None)
def test_at_its_own_size_a_frame_is_only_padded(width, height):
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
    tensor, placement = to_tensor(frame(pixels), wanted(**OWN_SIZE))
    _, rows, columns, _ = tensor.shape
    assert (columns, rows) == placement.input_size
    assert rows % 16 == columns % 16 == 0
    assert 0 <= rows - height < 16
    assert 0 <= columns - width < 16
    assert (tensor[0, :height, :width] == pixels).all()
    assert (tensor[0, height:] == 7).all()
    assert (tensor[0, :, width:] == 7).all()
    box = np.array([[1.0, 2.0, width - 1.0, height - 2.0]])
    assert placement.to_frame(box).tolist() == box.tolist()
