"""Plans of swimmers: nobody jumps or swims through another, everybody stays in their lane, nobody is under for long."""

import dataclasses
from itertools import combinations, pairwise

import numpy as np
import pytest

from models.training.pool.basin import Basin
from models.training.pool.swimmers import DIVE_S, GLIDE_S, SHOULDERS_M, TURN_S, VISIT_S, _Lane, draw_swimmers

BASIN = Basin(length=25.0, lanes=4, lane_width=2.5, depth=1.8, roped=True)
SECONDS, STEP = 240.0, 0.1


@pytest.fixture(scope="module")
def swimmers():
    return draw_swimmers(BASIN, np.array([8, 3, 1, 0]), SECONDS, np.random.default_rng(3))


def states(swimmer):
    seen = [swimmer.state(float(at)) for at in np.arange(0, SECONDS, STEP)]
    return [state for state in seen if state]


def test_there_are_as_many_in_each_lane_or_a_few_less(swimmers):
    for at in (0.0, 77.7, SECONDS):
        there = np.bincount([swimmer.lane for swimmer in swimmers if swimmer.state(at)], minlength=4)
        assert (there <= (8, 3, 1, 0)).all()
        assert there.sum() >= 9


def test_everybody_is_there_who_is_drawn_for_a_picture():
    swimmers = draw_swimmers(BASIN, np.array([5, 2, 0, 9]), 0.0, np.random.default_rng(4))
    assert np.bincount([s.lane for s in swimmers if s.state(0.0)], minlength=4).tolist() == [5, 2, 0, 9]


def test_people_come_and_go_at_a_wall_as_often_as_their_visits_are_long():
    many = [
        swimmer
        for seed in range(40)
        for swimmer in draw_swimmers(BASIN, np.full(4, 5), 300.0, np.random.default_rng(seed))
        if any(leg.kind == "swim" for leg in swimmer.legs)
    ]
    came = [swimmer.legs[0] for swimmer in many if swimmer.legs[0].start > 0]
    went = [swimmer.legs[-1] for swimmer in many if swimmer.legs[-1].end < 300]
    expected = len(many) * 300 / (VISIT_S + 300)
    assert len(came) == pytest.approx(expected, rel=0.3)
    assert len(went) == pytest.approx(expected, rel=0.3)
    assert {leg.kind for leg in (*came, *went)} == {"stand"}
    assert {leg.y0 for leg in came} == {0.45}


def apart(numbers, width, kind):
    """Distances in metres, at looks a second apart, of all pairs in a lane who do the same; not of those who loiter."""
    found = []
    for seed in range(20):
        basin = dataclasses.replace(BASIN, lane_width=width)
        swimmers = draw_swimmers(basin, np.array(numbers), 60.0, np.random.default_rng(seed))
        lengths = [s for s in swimmers if any(leg.kind == "swim" for leg in s.legs)]
        for at in np.arange(0, 60, 1.0):
            there = [(s.lane, state) for s in lengths if (state := s.state(at)) and state.kind == kind]
            pairs = [(a, b) for (lane, a), (other, b) in combinations(there, 2) if lane == other]
            found += [float(np.hypot(a.x - b.x, a.y - b.y)) for a, b in pairs]
    return np.array(found)


@pytest.mark.parametrize("width", [1.9, 2.6])
def test_those_who_swim_do_not_swim_through_one_another(width):
    distances = apart([12, 8, 6, 2], width, "swim")
    assert len(distances) > 1000
    assert distances.min() > 0.5


@pytest.mark.parametrize("width", [1.9, 2.6])
def test_those_who_stand_at_a_wall_stand_beside_one_another(width):
    distances = apart([6, 5, 4, 2], width, "stand")
    assert len(distances) > 100
    # who keeps a hand at the wall for a moment, or comes or goes when it is full, may be nearer to another
    assert (distances < SHOULDERS_M - 1e-9).mean() < 0.05


def test_those_of_neighbouring_lanes_stand_apart_too():
    lane = _Lane(dataclasses.replace(BASIN, lane_width=1.9), np.random.default_rng(1))
    places = lane.free_places(1, 0.0, 1.0)
    assert min(places) + 1.9 - max(places) >= SHOULDERS_M - 1e-9


def test_who_waits_at_a_wall_stays_where_they_stand():
    for seed in range(10):
        for swimmer in draw_swimmers(BASIN, np.array([8, 8, 4, 4]), 120.0, np.random.default_rng(seed)):
            for one, other in pairwise(swimmer.legs):
                assert one.end == other.start
                assert {one.kind, other.kind} != {"stand"} or one.aside == other.aside


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
