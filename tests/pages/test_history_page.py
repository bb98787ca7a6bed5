"""The history page in a browser, held against a past that is known."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.pages.watched import watching
from tests.pages.world import UNSEEN_HOUR, USUAL, ZONE, hours, midnight, place


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with place(tmp_path_factory.mktemp("place")) as running:
        yield running


@pytest.fixture
def opened(browser, service):
    with watching(browser, service.url) as watched:
        yield watched


UNKNOWN = "\N{EN DASH}"
DAY = f"{midnight(7):%Y-%m-%d}"
UNSEEN = [datetime.fromtimestamp(begin, ZONE).hour for begin in hours(7)].index(UNSEEN_HOUR)
"""Its row, which is another where the clock has changed in that night."""
SEEN = hours(7)[:UNSEEN] + hours(7)[UNSEEN + 1 :]


def rows(watched, panel="passages"):
    watched.page.wait_for_selector(f"#{panel}:not([aria-busy]) .panel-rows tr", state="attached")
    return watched.page.locator(f"#{panel} .panel-rows").evaluate(
        "part => [...part.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    )


def test_a_day_hour_by_hour_and_what_was_not_seen_is_a_gap(opened):
    opened.open(f"history.html?from={DAY}")
    table = rows(opened)
    assert len(table) == len(hours(7))
    assert table[UNSEEN][1:] == [UNKNOWN, UNKNOWN, UNKNOWN, "0%"]
    others = [row for place_, row in enumerate(table) if place_ != UNSEEN]
    assert {tuple(row[1:]) for row in others} == {("0", "6", "4", "100%")}
    assert opened.text("#passages .panel-sum") == f"{len(SEEN) * USUAL} passages"
    assert opened.page.locator("#passages .bars > rect[fill^='url']").count() == 1 + len(hours(7))


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("line=avenue", 5), ("class=car", 4), ("direction=backward", 2),
        ("line=piste&direction=forward&class=bicycle", 3),
    ],
)  # fmt: skip
def test_what_is_chosen_is_what_is_counted(opened, asked, wanted):
    opened.open(f"history.html?from={DAY}&{asked}")
    rows(opened)
    assert opened.text("#passages .panel-sum") == f"{len(SEEN) * wanted} passages"


@pytest.mark.parametrize(("period", "bars"), [("week", 7), ("quarter", 13)])
def test_longer_periods_are_folded_in_the_time_of_the_site(opened, period, bars):
    opened.open(f"history.html?from={DAY}&period={period}")
    table = rows(opened)
    assert opened.page.locator("#passages .bar-hit").count() == bars
    sums = [sum(int(cell) for cell in row[1:-1] if cell.isdecimal()) for row in table]
    assert f"{sum(sums)} passages" == opened.text("#passages .panel-sum").replace(",", "")
    if period != "quarter":
        assert len(SEEN) * USUAL in sums


def test_a_view_is_in_its_address_and_back_goes_back(opened):
    opened.open(f"history.html?from={DAY}")
    rows(opened)
    opened.page.select_option("[name=stack]", "direction")
    opened.page.select_option("[name=line]", "avenue")
    assert "stack=direction&line=avenue" in opened.page.url or re.search(
        "line=avenue.*stack=direction", opened.page.url
    )
    expect(opened.page.locator("#passages .panel-legend li")).to_have_text(["vers la place", "Against the arrow"])
    opened.page.reload()
    rows(opened)
    assert opened.page.input_value("[name=line]") == "avenue"
    opened.page.go_back()
    expect(opened.page.locator("[name=line]")).to_have_value("")
    rows(opened)


def test_beside_the_chart_are_the_question_and_its_answer_as_a_file(opened, service):
    opened.open(f"history.html?from={DAY}&line=avenue")
    rows(opened)
    links = opened.page.locator("#passages .panel-links a").evaluate_all("all => all.map((one) => one.href)")
    text = service.client.get(links[0]).text
    counts = [line.split(",")[6] for line in text.splitlines()[1:]]
    assert sum(int(count) for count in counts if count) == len(SEEN) * 5
    assert service.client.get(links[2]).json()["step"] == 3600
    with opened.page.expect_download() as saved:
        opened.page.click("#passages .panel-links a >> nth=0")
    assert saved.value.suggested_filename.endswith(".csv")


def test_movements_speeds_and_stops(opened):
    opened.open(f"history.html?from={DAY}")
    matrix = opened.page.locator("#movements tbody td")
    matrix.first.wait_for()
    assert matrix.all_inner_texts() == ["1", "3", "0", "0"]
    speeds = rows(opened, "speeds")
    assert [row[1] for row in speeds] == ["0", "0", "0", str(len(SEEN) * USUAL)]
    assert opened.text("#speeds .panel-sum").startswith("Mean 17 km/h")
    assert ["Parvis", "6", "9 s"] in rows(opened, "stops")
    expect(opened.page.locator("#stops .map-figure")).to_have_text("6")
    opened.page.check("[value=gatherings]")
    expect(opened.page.locator("#stops .map-figure")).to_have_text("1")


def test_without_a_token_a_panel_says_so(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("COMPTAGE_TOKENS", f"a {'0' * 64}")
    with place(tmp_path, access="pages") as running:
        context = browser.new_context(locale="en")
        page = context.new_page()
        page.goto(f"{running.url}/history.html?from={DAY}")
        page.locator("#speeds a", has_text="Sign in").wait_for()
        page.locator("#passages .panel-sum", has_text=f"{len(SEEN) * USUAL} passages").wait_for()
        context.close()
