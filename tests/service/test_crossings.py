"""Crossings over HTTP: advice, phases, silence, privacy, and who may say a phase."""

import time

import pytest

from tests.crossings.places import ISLAND, TWO, seen
from tests.service.test_stream import listening
from tests.service.world import SITE, serving
from vision.crossings.seen import Phase
from vision.events import CameraState, CrossingSeen
from vision.service import crossings
from vision.service.access import new_token
from vision.service.crossings import CrossingDesk
from vision.service.live import Hub
from vision.site import PrivacySettings, Site

TOKEN, LINE = new_token("controleur")
BANDS = {"a": 0.8, "y": 0.6, "i": 0.5, "z": 0.3, "b": 0.2}


def zones():
    """Return five bands of a view, from kerb A at its lower edge to kerb B."""
    return [
        {
            "name": name,
            "kind": "crossing" if name in "yz" else "waiting",
            "polygon": [(0.2, top), (0.8, top), (0.8, top + 0.1), (0.2, top + 0.1)],
        }
        for name, top in BANDS.items()
    ]


CAMERA = {"name": "italie", "source": "/srv/clips/sud.mp4", "zone": zones(), "crossing": [TWO]}
PLACE = Site.model_validate(
    {
        "site": {"name": "italie"},
        "camera": [CAMERA],
        "service": {"limits": {"requests_per_minute": 1_000_000}},
    }
)


def place(privacy=None, **service):
    return PLACE.model_copy(update={"privacy": privacy, "service": PLACE.service.model_copy(update=service)})


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path / "none.sqlite", PLACE) as running:
        yield running


def hear(desk, **people):
    desk.note(CrossingSeen(camera="italie", crossing="choisy", seen=seen(utc=time.time(), **people)))


def advice(running):
    return running.get("/api/v1/crossings/choisy").json()["advice"]


def test_before_anything_is_seen_there_is_no_data(served):
    (found,) = served.get("/api/v1/crossings").json()["crossings"]
    assert (found["crossing"], found["camera"], found["seen"], found["phase"]) == ("choisy", "italie", None, None)
    assert (found["advice"]["demand"], found["advice"]["green_s"], found["advice"]["coverage"]) == ("no data", None, 0)


def test_what_is_seen_is_advised_about_and_told_as_it_happens(served, monkeypatch):
    monkeypatch.setattr(crossings, "SILENT_S", 60.0)
    with listening(served) as stream:
        hear(served.desk, a=9, b=2)
        kind, _, told = next(stream)
    assert kind == "crossing"
    assert told == served.get("/api/v1/crossings/choisy").json()
    assert (told["advice"]["demand"], told["advice"]["stages"], told["seen"]["kerb_a"]["people"]) == ("call", 1, 9)
    assert told["advice"]["validity_s"] == ISLAND.validity


def test_a_reader_who_comes_later_begins_with_the_last_advice(served):
    hear(served.desk, a=9)
    with listening(served) as stream:
        assert next(stream)[0] == "crossing"


def test_a_phase_is_taken_and_people_outside_the_green_are_counted(served):
    walk = served.client.put("/api/v1/crossings/choisy/phase", json={"signal": "walk"})
    assert (walk.status_code, walk.json()["phase"]["signal"]) == (200, "walk")
    hear(served.desk, set_off=5)
    served.client.put("/api/v1/crossings/choisy/phase", json={"signal": "dont-walk", "since": time.time() - 1})
    hear(served.desk, set_off=2)
    hear(served.desk, set_off=1)
    assert served.get("/api/v1/crossings/choisy").json()["outside_green"] == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"walk", 422),
        (b'{"signal":"run"}', 422),
        (b'{"signal":"walk","since":4e9}', 422),
        (b'{"signal":"walk","since":NaN}', 422),
        (b'{"signal":"walk","colour":1}', 422),
        (b" " * 2000, 413),
    ],
)
def test_a_phase_that_cannot_be_is_refused_in_one_line(served, body, status):
    answer = served.client.put("/api/v1/crossings/choisy/phase", content=body)
    assert answer.status_code == status
    assert "\n" not in answer.json()["detail"]
    assert served.get("/api/v1/crossings/choisy").json()["phase"] is None


