"""A camera's counts beside those of a clicker: `comptage validate`."""

from datetime import UTC, datetime
from math import sqrt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.running import command
from vision.errors import UsageError
from vision.events import Coverage, Length, Occupancy, Passage
from vision.ledger import Ledger, LedgerReader
from vision.site import Retention, load_site
from vision.validation.comparison import Pair, compare, figures, geh, trials
from vision.validation.hand import HandCount, read_hand_counts
from vision.validation.report import as_trials

START = 1_772_352_000
"""2026-03-01T09:00:00 in Paris."""
SITE = """
[site]
name = "place"
timezone = "Europe/Paris"

[ledger]
path = "{ledger}"

[[camera]]
name = "bord"
source = "file.mp4"

  [[camera.line]]
  name = "avenue"
  a = [0.1, 0.5]
  b = [0.9, 0.5]

  [[camera.basin]]
  name = "grand"
  corners = [[0.1, 0.9], [0.9, 0.9], [0.65, 0.15], [0.35, 0.15]]
  lanes = 2
"""
HEAD = "start,end,name,what,count\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("validation")
    (folder / "site.toml").write_text(SITE.format(ledger=folder / "place.sqlite"))
    with Ledger(folder / "place.sqlite", Retention(fine_bins=100_000)) as ledger:
        ledger.add(Coverage(camera="bord", start=START, end=START + 1200))
        for second in range(START, START + 600):
            for zone, count in (("couloir-1", 2), ("grand", 3)):
                row = {"object_seconds": float(count), "maximum": count, "start": second}
                ledger.add(Occupancy(camera="bord", zone=zone, object_class="swimmer", **row))
        for number in range(90):
            way = {"direction": "forward" if number < 60 else "backward", "utc": START + number}
            kind = "car" if number % 3 else "bus"
            ledger.add(Passage(camera="bord", line="avenue", object_class=kind, **way))
        for number in range(20):
            ledger.add(Length(camera="bord", lane=f"couloir-{1 + number % 2}", utc=START + number))
    return folder


def pairs(folder, *rows, head=HEAD):
    hand = folder / "counts.csv"
    hand.write_text(head + "\n".join(rows))
    site = load_site(folder / "site.toml")
    camera = site.camera("bord")
    with LedgerReader(folder / "place.sqlite") as reader:
        return compare(reader, camera, read_hand_counts(hand, site, camera))


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        ("2026-03-01T09:02:00,,couloir-1,present,3", 2.0),
        ("2026-03-01T08:02:00Z,,couloir-1,present,3", 2.0),
        ("2026-03-01T09:02:00,,couloir-2,,0", 0.0),
        ("2026-03-01T09:02:00,,grand,,3", 3.0),
        ("2026-03-01T09:05:00,2026-03-01T09:15:00,grand,present,3", 1.5),
        ("2026-03-01T09:00:00,2026-03-01T09:10:00,avenue,,100", 90.0),
        ("2026-03-01T09:00:00,2026-03-01T09:10:00,avenue,both,100", 90.0),
        ("2026-03-01T09:00:00,2026-03-01T09:10:00,avenue,backward,33", 30.0),
        ("2026-03-01T09:00:00,2026-03-01T09:00:30,avenue,forward,33", 30.0),
        ("2026-03-01T09:00:00,2026-03-01T09:10:00,couloir-2,lengths,12", 10.0),
        ("2026-03-01T09:00:00,2026-03-01T09:10:00,grand,lengths,12", 20.0),
        ("2026-03-01T09:00:00,,couloir-1,present,3", 2.0),  # a lane's number is said five seconds later …
        ("2026-03-01T09:09:50,,couloir-1,present,3", 2.0),
        ("2026-03-01T09:09:55,,couloir-1,present,3", 1.0),  # … and those said until 09:10:00 had left by then
        ("2026-03-01T09:10:00,,couloir-1,present,3", 0.0),
        ("2026-03-01T09:20:00,,couloir-1,present,3", None),  # not seen any more
        ("2026-03-01T12:00:00,,couloir-1,present,3", None),
    ],
)
def test_each_count_has_the_ledgers_beside_it(folder, row, counted):
    (pair,) = pairs(folder, row)
    assert pair.counted == (None if counted is None else pytest.approx(counted))


