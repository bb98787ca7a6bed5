from math import atan2, hypot

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.scenes.journeys import Journey, bend, lengths, rounded, walk

SQUARE_WALK = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)])


def test_a_walk_is_at_its_corners_when_its_speed_says():
    journey = walk(SQUARE_WALK, 100.0, 2.0)
    assert journey.at(105.0)[:2] == pytest.approx((10, 0))
    assert journey.at(102.5) == pytest.approx((5, 0, 0, 5))
    assert journey.at(107.5) == pytest.approx((10, 5, np.pi / 2, 15))
    assert (journey.start, journey.end) == (100.0, 110.0)


def test_before_and_after_a_journey_its_ends_are_held():
    journey = walk(SQUARE_WALK, 100.0, 2.0)
    assert journey.at(0.0)[:2] == (0, 0)
    assert journey.at(1e9)[:2] == (10, 10)


def test_a_pause_stands_still_keeps_the_heading_and_delays_the_rest():
    journey = walk(SQUARE_WALK, 0.0, 1.0, [(4.0, 7.0), (12.0, 3.0)])
    for utc in (4.0, 7.0, 10.9):
        assert journey.at(utc) == pytest.approx((4, 0, 0, 4))
    assert journey.at(12.0)[:2] == pytest.approx((5, 0))
    assert journey.at(20.0)[:2] == pytest.approx((10, 2))
    assert journey.end == pytest.approx(30)


points = st.tuples(st.floats(-50, 50), st.floats(-50, 50))


@given(path=st.lists(points, min_size=2, max_size=6), share=st.floats(0, 1))
def test_a_journey_heads_where_it_moves_at_its_own_speed(path, share):
    journey = walk(np.array(path), 0.0, 1.5)
    utc = share * journey.end
    x, y, heading, _ = journey.at(utc)
    leg = next((k for k in range(len(journey.times) - 1) if journey.times[k] + 1e-6 < utc < journey.times[k + 1]), None)
    if leg is not None and utc + 1e-6 < journey.times[leg + 1]:
        later = journey.at(utc + 1e-6)
        assert hypot(later[0] - x, later[1] - y) == pytest.approx(1.5e-6, rel=1e-3)
        (x0, y0), (x1, y1) = journey.points[leg : leg + 2]
        assert heading == pytest.approx(atan2(y1 - y0, x1 - x0))


def test_a_bend_leaves_and_arrives_along_its_tangents():
    curve = bend(np.array([0.0, 0.0]), np.array([10.0, 0.0]), np.array([10.0, 10.0]))
    np.testing.assert_allclose(curve[[0, -1]], [(0, 0), (10, 10)])
    assert abs(curve[1, 1]) < 0.2
    assert abs(curve[-2, 0] - 10) < 0.2


def test_rounding_keeps_the_ends_and_shortens_the_way():
    cut = rounded(SQUARE_WALK)
    np.testing.assert_allclose(cut[[0, -1]], SQUARE_WALK[[0, -1]])
    assert hypot(10, 10) < lengths(cut)[-1] < 19.9
    assert np.hypot(*(cut - (10, 0)).T).min() > 1


def test_a_journey_back_in_time_is_refused():
    with pytest.raises(ValueError, match="never to fall"):
        Journey.through((0, 2, 1), ((0, 0), (1, 0), (2, 0)))


def test_two_points_in_one_place_are_a_stand_not_a_fault():
    journey = Journey.through((0, 1, 2, 3), ((0, 0), (0, 5), (0, 5), (0, 9)))
    assert journey.headings == pytest.approx([np.pi / 2] * 3)
