"""Groups that stand, split, merge and are hidden for a moment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.behaviour import GatheringSettings
from vision.counting.gatherings import GatheringFinder

SETTINGS = GatheringSettings(distance=2.0, people=4, seconds=5.0)


def ring(people, at=(0.0, 0.0), radius=1.0):
    turns = np.linspace(0, 2 * np.pi, people, endpoint=False)
    return np.array(at) + radius * np.column_stack((np.cos(turns), np.sin(turns)))


def gatherings(scene, seconds, dt=0.2):
    """Return what is told of a scene, a function of time that gives {track: place}."""
    finder, told = GatheringFinder(SETTINGS), []
    for k in range(round(seconds / dt) + 1):
        people = scene(k * dt)
        told += finder.observe(list(people), np.array(list(people.values())).reshape(-1, 2), k * dt)
    return told + finder.finish()


def among(places, first=0):
    return {first + n: place for n, place in enumerate(places)}


@given(people=st.integers(4, 9), lasts=st.floats(6, 40), dt=st.sampled_from([0.1, 0.2, 0.5]))
@settings(deadline=None)
def test_a_gathering_is_told_once_with_its_people_and_its_time(people, lasts, dt):
    (told,) = gatherings(lambda t: among(ring(people)) if t <= lasts else {}, lasts + 5, dt)
    assert told.people == people
    assert told.end - told.start == pytest.approx(lasts, abs=dt)
    assert told.person_seconds == pytest.approx(people * (told.end - told.start))
    assert told.place == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.parametrize(
    "scene",
    [
        lambda _: among(ring(3)),
        lambda _: among(ring(4, radius=4.0)),
        lambda t: among(ring(6)) if t < 4 else {},
        lambda t: among(ring(4) * (1 + abs(t - 10) / 2)),
        lambda _: {},
    ],
    ids=["too few", "too far apart", "too short", "who only meet in passing", "nobody"],
)
def test_what_is_no_gathering(scene):
    assert gatherings(scene, 20) == []


def test_people_in_a_chain_are_one_group():
    (told,) = gatherings(lambda _: among([(1.9 * n, 0.0) for n in range(8)]), 10)
    assert told.people == 8
    assert told.density == pytest.approx(8 / (2 * 1.9 * 7 + np.pi), rel=1e-6)


def test_who_is_hidden_for_a_moment_does_not_end_it():
    (told,) = gatherings(lambda t: among(ring(4)) if not 7 < t < 8.5 else among(ring(4)[:3]), 20)
    assert told.end - told.start == pytest.approx(20)


def test_a_group_that_walks_is_followed():
    (told,) = gatherings(lambda t: among(ring(5, at=(1.4 * t, 0))), 30)
    assert told.people == 5
    assert told.end - told.start == pytest.approx(30)


def test_when_two_meet_one_goes_on_and_the_other_is_over():
    def scene(t):
        return among(ring(6)) | among(ring(4, at=(max(3.0, 20 - t), 0)), 100)

    told = gatherings(scene, 40)
    assert sorted(one.people for one in told) == [4, 10]
    whole = max(told, key=lambda one: one.people)
    assert (whole.start, whole.end) == (0.0, pytest.approx(40))


def test_when_it_falls_apart_the_larger_part_goes_on_and_the_other_begins_anew():
    def scene(t):
        gap = max(0.0, t - 20) * 2
        return among(ring(6)) | among(ring(4, at=(2.5 + gap, 0)), 100)

    told = gatherings(scene, 40)
    assert [one.people for one in sorted(told, key=lambda one: one.start)] == [10, 4]
    assert max(one.end - one.start for one in told) == pytest.approx(40)
    assert min(one.start for one in told if one.people == 4) == pytest.approx(20.5, abs=1.0)


@given(turn=st.floats(0, 6.28), shift=st.tuples(st.floats(-50, 50), st.floats(-50, 50)), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_where_the_ground_frame_lies_does_not_matter(turn, shift, seed):
    places = np.random.default_rng(seed).uniform(0, 6, (12, 2))
    turned = places @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) + shift
    one, other = (gatherings(lambda _, p=p: among(p), 6) for p in (places, turned))
    assert [(a.people, round(a.density, 6)) for a in one] == [(b.people, round(b.density, 6)) for b in other]


def test_memory_is_bounded_by_who_is_there():
    finder = GatheringFinder(SETTINGS)
    for k in range(500):
        finder.observe([10 * k + n for n in range(5)], ring(5), k * 0.5)
    assert len(finder._groups) <= 6
