"""The simulated junction: its safety times, its delays, its camera, and one short run where SUMO is installed."""

import math
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.signals import network
from benchmarks.signals.__main__ import main
from benchmarks.signals.actuated import actuated
from benchmarks.signals.controllers import Advised, FixedPlan, FixedTimes, traffic_need, webster
from benchmarks.signals.delays import estimate, read_trips
from benchmarks.signals.demand import DEMANDS, draw
from benchmarks.signals.junction import Junction, SafetyTimes, Wish
from benchmarks.signals.people import LONG, ZONES, PerfectEyes, crossing, seconds_left
from benchmarks.signals.recall import Recall, recall
from benchmarks.signals.render import CAMERA, POLE, SIZE, View, heading, to_view
from benchmarks.signals.traffic import Person, Vehicle
from vision.crossings.adviser import Advice, Adviser
from vision.errors import UsageError

TIMES = SafetyTimes()


def sumo_is_there():
    try:
        network.program("netconvert")
    except UsageError:
        return False
    return True


needs_sumo = pytest.mark.skipif(not sumo_is_there(), reason="SUMO is not installed: pip install eclipse-sumo traci")


def ends(shown, is_on):
    """Return when what is shown once a second begins and ends to be on, as (begin, end) seconds."""
    on = [False, *map(is_on, shown), False]
    edges = [second for second, (before, after) in enumerate(pairwise(on)) if before != after]
    return list(zip(edges[::2], edges[1::2], strict=True))


def assert_safe(shown):
    """Hold the safety times against what was shown, second by second, without knowing how it came about."""
    avenue = ends(shown, lambda lights: lights.avenue == "G")
    street = ends(shown, lambda lights: lights.street == "G")
    long, short = ends(shown, lambda lights: lights.long), ends(shown, lambda lights: lights.short)
    last = len(shown)
    for one, other in ((avenue, street), (street, avenue)):
        assert all(b - a >= TIMES.intergreen for _, a in one for b, _ in other if b >= a)
    for people, cars, clearance in ((long, avenue, TIMES.clearance_long), (short, street, TIMES.clearance_short)):
        assert all(b - a >= clearance for _, a in people for b, _ in cars if b >= a)
        assert not any(max(a, c) < min(b, d) for a, b in people for c, d in cars)
    assert all(b - a >= TIMES.avenue_min for a, b in avenue if b < last)
    assert all(b - a >= TIMES.street_min for a, b in street if b < last)
    assert all(TIMES.walk_min <= b - a <= TIMES.walk_max + 1 for a, b in long if b < last)
    for lights in shown:
        assert "r" in {lights.avenue, lights.street}
    for before, after in pairwise(shown):
        assert (before.avenue, after.avenue) not in {("G", "r"), ("r", "y"), ("y", "G")}
        assert (before.street, after.street) not in {("G", "r"), ("r", "y"), ("y", "G")}


seconds = st.floats(-5, 120, allow_nan=False)
wishes = st.builds(Wish, st.booleans(), seconds, seconds, seconds)


@given(st.lists(st.tuples(wishes, st.integers(1, 40)), min_size=1, max_size=12))
def test_no_wish_whatever_breaks_a_safety_time(asked):
    junction = Junction(TIMES)
    spread = [wish for wish, times in asked for _ in range(times)]
    assert_safe([junction.step(float(now), wish) for now, wish in enumerate(spread)])


advices = st.tuples(
    st.sampled_from(["call", "none", "cancel", "no data"]), st.floats(0, 90), st.floats(0, 30), st.floats(-5, 1)
)


@given(st.lists(st.tuples(advices, st.integers(1, 40)), min_size=1, max_size=12), st.floats(0, 60))
def test_no_advice_whatever_breaks_a_safety_time(asked, ready):
    junction, controller = Junction(TIMES), Advised(webster(DEMANDS[1], TIMES, 80), 8, ready)
    shown = []
    for now, (demand, green, extension, age) in enumerate(one for one, times in asked for _ in range(times)):
        known = {} if demand == "no data" else {"green_s": green, "extension_s": extension, "stages": 1}
        advice = Advice(crossing="a", sequence=1, utc=now + age, validity_s=3, coverage=1, demand=demand, **known)
        shown.append(junction.step(float(now), controller.wish(junction, advice, float(now))))
    assert_safe(shown)


