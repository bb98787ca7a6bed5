import pickle

import numpy as np
import pytest

from vision.pixels.frame import Frame


def frame(pixels):
    return Frame(pixels, captured_at=1.25, utc=1e9, number=1, source_size=(640, 480))


def test_shows_its_shape_and_never_its_pixels():
    assert repr(frame(np.full((240, 320, 3), 77, np.uint8))) == "Frame(shape=(240, 320, 3), captured_at=1.250)"


def test_is_never_serialised():
    with pytest.raises(TypeError, match="never serialised"):
        pickle.dumps(frame(np.zeros((4, 4), np.uint8)))


def test_wiping_leaves_nothing_wherever_the_array_is_held():
    pixels = np.full((4, 4), 9, np.uint8)
    frame(pixels).wipe()
    assert not pixels.any()


@pytest.mark.parametrize("shape", [(4,), (4, 4, 4), (1, 4, 4, 3)])
def test_refuses_what_is_no_image(shape):
    with pytest.raises(ValueError, match="expected"):
        frame(np.zeros(shape, np.uint8))
    with pytest.raises(TypeError, match="float64, expected uint8"):
        frame(np.zeros((4, 4)))
