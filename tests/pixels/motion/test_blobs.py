"""Masks drawn by hand, and what is seen in them."""

import numpy as np
import pytest

from vision.classes import CLASS_INDEX, CLASSES
from vision.pixels.motion.blobs import CUT_OFF_SCORE, by_shape, by_size
from vision.pixels.motion.crowd import people_in
from vision.pixels.motion.silhouettes import silhouettes

SIZE = (320, 240)
STREET = tuple(range(6))
PERSON_HEIGHT = (0.02, 0.25)
SIZES = silhouettes(PERSON_HEIGHT, SIZE, STREET)


def tall_at(foot):
    return float(SIZES.adult_height(np.array([float(foot)]))[0])


def empty():
    return np.zeros(SIZE[::-1], np.uint8)


def draw_person(mask, middle, foot):
    """Head, trunk and two legs: fills about half of its box."""
    tall = tall_at(foot)
    for top, bottom, half in ((1.0, 0.85, 0.06), (0.85, 0.45, 0.15), (0.45, 0.0, 0.1)):
        rows = slice(max(round(foot - top * tall), 0), round(foot - bottom * tall))
        mask[rows, max(round(middle - half * tall), 0) : round(middle + half * tall)] = 1
    return mask


def draw_block(mask, x0, y0, x1, y1):
    mask[y0:y1, x0:x1] = 1
    return mask


def names(detections):
    return sorted(CLASSES[index] for index in detections.classes)


def test_nothing_moves():
    for detections in (by_size(empty(), SIZES, None), by_shape(empty(), None)):
        assert len(detections) == 0


def test_specks_are_nothing():
    mask = empty()
    mask[100:102, 100:102] = 1
    mask[220:225, 50:53] = 1
    mask[170:222, 200] = 1  # the edge of a pole in the wind, as high as a person
    assert len(by_size(mask, SIZES, None)) == 0


@pytest.mark.parametrize("foot", [90, 150, 220])
def test_one_person_is_one_pedestrian(foot):
    detections = by_size(draw_person(empty(), 160, foot), SIZES, None)
    assert names(detections) == ["pedestrian"]
    assert detections.boxes[0, 3] == pytest.approx(foot, abs=1)
    assert detections.boxes[0, [0, 2]].mean() == pytest.approx(160, abs=1)
    assert detections.scores[0] > 0.8


@pytest.mark.parametrize("shift", [(0.32, 0), (0.3, 14), (0.05, 36)])
def test_two_people_in_one_blob_are_two(shift):
    foot, tall = 180, tall_at(180)
    mask = draw_person(draw_person(empty(), 150, foot), 150 + shift[0] * tall, foot - shift[1])
    detections = by_size(mask, SIZES, CLASS_INDEX["pedestrian"])
    strong = detections.only(detections.scores >= 0.5)
    assert names(strong) == ["pedestrian"] * 2
    middles = sorted(strong.boxes[:, [0, 2]].mean(axis=1))
    assert middles == pytest.approx([150, 150 + shift[0] * tall], abs=0.12 * tall)


def test_a_block_as_large_as_a_car_is_a_car_and_as_a_bus_a_bus_or_truck():
    tall = tall_at(180)
    car = draw_block(empty(), 100, round(180 - 1.1 * tall), round(100 + 2.6 * tall), 180)
    assert names(by_size(car, SIZES, None)) == ["car"]
    bus = draw_block(empty(), 40, round(180 - 2.2 * tall), round(40 + 6 * tall), 180)
    assert names(by_size(bus, SIZES, None))[0] in ("bus", "truck")


def draw_rider(mask, middle, foot):
    tall = tall_at(foot)
    draw_block(mask, round(middle - 0.43 * tall), round(foot - 0.45 * tall), round(middle + 0.43 * tall), foot)
    draw_block(mask, round(middle - 0.15 * tall), round(foot - 1.05 * tall), round(middle + 0.15 * tall), foot)
    return mask


def test_a_rider_is_a_cycle_but_two_heads_are_two_people():
    assert names(by_size(draw_rider(empty(), 160, 200), SIZES, None)) in (["bicycle"], ["motorcycle"])
    tall = tall_at(200)
    abreast = draw_person(draw_person(empty(), 150, 200), 150 + 0.5 * tall, 200)
    draw_block(abreast, 150, round(200 - 0.6 * tall), round(150 + 0.5 * tall), round(200 - 0.5 * tall))  # hand in hand
    assert names(by_size(abreast, SIZES, None)) == ["pedestrian"] * 2


def test_what_the_edge_cuts_off_is_followed_but_not_believed():
    tall = tall_at(180)
    mask = draw_block(empty(), 0, round(180 - 0.9 * tall), round(0.9 * tall), 180)
    detections = by_size(mask, SIZES, None)
    assert detections.scores.tolist() == pytest.approx([CUT_OFF_SCORE])


@pytest.mark.parametrize("name", ["car", "swimmer"])
def test_where_only_one_class_occurs_every_blob_has_it(name):
    sole = CLASS_INDEX[name]
    mask = draw_block(draw_person(empty(), 100, 200), 160, 120, 250, 180)
    draw_block(mask, 80, 150, 120, 200)
    for detections in (by_size(mask, silhouettes(PERSON_HEIGHT, SIZE, (sole,)), sole), by_shape(mask, sole)):
        assert names(detections) == [name] * 2


def test_where_only_pedestrians_occur_a_large_blob_is_a_crowd():
    detections = by_size(draw_block(empty(), 100, 150, 200, 190), SIZES, CLASS_INDEX["pedestrian"])
    assert names(detections) == ["pedestrian"] * len(detections)
    assert len(detections) > 2


def test_without_a_known_size_the_shape_decides():
    mask = draw_block(draw_block(empty(), 20, 100, 32, 130), 100, 100, 160, 130)
    detections = by_shape(mask, None)
    assert dict(zip(names(detections), sorted(detections.boxes[:, 0]), strict=True)) == {
        "car": 20,
        "pedestrian": 100,
    } or (
        sorted(zip(detections.boxes[:, 0].tolist(), (CLASSES[i] for i in detections.classes), strict=True))
        == [(20, "pedestrian"), (100, "car")]
    )


@pytest.mark.parametrize("n", [1, 2, 4])
def test_people_in_a_row_are_counted(n):
    foot, tall = 200, tall_at(200)
    mask = empty()
    for k in range(n):
        draw_person(mask, 60 + 0.45 * tall * k, foot)
    boxes, fills = people_in(mask[:, :300].copy(), (0, 0), SIZES)
    assert (fills >= 0.4).sum() == n
    assert sorted(boxes[fills >= 0.4][:, [0, 2]].mean(axis=1)) == pytest.approx(
        [60 + 0.45 * tall * k for k in range(n)], abs=0.12 * tall
    )


def test_the_blob_is_left_as_it_was():
    mask = draw_person(empty(), 60, 200)
    before = mask.copy()
    people_in(mask, (0, 0), SIZES)
    assert (mask == before).all()