@pytest.mark.parametrize("asked_after", [1, 5, 8])  # in the street's green, its yellow and the red after it
def test_an_extension_holds_the_avenue_back(asked_after):
    begins = []
    for extension in (0.0, 6.0, 60.0):
        junction, ended = Junction(TIMES), None
        for now in range(120):
            asked = extension if ended is not None and now >= ended + asked_after else 0.0
            lights = junction.step(float(now), Wish(now < 20, 8, 8, asked))
            ended = now if ended is None and junction.walk_ended is not None else ended
            if ended is not None and lights.avenue == "G":
                begins.append(now - ended)
                break
    assert begins == [math.ceil(TIMES.clearance_long + more) for more in (0, 6, TIMES.extension_max)]


def test_an_extension_that_is_no_longer_asked_for_ends():
    junction, ended, begins = Junction(TIMES), None, None
    for now in range(120):
        lights = junction.step(float(now), Wish(now < 20, 8, 8, 8.0 if ended == now - 1 else 0.0))
        ended = now if ended is None and junction.walk_ended is not None else ended
        if begins is None and ended is not None and lights.avenue == "G":
            begins = now - ended
    assert begins == math.ceil(TIMES.clearance_long)


@pytest.mark.parametrize("walk", [6.0, 20.0])
def test_a_call_is_served_once_the_avenue_had_its_share_again(walk):
    junction, controller = Junction(TIMES), Advised(webster(DEMANDS[1], TIMES, 80), 8, 1.5)
    shown = []
    for now in range(500):
        advice = Advice(
            crossing="a",
            sequence=1,
            utc=now,
            validity_s=3,
            coverage=1,
            demand="call",
            green_s=walk,
            extension_s=0,
            stages=2,
        )
        shown.append(junction.step(float(now), controller.wish(junction, advice, float(now))))
    greens = ends(shown, lambda lights: lights.avenue == "G")[1:-1]
    reds = [begin - end for (_, end), (begin, _) in pairwise(ends(shown, lambda lights: lights.avenue == "G"))][:-1]
    assert len(greens) > 2
    assert [end - begin for begin, end in greens] == [math.ceil(1.5 * red) for red in reds][: len(greens)]
    assert reds[0] >= walk + TIMES.clearance_long


def test_a_plan_is_shown_as_it_says():
    plan = FixedPlan(avenue_s=30, street_s=16, walk_s=11)
    junction, controller = Junction(TIMES), FixedTimes(plan)
    shown = [junction.step(float(now), controller.wish(junction, None, float(now))) for now in range(400)]
    assert_safe(shown)
    avenue, street = ends(shown, lambda lights: lights.avenue == "G"), ends(shown, lambda lights: lights.street == "G")
    assert {end - begin for begin, end in avenue[1:-1]} == {30}
    assert {end - begin for begin, end in street[1:-1]} == {16}
    assert {end - begin for begin, end in ends(shown, lambda lights: lights.long)[1:-1]} == {11}
    assert {after - before for (before, _), (after, _) in pairwise(avenue[1:])} == {30 + 16 + 2 * TIMES.intergreen}


def test_expired_advice_and_no_data_leave_the_fixed_plan():
    plan = webster(DEMANDS[1], TIMES, 80)
    fixed, advised = FixedTimes(plan), Advised(plan, 8, 20)
    for advice in (None, Adviser(LONG).advise(None, None, 50.0)):
        assert advised.wish(Junction(TIMES), advice, 50.0) == fixed.wish(Junction(TIMES), None, 50.0)
    stale = Advice(crossing="a", sequence=1, utc=40, validity_s=3, coverage=1, demand="call", green_s=20, extension_s=0)
    assert advised.wish(Junction(TIMES), stale, 50.0) == fixed.wish(Junction(TIMES), None, 50.0)
    fresh = stale.model_copy(update={"utc": 49.0})
    assert advised.wish(Junction(TIMES), fresh, 25.0 + 25.0).walk_s == 20


