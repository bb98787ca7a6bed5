"""Where small numbers are withheld, no combination of answers gives one back.

The proof is by worlds that cannot be told apart: for whatever is withheld there is another past, in which it is another
number, and to which every question about every noun, step, period and class has the same answer to the last byte.
"""

import json
from itertools import product

from tests.feeds.place import CORNERS
from tests.service.test_counts import iso
from tests.service.world import SITE, serving
from vision.events import (
    Coverage,
    Gathering,
    Movement,
    Occupancy,
    Passage,
    Queue,
    Snapshot,
    Stop,
    Trajectory,
    ZoneCount,
)
from vision.ledger import Ledger
from vision.site import PrivacySettings, Retention
from vision.view import Ground

K, STEP = 5, 900
PLACED = SITE.cameras[0].model_copy(
    update={"gates": ("avenue", "piste"), "ground": Ground(view=((0, 1), (1, 1), (1, 0), (0, 0)), wgs84=CORNERS)}
)
"""So that the feed of Paris tells of movements, and that of Moving Features of anything at all."""
CLOSED = SITE.model_copy(
    update={"privacy": PrivacySettings(threshold=K, step=STEP), "cameras": (PLACED, *SITE.cameras[1:])}
)
MIDNIGHT = 1_772_323_200
"""2026-03-01T00:00:00Z."""
NOUNS = ("counts", "speeds", "movements", "stops", "queues", "occupancy", "gatherings", "trajectories")
STEPS = ("15m", "1h", "1d", "whole")
PERIODIC_FEEDS = ("multimodal", "moving-features")
DATASTREAMS = tuple(
    f"Datastreams('dorian:{line}:{direction}:car')/Observations"
    for line in ("avenue", "piste")
    for direction in ("forward", "backward")
)
PERIODS = ((0, 86_400), (0, 900), (900, 3600), (1800, 86_400))

COMMON = {"camera": "dorian", "object_class": "car"}


def passages(*counts, kmh=30.0, line="avenue", direction="forward"):
    return [
        Passage(**COMMON, line=line, direction=direction, utc=MIDNIGHT + STEP * k + 5, kmh=kmh)
        for k, count in enumerate(counts)
        for _ in range(count)
    ]


def movements(*counts):
    return [
        Movement(**COMMON, origin="avenue", destination="piste", utc=MIDNIGHT + STEP * k + 5, seconds=4.0)
        for k, count in enumerate(counts)
        for _ in range(count)
    ]


def stops(*counts, outside=0):
    starts = [MIDNIGHT + STEP * k + 5 for k, count in enumerate(counts) for _ in range(count)]
    zoned = [(start, ("parvis",)) for start in starts] + [(MIDNIGHT + 5, ())] * outside
    return [Stop(**COMMON, zones=zones, start=start, end=start + 4.0, x=0.5, y=0.5) for start, zones in zoned]


def present(few, name="car"):
    return [
        Occupancy(
            camera="dorian", zone="parvis", object_class=kind, start=MIDNIGHT + 5, object_seconds=many, maximum=many
        )
        for kind, many in ((name, few), ("bicycle", 7), ("all", few + 7))
    ]


def queue(few):
    row = {"line": "avenue", "direction": "forward", "object_seconds": few, "maximum": few, "metres": 3.0}
    return [Queue(camera="dorian", start=MIDNIGHT + 5, **row)]


def gathering(people):
    row = {"zones": ("parvis",), "people": people, "person_seconds": 10.0 * people, "density": 0.5}
    return [Gathering(camera="dorian", start=MIDNIGHT + 5, end=MIDNIGHT + 15, **row)]


def trajectories(*ends):
    return [Trajectory(**COMMON, start=MIDNIGHT + 5, unit="m", points=((1, 1.0, 1.0), (2, x, 1.0))) for x in ends]


WORLDS = {
    "which bin a count waited in": (passages(2, 4, 6), passages(1, 5, 6)),
    "how many were left at the end of the day": (
        passages(6, 3, direction="backward"),
        passages(6, 4, direction="backward"),
    ),
    "whether anyone passed at all": (passages(0, 4, line="piste"), passages(0, 0, line="piste")),
    "in which bin a movement was": (movements(3, 4), movements(2, 5)),
    "in which bin a stop was": (stops(1, 6), stops(4, 3)),
    "what stood outside of all zones": (stops(outside=1), stops(outside=4)),
    "how few were in a zone": (present(1), present(4)),
    "how few queued": (queue(2), queue(4)),
    "how few gathered": (gathering(3), gathering(4)),
    "where a few went": (trajectories(*[9.0] * 5, 20.0), trajectories(*[9.0] * 5, 30.0, 40.0)),
}
"""Two pasts each, which differ in what is withheld; all of them are of series of their own, and asked about at once."""


def everything_told(path, past):
    """Return the bytes of every answer, by what was asked."""
    with Ledger(path, Retention()) as ledger:
        for event in [*past, Coverage(camera="dorian", start=MIDNIGHT, end=MIDNIGHT + 86_400)]:
            ledger.add(event)
    with serving(path, CLOSED) as service:
        told = {}
        for noun, step, (begin, end) in product(NOUNS, STEPS, PERIODS):
            asked = {"from_": iso(MIDNIGHT + begin), "to": iso(MIDNIGHT + end), "camera": "dorian"}
            if noun != "trajectories":
                asked["step"] = step
            if noun in {"counts", "speeds", "movements", "stops", "occupancy"}:
                asked["class_"] = "car"
            answer = service.get(f"/api/v1/{noun}", **asked)
            assert answer.status_code == 200, answer.text
            told[noun, step, begin, end] = answer.content
        told |= everything_fed(service)
        told["csv"] = service.get("/api/v1/counts", **asked, format="csv").content
        told["metrics"] = b"comptage_passages_total" in service.get("/metrics").content
        return told


