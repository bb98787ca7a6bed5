"""A site file's text is judged over HTTP as the command judges it, for those only who set the site up."""

import pytest

from tests.running import command
from tests.security.test_access import LINE, TOKEN, site
from tests.service.world import fill, serving
from vision.service.routes.check import MOST_BYTES, judge

GOOD = '[site]\nname = "a"\n[[camera]]\nname = "a"\nsource = "scene:square"\ndetector = "motion"\n'
TOML = {"Content-Type": "application/toml"}
WRONG = [
    GOOD + "fps = 1\nnonsense = 2\n",
    GOOD + '[[camera.line]]\nname = "A"\na = [0, 0]\nb = [2, 0]\n',
    GOOD + "[camera.ground]\nview = [[0, 0]]\nmetres = [[0, 0]]\n",
    GOOD.replace("square", "moon"),
    GOOD.replace("motion", "nobody"),
    "[site",
    "a = " + "[" * 2000,
    GOOD.replace("scene:square", "rtsp://jean:s3cret@169.254.0.1/x"),
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("check") / "nation.sqlite"
    fill(path)
    path.with_name("tokens.txt").write_text(LINE)
    return path


@pytest.fixture(scope="module")
def service(ledger):
    with serving(ledger) as running:
        yield running


def test_a_good_file_is_good(service):
    answer = service.client.post("/api/v1/check", content=GOOD, headers=TOML)
    assert answer.json() == {"good": True, "messages": []}


@pytest.mark.parametrize("text", WRONG)
def test_messages_are_those_of_the_command(service, tmp_path, text):
    found = service.client.post("/api/v1/check", content=text, headers=TOML).json()
    path = tmp_path / "site.toml"
    path.write_text(text)
    said = command("check", path)
    assert said.returncode == 2
    assert not found["good"]
    assert "s3cret" not in str(found)
    for message in found["messages"]:
        assert message.removeprefix("camera a: ") in said.stderr


def test_no_file_that_is_named_is_looked_for(tmp_path):
    there, absent = tmp_path / "there.toml", tmp_path / "absent.toml"
    there.write_text("secret = 1")
    for path in (there, absent):
        named = f'[service]\naccess = "tokens"\ntokens = "{path}"\n[ledger]\npath = "{path}"\n'
        text = GOOD.replace('"motion"', f'"{path}"').replace("scene:square", str(path)) + named
        assert judge(text.encode()).good


def test_what_is_not_a_site_file_is_refused(service):
    post = service.client.post
    assert post("/api/v1/check", content=GOOD, headers={"Content-Type": "text/plain"}).status_code == 415
    assert post("/api/v1/check", content=b" " * (MOST_BYTES + 1), headers=TOML).status_code == 413
    assert post("/api/v1/check", content=b"\xff\xfe", headers=TOML).json()["messages"][0].startswith("not a TOML file")


def statuses(running, **headers):
    page = running.client.get("/set-up.html", headers=headers, follow_redirects=False).status_code
    return page, running.client.post("/api/v1/check", content=GOOD, headers=TOML | headers).status_code


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Forwarded-Host"])
def test_where_all_is_open_only_this_machine_sets_up_unless_a_token_is_shown(ledger, header):
    with serving(ledger, site(tokens=ledger.with_name("tokens.txt"))) as running:
        assert statuses(running) == (200, 200)
        other = {header: "203.0.113.9"}
        assert statuses(running, **other) == (303, 401)
        assert statuses(running, **other, Authorization="Bearer nearly") == (303, 401)
        assert statuses(running, **other, Authorization=f"Bearer {TOKEN}") == (200, 200)
        for spelled in ("//set-up.html", "/./set-up.html", "/x/../set-up.html", "/set%2Dup.html"):
            raw = running.client.build_request("GET", running.url + spelled, headers=other)
            assert running.client.send(raw).status_code in (303, 404)


@pytest.mark.parametrize("access", ["pages", "tokens"])
def test_with_tokens_even_this_machine_shows_one(ledger, access):
    with serving(ledger, site(access=access, tokens=ledger.with_name("tokens.txt"))) as running:
        assert statuses(running) == (303, 401)
        assert statuses(running, Authorization=f"Bearer {TOKEN}") == (200, 200)
