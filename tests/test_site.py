"""A site file says what it is, or is refused in one line that names the key."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.lens import Lens
from vision.errors import UsageError
from vision.site import Cameras, load_site

SITES = Path(__file__).parents[1] / "calibration" / "sites"

GOOD = """
[site]
name = "nation"
title = "Place de la Nation"
timezone = "Europe/Paris"

[[camera]]
name = "dorian"
source = "rtsp://10.0.0.12/stream2"
working_size = [320, 240]
fps = 10
detector = "motion"

  [[camera.line]]
  name = "avenue-dorian"
  a = [0.10, 0.62]
  b = [0.90, 0.58]
  forward = "vers la place"

  [[camera.zone]]
  name = "parvis"
  kind = "area"
  polygon = [[0.1, 0.5], [0.5, 0.5], [0.5, 0.9], [0.1, 0.9]]
"""


@pytest.fixture
def load(tmp_path):
    def load_text(text):
        path = tmp_path / "site.toml"
        path.write_text(text)
        return load_site(path)

    return load_text


def test_a_good_file_is_what_it_says(load):
    site = load(GOOD)
    camera = site.camera("dorian")
    assert site.identity.title == "Place de la Nation"
    assert camera.working_size == (320, 240)
    assert camera.lines[0].b == (0.90, 0.58)
    assert camera.zones[0].kind == "area"
    assert site.service.port == 8000


@pytest.mark.parametrize("path", sorted(SITES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_example_sites_are_good(path):
    assert load_site(path).cameras


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("fps = 10", "fqs = 10", "camera[0].fqs: unknown key, found 10"),
        ("fps = 10", "fps = 0", "camera[0].fps: Input should be greater than or equal to 2, found 0"),
        ("b = [0.90, 0.58]", "b = [0.10, 0.62]", "camera[0].line[0]: a and b are the same point [0.1, 0.62]"),
        ("b = [0.90, 0.58]", "b = [1.90, 0.58]", "camera[0].line[0].b[0]: Input should be less than or equal to 1"),
        (", [0.5, 0.9], [0.1, 0.9]]", "]", "camera[0].zone[0].polygon: found 2 points, wanted at least 3"),
        ("[0.5, 0.5], [0.5, 0.9]", "[0.5, 0.9], [0.1, 0.6]", "camera[0].zone[0].polygon: the polygon has no area"),
        ('kind = "area"', 'kind = "lake"', "camera[0].zone[0].kind: Input should be 'area'"),
        ("Europe/Paris", "Paris", "site.timezone: wanted a name of the IANA time zone database"),
        ('name = "dorian"', "", "camera[0].name: Field required"),
        ('name = "dorian"', 'name = "Rue Dorian"', "camera[0].name: String should match pattern"),
        ('name = "parvis"', "name = 7", "camera[0].zone[0].name: Input should be a valid string, found 7"),
        ("rtsp://10.0.0.12", "ftp://me:5ecr3t@10.0.0.12", "found ftp://, wanted rtsp(s)://, http(s)://"),
        ("Europe/Paris", "Europe", "site.timezone: wanted a name of the IANA time zone database"),
        ("[[camera]]", "[ledger.retention_days]\nfine_bins = inf\n[[camera]]", "finite number"),
        ("[site]", "[site", "not a TOML file"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(load, old, new, complaint):
    assert old in GOOD
    text = GOOD.replace(old, new)
    if "no area" in complaint:
        text = text.replace("[[0.1, 0.5], [0.5, 0.9], [0.1, 0.6], [0.1, 0.9]]", "[[0.1, 0.5], [0.5, 0.5], [0.3, 0.5]]")
    with pytest.raises(UsageError) as error:
        load(text)
    message = str(error.value)
    assert complaint in message
    assert "site.toml" in message
    assert "\n" not in message
    assert "5ecr3t" not in message


PAIRS = """
  [camera.ground]
  view = [[0.1, 0.9], [0.9, 0.9], [0.8, 0.4], [0.2, 0.4]]
  metres = [[-4.6, 9.2], [4.6, 9.2], [7.5, 22.5], [-7.5, 22.5]]
