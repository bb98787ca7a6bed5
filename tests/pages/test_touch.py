"""The touch screen of a shelter, in a real browser: what it shows, in whose language, and how it ages."""

import re
import time

import pytest

from tests.pages import today
from tests.pages.browser import LANDSCAPE, PORTRAIT, browsing, sync_api, violations, watched
from tests.running import wait_for
from vision.site import PrivacySettings

expect = sync_api.expect
FINGER = 88
"""CSS pixels: 9 mm on a screen of 40 inches with 1920 x 1080 of them are 39, and a child's aim is worse."""
IDLE_SECONDS = 45
SMALL = {"width": 360, "height": 640}
OLD_SECONDS = 15
SPILT = """() => {
  const room = document.querySelector(".screen").getBoundingClientRect();
  return [...document.querySelectorAll(".screen :is(h2, p, .tile, .way, .chooser, canvas, .hours)")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.height > 0 && (box.top < room.top - 1 || box.bottom > room.bottom + 1 || box.right > room.right + 1
      || one.scrollWidth > one.clientWidth + 1);
  }).map((one) => one.className);
}"""
"""What does not fit on the screen, or whose words do not fit in it."""
SCREENS = ("start", "now", "today", "where")


@pytest.fixture(scope="module")
def browser():
    with browsing() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("touch")


@pytest.fixture(scope="module")
def live(folder):
    with today.place(folder) as running:
        yield running


@pytest.fixture
def touch(browser, live):
    """The screen as it hangs in the shelter: seen, without a complaint, asking nobody but the box."""
    with watched(browser, viewport=PORTRAIT) as (page, watch):
        page.clock.install()
        page.goto(f"{live.service.url}/touch.html")
        expect(tile(page, "pedestrian")).to_have_text(re.compile(r"^\d"))
        yield page
        assert watch.complaints == []
        assert watch.asked == {live.service.url}


def tile(page, name):
    order = {"pedestrian": 0, "bicycle": 1, "car": 3}
    return page.locator(".tile-figure").nth(order[name])


def shown(page):
    return page.locator("body").get_attribute("data-screen")


def go(page, screen):
    page.locator(f"#menu [data-screen={screen}]" if shown(page) != "start" else "#touch").click()
    if shown(page) != screen:
        go(page, screen)


def test_start_and_today_tell_what_was_counted(touch):
    expect(touch.locator("h1")).to_have_text("Place de la Nation")
    expect(touch.locator("#clock")).to_contain_text(f"heure de {today.CITY}")
    expect(touch.locator("#alarm")).to_be_hidden()
    go(touch, "today")
    for name, count in (("pedestrian", today.PEDESTRIANS), ("bicycle", today.BICYCLES), ("car", 0)):
        expect(tile(touch, name)).to_have_text(str(count))
    expect(touch.locator(".bar-top")).to_have_text("30")
    expect(touch.locator(".most")).to_have_text("Le plus de monde à partir de 08 h 00 : 30")
    assert touch.locator(".unseen-hour").count() >= 6 + 1  # not seen: before 6 and after 9
    touch.locator(".tile").nth(1).click()
    expect(touch.locator(".most")).to_have_text("Le plus de monde à partir de 07 h 00 : 12")
    expect(touch.locator(".tile").nth(1)).to_have_attribute("aria-pressed", "true")


def test_now_tells_what_is_seen_and_where_tells_who_went_where(touch):
    go(touch, "now")
    expect(tile(touch, "pedestrian")).to_have_text("2")
    expect(tile(touch, "bicycle")).to_have_text("1")
    touch.get_by_role("button", name="Vue suivante").click()
    expect(touch.locator(".chooser-name")).to_have_text("Pool")
    expect(touch.locator(".tile-figure")).to_have_text(["2"])
    assert touch.locator("canvas").get_attribute("aria-label") == "Plan de Pool, sans image. Nageurs : 2"
    go(touch, "where")
    expect(touch.locator(".way-name")).to_have_text(
        ["Avenue → Piste", "Piste → Avenue", "Quai → Avenue", "Avenue → Quai"]
    )
    expect(touch.locator(".way-count")).to_have_text(["9", "4", "3", "2"])
    touch.get_by_role("button", name="Vue suivante").click()
    expect(touch.locator(".ways")).to_have_text("Personne pour l’instant")


def test_a_passage_is_seen_at_once(browser, tmp_path):
    with today.place(tmp_path) as live, watched(browser, viewport=PORTRAIT) as (page, _):
        page.goto(f"{live.service.url}/touch.html")
        expect(tile(page, "pedestrian")).to_have_text(str(today.PEDESTRIANS))
        wait_for(lambda: live.service.hub.subscribers)
        live.passage()
        expect(tile(page, "pedestrian")).to_have_text(str(today.PEDESTRIANS + 1))


def test_left_alone_it_goes_back_to_the_start_and_to_its_language(touch):
    touch.get_by_role("button", name="English").click()
    go(touch, "today")
    expect(touch.locator("h2")).to_have_text("Passages today")
    touch.clock.pause_at(touch.evaluate("Date.now() / 1000 + 5"))  # no time passes but what is said here
    touch.clock.run_for((IDLE_SECONDS - 15) * 1000)
    touch.locator("h2").click()
    touch.clock.run_for((IDLE_SECONDS - 5) * 1000)
    assert shown(touch) == "today"
    touch.clock.run_for(6000)
    assert shown(touch) == "start"
    touch.clock.resume()
    expect(touch.locator("h2")).to_have_text("Passages aujourd’hui")
    assert touch.locator("html").get_attribute("lang") == "fr"


