"""What stands before a line, each behind another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.counting.queues import QueueGauge, Standing

DOWN, UP = np.array([100.0, 0.0]), np.array([100.0, 200.0])
"""Standing at (100, 0) and looking down the screen to (100, 200), the left is where x is larger."""


def queues(places, reach=10.0, gauge=None):
    places = np.array(places, float).reshape(-1, 2)
    return (gauge or QueueGauge(DOWN, UP)).queues(Standing(places, np.full(len(places), reach)))


def test_a_queue_is_a_chain_from_the_line_and_a_gap_ends_it():
    found = queues([(104, 50), (114, 50), (122, 51), (150, 50)])
    assert found == {"forward": (3, pytest.approx(22, abs=0.1))}


def test_both_ways_at_once_and_nobody():
    assert set(queues([(104, 20), (97, 30), (88, 30)])) == {"forward", "backward"}
    assert queues([(104, 20), (97, 30), (88, 30)])["backward"] == (2, pytest.approx(12))
    assert queues([]) == {}
    assert queues([(107, 20)]) == {}


def test_beside_the_end_of_a_line_nobody_queues_before_it():
    assert queues([(105, 230)]) == {}


def test_a_lorry_reaches_further_than_the_car_behind_it():
    places = np.array([(104.0, 50.0), (119.0, 50.0)])
    assert QueueGauge(DOWN, UP).queues(Standing(places, np.array([20.0, 10.0])))["forward"][0] == 2
    assert QueueGauge(DOWN, UP).queues(Standing(places, np.array([10.0, 10.0])))["forward"][0] == 1


@given(st.lists(st.tuples(st.floats(101, 300), st.floats(0, 200)), max_size=12), st.permutations(range(12)))
def test_the_order_of_the_objects_does_not_matter(places, order):
    shuffled = [places[n] for n in order if n < len(places)]
    assert queues(shuffled).keys() == queues(places).keys()
    assert queues(shuffled).get("forward", (0, 0.0))[0] == queues(places).get("forward", (0, 0.0))[0]


def test_on_a_map_whose_y_axis_points_up_left_stays_left():
    flipped = np.array([1.0, -1.0])
    gauge = QueueGauge(DOWN * flipped, UP * flipped, mirrored=True)
    assert queues([(104, -50), (114, -50)], gauge=gauge) == {"forward": (2, pytest.approx(14))}
