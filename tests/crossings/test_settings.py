"""What a site file may say of a crossing."""

import pytest

from tests.counting.test_crossings import FROM_ABOVE, zones
from tests.crossings.places import ONE, TWO
from vision.errors import UsageError
from vision.site import load_site

HEAD = '[site]\nname = "s"\n[[camera]]\nname = "c"\nsource = "a.mp4"\n'


def text(crossing, zones_=None):
    lines = [HEAD]
    for zone in zones() if zones_ is None else zones_:
        corners = [list(corner) for corner in zone["polygon"]]
        lines.append(f'[[camera.zone]]\nname = "{zone["name"]}"\nkind = "{zone["kind"]}"\npolygon = {corners}\n')
    stages = crossing.get("stage", [])
    lines.append("[[camera.crossing]]\n")
    lines += [f"{key} = {value!r}\n" for key, value in crossing.items() if key != "stage"]
    for stage in stages:
        lines += ["[[camera.crossing.stage]]\n", *(f"{key} = {value!r}\n" for key, value in stage.items())]
    return "".join(lines)


@pytest.mark.parametrize("crossing", [ONE, TWO])
def test_a_sound_crossing_is_taken(tmp_path, crossing):
    path = tmp_path / "site.toml"
    path.write_text(text(crossing))
    (found,) = load_site(path).cameras[0].crossings
    assert found.clearance_s == max(stage["length"] for stage in crossing["stage"])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kerb_a": "nowhere"}, "crossing 'choisy': zone 'nowhere' is unknown, wanted one of kind waiting"),
        ({"kerb_a": "z", "stage": TWO["stage"]}, "wanted different ones"),
        ({"island": "b", "kerb_b": "b"}, "wanted different ones"),
        ({"green_min": 50.0}, "green_max: found 40.0, wanted at least green_min, 50.0"),
        ({"stage": TWO["stage"][:1]}, "found an island and stages: 1, wanted an island between two stages"),
        ({"stage": TWO["stage"] * 2}, "at most 2 items"),
        ({"walking_speed": 0.0}, "walking_speed: Input should be greater than 0, found 0.0"),
        ({"speed": 1.0}, "speed: unknown key"),
    ],
)
def test_a_crossing_that_cannot_be_is_refused_in_one_line(tmp_path, change, complaint):
    path = tmp_path / "site.toml"
    path.write_text(text({**TWO, **change}))
    with pytest.raises(UsageError) as error:
        load_site(path)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_a_kerb_of_another_kind_and_a_carriageway_without_a_plane_are_refused(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(text(TWO, zones(kind="area")))
    with pytest.raises(UsageError, match="zone 'a' is of kind area, wanted one of kind waiting"):
        load_site(path)
    round_ = [dict(zone) for zone in zones()]
    round_[1]["polygon"] = [*round_[1]["polygon"], (0.25, 0.3)]
    path.write_text(text(TWO, round_))
    with pytest.raises(
        UsageError, match=r"zone 'y': found 5 corners and no camera\.ground, wanted 4 corners or a ground"
    ):
        load_site(path)
    grounded = text(TWO, round_).replace(HEAD, f"{HEAD}[camera.ground]\nhomography = {FROM_ABOVE['homography']}\n")
    path.write_text(grounded)
    assert load_site(path).cameras[0].crossings


def test_two_crossings_of_a_name_are_refused(tmp_path):
    path = tmp_path / "site.toml"
    second = text(ONE).replace('name = "s"', "").replace("[site]\n", "").replace('name = "c"', 'name = "d"')
    path.write_text(text(ONE) + second)
    with pytest.raises(UsageError, match="two of kind crossing are named 'zebra'"):
        load_site(path)
