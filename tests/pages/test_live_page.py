"""The live page in a browser."""

import pytest
from playwright.sync_api import expect

from tests.pages.watched import watching
from tests.pages.world import TODAY, USUAL, hours, midnight, place, see
from tests.running import wait_for
from vision.events import CameraState, Passage


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with place(tmp_path_factory.mktemp("place")) as running:
        see(running, dorian=[("car", 0.5, 0.8)], sud=[("pedestrian", 0.5, 0.5)])
        yield running


@pytest.fixture(scope="module")
def live(browser, service):
    with watching(browser, service.url) as watched:
        watched.open("")
        for camera in ("dorian", "sud"):  # a card asks for its day as it comes into sight
            watched.page.locator(f"#camera-{camera}").scroll_into_view_if_needed()
            watched.page.wait_for_selector(f"#camera-{camera} .today-words:not(:empty)")
        yield watched


INK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 200) continue;
    sum += 1; x += (i / 4) % canvas.width; y += Math.floor(i / 4 / canvas.width);
  }
  return [x / sum / canvas.width, y / sum / canvas.height];
}"""
"""The middle of what is drawn, as shares of the canvas."""


def test_a_calibrated_camera_is_on_the_plan_and_another_has_its_plane(live):
    assert live.page.locator("#plan .map-line").count() == 2
    assert live.page.locator("#plan image").get_attribute("href") == "map"
    assert live.page.locator("#camera-dorian .plane").count() == 0
    assert live.page.locator("#camera-sud .map-line").count() == 1


def test_dots_are_where_objects_are(live, service):
    see(service, sud=[("pedestrian", 0.25, 0.75)])
    canvas = live.page.locator("#camera-sud canvas")
    wait_for(lambda: canvas.evaluate(INK) == pytest.approx([0.25, 0.75], abs=0.02))


def test_on_the_plan_dots_are_where_they_stand_on_the_ground(live, service):
    """The map fills the plan but for 4 m around it, so metres can be told from shares."""
    view = (0.4, 0.6)
    see(service, dorian=[("car", *view)])
    ground = service.get("/api/v1/cameras").json()["cameras"][0]["ground"]["homography"]
    u, v, w = (a * view[0] + b * view[1] + c for a, b, c in ground)

    def drawn():
        x, y = live.page.locator("#plan canvas").evaluate(INK)
        return x * 78 - 39, 59 - y * 58

    wait_for(lambda: drawn() == pytest.approx((u / w, v / w), abs=0.7))


def test_a_passage_is_counted_as_it_happens(live, service):
    total = live.page.locator("#camera-dorian .way-total").first
    said = total.inner_text()
    before = int(said) if hours(0) else 0  # in the first hour of its day nothing has been seen yet
    assert hours(0) or said == "–"
    passage = Passage(camera="dorian", line="avenue", direction="forward", object_class="bicycle", utc=1.0)
    service.hub.publish(passage)
    expect(total).to_have_text(str(before + 1))
    assert before >= len(hours(0)) * 5


def test_today_is_held_against_the_usual_day(live):
    words = live.text("#camera-dorian .today-words")
    assert "mean of 4 " in words
    if hours(0):
        assert words.startswith(f"{round(100 * (TODAY / USUAL - 1))}% more than usual")
    whole = (midnight(-1).timestamp() - midnight(0).timestamp()) / 3600  # 23 or 25 where clocks change
    assert live.page.locator("#camera-dorian .usual").count() == whole
    assert "No usual day yet" in live.text("#camera-sud .today-words")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("connecting", "Connecting…"), ("stalled", "Stream interrupted"), ("failed", "Out of order"),
        ("ended", "Ended"),
        ("black", "Black picture"), ("frozen", "Frozen picture"), ("turned", "Camera turned away or covered"),
    ],
)  # fmt: skip
def test_every_state_is_said_in_words(live, service, state, words):
    service.hub.publish(CameraState(camera="sud", state=state, utc=1.0))
    live.page.locator("#camera-sud .pill", has_text=words).wait_for()
    assert live.page.locator("#camera-sud .plane-note").inner_text() == words


def test_the_language_is_kept_and_the_zone_is_named(live):
    live.page.click("[data-language=fr]")
    assert live.text(".pages a[aria-current]") == "En direct"
    live.page.reload()
    live.page.wait_for_selector("#camera-dorian h2")
    assert live.text(".pages a[aria-current]") == "En direct"
    assert "(Europe/Paris, UTC+" in live.text("#clock")
    live.open("?lang=en")
    assert live.text(".pages a[aria-current]") == "Live"
    live.page.wait_for_selector("#camera-dorian h2")