"""
WGS84 = """
  [camera.ground]
  view = [[0.1, 0.9], [0.9, 0.9], [0.8, 0.4], [0.2, 0.4]]
  wgs84 = [[48.848, 2.396], [48.848, 2.396125], [48.84812, 2.396165], [48.84812, 2.39596]]
"""
MATRIX = """
  [camera.ground]
  homography = [[10, 0, -5], [0, -2, 10], [0, 1, 0.1]]
"""


def with_ground(ground):
    return GOOD.replace("  [[camera.line]]", ground + "  [[camera.line]]")


def test_a_camera_without_ground_has_none(load):
    assert load(GOOD).camera("dorian").ground is None


@pytest.mark.parametrize("ground", [PAIRS, WGS84, MATRIX])
def test_a_ground_in_any_form_puts_what_is_lower_nearer(load, ground):
    plane = load(with_ground(ground)).camera("dorian").ground.plane()
    left, right, far = plane.metres(np.array([[0.1, 0.9], [0.9, 0.9], [0.5, 0.4]]))
    assert right[0] > left[0]
    assert far[1] > left[1]


def test_pairs_are_met_in_metres_east_and_north_of_the_first(load):
    fit = load(with_ground(WGS84)).camera("dorian").ground.fit()
    first, second = fit.plane.metres(fit.seen[:2])
    np.testing.assert_allclose(first, [0, 0], atol=1e-6)
    np.testing.assert_allclose(second, [9.173, 0], atol=0.002)  # 0.000125 degrees at 48.848 north


def test_a_homography_has_no_residuals(load):
    assert load(with_ground(MATRIX)).camera("dorian").ground.fit() is None


def test_the_aspect_of_a_lens_is_that_of_the_working_size_unless_it_is_said(load):
    wide = with_ground(MATRIX + "  distortion = [-0.1, 0.02]\n").replace("[320, 240]", "[320, 180]")
    ground = load(wide).camera("dorian").ground
    assert ground.plane().lens == Lens(-0.1, 0.02, 16 / 9)
    said = wide.replace("distortion =", "aspect = 1.5\n  distortion =")
    assert load(said).camera("dorian").ground.plane().lens.aspect == 1.5


def test_a_worker_is_told_the_same_ground(load):
    camera = load(with_ground(PAIRS + "  distortion = [-0.1, 0.02]\n")).camera("dorian")
    (told,) = Cameras.validate_json(Cameras.dump_json((camera,), by_alias=True))
    assert told == camera
    assert (told.ground.plane().homography == camera.ground.plane().homography).all()


@pytest.mark.parametrize(
    ("ground", "old", "new", "complaint"),
    [
        (PAIRS, "metres", "meters", "camera[0].ground.meters: unknown key"),
        (PAIRS, "metres", "# metres", "camera[0].ground: found view, wanted homography, or view and metres"),
        (MATRIX, "homography", "# homography", "camera[0].ground: found none of them, wanted homography"),
        (MATRIX, "homography", "view = [[0, 0]]\n  homography", "camera[0].ground: found homography and view, wanted"),
        (MATRIX, "[0, 1, 0.1]", "[0, 1, -1]", "camera[0].ground: the horizon goes through the middle of the view's"),
        (MATRIX, "[0, -2, 10]", "[10, 0, -5]", "camera[0].ground: the homography cannot be inverted"),
        (MATRIX, ", [0, 1, 0.1]", "", "camera[0].ground.homography[2]: Field required"),
        (PAIRS, ", [0.2, 0.4]]", "]", "camera[0].ground: 3 points of the view and 4 of the ground"),
        (PAIRS, "[0.9, 0.9]", "[0.1, 0.9]", "camera[0].ground: points 1 and 2 are the same in the view"),
        (PAIRS, "[0.9, 0.9]", "[1.9, 0.9]", "camera[0].ground.view[1][0]: Input should be less than or equal to 1"),
        (PAIRS, "[7.5, 22.5], [-7.5, 22.5]", "[-7.5, 22.5], [7.5, 22.5]", "camera[0].ground: the horizon would go"),
        (PAIRS, "metres", "distortion = [-0.3, 0]\n  metres", "camera[0].ground: distortion [-0.3, 0.0] folds"),
        (PAIRS, "metres", "aspect = 0\n  metres", "camera[0].ground.aspect: Input should be greater than 0, found 0"),
        (WGS84, "48.848, 2.396]", "98.848, 2.396]", "camera[0].ground.wgs84[0][0]: Input should be less than or equal"),
        (WGS84, "2.396165", "3.396165", "camera[0].ground: position 3 is 73 km from the first, wanted at most 10 km"),
    ],
)
def test_what_is_wrong_with_a_ground_is_said_in_one_line(load, ground, old, new, complaint):
    assert old in ground
    with pytest.raises(UsageError) as error:
        load(with_ground(ground.replace(old, new, 1)))
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_longitude_before_latitude_is_a_mirror_image(load):
    exchanged = re.sub(r"\[(48\.\d+), (2\.\d+)\]", r"[\2, \1]", WGS84)
    assert exchanged != WGS84
    with pytest.raises(UsageError, match="would be a mirror image, wanted wgs84 as latitude, longitude"):
        load(with_ground(exchanged))


def test_two_cameras_of_one_name_are_refused(load):
    camera = GOOD[GOOD.index("[[camera]]") :]
    with pytest.raises(UsageError, match="two of kind camera are named 'dorian'"):
        load(GOOD + camera)


def test_a_camera_that_is_not_there_is_named_with_those_that_are(load):
    with pytest.raises(UsageError, match="no camera named 'lyon' in site 'nation', wanted one of: dorian"):
        load(GOOD).camera("lyon")


def test_a_missing_file_and_a_folder_are_one_line(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match="wanted a site file"):
            load_site(path)


@given(garbage=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_garbage_is_refused_and_never_crashes(garbage, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "garbage.toml"
    path.write_bytes(garbage)
    with pytest.raises(UsageError):
        load_site(path)


def test_what_feeds_must_know_can_be_said(load):
    text = GOOD.replace('timezone = "Europe/Paris"', PUBLISHED).replace('detector = "motion"', MOVED)
    site = load(text.replace('forward = "vers la place"', 'way = "Piste cyclable"\n  heading = "SW"'))
    assert (site.identity.place, site.identity.insee) == ((48.8484, 2.3959), "75112")
    assert (site.identity.licence, site.identity.publisher) == ("ODbL-1.0", "Ville de Paris")
    camera = site.camera("dorian")
    assert camera.place == (48.8483, 2.3961)
    assert camera.since.isoformat() == "2026-01-01T00:00:00+01:00"
    assert (camera.lines[0].way, camera.lines[0].heading) == ("Piste cyclable", "SW")


PUBLISHED = """timezone = "Europe/Paris"
place = [48.8484, 2.3959]
insee = "75112"
licence = "ODbL-1.0"
publisher = "Ville de Paris"
contact = "opendata@example.org"
"""
MOVED = """detector = "motion"
place = [48.8483, 2.3961]
since = 2026-01-01T00:00:00+01:00
"""


@pytest.mark.parametrize(
    ("found", "instead", "key"),
    [
        ("48.8484, 2.3959", "148.8484, 2.3959", "site.place[0]"),
        ('"75112"', '"Paris"', "site.insee"),
        ("2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00", "camera[0].since"),
        ('heading = "N"', 'heading = "O"', "camera[0].line[0].heading"),
    ],
)
def test_what_feeds_could_not_tell_is_refused(load, found, instead, key):
    text = GOOD.replace('timezone = "Europe/Paris"', PUBLISHED).replace('detector = "motion"', MOVED)
    text = text.replace('forward = "vers la place"', 'heading = "N"')
    assert found in text
    with pytest.raises(UsageError, match=re.escape(f"site.toml: {key}: ")):
        load(text.replace(found, instead))


def test_each_score_that_is_tried_is_a_camera_of_its_own(load):
    camera = load(GOOD.replace("fps = 10", "fps = 10\nscore = 0.4\ntrial = [0.3, 0.45]")).camera("dorian")
    assert [(one.name, one.score, one.trial, one.lines) for one in camera.trials] == [
        ("dorian/0.3", 0.3, (), camera.lines),
        ("dorian/0.45", 0.45, (), camera.lines),
    ]
    assert load(GOOD).camera("dorian").trials == ()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("score = 1.5", "camera[0].score: Input should be less than 1, found 1.5"),
        ("trial = [0.3, 0]", "camera[0].trial[1]: Input should be greater than 0, found 0"),
        ("trial = [0.3, 0.4, 0.3]", "camera[0].trial: found [0.3, 0.4, 0.3], wanted each score once"),
    ],
)
def test_scores_that_cannot_be_are_refused(load, wrong, complaint):
    with pytest.raises(UsageError, match=re.escape(complaint)):
        load(GOOD.replace("fps = 10", f"fps = 10\n{wrong}"))


def cropped(sides, text=GOOD):
    return text.replace("fps = 10", f"crop = {sides}\nfps = 10")


def test_a_crop_says_how_large_the_whole_frame_would_be(load):
    assert load(GOOD).camera("dorian").frame_size == (320, 240)
    site = load(cropped("[0.1, 0.5, 0.9, 1.0]"))
    camera = site.camera("dorian")
    assert (camera.working_size, camera.frame_size) == ((320, 240), (400, 480))
    (told,) = Cameras.validate_json(Cameras.dump_json(site.cameras, by_alias=True))
    assert told.frame_size == (400, 480)


def test_the_aspect_of_a_lens_is_that_of_the_whole_frame(load):
    """Half of a wide frame is looked at in as many pixels as half of it has."""
    ground = load(cropped("[0.1, 0.5, 0.9, 1.0]", with_ground(MATRIX))).camera("dorian").ground
    assert ground.aspect == pytest.approx(400 / 480)


@pytest.mark.parametrize(
    ("crop", "complaint"),
    [
        ("[0.5, 0.5, 0.5, 1.0]", "camera[0].crop: found [0.5, 0.5, 0.5, 1.0], wanted left, top, right, bottom"),
        ("[0.0, 0.0, 1.0, 1.2]", "camera[0].crop[3]: "),
        ("[0.0, 0.0, 1.0]", "camera[0].crop"),
        ("[0.0, 0.0, 1.0, 0.8]", "zone 'parvis' reaches beyond crop [0.0, 0.0, 1.0, 0.8], wanted it within"),
        ("[0.2, 0.0, 1.0, 1.0]", "line 'avenue-dorian' reaches beyond crop [0.2, 0.0, 1.0, 1.0], wanted it within"),
    ],
)
def test_a_crop_that_cannot_be_is_refused(load, crop, complaint):
    with pytest.raises(UsageError, match=re.escape(complaint)):
        load(cropped(crop))


def test_a_lens_wants_to_know_the_shape_of_a_frame_of_which_a_part_is_looked_at(load):
    """Its working size does not say it."""
    text = cropped("[0.1, 0.5, 0.9, 1.0]", with_ground(MATRIX + "  distortion = [-0.1, 0.02]\n"))
    with pytest.raises(UsageError, match="ground: found distortion beside a crop, wanted aspect too"):
        load(text)
    camera = load(text.replace("distortion =", "aspect = 1.5\n  distortion =")).camera("dorian")
    assert camera.ground.plane().lens.aspect == 1.5


def test_a_crop_as_small_as_may_be_is_no_matter_of_rounding(load):
    tiny = GOOD.split("  [[camera.line]]", maxsplit=1)[0]
    assert load(cropped("[0.3, 0.2, 0.35, 0.25]", tiny)).camera("dorian").crop.right == 0.35


def test_a_scene_has_no_crop(load):
    text = cropped("[0.1, 0.5, 0.9, 1.0]").replace("rtsp://10.0.0.12/stream2", "scene:square")
    with pytest.raises(UsageError, match="wanted none: a scene is drawn as large as it is looked at"):
        load(text)