def everything_fed(service):
    """Return the bytes of every feed, by what was asked."""
    questions = [("/api/v1/feeds/mobilites/channel", {}), ("/api/sensorthings/v1.1/Datastreams", {})]
    for begin, end in PERIODS:
        period = {"from": iso(MIDNIGHT + begin), "to": iso(MIDNIGHT + end)}
        questions += [(f"/api/v1/feeds/{feed}", period) for feed in PERIODIC_FEEDS]
        questions += [("/api/v1/feeds/mobilites/measure", period | {"step": step}) for step in STEPS]
        for step in STEPS[:3]:
            questions.append(("/api/v1/feeds/ngsi-ld", {"at": iso(MIDNIGHT + end), "step": step}))
    for step in STEPS[:3]:
        questions += [(f"/api/v1/downloads/2026-03-01.{suffix}", {"step": step}) for suffix in ("csv", "parquet")]
    for stream in DATASTREAMS:
        for options in ({"$count": "true"}, {"$filter": "result gt 0"}, {"$orderby": "result desc", "$top": "1"}):
            questions.append((f"/api/sensorthings/v1.1/{stream}", options))
    told = {}
    for path, asked in questions:
        answer = service.client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        told[path, *asked.items()] = answer.content.replace(service.url.encode(), b"")
    return told


def test_another_past_has_the_same_answers(tmp_path):
    pasts = [[event for world in WORLDS.values() for event in world[n]] for n in (0, 1)]
    one, other = (everything_told(tmp_path / f"{n}.sqlite", past) for n, past in enumerate(pasts))
    assert [asked for asked, answer in one.items() if other[asked] != answer] == []
    assert one["metrics"] is False


def test_what_is_enough_is_told(tmp_path):
    """So the answers above are the same for what they withhold, and not for being empty."""
    past = [
        *passages(2, 4, 6),
        *movements(7),
        *stops(6),
        *present(9),
        *queue(8),
        *gathering(6),
        *trajectories(*[9.0] * 5),
    ]
    told = everything_told(tmp_path / "x.sqlite", past)
    rows = {noun: json.loads(told[noun, "15m", 0, 86_400])["rows"] for noun in NOUNS}
    assert [row["count"] for row in rows["counts"] if row["line"] == "avenue" and row["direction"] == "forward"][
        :4
    ] == [
        0,
        6,
        6,
        0,
    ]
    speeds = [row for row in rows["speeds"] if row["mean_kmh"]]
    assert {(row["mean_kmh"], row["count"], row["histogram"]) for row in speeds} == {(30.0, None, None)}
    assert sum(row["count"] for row in rows["movements"]) == 7
    assert {row["zone"]: row["count"] for row in rows["stops"] if row["count"]} == {"parvis": 6}
    assert {row["longest_seconds"] for row in rows["stops"]} == {None}
    assert max(row["maximum"] for row in rows["occupancy"]) == 9
    assert max(row["maximum"] for row in rows["queues"]) == 8
    assert [row["most_people"] for row in rows["gatherings"] if row["count"]] == [6]
    assert len(rows["trajectories"]) == 5
    period = (("from", iso(MIDNIGHT)), ("to", iso(MIDNIGHT + 86_400)))
    measures = json.loads(told["/api/v1/feeds/mobilites/measure", *period, ("step", "15m")])["rows"]
    assert sum(row["count"] for row in measures if row["count"]) == 12
    paris = json.loads(told["/api/v1/feeds/multimodal", *period])["rows"]
    assert sum(row["nb_usagers"] for row in paris if row["nb_usagers"]) == 7
    assert len(json.loads(told["/api/v1/feeds/moving-features", *period])["features"]) == 5
    results = json.loads(told[f"/api/sensorthings/v1.1/{DATASTREAMS[0]}", ("$filter", "result gt 0")])["value"]
    assert [one["result"] for one in results] == [6, 6]
    state = json.loads(told["/api/v1/feeds/ngsi-ld", ("at", iso(MIDNIGHT + 86_400)), ("step", "1d")])
    assert max(one["intensity"]["value"] for one in state if "intensity" in one) == 12
    assert b",6," in told["/api/v1/downloads/2026-03-01.csv", ("step", "15m")]


def test_a_finer_step_is_refused_with_the_finest_that_is_told(tmp_path):
    Ledger(tmp_path / "x.sqlite", Retention()).close()
    with serving(tmp_path / "x.sqlite", CLOSED) as service:
        answer = service.get("/api/v1/counts", step="1m")
        assert answer.status_code == 422
        assert (
            answer.json()["detail"]
            == "step: found 60, wanted a multiple of 900 s, since small numbers are withheld here"
        )


def test_live_nobody_is_shown(tmp_path):
    Ledger(tmp_path / "x.sqlite", Retention()).close()
    with serving(tmp_path / "x.sqlite", CLOSED) as service:
        service.hub.publish(passages(1)[0])
        zones = tuple(ZoneCount(zone="parvis", object_class=name, count=n) for name, n in (("car", 4), ("bicycle", 5)))
        service.hub.publish(Snapshot(camera="dorian", utc=1.0, objects=(("car", 0.5, 0.5),), zones=zones))
        with service.client.stream("GET", "/api/v1/live") as answer:
            (event, data) = [line for line in _lines(answer) if line.startswith(("event:", "data:"))]
    assert event == "event: snapshot"
    told = json.loads(data.removeprefix("data: "))
    assert told["objects"] == []
    assert told["zones"] == [{"zone": "parvis", "class": "bicycle", "count": 5}]


def _lines(answer):
    for line in answer.iter_lines():
        yield line
        if line.startswith("data:"):
            return
