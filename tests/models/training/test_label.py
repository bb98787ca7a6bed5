"""Tiles give the boxes of the whole picture, each once."""

import cv2
import numpy as np
import pytest

from models.training.label import label
from vision.detections import Detections


def teacher(frame):
    """Find what is bright, as whole as the frame shows it."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((frame.pixels[..., 0] > 128).astype(np.uint8))
    x, y, width, height, _ = stats[1:].T
    boxes = np.stack((x, y, x + width, y + height), axis=1).astype(np.float32)
    return Detections(boxes, np.full(len(boxes), 0.9), np.full(len(boxes), 3))


@pytest.mark.parametrize("seed", range(20))
def test_each_thing_is_found_once_wherever_tiles_meet(seed):
    rng = np.random.default_rng(seed)
    pixels = np.zeros((288, 352, 3), np.uint8)
    cells = rng.choice(8 * 7, 6, replace=False)
    true = [(44 * (n % 8) + 5, 41 * (n // 8) + 5, 44 * (n % 8) + 5 + w, 41 * (n // 8) + 5 + h)
            for n, w, h in zip(cells, rng.integers(8, 34, 6), rng.integers(8, 31, 6), strict=True)]  # fmt: skip
    for x0, y0, x1, y1 in true:
        pixels[y0:y1, x0:x1] = 255
    rows = label(pixels, [teacher, teacher])
    assert sorted(map(tuple, rows[:, :4].astype(int).tolist())) == sorted(true)
    assert rows[:, 4] == pytest.approx(0.9)
    assert (rows[:, 5] == 3).all()  # a car in the label files, as in ours


def test_what_fills_more_than_a_tile_comes_from_the_whole_picture():
    pixels = np.zeros((288, 352, 3), np.uint8)
    pixels[20:270, 30:330] = 255
    rows = label(pixels, [teacher])
    assert rows[:, :4].tolist() == [[30, 20, 330, 270]]
