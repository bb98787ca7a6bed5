import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft7Validator, FormatChecker

from calibration.wgs84 import tangent_plane
from tests.feeds.place import CORNERS, HOURS, NINE, SITE
from vision.events import Trajectory
from vision.feeds import moving_features

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "mf-json-trajectory.json").read_text())
JUDGE = Draft7Validator(SCHEMA, format_checker=FormatChecker())


@pytest.fixture(scope="module")
def document(feeds):
    return feeds.client.get("/api/v1/feeds/moving-features", params=HOURS).json()


def test_it_is_what_the_standards_schema_wants(document):
    assert document["features"]
    JUDGE.validate(document)
    short = json.loads(json.dumps(document))
    short["features"][0]["properties"]["datetimes"].pop()
    assert not JUDGE.is_valid(short)


def test_a_trajectory_is_where_and_when_it_was(document):
    (feature,) = document["features"]
    positions = np.array(feature["geometry"]["coordinates"])[:, ::-1]
    assert tangent_plane(positions, np.array(CORNERS[0])) == pytest.approx(
        np.array([[10.0, 20.0], [14.5, 20.0]]), abs=0.02
    )
    times = [datetime.fromisoformat(moment).timestamp() for moment in feature["properties"]["datetimes"]]
    assert times == [NINE + 60, NINE + 61]
    assert feature["properties"]["class"] == "bicycle"
    assert "id" not in feature


def test_whose_place_is_unknown_is_named_and_not_told(document):
    assert document["camerasWithoutPlace"] == ["sud"]
    assert document["complete"] is True


def test_no_time_is_said_twice_and_a_point_is_no_line():
    def told(*points):
        found = Trajectory(camera="dorian", object_class="car", start=0.0, unit="m", points=points)
        return moving_features.feature(SITE.cameras[0], found)

    assert told((0, 1.0, 1.0)) is None
    assert told((0, 1.0, 1.0), (0, 2.0, 1.0)) is None
    assert len(told((0, 1.0, 1.0), (0, 2.0, 1.0), (1, 3.0, 1.0))["properties"]["datetimes"]) == 2
    unknown = Trajectory(camera="gone", object_class="car", start=0.0, unit="m", points=((0, 1, 1), (1, 2, 2)))
    assert moving_features.document(SITE, [unknown], complete=True)["features"] == []


def test_it_is_said_where_there_are_more(feeds):
    asked = HOURS | {"limit": 1}
    assert feeds.client.get("/api/v1/feeds/moving-features", params=asked).json()["complete"] is False