@pytest.mark.parametrize(
    ("language", "shape", "scheme"),
    [("fr", PORTRAIT, "light"), ("en", LANDSCAPE, "dark")],
    ids=["portrait", "landscape"],
)
def test_every_screen_fits_is_easily_hit_and_can_be_read_by_all(browser, live, language, shape, scheme):
    with watched(browser, viewport=shape, color_scheme=scheme, reduced_motion="reduce") as (page, watch):
        page.goto(f"{live.service.url}/touch.html?language={language}")
        for screen in SCREENS:
            if screen != "start":
                go(page, screen)
            expect(page.locator("h2")).not_to_be_empty()
            assert page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]") == [*shape.values()]
            for button in page.locator("button:visible").all():
                box = button.bounding_box()
                assert min(box["width"], box["height"]) >= FINGER
                assert box["y"] + box["height"] <= shape["height"]
            assert page.locator("a").count() == 0
            if screen == "where":
                expect(page.locator(".way")).to_have_count(4)
            assert page.evaluate(SPILT) == []
            assert violations(page) == []
        opened = "(kind) => document.body.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true }))"
        assert not any(page.evaluate(opened, kind) for kind in ("contextmenu", "dragstart"))
        assert watch.complaints == []


def test_a_keyboard_does_it_all(touch):
    touch.keyboard.press("Tab")
    touch.keyboard.press("Tab")
    touch.keyboard.press("Enter")
    expect(touch.locator("html")).to_have_attribute("lang", "en")
    touch.keyboard.press("Tab")
    touch.keyboard.press("Enter")
    assert shown(touch) == "now"
    assert touch.evaluate("document.activeElement.id") == "screen"
    for _ in range(2 + 3):  # two arrows, then the third of the menu
        touch.keyboard.press("Tab")
    touch.keyboard.press("Enter")
    assert shown(touch) == "today"


def test_a_blind_camera_is_named_and_its_picture_is_not_shown_as_live(browser, tmp_path):
    with today.place(tmp_path) as live, watched(browser, viewport=PORTRAIT) as (page, _):
        page.clock.install()
        page.goto(f"{live.service.url}/touch.html")
        expect(page.locator("#alarm")).to_be_hidden()
        live.seeing.remove("square")
        live.state("square", "black")
        expect(page.locator("#alarm")).to_have_text("La caméra ne voit rien : Square (Image noire)")
        expect(page.locator(".picture")).to_have_class(re.compile("is-blind"))
        expect(page.locator(".picture-note")).to_have_text("La caméra ne voit rien pour l’instant : image noire")
        expect(page.locator("body")).not_to_have_class(re.compile("is-old"))


def test_old_data_are_said_to_be_old_when_the_box_is_gone(browser, tmp_path):
    with watched(browser, viewport=PORTRAIT) as (page, _):
        page.clock.install()
        with today.place(tmp_path) as live:
            page.goto(f"{live.service.url}/touch.html")
            expect(tile(page, "pedestrian")).to_have_text(str(today.PEDESTRIANS))
            seen_at = time.time()
        expect(page.locator("#alarm")).to_be_hidden()
        page.clock.run_for((OLD_SECONDS + 2) * 1000)
        times = {f"Pas de données depuis {today.clock(utc, '%H h %M')}" for utc in (seen_at - 2, seen_at, seen_at + 2)}
        assert page.locator("#alarm").inner_text().replace("\N{NO-BREAK SPACE}", " ") in times
        assert page.locator(".screen").evaluate("(one) => getComputedStyle(one).filter") == "grayscale(1)"
        assert violations(page) == []


def test_where_small_numbers_are_withheld_nothing_is_made_up(browser, tmp_path):
    private = today.SITE.model_copy(update={"privacy": PrivacySettings(threshold=5)})
    with today.place(tmp_path, private) as live, watched(browser, viewport=PORTRAIT) as (page, watch):
        page.goto(f"{live.service.url}/touch.html")
        expect(page.locator(".picture-note")).to_have_text("Ici, les petits nombres ne sont pas montrés.")
        go(page, "now")
        expect(tile(page, "pedestrian")).to_have_text("–")
        assert watch.complaints == []


def test_it_survives_weeks(browser, tmp_path):
    """Cycles of people who look and go, and of snapshots two seconds apart: neither nodes nor heap grow."""
    with today.place(tmp_path) as live, watched(browser, viewport=SMALL) as (page, watch):
        page.clock.install()
        page.goto(f"{live.service.url}/touch.html")
        expect(tile(page, "pedestrian")).to_have_text(str(today.PEDESTRIANS))
        live.is_paused = True
        live.seeing.remove("pool")
        tools = page.context.new_cdp_session(page)
        tools.send("Performance.enable")
        tools.send("HeapProfiler.enable")

        def measure():
            tools.send("HeapProfiler.collectGarbage")
            found = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
            return found["Nodes"], found["JSHeapUsedSize"]

        def live_on(cycles, begin):
            for cycle in range(cycles):
                for screen in SCREENS[1:]:
                    page.evaluate("(name) => document.querySelector(`#menu [data-screen=${name}]`).click()", screen)
                for second in range(0, 50, 2):
                    live.look(begin + 50 * cycle + second, today.OBJECTS * 40)
                page.clock.fast_forward((IDLE_SECONDS + 16) * 1000)
                assert shown(page) == "start"

        begin = time.time() + 1e6
        live_on(4, begin)
        nodes, heap = measure()
        live_on(6, begin + 4 * 50)

        def is_flat():  # soon: of what is in the screen just left, a busy browser lets go only by and by
            later_nodes, later_heap = measure()
            return later_nodes <= nodes + 50 and later_heap <= heap + 600_000

        wait_for(is_flat)
        assert watch.complaints == []
