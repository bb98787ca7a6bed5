from pathlib import Path

import numpy as np
import pytest

from vision.scenes import NAMES, open_world
from vision.site import load_site

SITES = Path(__file__).parents[2] / "calibration" / "sites"
DEMO = load_site(SITES / "demo.toml")


@pytest.mark.parametrize("name", ["demo", "nation", "italie", "butte-aux-cailles"])
def test_every_example_is_a_valid_site_called_like_its_file(name):
    site = load_site(SITES / f"{name}.toml")
    assert site.identity.name == name
    assert all(camera.lines or camera.zones for camera in site.cameras)


def test_the_demo_shows_every_place_there_is():
    assert [camera.source for camera in DEMO.cameras] == [f"scene:{name}" for name in NAMES]


@pytest.mark.parametrize("camera", DEMO.cameras, ids=lambda camera: camera.name)
def test_the_demo_knows_how_tall_people_look_where_it_counts(camera):
    pinhole = open_world(camera.name).camera
    top, bottom = camera.person_height
    for y in np.linspace(0.2, 0.95, 16):
        assert top + (bottom - top) * y == pytest.approx(pinhole.standing_height(y), rel=0.15)


@pytest.mark.parametrize("camera", DEMO.cameras, ids=lambda camera: camera.name)
def test_the_lines_and_zones_of_the_demo_lie_on_the_ground(camera):
    pinhole = open_world(camera.name).camera
    points = [point for line in camera.lines for point in (line.a, line.b)]
    points += [point for zone in camera.zones for point in zone.polygon]
    assert np.hypot(*pinhole.to_ground(np.array(points)).T).max() < 80
