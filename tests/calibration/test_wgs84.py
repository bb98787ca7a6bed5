import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.wgs84 import FLATTENING, SEMI_MAJOR_AXIS_M, positions, tangent_plane

NATION = np.array([48.8484, 2.3959])


def test_a_minute_of_arc_on_the_equator_and_at_the_pole():
    """A geographical mile, 1855.325 m; of the meridian, a minute is 1842.9 m at the equator and 1861.6 at the pole."""
    east = tangent_plane(np.array([[0.0, 1 / 60]]), np.zeros(2))[0]
    north = tangent_plane(np.array([[1 / 60, 0.0]]), np.zeros(2))[0]
    polar = tangent_plane(np.array([[90 - 1 / 60, 0.0]]), np.array([90.0, 0.0]))[0]
    np.testing.assert_allclose(east, [1855.325, 0], atol=1e-3)
    np.testing.assert_allclose(north, [0, 1842.9], atol=0.05)
    assert np.hypot(*polar) == pytest.approx(1861.57, abs=0.05)


@given(
    latitude=st.floats(-80, 80), longitude=st.floats(-180, 180), north=st.floats(-500, 500), east=st.floats(-500, 500)
)
def test_near_by_it_is_what_the_radii_of_curvature_say(latitude, longitude, north, east):
    """An independent reckoning: the meridian's radius M and the prime vertical's N."""
    squared = FLATTENING * (2 - FLATTENING)
    w = np.sqrt(1 - squared * np.sin(np.radians(latitude)) ** 2)
    meridian, vertical = SEMI_MAJOR_AXIS_M * (1 - squared) / w**3, SEMI_MAJOR_AXIS_M / w
    there = [
        latitude + np.degrees(north / meridian),
        longitude + np.degrees(east / (vertical * np.cos(np.radians(latitude)))),
    ]
    found = tangent_plane(np.array([there]), np.array([latitude, longitude]))[0]
    np.testing.assert_allclose(found, [east, north], atol=0.25)  # 500 m are 8e-5 of the earth's radius, times tan 80


def test_across_the_date_line_is_near():
    found = tangent_plane(np.array([[0.0, -179.9999]]), np.array([0.0, 179.9999]))
    np.testing.assert_allclose(found, [[22.26, 0]], atol=0.01)


def test_the_origin_is_nothing_and_what_is_far_is_refused():
    assert (tangent_plane(NATION[None], NATION) == 0).all()
    with pytest.raises(ValueError, match=r"position 2 is .* km from the first, wanted at most 10 km"):
        tangent_plane(np.array([NATION, NATION[::-1]]), NATION)


@given(
    latitude=st.floats(-89, 89),
    longitude=st.floats(-180, 180),
    north=st.floats(-1000, 1000),
    east=st.floats(-1000, 1000),
)
def test_there_and_back_is_where_it_was(latitude, longitude, north, east):
    origin, metres = np.array([latitude, longitude]), np.array([[east, north]])
    np.testing.assert_allclose(tangent_plane(positions(metres, origin), origin), metres, atol=5e-5)


def test_ten_kilometres_away_it_is_centimetres_off():
    metres = np.array([[7000.0, 7000.0], [-7000.0, 7000.0]])
    found = tangent_plane(positions(metres, NATION), NATION)
    assert np.hypot(*(found - metres).T).max() < 0.03


def test_what_is_nowhere_stays_nowhere():
    assert np.isnan(positions(np.array([[np.nan, 1.0]]), NATION)).all()
