"""Set up with the keyboard and the mouse; what comes out is a site file."""

import tomllib

import pytest
from playwright.sync_api import expect

from tests.pages.watched import watching
from tests.pages.world import place, see
from vision.site import Site

FILE = """# ours
[site]
name = "nation"

[[camera]]
name = "dorian" # the avenue
source = "rtsp://jean:s3cret@10.0.0.1/stream"
fps = 7

  [[camera.line]]
  name = "old"
  a = [0.1, 0.1]
  b = [0.2, 0.2]

  [camera.stops]
  seconds = 9

[service]
port = 9000
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with place(tmp_path_factory.mktemp("place")) as running:
        yield running


@pytest.fixture
def opened(browser, service):
    with watching(browser, service.url, accept_downloads=True) as watched:
        watched.open("set-up.html")
        watched.page.locator("#verdict", has_text="The file is good.").wait_for()
        yield watched


def file(watched) -> dict:
    return tomllib.loads(watched.page.input_value("#text"))


def draw(page, tool, *moves):
    page.click(f"[data-tool={tool}]")
    for key, times in moves:
        for _ in range(times):
            page.keyboard.press(key)


def test_a_line_is_drawn_with_the_keyboard_alone_and_undone(opened):
    draw(opened.page, "line", ("ArrowLeft", 10), ("Enter", 1), ("ArrowRight", 20), ("ArrowDown", 5), ("Enter", 1))
    lines = file(opened)["camera"][0]["line"]
    assert lines[-1] == {"name": "line-1", "a": [0.4, 0.5], "b": [0.6, 0.55]}
    assert len(lines) == 3
    opened.page.keyboard.press("Escape")
    opened.page.keyboard.press("Control+z")
    assert len(file(opened)["camera"][0]["line"]) == 2
    opened.page.keyboard.press("Control+y")
    assert len(file(opened)["camera"][0]["line"]) == 3


def test_a_zone_is_drawn_with_the_mouse_and_a_corner_dragged(opened):
    page = opened.page
    page.click("[data-tool=zone]")
    box = page.locator("#sheet").bounding_box()

    def at(x, y):
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    for x, y in ((0.2, 0.2), (0.4, 0.2), (0.4, 0.4)):
        page.mouse.click(*at(x, y))
    page.mouse.click(*at(0.4, 0.4))
    zone = file(opened)["camera"][0]["zone"][-1]
    assert zone["name"] == "zone-1"
    assert [value for point in zone["polygon"] for value in point] == pytest.approx(
        [0.2, 0.2, 0.4, 0.2, 0.4, 0.4], abs=0.01
    )
    page.click("[data-tool=select]")
    page.mouse.move(*at(0.2, 0.2))
    page.mouse.down()
    page.mouse.move(*at(0.1, 0.3))
    page.mouse.up()
    assert file(opened)["camera"][0]["zone"][-1]["polygon"][0] == pytest.approx([0.1, 0.3], abs=0.01)
    page.click("#undo")
    assert file(opened)["camera"][0]["zone"][-1]["polygon"][0] == pytest.approx([0.2, 0.2], abs=0.01)


def test_what_is_wrong_is_said_as_the_command_says_it(opened):
    opened.page.locator("#lines input").first.fill("Avenue!")
    opened.page.locator("#lines input").first.press("Tab")
    opened.page.locator("#verdict", has_text="camera[0].line[0].name: String should match pattern").wait_for()
    assert opened.page.locator("#verdict").get_attribute("data-good") == "false"


def test_ground_points_become_a_ground_and_without_any_it_is_kept(opened):
    before = Site.model_validate(file(opened)).cameras[0].ground
    assert before.common
    corners = [(0.2, 0.5), (0.8, 0.5), (0.9, 0.9), (0.1, 0.9)]
    opened.page.click("[data-tool=ground]")
    box = opened.page.locator("#sheet").bounding_box()
    for x, y in corners:
        opened.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    opened.page.locator("#points input").first.fill("-12.5")
    opened.page.locator("#points input").first.press("Tab")
    ground = file(opened)["camera"][0]["ground"]
    assert ground["metres"][0][0] == -12.5
    assert len(ground["view"]) == len(ground["metres"]) == 4
    opened.page.locator("#verdict", has_text="The file is good.").wait_for()


def test_a_new_file_looks_at_no_more_than_before(opened, service):
    whole, part = file(opened)["camera"]
    assert (whole["working_size"], "crop" in whole) == ([320, 240], False)
    assert (part["working_size"], part["crop"]) == ([400, 240], [0.1, 0.3, 0.9, 0.9])
    told = service.get("/api/v1/cameras").json()["cameras"]
    assert [(one["size"], one["crop"]) for one in told] == [([320, 240], None), ([500, 400], [0.1, 0.3, 0.9, 0.9])]


def test_a_file_that_is_opened_keeps_all_else(opened):
    opened.page.set_input_files("#open", {"name": "site.toml", "mimeType": "application/toml", "buffer": FILE.encode()})
    draw(opened.page, "line", ("ArrowLeft", 10), ("Enter", 1), ("ArrowRight", 20), ("Enter", 1))
    text = opened.page.input_value("#text")
    assert text.startswith("# ours\n")
    found = tomllib.loads(text)
    (camera,) = found["camera"]
    assert (camera["source"], camera["fps"]) == ("rtsp://jean:s3cret@10.0.0.1/stream", 7)
    assert (camera["stops"], found["service"]) == ({"seconds": 9}, {"port": 9000})
    assert [line["name"] for line in camera["line"]] == ["avenue", "piste", "line-1"]
    with opened.page.expect_download() as saved:
        opened.page.click("#save")
    assert saved.value.path().read_text() == text


def test_traces_grow_as_feet_are_seen_and_nothing_else_is_shown(opened, service):
    expect(opened.page.locator("#feet")).to_have_text("240 foot points received")
    see(service, dorian=[("car", 0.5, 0.8), ("car", 0.6, 0.8)])
    expect(opened.page.locator("#feet")).to_have_text("242 foot points received")
    assert opened.page.locator("img, video").count() == 0