def test_a_crossing_that_is_not_there_is_refused(served):
    for answer in (
        served.get("/api/v1/crossings/ivry"),
        served.client.put("/api/v1/crossings/ivry/phase", json={"signal": "walk"}),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (422, "crossing: found 'ivry', wanted one of: choisy")


@pytest.mark.parametrize(("service", "is_open"), [({}, True), ({"host": "0.0.0.0"}, False), ({"names": ("a",)}, False)])  # noqa: S104
def test_a_phase_needs_a_token_unless_only_this_machine_may_ask(tmp_path, service, is_open):
    (tmp_path / "tokens.txt").write_text(LINE)
    with serving(tmp_path / "none.sqlite", place(tokens=tmp_path / "tokens.txt", **service)) as running:
        say = {"url": "/api/v1/crossings/choisy/phase", "json": {"signal": "walk"}}
        host = {"Host": "a"} if "names" in service else {}
        assert running.client.put(**say, headers=host).status_code == (200 if is_open else 401)
        assert running.client.get("/api/v1/crossings/choisy", headers=host).status_code == 200
        bearer = {"Authorization": f"Bearer {TOKEN}", **host}
        assert running.client.put(**say, headers=bearer).status_code == 200


def clocked(privacy=None):
    """Return a desk, what its hub was told, and a clock to turn."""
    time_now = [1000.0]
    desk = CrossingDesk(place(privacy), Hub(), clock=lambda: time_now[0], utc=lambda: time_now[0])
    return desk, time_now


def see(desk, utc, **people):
    desk.note(CrossingSeen(camera="italie", crossing="choisy", seen=seen(utc=utc, **people)))
    return desk.now("choisy").advice


def test_a_camera_that_falls_silent_in_a_green_is_no_data_once_its_word_expires():
    desk, clock = clocked()
    assert see(desk, 1000.0, a=3).demand == "call"
    demands = []
    for _ in range(8):
        clock[0] += 0.75
        desk.turn()
        demands.append(desk.now("choisy").advice.demand)
    assert demands == ["call"] * 4 + ["no data"] * 4
    assert see(desk, clock[0], a=3).demand == "call"


@pytest.mark.parametrize("state", ["stalled", "failed", "black", "frozen", "turned", "connecting", "ended"])
def test_a_camera_that_says_it_is_blind_is_no_data_at_once(state):
    desk, _ = clocked()
    see(desk, 1000.0, a=3)
    desk.note(CameraState(camera="sud", state=state, utc=1000.0))
    assert desk.now("choisy").advice.demand == "call"
    desk.note(CameraState(camera="italie", state=state, utc=1000.0))
    assert desk.now("choisy").advice.demand == "no data"


def test_a_word_that_took_longer_than_its_validity_is_no_data():
    desk, _ = clocked()
    assert see(desk, 1000.0 - ISLAND.validity, a=3).demand == "call"
    assert see(desk, 1000.0 - ISLAND.validity - 0.01, a=3).demand == "no data"


def test_a_step_of_the_clock_is_no_data_until_the_next_word():
    desk, clock = clocked()
    see(desk, 1000.0, a=3)
    clock[0] += 3600
    assert desk.now("choisy").advice.demand == "no data"
    assert see(desk, clock[0], a=3).demand == "call"


def test_a_phase_that_is_not_said_again_is_unknown_once_its_time_is_over():
    desk, clock = clocked()
    desk.say_phase("choisy", Phase(signal="dont-walk", since=995.0))
    clock[0] += ISLAND.phase_validity
    see(desk, clock[0], set_off=2)
    assert (desk.now("choisy").phase.signal, desk.now("choisy").outside_green) == ("dont-walk", 2)
    clock[0] += 0.1
    see(desk, clock[0], set_off=3)
    assert (desk.now("choisy").phase, desk.now("choisy").outside_green) == (None, 2)


def test_a_phase_that_is_said_again_holds_since_the_same_time_and_is_no_new_advice():
    desk, clock = clocked()
    said = Phase(signal="dont-walk", since=995.0)
    first = desk.say_phase("choisy", said)
    clock[0] += 1
    assert desk.say_phase("choisy", said) == first
    clock[0] += ISLAND.phase_validity
    desk.turn()
    assert desk.now("choisy").phase == said


def test_an_old_phase_lengthens_no_clearance():
    desk, clock = clocked()
    slow = {"on_crossing": 1, "slowest_s": 30.0}
    desk.say_phase("choisy", Phase(signal="clearance", since=1000.0))
    assert see(desk, 1000.0, **slow).extension_s == ISLAND.extension_max
    clock[0] += ISLAND.phase_validity + 1
    assert see(desk, clock[0], **slow).extension_s == 0


def test_two_services_for_one_crossing_are_told_apart_and_share_no_phase(served, tmp_path):
    with serving(tmp_path / "other.sqlite", PLACE) as other:
        served.client.put("/api/v1/crossings/choisy/phase", json={"signal": "walk"})
        one, two = (running.get("/api/v1/crossings/choisy").json() for running in (served, other))
    assert one["service"] != two["service"]
    assert (one["phase"]["signal"], two["phase"]) == ("walk", None)


def test_with_small_numbers_withheld_nobody_is_told_of_and_one_is_as_good_as_four():
    told = []
    for people in (1, 4):
        desk, _ = clocked(PrivacySettings(threshold=5))
        see(desk, 1000.0, a=people, on_crossing=1, slowest_s=25.2 + people / 10, longest=10.0, arrivals_a=people)
        told.append(desk.now("choisy"))
    one, four = (now.model_dump(exclude={"service"}) for now in told)
    assert one == four
    assert (one["seen"], one["outside_green"], one["advice"]["reasons"]) == (None, None, ())
    assert one["advice"]["demand"] == "call"


def test_a_site_without_crossings_says_so(tmp_path):
    with serving(tmp_path / "none.sqlite", SITE) as running:
        assert running.get("/api/v1/crossings").json() == {"crossings": []}