def test_websters_plan_is_websters():
    # y = 2200 / 5400 and 220 / 1800, L = 10: C = 20 / (1 - 0.5296) = 42.5; its 32.5 s of green, the street's 0.2308 of
    # them raised to 6 + 9.75 - 5 = 10.75
    assert webster(DEMANDS[1], TIMES) == (22, 11, 6.25)
    assert sum(webster(DEMANDS[1], TIMES, 80)[:2]) == 70
    assert traffic_need(DEMANDS[1], TIMES) == 8


def test_delays_are_read_for_who_came_in_the_window(tmp_path):
    (tmp_path / "trips.xml").write_text(
        """<tripinfos>
        <tripinfo id="v1" depart="12.0" departDelay="3.0" arrival="60" timeLoss="5.0"/>
        <tripinfo id="v2" depart="21.0" departDelay="0.5" arrival="-1" timeLoss="7.0"/>
        <tripinfo id="early" depart="11.0" departDelay="2.0" arrival="50" timeLoss="99"/>
        <personinfo id="long-1" depart="10.0"><walk depart="10.0" arrival="50" timeLoss="20.5"/></personinfo>
        <personinfo id="long-2" depart="15.0"><walk depart="15.0" arrival="50" timeLoss="9.5"/></personinfo>
        <personinfo id="north-1" depart="29.9"><walk depart="29.9" arrival="-1" timeLoss="4"/></personinfo>
        <personinfo id="long-3" depart="30.0"><walk depart="30.0" arrival="70" timeLoss="99"/></personinfo>
        </tripinfos>"""
    )
    delays = read_trips(tmp_path / "trips.xml", (10.0, 30.0), {"long-1": 2.0, "long-2": 1.0, "long-3": 50.0})
    assert delays.long == (20.5, 9.5)
    assert delays.short == (4.0,)
    assert delays.vehicles == (7.5,)
    assert delays.in_one_go == 0.5
    assert delays.unfinished == 2


def test_an_interval_is_students():
    mean, half = estimate([1.0, 2.0, 3.0])
    assert mean == 2
    assert half == pytest.approx(4.3027 / math.sqrt(3), abs=1e-3)  # t of 2 degrees of freedom at 97.5 %
    assert math.isnan(estimate([1.0]).half)
    assert (str(estimate([1.0])), str(estimate([1.0, 2.0, 3.0]))) == ("1.0", "2.0 ± 2.5")


def test_demand_is_steady_and_the_same_for_a_seed():
    for demand in DEMANDS:
        trips = draw(demand, 7200, 1)
        assert trips == draw(demand, 7200, 1) != draw(demand, 7200, 2)
        people = sum(trip.name.startswith("long") for trip in trips)
        assert people == pytest.approx(2 * demand.people, rel=0.3)
        assert sum(trip.start == "W_in" and trip.kind == "vehicle" for trip in trips) == pytest.approx(
            2 * demand.avenue, rel=0.1
        )


def person(x, y, speed=0.0, angle=0.0, name="p"):
    return Person(name, x, y, speed, angle)


def test_perfect_eyes_count_who_waits_and_who_walks():
    eyes, west, kerb = PerfectEyes(), ZONES["kerb-a"][0] + 1, ZONES["stage-1"][1]
    there = [
        person(west, kerb - 1, name="a"),
        person(west, kerb - 2, 1.0, name="b"),
        person(west, network.ISLAND_M / 2, name="c"),
    ]
    on = person(west, kerb + 3, 1.5, 0.0, "d")
    for now in (10.0, 14.0):
        eyes.look([*there, on], [], now)
    seen = eyes.seen()
    assert (seen.kerb_a.people, seen.kerb_b.people, seen.island.people, seen.on_crossing) == (1, 0, 1, 1)
    assert seen.kerb_a.longest_s == 4
    assert seen.slowest_s == pytest.approx((network.STAGE_M - 3) / 1.5)
    assert seconds_left(on._replace(angle=180.0), 1.5) == pytest.approx(3 / 1.5)


def oracle(x, y, z):
    """Project a point in metres by similar triangles, in the plane of the optical axis and beside it."""
    ahead, beside, drop = y - POLE[1], x - POLE[0], CAMERA.height - z
    tilt = math.radians(CAMERA.tilt)
    depth = ahead * math.cos(tilt) + drop * math.sin(tilt)
    below = drop * math.cos(tilt) - ahead * math.sin(tilt)
    focal_px = SIZE[0] / 2 / math.tan(math.radians(CAMERA.field_of_view) / 2)
    return SIZE[0] / 2 + focal_px * beside / depth, SIZE[1] / 2 + focal_px * below / depth


