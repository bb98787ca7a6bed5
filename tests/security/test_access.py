"""Who is answered: with a token, with a cookie, with neither."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.service.world import SITE, fill, serving
from vision.answering import Service
from vision.errors import UsageError
from vision.service.access import COOKIE, MOST_BYTES, Tokens, digest, new_token, read_tokens
from vision.service.app import create_app
from vision.service.board import Board
from vision.service.live import Hub

TOKEN, LINE = new_token("mairie")
SHOWN = ["sites", "cameras", "counts", "movements", "occupancy", "pool", "openapi.json"]
DATA = ["trajectories", "stops", "queues", "gatherings", "speeds", "pool/history"]
FEEDS = [
    *(f"/api/v1/feeds/{feed}" for feed in ("multimodal", "mobilites/site", "geojson", "moving-features", "ngsi-ld")),
    "/api/v1/feeds/catalogue",
    "/api/v1/downloads/2026-03-01.csv",
    "/api/v1/downloads/2026-03-01.parquet",
    "/api/sensorthings/v1.1",
    "/api/sensorthings/v1.1/Things",
]
ALWAYS = ["/", "/sign-in.html", "/common/style.css", "/health"]


def site(**service):
    return SITE.model_copy(update={"service": SITE.service.model_copy(update=service)})


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("access")
    (folder / "tokens.txt").write_text(f"# who may ask\n\n{LINE}\n")
    fill(folder / "nation.sqlite")
    return folder


@pytest.fixture(scope="module", params=["open", "pages", "tokens"])
def served(request, files):
    with serving(files / "nation.sqlite", site(access=request.param, tokens=files / "tokens.txt")) as running:
        yield request.param, running


def status(running, path, **headers):
    with running.client.stream("GET", path, headers=headers) as answer:
        return answer.status_code


@pytest.mark.parametrize(
    "path", [*(f"/api/v1/{noun}" for noun in [*SHOWN, *DATA, "live", "pool/live"]), *FEEDS, "/metrics", *ALWAYS]
)
def test_what_is_told_without_a_token_and_with_one(served, path):
    access, running = served
    noun = path.removeprefix("/api/v1/")
    is_open = access == "open" or path in ALWAYS or (access == "pages" and noun in [*SHOWN, "live", "pool/live"])
    assert status(running, path) == (200 if is_open else 401)
    assert status(running, path, Authorization="Bearer nearly") == (200 if is_open else 401)
    assert status(running, path, Authorization=f"Bearer {TOKEN}") == 200
    assert status(running, path, Cookie=f"a=b; {COOKIE}={TOKEN}") == 200
    if not is_open:
        assert status(running, f"{path}?token={TOKEN}") == 401


@pytest.mark.parametrize(
    "path", ["/api/v1/trajectories/", "//api/v1/trajectories", "/api/v1/../v1/trajectories", "/%61pi/v1/trajectories"]
)
def test_no_other_spelling_of_a_path_goes_round_the_control(served, path):
    access, running = served
    if access != "open":
        assert status(running, path) in {401, 404, 307}
        assert "rows" not in running.client.get(path, follow_redirects=True).text


def test_a_refusal_is_a_problem_and_says_how(files):
    with serving(files / "nation.sqlite", site(access="tokens", tokens=files / "tokens.txt")) as running:
        answer = running.get("/api/v1/counts")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == {"detail": "wanted a token, as Authorization: Bearer"}
        document = running.client.get("/api/v1/openapi.json", headers={"Authorization": f"bearer {TOKEN}"}).json()
        assert document["paths"]["/api/v1/counts"]["get"]["security"] == [{"HTTPBearer": []}]


def test_a_browser_signs_in_and_its_pages_and_streams_work(files):
    with serving(files / "nation.sqlite", site(access="tokens", tokens=files / "tokens.txt")) as running:
        refused = running.client.post("/sign-in", data={"token": "guess"})
        assert (refused.status_code, refused.headers["location"]) == (303, "sign-in.html#refused")
        assert "set-cookie" not in refused.headers
        assert running.client.post("/sign-in", content=b"token=" + b"x" * MOST_BYTES).status_code == 413
        taken = running.client.post("/sign-in", data={"token": TOKEN})
        assert (taken.status_code, taken.headers["location"]) == (303, "./")
        attributes = taken.headers["set-cookie"].lower()
        assert all(word in attributes for word in ("httponly", "samesite=strict", "max-age=2592000"))
        assert status(running, "/api/v1/counts") == 200
        assert status(running, "/api/v1/live") == 200


@given(token=st.text(st.characters(exclude_categories=()), max_size=60) | st.just(TOKEN))
def test_only_the_token_itself_is_admitted(token):
    assert Tokens([LINE.split()[1]]).admits(token) == (token == TOKEN)
    assert not Tokens([]).admits(token)


def test_a_token_is_long_and_only_its_hash_is_kept():
    assert len(TOKEN) == 43
    assert TOKEN not in LINE
    assert f"mairie {hashlib.sha256(TOKEN.encode()).hexdigest()}" == LINE
    assert new_token("mairie")[0] != TOKEN


def test_tokens_come_from_the_environment_where_no_file_is_named(monkeypatch):
    monkeypatch.setenv("COMPTAGE_TOKENS", LINE)
    assert read_tokens(Service(access="tokens")).admits(TOKEN)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "service.access: found 'tokens' but no token in"),
        (f"mairie {TOKEN}", "line 1 is no token's, wanted what `comptage token NAME` prints"),
        (f"# a\n{digest(TOKEN)}", "line 2 is no token's"),
        (None, "No such file or directory, wanted a file of tokens"),
        (b"\xff\xfe", "not text"),
    ],
    ids=["empty", "the token itself", "no name", "no file", "not text"],  # a token is another one in each process
)
def test_a_site_that_wants_tokens_does_not_start_without(tmp_path, text, complaint):
    path = tmp_path / "tokens.txt"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    wanting = site(access="tokens", tokens=path)
    with pytest.raises(UsageError) as error:
        create_app(wanting, tmp_path / "none.sqlite", Hub(), Board(wanting))
    assert complaint in str(error.value)
    assert TOKEN not in str(error.value)
