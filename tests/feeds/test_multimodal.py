import csv
import io
from pathlib import Path

import pytest

from tests.feeds.place import HOURS
from vision.feeds.multimodal import MODES

SAMPLE = (Path(__file__).parent / "schemas" / "paris-multimodal.csv").read_text()
CITYS_MODES = {
    "Trottinettes",
    "Vélos",
    "2 roues motorisées",
    "Véhicules légers < 3,5t",
    "Véhicules lourds > 3,5t",
    "Autobus et autocars",
}


@pytest.fixture(scope="module")
def rows(feeds):
    return feeds.client.get("/api/v1/feeds/multimodal", params=HOURS).json()["rows"]


def told(rows, **names):
    return [row["nb_usagers"] for row in rows if all(row[name] == value for name, value in names.items())]


def test_the_columns_are_the_citys_in_its_order(feeds):
    answer = feeds.client.get("/api/v1/feeds/multimodal", params=HOURS | {"format": "csv"})
    (header, first), ours = next(zip(*[csv.reader(io.StringIO(SAMPLE), delimiter=";")] * 2, strict=True)), answer.text
    mine = list(csv.reader(io.StringIO(ours), delimiter=";"))
    assert mine[0] == header
    assert {len(row) for row in mine} == {len(header)}
    values = dict(zip(header, mine[1], strict=True))
    sample = dict(zip(header, first, strict=True))
    assert values["t"] == "2026-03-01T09:00:00+01:00"
    assert len(values["t"]) == len(sample["t"])
    assert (values["sens"], values["voie"]) == (sample["sens"], sample["voie"]) == ("N-S", "Piste cyclable")
    assert values["coordonnees_geo"] == "48.8485, 2.3955"  # latitude first, as the sample's 48.858628, 2.348208


def test_modes_are_the_citys_and_pedestrians_have_none(feeds, rows):
    assert set(MODES.values()) <= CITYS_MODES
    assert {row["mode"] for row in rows} == {
        "Vélos", "Véhicules légers < 3,5t", "Véhicules lourds > 3,5t", "2 roues motorisées", "Autobus et autocars",
    }  # fmt: skip
    answer = feeds.client.get("/api/v1/feeds/multimodal", params=HOURS)
    assert answer.json()["notTold"] == ["pedestrian", "swimmer"]
    assert answer.headers["comptage-not-told"] == "pedestrian, swimmer"


def test_an_hour_says_what_passed_nothing_where_nothing_was_seen_and_nought_where_nobody_passed(rows):
    assert told(rows, trajectoire="piste gauche > piste droite", mode="Vélos") == [12, None, 3]
    assert told(rows, trajectoire="piste droite > piste gauche", mode="Vélos") == [5, None, 0]
    assert told(rows, trajectoire="piste gauche > piste droite", mode="Véhicules légers < 3,5t") == [0, None, 1]


def test_a_camera_with_gates_tells_movements_between_them_and_not_its_lines(rows):
    of_sud = [row for row in rows if row["id_site"] == "sud"]
    assert {row["trajectoire"] for row in of_sud} == {
        "nord > nord", "nord > ouest", "ouest > nord", "ouest > ouest",
    }  # fmt: skip
    assert told(of_sud, trajectoire="nord > ouest", mode="Autobus et autocars") == [2, None, None]
    assert sum(row["nb_usagers"] or 0 for row in of_sud) == 2
    assert {(row["coordonnees_geo"]["lat"], row["coordonnees_geo"]["lon"]) for row in of_sud} == {(48.847, 2.397)}


def test_coverage_is_told_where_it_is_asked_for(feeds):
    asked = HOURS | {"coverage": "true", "camera": "dorian"}
    rows = feeds.client.get("/api/v1/feeds/multimodal", params=asked).json()["rows"]
    assert [row["couverture"] for row in rows[:3]] == [1.0, 0.0, 0.5]


def test_local_hours_are_told_twice_in_october(feeds):
    asked = {"from": "2026-10-24T23:00:00Z", "to": "2026-10-25T02:00:00Z", "camera": "dorian"}
    rows = feeds.client.get("/api/v1/feeds/multimodal", params=asked).json()["rows"]
    assert [row["t"] for row in rows[:3]] == [
        "2026-10-25T01:00:00+02:00",
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]
