"""What is cut out, and where it is pasted."""

import cv2
import numpy as np
import pytest

from models.training.cutouts import KINDS, cut_outs, paste
from models.training.samples import Sample

HEIGHTS = (12.0, 30.0)


def street(width=200, height=150, level=90):
    return Sample(
        np.full((height, width, 4), level, np.uint8),
        np.zeros((0, 4), np.float32),
        np.zeros(0, np.int64),
        np.zeros(0, bool),
    )


def with_people(*boxes, classes=None, sure=True):
    """Dark ellipses, that fill their boxes, on a lighter ground of many levels."""
    pixels = np.random.default_rng(1).integers(150, 220, (150, 200, 4), np.uint8)
    for x0, y0, x1, y1 in boxes:
        centre, axes = ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) // 2, (y1 - y0) // 2)
        cv2.ellipse(pixels, centre, axes, 0, 0, 360, (40, 20, 60), -1)
    kinds = np.zeros(len(boxes), np.int64) if classes is None else np.array(classes)
    return Sample(pixels, np.array(boxes, np.float32), kinds, np.full(len(boxes), sure))


def test_an_outline_is_that_of_the_object():
    ((image, opacity, kind),) = cut_outs([with_people((80, 40, 110, 110))])[0]
    assert image.shape == (*opacity.shape, 3) == (70, 30, 3)
    assert kind == 0
    ellipse = cv2.ellipse(np.zeros((70, 30), np.uint8), (15, 35), (15, 35), 0, 0, 360, 1, -1)
    assert (opacity != ellipse).mean() < 0.05


def test_where_a_label_is_looser_than_the_object_its_outline_counts():
    loose = with_people((80, 40, 110, 110))
    loose.boxes[:] = (76, 36, 116, 112)
    ((image, opacity, _),) = cut_outs([loose])[0]
    assert image.shape == (*opacity.shape, 3)
    assert opacity.shape == pytest.approx((70, 30), abs=3)


def test_a_large_one_is_shrunk_first():
    ((image, _, _),) = cut_outs([with_people((60, 20, 110, 140))])[0]
    assert len(image) == 110


@pytest.mark.parametrize(
    "sample",
    [
        with_people((80, 40, 110, 110), sure=False),
        with_people((80, 40, 110, 110), classes=[3]),
        with_people((80, 40, 90, 60)),
        with_people((0, 40, 30, 110)),
        with_people((80, 40, 150, 110)),
        with_people((80, 40, 110, 110), (85, 42, 112, 112)),
    ],
    ids=["unsure", "a car", "too low", "at the border", "too wide", "one before the other"],
)
def test_what_is_not_a_whole_person_alone_is_left(sample):
    assert not any(cut_outs([sample]).values())


def person(level, kind=0):
    return np.full((40, 16, 3), level, np.uint8), np.ones((40, 16), np.float32), kind


def test_what_is_pasted_is_where_its_box_says():
    cut = {KINDS[0]: [person(250)], KINDS[1]: [person(250, KINDS[1])], KINDS[2]: [person(250, KINDS[2])]}
    for seed in range(30):
        before = street(level=0)
        after = paste(before, cut, np.random.default_rng(seed), HEIGHTS, 1)
        assert (before.pixels == 0).all()
        changed = np.argwhere(after.pixels[..., :3].max(axis=2) > 60)
        if not len(after.boxes):
            assert not len(changed)
            continue
        (box,) = after.boxes
        assert changed.min(axis=0)[::-1] == pytest.approx(box[:2], abs=1.6)
        assert changed.max(axis=0)[::-1] + 1 == pytest.approx(box[2:], abs=1.6)
        assert 0.7 * HEIGHTS[0] < box[3] - box[1] < 1.35 * HEIGHTS[1]
        assert after.sure.all()
        assert after.classes[0] in KINDS


def test_many_are_pasted_but_no_more_than_asked():
    cut = {kind: [person(200, kind)] for kind in KINDS}
    counts = [len(paste(street(), cut, np.random.default_rng(seed), HEIGHTS, 9).boxes) for seed in range(40)]
    assert max(counts) <= 9
    assert max(counts) >= 5


def test_a_moment_before_some_stood_there_and_others_were_near():
    cut = {KINDS[0]: [person(250)], KINDS[1]: [person(250, KINDS[1])], KINDS[2]: [person(250, KINDS[2])]}
    steps = []
    for seed in range(60):
        after = paste(street(level=0), cut, np.random.default_rng(seed), HEIGHTS, 1)
        before = np.argwhere(after.pixels[..., 3] > 60)
        if len(after.boxes) and len(before):
            box = after.boxes[0]
            middle = (before.min(axis=0) + before.max(axis=0))[::-1] / 2
            steps.append(np.abs(middle - (box[:2] + box[2:]) / 2).max() / (box[3] - box[1]))
    assert 0.1 < np.mean(np.array(steps) < 0.1) < 0.6
    assert max(steps) < 2.5
