"""Plans of swimmers: nobody jumps, everybody stays in their lane, and nobody is under water for too long."""

from itertools import pairwise

import numpy as np
import pytest

from models.training.pool.basin import Basin
from models.training.pool.swimmers import DIVE_S, GLIDE_S, TURN_S, draw_swimmers

BASIN = Basin(length=25.0, lanes=4, lane_width=2.5, depth=1.8, roped=True)
SECONDS, STEP = 240.0, 0.1


@pytest.fixture(scope="module")
def swimmers():
    return draw_swimmers(BASIN, np.array([8, 3, 1, 0]), SECONDS, np.random.default_rng(3))


def states(swimmer):
    return [swimmer.state(float(at)) for at in np.arange(0, SECONDS, STEP)]


def test_there_are_as_many_in_each_lane_all_the_time(swimmers):
    for at in (0.0, 77.7, SECONDS):
        there = [swimmer.lane for swimmer in swimmers if swimmer.state(at)]
        assert np.bincount(there, minlength=4).tolist() == [8, 3, 1, 0]


def test_nobody_jumps_or_leaves_their_lane(swimmers):
    for swimmer in swimmers:
        path = states(swimmer)
        y = np.array([state.y for state in path])
        x = np.array([state.x for state in path])
        assert np.abs(np.diff(y)).max() <= 2.0 * STEP + 1e-6
        assert 0 < y.min() <= y.max() < BASIN.length
        assert (x // BASIN.lane_width == swimmer.lane).all()


def test_who_swims_keeps_to_the_right_of_the_lane(swimmers):
    swims = [(s, state) for s in swimmers for state in states(s) if state.kind == "swim"]
    assert len(swims) > 1000
    assert all((state.x - s.middle) * state.heading > 0 for s, state in swims)


def test_lengths_end_at_the_other_wall_and_are_swum_at_a_bathers_speed(swimmers):
    for swimmer in swimmers:
        lengths = [leg for leg in swimmer.legs if leg.kind == "turn"]
        assert all(leg.y0 in {0.45, BASIN.length - 0.45} for leg in lengths)
        assert all(one.heading == -other.heading for one, other in pairwise(lengths))
        times = np.diff([leg.start for leg in lengths])
        assert ((times > BASIN.length / 2.0) & (times < BASIN.length / 0.5 + 45)).all()


def test_nobody_is_under_water_for_longer_than_said(swimmers):
    for swimmer in swimmers:
        under = np.array([state.under for state in states(swimmer)])
        edges = np.flatnonzero(np.diff(np.concatenate(([0], under.astype(int), [0]))))
        longest = max((edges[1::2] - edges[::2]) * STEP, default=0)
        assert longest <= DIVE_S[1] + GLIDE_S[1] + TURN_S


def test_heads_dip_only_when_turning_or_under(swimmers):
    assert {state.kind for s in swimmers for state in states(s) if state.under} == {"under", "turn"}
