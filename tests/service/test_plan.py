"""The plan of a site: one frame for all cameras that share it, and the city's drawing under them."""

import numpy as np
import pytest

from calibration.wgs84 import tangent_plane
from tests.security.test_access import LINE
from tests.service.world import serving
from vision.errors import UsageError
from vision.service.plan import MOST_MAP_BYTES, ground_card, map_corners, read_map
from vision.site import load_site

CAMERA = '[[camera]]\nname = "{}"\nsource = "a.mp4"\n[camera.ground]\n'
VIEW = "view = [[0.1, 0.9], [0.9, 0.9], [0.8, 0.3], [0.2, 0.3]]\n"
METRES = VIEW + "metres = [[-8, 11], [8, 11], [15, 39], [-15, 39]]\n"
WGS84 = VIEW + "wgs84 = [[{0}, {1}], [{0}, {2}], [{3}, {2}], [{3}, {1}]]\n"
NEAR = WGS84.format(48.8481, 2.3955, 2.3957, 48.8484)
FAR = WGS84.format(48.8491, 2.3955, 2.3957, 48.8494)
ON_METRES = "metres = [[-50, 40], [50, 40], [-50, -40]]\n"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def load(tmp_path):
    def load_text(cameras, city_map=""):
        path = tmp_path / "site.toml"
        path.write_text(f'[site]\nname = "nation"\n{city_map}\n{cameras}')
        return load_site(path)

    return load_text


def test_metres_are_shared_only_where_the_site_says_so(load):
    apart = load(CAMERA.format("a") + METRES)
    shared = load(CAMERA.format("a") + METRES + "common = true\n")
    assert ground_card(apart, apart.cameras[0]).offset is None
    assert ground_card(shared, shared.cameras[0]).offset == (0, 0)


def test_cameras_in_latitude_and_longitude_lie_where_they_are_beside_each_other(load):
    site = load(CAMERA.format("near") + NEAR + CAMERA.format("far") + FAR)
    origin = np.array([48.8481, 2.3955])
    for camera, corner in zip(site.cameras, ([48.8484, 2.3957], [48.8494, 2.3957]), strict=True):
        card = ground_card(site, camera)
        x, y, w = np.array(card.homography) @ [0.8, 0.3, 1]
        found = np.array([x / w, y / w]) + card.offset
        np.testing.assert_allclose(found, tangent_plane(np.array([corner]), origin)[0], atol=0.02)
    assert ground_card(site, site.cameras[1]).offset[1] == pytest.approx(111.2, abs=0.2)


def test_the_map_lies_in_the_same_frame(load, tmp_path):
    (tmp_path / "plan.svg").write_text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    corners = "wgs84 = [[48.8494, 2.3955], [48.8494, 2.3957], [48.8481, 2.3955]]\n"
    site = load(CAMERA.format("near") + NEAR, '[site.map]\nfile = "plan.svg"\n' + corners)
    (_, _), (east, _), (x, y) = map_corners(site)
    assert (x, y) == pytest.approx((0, 0), abs=1e-6)
    assert east == pytest.approx(14.7, abs=0.1)


@pytest.mark.parametrize(
    ("city_map", "ground", "words"),
    [
        ('file = "plan.jpg"\n' + ON_METRES, "common = true\n", "'plan.jpg' is no drawing"),
        ('file = "plan.svg"\n', "common = true\n", "either as metres or as wgs84"),
        ('file = "plan.svg"\n' + ON_METRES + "wgs84 = [[1, 2], [1, 3], [0, 2]]\n", "common = true\n", "either as"),
        ('file = "plan.svg"\nmetres = [[0, 0], [1, 1], [2, 2]]\n', "common = true\n", "on one line"),
        ('file = "plan.svg"\n' + ON_METRES, "", "no camera lies on it"),
        ('file = "plan.svg"\nwgs84 = [[1, 2], [1, 3], [0, 2]]\n', "common = true\n", "wanted all in one of them"),
    ],
)  # fmt: skip
def test_a_map_that_cannot_be_is_refused(load, city_map, ground, words):
    with pytest.raises(UsageError, match=words):
        load(CAMERA.format("a") + METRES + ground, f"[site.map]\n{city_map}")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("plan.svg", None, "No such file"),
        ("plan.svg", b"<html></html>", "not what its name says"),
        ("plan.png", b"\xff\xd8\xff\xe0 a photograph", "not what its name says"),
        ("plan.png", PNG + b"0" * MOST_MAP_BYTES, "wanted at most"),
    ],
)
def test_a_file_that_is_no_map_is_refused_before_anything_starts(load, tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=words):
        read_map(load(CAMERA.format("a") + METRES + "common = true\n", f'[site.map]\nfile = "{name}"\n{ON_METRES}'))


def test_the_drawing_is_served_as_it_is_and_cannot_do_anything(load, tmp_path):
    (tmp_path / "plan.png").write_bytes(PNG + b"drawn")
    (tmp_path / "tokens.txt").write_text(LINE)
    city_map = f'[site.map]\nfile = "plan.png"\n{ON_METRES}'
    site = load(CAMERA.format("a") + METRES + "common = true\n", city_map)
    with serving(tmp_path / "none.sqlite", site) as running:
        answer = running.client.get("/map")
        assert (answer.content, answer.headers["content-type"]) == (PNG + b"drawn", "image/png")
        assert "sandbox" in answer.headers["content-security-policy"].split("; ")
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert running.client.get("/api/v1/sites").json()["sites"][0]["map"][1] == [50, 40]
    for access, status in (("pages", 200), ("tokens", 401)):
        service = site.service.model_copy(update={"access": access, "tokens": tmp_path / "tokens.txt"})
        with serving(tmp_path / "none.sqlite", site.model_copy(update={"service": service})) as running:
            assert running.client.get("/map").status_code == status
    with serving(tmp_path / "none.sqlite") as running:
        assert running.client.get("/map").status_code == 404
