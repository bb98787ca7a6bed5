import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.wgs84 import positions
from tests.feeds.place import CORNERS, SITE
from vision.feeds.places import HEADINGS, heading, opposite, place_of
from vision.view import Line

DORIAN, SUD = SITE.cameras


@given(st.floats(0, 360), st.floats(5, 30))
def test_forward_leads_to_the_right_of_a_to_b(bearing, length):
    """An oracle from the compass: who walks along a bearing has its right hand a quarter of a turn further."""
    way = np.array([np.sin(np.radians(bearing)), np.cos(np.radians(bearing))]) * length
    ends = [np.array([35.0, 55.0]), np.array([35.0, 55.0]) + way]
    a, b = DORIAN.ground.plane().view(np.array(ends)).tolist()
    line = Line(name="x", a=a, b=b)
    right = (bearing + 90) % 360
    off = abs((HEADINGS.index(heading(DORIAN, line, "forward")) * 45 - right + 180) % 360 - 180)
    assert off <= 22.5 + 0.1
    assert heading(DORIAN, line, "backward") == opposite(heading(DORIAN, line, "forward"))


def test_what_the_site_file_says_goes_before_what_the_ground_says():
    line = DORIAN.lines[0].model_copy(update={"heading": "NW"})
    assert (heading(DORIAN, line, "forward"), heading(DORIAN, line, "backward")) == ("NW", "SE")
    assert heading(SUD, SUD.lines[1], "forward") is None


def test_a_place_is_as_fine_as_is_known():
    assert place_of(SITE, DORIAN, DORIAN.lines[0]) == (48.8485, 2.3955)
    assert place_of(SITE, DORIAN) == (48.848, 2.3955)
    assert place_of(SITE, SUD, SUD.lines[0]) == (48.847, 2.397)
    lost = SUD.model_copy(update={"place": None})
    assert place_of(SITE, lost) == CORNERS[0]
    nowhere = SITE.model_copy(update={"identity": SITE.identity.model_copy(update={"place": None})})
    assert place_of(nowhere, lost) is None
    assert place_of(nowhere, DORIAN.model_copy(update={"place": (1.0, 2.0)})) == (1.0, 2.0)


def test_the_ground_is_where_its_points_are():
    corners = DORIAN.ground.plane().metres(np.array(DORIAN.ground.view))
    np.testing.assert_allclose(positions(corners, np.array(CORNERS[0])), CORNERS, atol=1e-8)
    assert corners[0] == pytest.approx([0, 0], abs=1e-3)