@given(st.floats(-20, 0), st.floats(-15, 25))
def test_the_camera_is_a_pinhole(x, y):
    assert to_view(np.array([(x, y)]))[0] * SIZE == pytest.approx(oracle(x, y, 0), abs=1e-6)


def test_all_zones_are_in_the_view():
    for west, south, east, north in ZONES.values():
        corners = to_view(np.array([(west, south), (east, south), (east, north), (west, north)]))
        assert ((corners > 0) & (corners < 1)).all()


@pytest.mark.parametrize("place", [(-11.0, -13.5), (-9.0, 0.0), (-13.0, 14.0)])
def test_people_are_drawn_where_they_stand_and_as_high(place):
    views = [View(1), View(1)]
    empty = views[0].render([], [], 0.2).astype(int)
    drawn = views[1].render([person(*place)], [], 0.2).astype(int)
    rows, columns = np.nonzero(np.abs(drawn - empty).max(axis=2) > 40)
    foot_x, foot_y = oracle(*place, 0)
    head_y = oracle(*place, 1.75)[1]
    assert rows.max() == pytest.approx(foot_y, abs=2.5)
    assert rows.max() - rows.min() == pytest.approx(foot_y - head_y, rel=0.25, abs=2)
    assert columns[rows < (foot_y + head_y) / 2].mean() == pytest.approx(foot_x, abs=2.5)


def test_cars_are_drawn_behind_their_fronts():
    views = [View(1), View(1)]
    car = Vehicle("v", -11.0, -5.0, 90.0)  # eastwards
    empty, drawn = (view.render([], cars, 0.2).astype(int) for view, cars in zip(views, ([], [car]), strict=True))
    columns = np.nonzero(np.abs(drawn - empty).max(axis=2) > 40)[1]
    assert columns.max() <= oracle(-10.8, -4.0, 0)[0] + 3
    assert columns.mean() < oracle(-11.0, -5.0, 0)[0]
    assert heading(90.0) == pytest.approx(0)
    assert heading(0.0) == pytest.approx(np.pi / 2)


def test_recall_pairs_each_person_once():
    people, detected = np.array([(10.0, 10), (13, 10), (90, 90)]), np.array([(11.0, 10), (50, 50)])
    assert recall(people, detected) == Recall(3, 2, 1)
    assert recall(np.empty((0, 2)), detected) == Recall(0, 2, 0)


def test_the_crossing_is_one_of_the_product():
    settings = crossing(5)
    assert settings.one_stage_people == 5
    assert settings.clearance_s == TIMES.clearance_long
    assert settings.green_max <= TIMES.walk_max


def test_a_missing_sumo_is_said_in_one_line(monkeypatch, capsys):
    monkeypatch.setenv("SUMO_HOME", "/nowhere")
    monkeypatch.setattr(network, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "traci", sys)
    with pytest.raises(UsageError, match="pip install eclipse-sumo"):
        network.program("sumo")
    monkeypatch.setitem(sys.modules, "traci", None)
    with pytest.raises(SystemExit) as ended:
        main(["--quick"])
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "traci is missing" in said[0]


@needs_sumo
def test_netconvert_takes_the_network_and_sumo_drives_it(tmp_path):
    pytest.importorskip("traci", reason="traci is not installed: pip install traci")
    from benchmarks.signals import simulation  # noqa: PLC0415  # needs traci

    built = network.build(tmp_path)
    assert sorted(built.links) == ["avenue"] * 8 + ["long"] * 2 + ["short"] * 2 + ["street"] * 4
    states = actuated(built, TIMES)
    assert states.count("<phase") == 8
    setting = simulation.Setting(built, DEMANDS[1], 1, measured_s=60.0)
    delays = simulation.simulate(setting, Advised(webster(DEMANDS[1], TIMES, 80), 8, 1.0), PerfectEyes())
    assert len(delays.long) > 3
    assert len(delays.vehicles) > 40
    assert all(0 <= seconds < 300 for seconds in delays.people + delays.vehicles)
    assert 5 < np.mean(delays.long) < 120
