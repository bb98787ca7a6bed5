"""The pieces that other web sites show, on a page of another origin, in a real browser."""

import http.server
import re
import threading
import time
from contextlib import contextmanager

import httpx
import pytest

from tests.pages import today
from tests.pages.browser import browsing, sync_api, violations, watched
from tests.running import wait_for
from vision.basins import Basin
from vision.service.app import PAGES
from vision.site import PrivacySettings

expect = sync_api.expect
MOST_BYTES = 15_000
OLD_SECONDS = 15
POLL_SECONDS = 10
COUNTER = '<comptage-counter src="{box}" line="avenue" class="pedestrian" period="today">nothing</comptage-counter>'
CHART = '<comptage-chart src="{box}" line="avenue" class="pedestrian">nothing</comptage-chart>'
LANES = '<comptage-lanes src="{box}">nothing</comptage-lanes>'


class Host:
    """A web site of somebody else: paths and what is there, under a policy of its own."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.policy = ""
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = host.files.get(self.path.partition("?")[0])
                self.send_response(404 if text is None and self.path != "/favicon.ico" else 200)
                self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
                self.send_header("Content-Security-Policy", host.policy)
                self.end_headers()
                self.wfile.write((text or "").encode())

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.origin = self.url

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def show(self, page, box, *pieces, script="{box}/counters.js", lang="fr"):
        """Serve a page with pieces as a web editor would paste them, and open it."""
        scripts = f'<script type="module" src="{script.format(box=box)}"></script>'
        body = "".join(piece.format(box=box) for piece in pieces)
        start = f'<!doctype html><html lang="{lang}"><title>Ville</title>{scripts}'
        self.files["/"] = f"{start}<main><h1>Ville</h1>{body}</main></html>"
        # a policy as strict as can be: no inline code or style, the box and no other
        self.policy = f"default-src 'none'; img-src 'self'; script-src 'self' {box}; connect-src {box}; frame-src {box}"
        page.goto(f"{self.url}/")


@pytest.fixture(scope="module")
def browser():
    with browsing() as running:
        yield running


@pytest.fixture(scope="module")
def host():
    with Host().running() as running:
        yield running


@pytest.fixture(scope="module")
def live(tmp_path_factory, host):
    with today.place(tmp_path_factory.mktemp("embeds"), today.site(origins=(host.origin,))) as running:
        yield running


@pytest.fixture
def page(browser):
    with watched(browser, viewport={"width": 900, "height": 900}) as (page, watch):
        yield page
        assert watch.complaints == []


def test_the_lanes_are_one_small_file_that_wants_no_other():
    text = (PAGES / "lanes.js").read_text()
    assert len(text.encode()) < MOST_BYTES
    assert "import " not in text.replace("import.meta", "")
    assert re.findall(r'from "(.*)"', (PAGES / "counters.js").read_text()) == ["./lanes.js"]


def test_each_piece_tells_what_was_counted(page, host, live):
    host.show(page, live.service.url, COUNTER, CHART, LANES)
    expect(page.locator("comptage-counter .figure")).to_have_text(str(today.PEDESTRIANS))
    expect(page.locator("comptage-counter .label")).to_have_text("Piétons · Avenue")
    expect(page.locator("comptage-chart")).to_contain_text("Le plus : 30, dès 08 h 00")
    expect(page.locator("comptage-chart")).to_contain_text(f"Heure de {today.CITY}")
    rows = page.locator("comptage-chart tr").all_text_contents()
    assert {"06\u00a0h\u00a0007", "07\u00a0h\u00a0000", "08\u00a0h\u00a00030", "09\u00a0h\u00a000non observé"} <= set(
        rows
    )
    expect(page.locator("comptage-chart .bar")).to_have_count(3)
    expect(page.locator("comptage-lanes li")).to_have_text(["Ligne d’eau 1 2", "Ligne d’eau 2 1"])
    expect(page.locator("comptage-lanes .dot")).to_have_count(1)  # the other one is not in a lane
    assert page.locator(".note").all_text_contents() == ["", "", ""]
    assert violations(page) == []


def test_what_happens_is_seen_as_it_happens(page, host, live):
    host.show(page, live.service.url, COUNTER.replace("pedestrian", "car"), LANES, lang="en")
    expect(page.locator("comptage-counter .figure")).to_have_text("0")
    expect(page.locator("comptage-lanes .dot")).to_have_count(1)  # so the stream is listened to
    live.passage(name="car")
    live.passage(line="piste", name="car")
    live.passage(name="bicycle")
    live.lanes["lane-2"] = 5
    expect(page.locator("comptage-counter .figure")).to_have_text("1")
    expect(page.locator("comptage-lanes li")).to_have_text(["Lane 1 2", "Lane 2 5"])
    live.lanes["lane-2"] = 1
    streams = page.evaluate("performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/live'))")
    assert len(streams) <= 1  # the pieces of a page share one


def test_a_copied_file_works_and_so_does_a_page_that_leaves_and_comes_back(page, host, live):
    host.files["/copied/lanes.js"] = (PAGES / "lanes.js").read_text()
    host.show(page, live.service.url, LANES, script="/copied/lanes.js")
    expect(page.locator("comptage-lanes li").first).to_have_text("Ligne d’eau 1 2")
    page.evaluate("document.querySelector('main').append(document.querySelector('comptage-lanes'))")
    page.evaluate("document.querySelector('comptage-lanes').lang = 'en'")
    expect(page.locator("comptage-lanes li").first).to_have_text("Lane 1 2")


def test_styles_stay_where_they_are_and_properties_pass(page, host, live):
    rules = "p, div, .label { color: red !important } comptage-counter { --comptage-accent: rgb(1, 2, 3) }"
    host.show(page, live.service.url, COUNTER, "<p class='figure'>text</p>")
    colour = "(one) => getComputedStyle(one).color"
    expect(page.locator("comptage-counter .figure")).to_have_text(str(today.PEDESTRIANS))
    sheet = (
        "(rules) => { const own = new CSSStyleSheet(); own.replaceSync(rules); document.adoptedStyleSheets = [own]; }"
    )
    page.evaluate(sheet, rules)
    assert page.locator("comptage-counter .label").evaluate(colour) == "rgb(16, 33, 47)"
    assert page.locator("comptage-counter .figure").evaluate(colour) == "rgb(1, 2, 3)"
    assert page.locator("main > .figure").evaluate("(one) => getComputedStyle(one).fontSize") == "16px"


def basin(**said):
    """Return the site with its lanes in one basin."""
    return today.site(origins=("*",)).model_copy(
        update={
            "cameras": tuple(
                camera.model_copy(update={"basins": (Basin(name="bassin", lanes=tuple(today.SWIMMERS), **said),)})
                if camera.name == "pool"
                else camera
                for camera in today.SITE.cameras
            )
        }
    )


def test_a_basin_says_how_much_it_holds_and_what_is_closed(page, host, tmp_path):
    said = basin(title="Grand bassin", lane_capacity_persons=8, lane_states={"lane-2": "closed"})
    with today.place(tmp_path, said) as live:
        host.show(page, live.service.url, LANES)
        rows = ["Grand bassin 3 / 16", "Ligne d’eau 1 2 / 8", "Ligne d’eau 2 1 / 8 · fermée"]
        expect(page.locator("comptage-lanes li")).to_have_text(rows)
        live.lanes["lane-1"] = 4
        expect(page.locator("comptage-lanes li").first).to_have_text("Grand bassin 5 / 16", timeout=8000)
        page.evaluate("document.querySelector('comptage-lanes').lang = 'en'")
        expect(page.locator("comptage-lanes li").last).to_have_text("Lane 2 1 / 8 · closed")
        assert violations(page) == []


def test_without_a_stream_it_asks_now_and_then(browser, host, tmp_path):
    with today.place(tmp_path, basin(title="Bassin")) as live, watched(browser) as (page, _):
        page.clock.install()
        page.context.route("**/api/v1/live", lambda route: route.fulfill(status=503))
        host.show(page, live.service.url, LANES, COUNTER)
        expect(page.locator("comptage-lanes li")).to_have_text(["Bassin 3", "Ligne d’eau 1 2", "Ligne d’eau 2 1"])
        live.lanes["lane-2"] = 6
        expect(page.locator("comptage-counter .figure")).to_have_text(str(today.PEDESTRIANS))
        today.pass_late(live.service.ledger)
        page.clock.run_for((POLL_SECONDS + 1) * 1000)
        expect(page.locator("comptage-counter .figure")).to_have_text(str(today.PEDESTRIANS + 1))
        expect(page.locator("comptage-lanes li")).to_have_text(["Bassin 8", "Ligne d’eau 1 2", "Ligne d’eau 2 6"])
        expect(page.locator("comptage-counter .note")).to_be_empty()


def test_old_data_turn_grey_and_say_since_when(browser, host, tmp_path):
    with watched(browser) as (page, _):
        page.clock.install()
        with today.place(tmp_path, today.site(origins=("*",))) as live:
            host.show(page, live.service.url, COUNTER, LANES)
            expect(page.locator("comptage-counter .figure")).to_have_text(str(today.PEDESTRIANS))
            expect(page.locator("comptage-lanes .dot")).to_have_count(1)
            seen_at = time.time()
        page.clock.run_for((OLD_SECONDS + 2) * 1000)
        times = {f"Pas de données depuis {today.clock(utc, '%H h %M')}" for utc in (seen_at - 2, seen_at, seen_at + 2)}
        for noun in ("counter", "lanes"):
            note = page.locator(f"comptage-{noun} .note")
            expect(note).not_to_be_empty()
            assert note.inner_text().replace("\u00a0", " ") in times
            grey = page.locator(f"comptage-{noun} .old").evaluate("(one) => getComputedStyle(one).filter")
            assert grey == "grayscale(1)"
        expect(page.locator("comptage-counter .figure")).to_have_text(str(today.PEDESTRIANS))


def test_a_wrong_attribute_says_what_was_wanted(browser, host, live):
    with watched(browser) as (page, _):
        host.show(page, live.service.url, COUNTER.replace("avenue", "rue"))
        expect(page.locator("comptage-counter .note")).to_have_text(
            "line: found 'rue', wanted one of: avenue, piste, quai, middle"
        )


def test_small_numbers_stay_withheld(page, host, tmp_path):
    private = today.site(origins=(host.origin,)).model_copy(update={"privacy": PrivacySettings(threshold=2)})
    with today.place(tmp_path, private) as live:
        host.show(page, live.service.url, LANES)
        expect(page.locator("comptage-lanes li")).to_have_text(["Ligne d’eau 1 2", "Ligne d’eau 2 < 2"])
        expect(page.locator("comptage-lanes .dot")).to_have_count(0)


def test_a_site_that_is_not_named_gets_nothing(browser, host, tmp_path):
    for script in ("{box}/lanes.js", "/copied/lanes.js"):
        with (
            today.place(tmp_path, today.site(origins=("https://paris.example",))) as live,
            watched(browser) as (page, watch),
        ):
            host.files["/copied/lanes.js"] = (PAGES / "lanes.js").read_text()
            host.show(page, live.service.url, LANES, script=script)
            said = "nothing" if script.startswith("{box}") else "Données indisponibles"
            expect(page.locator("comptage-lanes")).to_contain_text(said)
            assert any("CORS" in complaint for complaint in watch.complaints)
            assert page.locator("comptage-lanes li").count() == 0


@pytest.mark.parametrize("is_named", [True, False])
def test_only_who_is_named_shows_the_pages_in_a_frame(browser, host, tmp_path, is_named):
    embedders = (host.origin,) if is_named else ()
    with today.place(tmp_path, today.site(embedders=embedders)) as live, watched(browser) as (page, watch):
        host.show(
            page, live.service.url, '<iframe title="Comptage" src="{box}/touch.html"></iframe>', script="/none.js"
        )
        if is_named:
            expect(page.frame_locator("iframe").locator("h1")).to_have_text("Place de la Nation")
        else:
            wait_for(lambda: page.title() and any("frame-ancestors" in complaint for complaint in watch.complaints))
            assert "Nation" not in page.frames[-1].content()


@pytest.mark.parametrize(
    ("service", "policy"),
    [
        ({}, "same-origin"),
        ({"origins": ("https://paris.example",)}, "same-origin"),
        ({"origins": ("*",)}, "cross-origin"),
        ({"host": "192.0.2.10"}, "cross-origin"),
        ({"host": "192.0.2.10", "origins": ()}, "same-origin"),
    ],
)
def test_who_may_load_is_who_may_read(tmp_path, service, policy):
    with today.serving(tmp_path / "none.sqlite", today.site(**service)) as running:
        for path in ("/lanes.js", "/api/v1/sites", "/api/v1/nothing"):
            answer = httpx.get(running.url + path, headers={"Origin": "https://elsewhere.example"})
            assert answer.headers["cross-origin-resource-policy"] == policy
            assert ("access-control-allow-origin" in answer.headers) == (policy == "cross-origin")


def test_the_page_of_pieces_shows_each_and_its_lines_work_elsewhere(browser, host, live):
    with watched(browser, locale="fr", permissions=["clipboard-read", "clipboard-write"]) as (page, watch):
        page.goto(f"{live.service.url}/embed.html")
        for language, copy, copied in (("fr", "Copier", "Copié."), ("en", "Copy", "Copied.")):
            page.locator(f"[data-language={language}]").click()
            expect(page.locator("comptage-counter .figure")).to_have_text(str(today.PEDESTRIANS))
            expect(page.locator("comptage-lanes li")).to_have_count(2)
            assert page.locator("html").get_attribute("lang") == language
            assert violations(page) == []
            page.get_by_role("button", name=copy).nth(2).click()
            expect(page.locator("#announcement")).to_have_text(copied)
        lines = page.evaluate("navigator.clipboard.readText()")
        assert (watch.complaints, watch.asked) == ([], {live.service.url})
        assert lines.count("\n") == 1
        host.show(page, live.service.url, lines, script="/none.js")
        expect(page.locator("comptage-lanes li")).to_have_count(2)