def test_one_class_alone(folder):
    row = "2026-03-01T09:00:00,2026-03-01T09:10:00,avenue,both,30,bus"
    (pair,) = pairs(folder, row, head="start,end,name,what,count,class\n")
    assert pair.counted == 30.0


counts = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=20)


@given(counts=counts, unseen=st.integers(0, 3))
def test_the_figures_are_those_of_the_pairs(counts, unseen):
    hand = [HandCount(0, 900, "avenue", "both", "", by_hand) for by_hand, _ in counts]
    known = [Pair(one, float(counted)) for one, (_, counted) in zip(hand, counts, strict=True)]
    (found,) = figures([*known, *([Pair(hand[0], None)] * unseen)])
    errors = [counted - by_hand for by_hand, counted in counts]
    assert (found.compared, found.unseen) == (len(counts), unseen)
    assert found.bias == pytest.approx(sum(errors) / len(errors))
    assert found.mean_absolute_error == pytest.approx(sum(map(abs, errors)) / len(errors))
    by_hand = sum(one for one, _ in counts)
    assert found.share == (pytest.approx(sum(map(abs, errors)) / by_hand) if by_hand else None)
    hourly = [(4 * a, 4 * b) for a, b in counts]
    good = [a + b == 0 or sqrt(2 * (a - b) ** 2 / (a + b)) < 5 for a, b in hourly]
    assert found.good_geh == pytest.approx(sum(good) / len(good))


