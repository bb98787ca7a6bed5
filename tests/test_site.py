"""A site file says what it is, or is refused in one line that names the key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import UsageError
from vision.site import load_site

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
