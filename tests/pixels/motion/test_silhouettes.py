"""How large each class is seen, by cameras that are known exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.pinhole import Pinhole
from vision.classes import CLASS_INDEX, CLASSES
from vision.pixels.motion.silhouettes import EDGE_PX, FILLS, SIZES_M, camera_from_person_height, silhouettes

SIZE = (320, 240)
STREET = tuple(range(6))
PERSON_HEIGHT = (0.03, 0.26)


def ends_of(camera):
    """The straight line that comes closest to the heights of adults in the view of a camera."""
    rows = np.linspace(0, 1, 21)
    slope, start = np.polyfit(rows, [camera.standing_height(row) for row in rows], 1)
    return float(start), float(start + slope)


@pytest.mark.parametrize(("height", "tilt"), [(4.0, 25.0), (6.0, 30.0), (10.0, 31.0), (15.0, 40.0)])
def test_the_camera_is_found_again_from_the_people_in_its_view(height, tilt):
    found = camera_from_person_height(ends_of(Pinhole(height=height, tilt=tilt, field_of_view=60)), 4 / 3)
    assert found.height == pytest.approx(height, rel=0.1)
    assert found.tilt == pytest.approx(tilt, abs=2)


@given(st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_any_heights_give_some_camera_and_finite_sizes(top, bottom):
    sizes = silhouettes((top, bottom), SIZE, (0, 3))
    assert np.isfinite(sizes.sizes).all()
    assert (sizes.adult_height(np.array([-10.0, 0, 120, 240, 300])) > 0).all()
    assert (sizes.least_area(np.array([0.0, 120, 240])) > 0).all()


def test_an_adult_is_as_high_as_the_site_file_says():
    sizes = silhouettes(PERSON_HEIGHT, SIZE, STREET)
    edge = EDGE_PX / 2
    assert sizes.adult_height(np.array([0.0, 120, 240])) == pytest.approx(
        np.array([0.03, 0.145, 0.26]) * 240 + edge, abs=0.1
    )


def box_of(camera, name, x, away, heading):
    """The box around a block of the class' size on the ground, in pixels."""
    length, width, height = SIZES_M[name]
    corners = np.array([(u * length / 2, v * width / 2, w * height) for u in (-1, 1) for v in (-1, 1) for w in (0, 1)])
    cos, sin = np.cos(heading), np.sin(heading)
    corners[:, :2] = corners[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + (x, away)
    pixels = camera.to_view(corners) * SIZE
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    return np.concatenate((low - EDGE_PX / 2, high + EDGE_PX / 2))


LOOKALIKES = {name: {name} for name in CLASSES} | {
    "bicycle": {"bicycle", "motorcycle"},
    "motorcycle": {"bicycle", "motorcycle"},
    "truck": {"truck", "bus"},
    "bus": {"truck", "bus"},
}
HEAD_ON = {(name, degrees): {"pedestrian"} for name in ("bicycle", "motorcycle") for degrees in (40, 90)}


@pytest.mark.parametrize("name", ["pedestrian", "bicycle", "motorcycle", "car", "truck", "bus"])
@pytest.mark.parametrize("degrees", [0, 40, 90])
def test_a_block_of_a_class_is_taken_for_that_class(name, degrees):
    camera = Pinhole(height=9.0, tilt=28.0, field_of_view=60)
    sizes = silhouettes(ends_of(camera), SIZE, STREET)
    for away in (16.0, 22.0, 30.0):
        box = box_of(camera, name, 0.0, away, np.radians(degrees))
        classes, off = sizes.nearest(box[None], np.array([FILLS[name]]))
        taken_for = CLASSES[classes[0]]
        assert taken_for in LOOKALIKES[name] | HEAD_ON.get((name, degrees), set()), away
        assert off[0] < 4
        assert sizes.nearest(box[None], np.array([0.1]))[1][0] > off[0] + 4


def test_only_the_classes_asked_for_are_found():
    sizes = silhouettes(PERSON_HEIGHT, SIZE, (CLASS_INDEX["swimmer"],))
    classes, _ = sizes.nearest(np.array([[10.0, 10, 20, 60], [10, 10, 200, 60]]), np.array([0.5, 0.9]))
    assert classes.tolist() == [CLASS_INDEX["swimmer"]] * 2
    assert len(sizes.nearest(np.empty((0, 4)), np.empty(0))[0]) == 0


@pytest.mark.parametrize(
    ("width", "height", "one"),
    [(0.35, 1.0, True), (0.35, 0.8, True), (0.7, 1.0, False), (0.35, 1.5, False), (0.3, 0.5, False)],
)
def test_one_person_is_as_high_as_an_adult_and_narrow(width, height, one):
    sizes = silhouettes(PERSON_HEIGHT, SIZE, STREET)
    tall = sizes.adult_height(np.array([200.0]))[0]
    box = np.array([[100, 200 - height * tall, 100 + width * tall, 200]])
    assert sizes.is_one_person(box).tolist() == [one]
