"""What holds for every page: accessible in both languages and schemes, whole at every width, and of this box alone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from calibration.ground import GroundPlane
from calibration.lens import Lens
from tests.pages.watched import watching
from tests.pages.world import midnight, place, see

READY = {
    "": "#camera-dorian h2:not(:empty)",
    "history.html": "#stops:not([aria-busy]) .map-zone",
    "set-up.html": "#verdict[data-good=true]",
    "sign-in.html": "#token",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with place(tmp_path_factory.mktemp("place")) as running:
        see(running, dorian=[("car", 0.5, 0.8)], sud=[("pedestrian", 0.5, 0.5)])
        yield running


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def violations(page):
    found = Axe().run(page, options={"runOnly": RULES})
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found.response["violations"]]


@pytest.mark.parametrize("path", READY)
def test_axe_finds_nothing_in_both_languages_and_schemes(browser, service, path, tmp_path):
    asked = f"?from={midnight(7):%Y-%m-%d}&class=car" if path == "history.html" else ""
    with watching(browser, service.url, "fr", "light") as watched:
        page = watched.open(path + asked)
        page.wait_for_selector(READY[path], state="attached")
        for card in page.locator("#cameras .camera").all():
            card.scroll_into_view_if_needed()
            card.locator(".today-words:not(:empty)").wait_for()
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true; }")
        assert violations(page) == []
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        if page.locator("[data-language=en]").count():  # the sign-in page speaks both at once
            page.click("[data-language=en]")
            page.locator(".pages a", has_text="Live").wait_for()
            page.wait_for_selector(READY[path], state="attached")
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert violations(page) == []


@pytest.mark.parametrize("path", READY)
def test_nothing_is_wider_than_a_phone(browser, service, path):
    with watching(browser, service.url, width=360) as watched:
        page = watched.open(path)
        page.wait_for_selector(READY[path], state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


ZONES = ["Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Pacific/Chatham"]


def test_days_begin_as_the_time_zone_database_says(browser, service):
    days = [date(2026, 1, 1) + timedelta(days=3 * step) for step in range(125)]
    days += [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26), date(2026, 4, 5)]
    with watching(browser, service.url) as watched:
        watched.open("sign-in.html")
        found = watched.page.evaluate(
            "async ([days, zones]) => { const { midnight } = await import('/common/times.js');"
            " return zones.map((zone) => days.map((day) => midnight(day, zone).getTime() / 1000)); }",
            [[day.isoformat() for day in days], ZONES],
        )
    wanted = [
        [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() for day in days] for zone in ZONES
    ]
    assert found == wanted


@pytest.mark.parametrize("lens", [Lens(), Lens(-0.12, 0.02, 4 / 3)], ids=["pinhole", "barrel"])
def test_the_ground_is_where_the_service_has_it(browser, service, lens):
    plane = GroundPlane(np.array([[20.0, 2, -9], [1, -30, 40], [0.1, 1.2, -0.3]]), lens)
    points = np.random.default_rng(3).uniform((0, 0.0), (1, 1), (60, 2))
    card = {
        "homography": plane.homography.tolist(),
        "distortion": [lens.k1, lens.k2],
        "aspect": lens.aspect,
        "offset": [3, 4],
    }
    with watching(browser, service.url) as watched:
        watched.open("sign-in.html")
        found = watched.page.evaluate(
            "async ([card, points]) => { const { Ground } = await import('/common/ground.js');"
            " const ground = new Ground(card);"
            " return points.map((point) => { const metres = ground.metres(point);"
            " return metres && [...metres, ...ground.view(metres), ...ground.onPlan(point)]; }); }",
            [card, points.tolist()],
        )
    metres = plane.metres(points)
    seen = np.isfinite(metres).all(axis=1)
    assert [one is not None for one in found] == seen.tolist()
    assert 10 < seen.sum() < 60
    got = np.array([one for one in found if one is not None])
    np.testing.assert_allclose(got[:, :2], metres[seen], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(got[:, 2:4], points[seen], atol=1e-6)
    np.testing.assert_allclose(got[:, 4:], metres[seen] + [3, 4], rtol=1e-6, atol=1e-6)


def test_a_drawing_that_is_opened_by_itself_runs_no_script(browser, service):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{service.url}/map")
    assert page.locator("#ground").count() == 1
    assert page.evaluate("document.documentElement.id") == ""
    context.close()


@pytest.mark.parametrize("path", ["", "history.html", "set-up.html"])
def test_a_page_asks_again_for_a_place_that_is_not_told(browser, service, path):
    with browser.new_page() as page:
        page.clock.install()
        page.route("**/api/v1/sites", lambda route: route.abort())
        page.goto(f"{service.url}/{path}?lang=en")
        expect(page.locator("#alarm")).to_have_text("The service does not answer. Trying again.")
        page.unroute("**/api/v1/sites")
        page.clock.fast_forward(3_000)
        expect(page.locator("#alarm")).to_be_hidden()
        expect(page.locator("#title")).not_to_be_empty()