def test_geh_is_of_hourly_flows_and_not_of_those_present():
    flow = HandCount(0, 900, "avenue", "both", "", 25)
    assert geh(Pair(flow, 30.0)) == pytest.approx(sqrt(2 * 20**2 / 220))
    assert figures([Pair(HandCount(0, 10, "couloir-1", "present", "", 3), 2.0)])[0].good_geh is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found columns none, wanted start, end, name, what, count"),
        (HEAD, "no counts"),
        (HEAD + "noon,,couloir-1,,3", "line 2: start: found 'noon', wanted a time such as"),
        (
            HEAD + "2026-03-01T09:02:00,,couloir-7,,3",
            "line 2: name: found 'couloir-7', wanted one of: couloir-1, couloir-2",
        ),
        (
            HEAD + "2026-03-01T09:02:00,,couloir-1,forward,3",
            "line 2: what: found 'forward', wanted one of: present, lengths",
        ),
        (HEAD + "2026-03-01T09:02:00,,avenue,,3", "line 2: end: found nothing"),
        (HEAD + "2026-03-01T09:02:00,2026-03-01T09:02:00,avenue,,3", "line 2: end: found"),
        (HEAD + "2026-03-01T09:02:00,,couloir-1,,-1", "line 2: count: found '-1', wanted a number, 0 or more"),
        (HEAD + "2026-03-01T09:02:00,,couloir-1,,nan", "line 2: count"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_in_one_line(folder, text, message):
    hand = folder / "wrong.csv"
    hand.write_text(text)
    site = load_site(folder / "site.toml")
    with pytest.raises(UsageError) as caught:
        read_hand_counts(hand, site, site.camera("bord"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def run(*arguments):
    return command("validate", *arguments)


def test_the_command_prints_a_table_and_draws(folder):
    hand = folder / "hour.csv"
    minutes = [datetime.fromtimestamp(START + 60 * minute, ZoneInfo("Europe/Paris")) for minute in (1, 2, 3)]
    rows = [
        f"{at.replace(tzinfo=None).isoformat()},,couloir-1,present,{n}"
        for at, n in zip(minutes, (2, 3, 2), strict=True)
    ]
    rows += [f"{datetime.fromtimestamp(START, UTC).isoformat()},{minutes[2].isoformat()},avenue,both,100"]
    hand.write_text(HEAD + "\n".join(rows))
    done = run(folder / "site.toml", "--hand", hand, "--plot", folder / "hour.svg")
    assert (done.returncode, done.stderr) == (0, "")
    table = [line.split() for line in done.stdout.splitlines()]
    assert table[0] == ["name", "what", "pairs", "unseen", "hand", "counted", "bias", "MAE", "error", "GEH<5"]
    assert table[1] == ["couloir-1", "present", "3", "0", "2.33", "2.00", "-0.33", "0.33", "14.3%", "-"]
    assert table[2] == ["avenue", "both", "1", "0", "100.00", "90.00", "-10.00", "10.00", "10.0%", "100%"]
    assert (folder / "hour.svg").read_text().count("<circle") == 4


def test_the_command_says_which_score_that_was_tried_is_least_wrong(folder):
    """Two are in the lane, and twenty lengths are swum: 0.3 counts three and 25, 0.4 two and 19, 0.5 one and none."""
    site = folder / "trial.toml"
    site.write_text((folder / "site.toml").read_text().replace('"file.mp4"', '"file.mp4"\ntrial = [0.3, 0.4, 0.5]'))
    with Ledger(folder / "place.sqlite.trial", Retention(fine_bins=100_000)) as ledger:
        for score, swimmers, lengths in ((0.3, 3, 25), (0.4, 2, 19), (0.5, 1, 0)):
            name = f"bord/{score}"
            ledger.add(Coverage(camera=name, start=START, end=START + 600))
            for second in range(START, START + 600):
                row = {"object_seconds": float(swimmers), "maximum": swimmers, "start": second}
                ledger.add(Occupancy(camera=name, zone="couloir-1", object_class="swimmer", **row))
            for number in range(lengths):
                ledger.add(Length(camera=name, lane="couloir-1", utc=START + number))
    hand = folder / "trial.csv"
    present = [f"2026-03-01T09:0{minute}:00,,couloir-1,present,{count}" for minute, count in ((1, 2), (2, 2), (3, 3))]
    swum = "2026-03-01T09:00:00,2026-03-01T09:05:00,couloir-1,lengths,20"
    hand.write_text(HEAD + "\n".join([*present, swum]))
    done = run(site, "--hand", hand)
    assert (done.returncode, done.stderr) == (0, "")
    said = [line.split() for line in done.stdout.splitlines()[-5:]]
    assert said[1:4] == [
        ["0.3", "4", "0.67", "25.0%"],
        ["0.4", "4", "0.33", "5.0%"],
        ["0.5", "4", "1.33", "100.0%"],
    ]
    assert done.stdout.splitlines()[-1] == "least wrong: score = 0.4"
    hand.write_text(HEAD + swum)
    assert run(site, "--hand", hand).stdout.splitlines()[-1] == "least wrong: score = 0.4"
    hand.write_text(HEAD + present[0].replace("2026", "2025"))
    assert run(site, "--hand", hand).stdout.splitlines()[-1] == "least wrong: none, nothing was compared"
    gone = run(site, "--hand", hand, "--ledger", folder / "place.sqlite.trial")
    assert (gone.returncode, gone.stderr.count("\n")) == (1, 1)
    assert "place.sqlite.trial.trial: no such file, wanted a ledger" in gone.stderr


def test_the_command_says_what_is_wrong(folder):
    done = run(folder / "site.toml", "--hand", folder / "none.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "none.csv: No such file" in done.stderr
    missing = run(folder / "site.toml", "--hand", folder / "hour.csv", "--ledger", folder / "none.sqlite")
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    assert "An hour at a pool" in run("--help").stdout


def test_scores_are_compared_by_what_all_of_them_saw_and_errors_do_not_cancel():
    hand = [HandCount(START, START + 60, "avenue", way, "", 10) for way in ("forward", "backward")]
    alone = HandCount(START, START + 10, "couloir-1", "present", "", 2)
    swapped, fair = ([Pair(one, n) for one, n in zip(hand, counted, strict=True)] for counted in ((20, 0), (11, 10)))
    of = trials({0.3: [*swapped, Pair(alone, 2)], 0.4: [*fair, Pair(alone, None)]})
    said = [(row.score, row.compared, row.present, row.flows) for row in of]
    assert said == [(0.3, 2, None, 1.0), (0.4, 2, None, 0.05)]
    assert as_trials(of).splitlines()[-1] == "least wrong: score = 0.4"
    nobody = [Pair(HandCount(START, START + 60, "avenue", "both", "", 0), 5)]
    assert as_trials(trials({0.3: nobody, 0.4: nobody})).splitlines()[-1] == "least wrong: none, nothing was compared"
