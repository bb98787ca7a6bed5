"""Basins and their lanes: four corners are enough, in perspective."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from vision.basins import UNIT_SQUARE, projected, to_corners
from vision.site import Camera, Cameras

CORNERS = [[0.1, 0.9], [0.9, 0.9], [0.65, 0.15], [0.35, 0.15]]
DRAWN = [
    {"name": "left", "kind": "lane", "polygon": [[0.1, 0.9], [0.5, 0.9], [0.5, 0.15], [0.35, 0.15]]},
    {"name": "right", "kind": "lane", "polygon": [[0.5, 0.9], [0.9, 0.9], [0.65, 0.15], [0.5, 0.15]]},
]
offsets = st.lists(st.floats(-0.12, 0.12), min_size=8, max_size=8).map(lambda flat: np.array(flat).reshape(4, 2))


def camera(*basins, **more):
    return Camera.model_validate({"name": "cam", "source": "file.mp4", "basin": list(basins), **more})


@given(offset=offsets, turn=st.integers(0, 3), lanes=st.integers(1, 8))
@settings(deadline=None)
def test_a_basin_is_divided_as_opencv_would(offset, turn, lanes):
    corners = np.roll(np.array([[0.2, 0.8], [0.8, 0.8], [0.8, 0.2], [0.2, 0.2]]) + offset, turn, axis=0)
    theirs = cv2.getPerspectiveTransform(UNIT_SQUARE.astype(np.float32), corners.astype(np.float32))
    zones = camera({"name": "basin", "corners": corners.tolist(), "lanes": lanes}).zones
    assert len(zones) == lanes
    for k, zone in enumerate(zones):
        square = [[k / lanes, 0], [(k + 1) / lanes, 0], [(k + 1) / lanes, 1], [k / lanes, 1]]
        expected = cv2.perspectiveTransform(np.array([square]), theirs.astype(np.float64))[0]
        np.testing.assert_allclose(zone.polygon, expected, atol=1e-5)


@given(offset=offsets, u=st.floats(0, 1), v=st.floats(0, 1))
def test_there_and_back(offset, u, v):
    onto_view = to_corners(np.array([[0.2, 0.8], [0.8, 0.8], [0.8, 0.2], [0.2, 0.2]]) + offset)
    there = projected(onto_view, np.array([[u, v]]))
    np.testing.assert_allclose(projected(np.linalg.inv(onto_view), there), [[u, v]], atol=1e-9)


def test_lanes_are_called_by_number_by_name_or_as_the_basin():
    names = [
        [zone.name for zone in camera({"name": "basin", "corners": CORNERS, **lanes}).zones]
        for lanes in ({"lanes": 3}, {"lanes": ["slow", "fast"]}, {})
    ]
    assert names == [["couloir-1", "couloir-2", "couloir-3"], ["slow", "fast"], ["basin"]]


def test_lanes_that_are_drawn_stay_as_they_are():
    drawn = camera({"name": "basin", "lanes": ["left", "right"]}, zone=DRAWN)
    assert [zone.name for zone in drawn.zones] == ["left", "right"]
    assert drawn.zones == drawn.drawn


def test_a_worker_is_told_the_same_basins():
    told = camera({"name": "basin", "corners": CORNERS, "lanes": 4, "hours": {"exceptions": {"2026-12-25": []}}})
    (heard,) = Cameras.validate_json(Cameras.dump_json((told,), by_alias=True))
    assert heard == told
    assert heard.zones == told.zones


@pytest.mark.parametrize(
    ("said", "capacities", "whole"),
    [
        ({}, [None, None], None),
        ({"capacity_persons": 20}, [None, None], 20),
        ({"lane_capacity_persons": 8}, [8, 8], 16),
        ({"lane_capacity_persons": {"slow": 8}}, [8, None], None),
        ({"lane_capacity_persons": {"slow": 8, "fast": 5}}, [8, 5], 13),
        ({"lane_capacity_persons": 8, "capacity_persons": 12}, [8, 8], 12),
    ],
)
def test_capacities(said, capacities, whole):
    (basin,) = camera({"name": "basin", "corners": CORNERS, "lanes": ["slow", "fast"], **said}).basins
    assert [basin.lane_capacity(lane) for lane in basin.lane_names] == capacities
    assert basin.capacity == whole


@pytest.mark.parametrize(
    ("basin", "message"),
    [
        ({"name": "b", "corners": CORNERS, "lanes": 0}, "greater than or equal to 1"),
        ({"name": "b", "lanes": 3}, "no zone for couloir-1, couloir-2, couloir-3, wanted zones"),
        ({"name": "b", "lanes": ["left", "middle"]}, "no zone for middle"),
        ({"name": "b", "lanes": ["left", "area"]}, "zone 'area' is of kind 'area', wanted 'lane'"),
        ({"name": "b", "corners": [CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]]}, "wanted four corners round"),
        ({"name": "b", "corners": CORNERS, "lanes": ["a", "a"]}, "two of its lanes have the same name"),
        ({"name": "b", "corners": CORNERS, "lane_states": {"c": "closed"}}, "lane 'c' is unknown, wanted one of: b"),
        ({"name": "area", "corners": CORNERS, "lanes": 2}, "a basin and a zone are both named 'area'"),
    ],
)
def test_what_is_wrong_is_said(basin, message):
    area = {"name": "area", "polygon": [[0, 0], [0.1, 0], [0.1, 0.1]]}
    with pytest.raises(ValidationError, match=message):
        camera(basin, zone=[*DRAWN, area])


def test_two_basins_of_a_camera_have_lanes_of_different_names():
    with pytest.raises(ValidationError, match="two of kind lane are named 'couloir-1'"):
        camera(*({"name": name, "corners": CORNERS, "lanes": 2} for name in ("one", "two")))
