"""The advice for a crossing: what always holds, and tables of scenes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crossings.places import ISLAND, NOW, SIMPLE, crossings, phases, seen, sights
from vision.crossings.adviser import Adviser
from vision.crossings.seen import Phase, Waiting

KERBS = st.sampled_from(["kerb_a", "kerb_b", "island"])


def advise(crossing, sight, phase=None, now=NOW):
    return Adviser(crossing).advise(sight, phase, now)


def has_data(crossing, sight):
    return sight.coverage >= crossing.coverage_min


@given(crossing=crossings, sight=sights, phase=phases)
def test_a_green_is_within_its_bounds_and_is_the_sum_of_its_reasons(crossing, sight, phase):
    advice = advise(crossing, sight, phase)
    if not has_data(crossing, sight):
        assert (advice.demand, advice.green_s, advice.stages, advice.reasons) == ("no data", None, None, ())
        return
    assert crossing.green_min - 1e-3 <= advice.green_s <= crossing.green_max + 1e-3
    assert 0 <= advice.extension_s <= crossing.extension_max
    assert sum(reason.seconds for reason in advice.reasons) == pytest.approx(advice.green_s, abs=1e-3)


@given(crossing=crossings, sight=sights, phase=phases)
def test_the_slowest_gets_across_unless_the_most_is_reached(crossing, sight, phase):
    advice = advise(crossing, sight, phase)
    if not has_data(crossing, sight):
        return
    passed = NOW - phase.since if phase else 0.0
    if phase is None or phase.signal != "clearance":
        until = advice.green_s + crossing.clearance_s - (passed if phase and phase.signal == "walk" else 0.0)
        assert until >= sight.slowest_s - 1e-2 or advice.green_s >= crossing.green_max - 1e-3
    else:
        left = crossing.clearance_s - passed + advice.extension_s
        assert left >= sight.slowest_s - 1e-2 or advice.extension_s == crossing.extension_max or not sight.on_crossing


@given(crossing=crossings, sight=sights, where=KERBS, more=st.integers(1, 60))
def test_more_people_never_get_less_green_nor_more_stages(crossing, sight, where, more):
    sight = sight.model_copy(update={"coverage": 1.0})
    place = getattr(sight, where)
    crowd = sight.model_copy(update={where: Waiting(people=place.people + more, longest_s=place.longest_s)})
    few, many = advise(crossing, sight), advise(crossing, crowd)
    assert many.green_s >= few.green_s - 1e-3
    assert many.stages <= few.stages


@given(crossing=crossings, sight=sights, phase=phases, late=st.floats(3.001, 1e6), sign=st.sampled_from([1, -1]))
def test_what_was_not_seen_just_now_is_no_data(crossing, sight, phase, late, sign):
    assert advise(crossing, sight, phase, NOW + sign * late).demand == "no data"
    assert advise(crossing, None, phase).demand == "no data"
    assert advise(crossing, sight, phase, NOW + sign * late).coverage == 0


@given(crossing=crossings, steps=st.lists(st.tuples(sights, phases), min_size=1, max_size=8))
def test_the_same_again_gives_the_same_and_numbers_grow_by_one(crossing, steps):
    runs = []
    for _ in range(2):
        adviser = Adviser(crossing)
        runs.append(
            [
                adviser.advise(sight.model_copy(update={"utc": NOW + k}), phase, NOW + k)
                for k, (sight, phase) in enumerate(steps)
            ]
        )
    assert runs[0] == runs[1]
    assert [advice.sequence for advice in runs[0]] == list(range(1, len(steps) + 1))


def demands(crossing, waiting, phase_of=lambda _: None, longest=30.0):
    """Return what is demanded where so many wait at kerb A in each second."""
    adviser = Adviser(crossing)
    return [
        adviser.advise(seen(NOW + k, a=people, longest=longest), phase_of(k), NOW + k).demand
        for k, people in enumerate(waiting)
    ]


def test_a_call_is_cancelled_for_as_long_as_an_advice_holds_when_those_who_called_have_left():
    assert demands(SIMPLE, [0, 2, 2, 0, 0, 0, 0, 0, 0]) == [
        "none", "call", "call", "call", "cancel", "cancel", "cancel", "none", "none",
    ]  # fmt: skip


@given(waiting=st.lists(st.integers(0, 2), min_size=1, max_size=30))
def test_after_any_past_a_call_is_cancelled_and_forgotten_once_nobody_waits(waiting):
    last = demands(SIMPLE, [*waiting, *[0] * 8])[-8:]
    assert last[-1] == "none"
    assert ("cancel" in demands(SIMPLE, [*waiting, *[0] * 8])) == any(waiting)


def test_somebody_missed_for_a_second_keeps_the_call():
    assert demands(SIMPLE, [1, 0, 1, 0, 1]) == ["call"] * 5


def test_who_only_passes_the_kerb_calls_nobody():
    assert demands(SIMPLE, [3, 3, 3], longest=0.4) == ["none"] * 3


def test_those_who_got_their_green_cancel_nothing():
    walk = Phase(signal="walk", since=NOW + 2)
    assert demands(SIMPLE, [4, 4, 0, 0, 0, 0], lambda k: walk if k >= 2 else None) == ["call"] * 2 + ["none"] * 4


def test_a_call_from_before_a_blind_time_is_not_cancelled_after_it():
    adviser = Adviser(SIMPLE)
    assert adviser.advise(seen(a=1), None, NOW).demand == "call"
    assert adviser.advise(None, None, NOW + 1).demand == "no data"
    assert adviser.advise(seen(NOW + 9), None, NOW + 9).demand == "none"


def by_term(advice):
    return {reason.term: round(reason.seconds, 3) for reason in advice.reasons}


def test_the_green_is_that_of_the_manual():
    """11 m at 1.2 m/s, twenty people on 4 m: t = 3.2 + 11/1.2 + 0.81 * 20 / 4, less 11 s at 1 m/s of clearance."""
    advice = advise(SIMPLE, seen(a=20, b=5))
    assert by_term(advice) == {"start-up": 3.2, "walk": 9.167, "platoon": 4.05, "clearance": -11.0, "minimum": 0.583}
    assert advise(SIMPLE, seen(a=40)).green_s == pytest.approx(3.2 + 11 / 1.2 + 0.81 * 40 / 4 - 11, abs=1e-3)


def test_in_one_go_the_last_stage_begins_in_the_green_unless_the_clearance_is_too_short_for_it():
    assert by_term(advise(ISLAND, seen(a=40)))["clearance"] == pytest.approx(-9 / 1.2)
    assert by_term(advise(ISLAND.model_copy(update={"clearance": 5.0}), seen(a=40)))["clearance"] == -5


def test_those_whom_the_camera_is_known_to_miss_are_counted_for_the_green():
    half = ISLAND.model_copy(update={"seen_share": 0.5})
    assert advise(half, seen(a=2, b=1)).stages == 2
    assert advise(half, seen(a=2, b=2)).stages == 1
    assert advise(half, seen(a=20)).green_s == advise(ISLAND, seen(a=40)).green_s


def test_a_narrow_crossing_takes_the_manuals_narrow_form():
    stage = SIMPLE.stages[0].model_copy(update={"width": 3.0})
    assert by_term(advise(SIMPLE.model_copy(update={"stages": (stage,)}), seen(a=20)))["platoon"] == 5.4


@pytest.mark.parametrize(
    ("a", "b", "i", "stages", "green"),
    [
        (0, 0, 0, 2, 6.0),  # nobody: the least
        (3, 4, 0, 2, 6.0),  # seven at the kerbs: one short of one go
        (4, 4, 0, 1, 3.2 + (24 - 9) / 1.2 + 0.81 * 4 / 4),  # to the begin of the shorter stage, which is further
        (30, 10, 0, 1, 3.2 + (24 - 9) / 1.2 + 0.81 * 30 / 4),
        (0, 0, 20, 2, 6.0),  # those on the island go either way, in one stage
        (200, 0, 0, 1, 40.0),  # the most
    ],
)
def test_the_long_crossing_is_done_in_one_go_when_many_cross(a, b, i, stages, green):
    advice = advise(ISLAND, seen(a=a, b=b, i=i))
    assert (advice.stages, advice.green_s) == (stages, pytest.approx(green, abs=1e-3))


def test_one_go_is_never_advised_where_the_longest_green_is_too_short_for_it():
    short = ISLAND.model_copy(update={"green_max": 11.0})
    assert advise(short, seen(a=50)).stages == 2


def test_the_green_under_way_stays_that_of_those_for_whom_it_began():
    adviser = Adviser(ISLAND)
    planned = adviser.advise(seen(a=12), Phase(signal="dont-walk", since=NOW - 50), NOW)
    walk = Phase(signal="walk", since=NOW + 1)
    for k in range(1, 12):
        under_way = adviser.advise(seen(NOW + k, on_crossing=12, slowest_s=8.0), walk, NOW + k)
        assert (under_way.stages, under_way.green_s) == (1, planned.green_s)
    after = adviser.advise(seen(NOW + 20), Phase(signal="clearance", since=NOW + 19), NOW + 20)
    assert (after.stages, after.green_s) == (2, 6.0)


def test_the_green_waits_for_somebody_slow_and_then_the_clearance_does():
    walk, clearance = Phase(signal="walk", since=NOW - 5), Phase(signal="clearance", since=NOW - 5)
    slow = seen(on_crossing=1, slowest_s=14.0)
    assert advise(SIMPLE, slow, walk).green_s == pytest.approx(5 + 14 - 11)
    assert advise(SIMPLE, slow, clearance).extension_s == pytest.approx(14 - (11 - 5))
    assert advise(SIMPLE, seen(on_crossing=1, slowest_s=6.0), clearance).extension_s == 0


def test_a_camera_lost_in_a_green_and_back_in_it_finds_the_same_plan():
    adviser, walk = Adviser(ISLAND), Phase(signal="walk", since=NOW + 1)
    planned = adviser.advise(seen(a=12), None, NOW)
    blind = [adviser.advise(seen(NOW + 2), walk, NOW + k) for k in (3, 5.5, 7)]
    assert [advice.demand for advice in blind] == ["none", "no data", "no data"]
    assert adviser.advise(seen(NOW + 9), walk, NOW + 9).green_s == planned.green_s


@pytest.mark.parametrize("made", [0, 2.5])
def test_advice_holds_for_as_long_as_it_says_from_what_was_seen_on_however_late_it_is_made(made):
    advice = advise(SIMPLE, seen(a=1), now=NOW + made)
    assert [advice.holds(NOW + late) for late in (-0.1, 0, 2.9, 3.0, 3.1)] == [False, True, True, True, False]
