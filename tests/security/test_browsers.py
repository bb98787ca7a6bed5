"""What a browser is told, and what pages of other sites can do with this service through one."""

import re

import pytest

from tests.security.test_access import site
from tests.service.world import fill, serving
from vision.answering import Service
from vision.errors import UsageError
from vision.site import load_site

OTHER = "https://elsewhere.example"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("browsers") / "nation.sqlite"
    fill(path)
    return path


def status(running, host):
    return running.client.get("/api/v1/sites", headers={"Host": host}).status_code


def test_on_loopback_no_other_name_is_answered(ledger):
    with serving(ledger) as running:
        port = running.url.rpartition(":")[2]
        for host in ("localhost", f"localhost:{port}", f"127.0.0.1:{port}", "[::1]:8000", "LOCALHOST", "localhost."):
            assert status(running, host) == 200
        for host in (
            "evil.example",
            f"evil.example:{port}",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "0",
            "",
        ):
            assert status(running, host) == 421
        assert running.client.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_names_are_answered_where_they_are_set_and_any_where_the_service_is_public(ledger):
    with serving(ledger, site(names=("comptage.example",))) as running:
        assert (status(running, "comptage.example:443"), status(running, "evil.example")) == (200, 421)
    with serving(ledger, site(host="192.0.2.10")) as running:
        assert status(running, "box.local") == 200
    with serving(ledger, site(host="192.0.2.10", names=("comptage.example",))) as running:
        assert [status(running, host) for host in ("192.0.2.10:8000", "localhost", "box.local")] == [200, 200, 421]


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ({}, None),
        ({"host": "0.0.0.0"}, "*"),  # noqa: S104  # nothing is bound: what is served is on loopback
        ({"names": ("comptage.example", "127.0.0.1")}, "*"),
        ({"origins": ("*",)}, "*"),
        ({"host": "192.0.2.10", "origins": (OTHER,)}, OTHER),
        ({"host": "192.0.2.10", "origins": ("https://third.example",)}, None),
        ({"host": "192.0.2.10", "origins": ()}, None),
    ],
)
def test_whose_scripts_may_read_the_answers(ledger, service, told):
    with serving(ledger, site(**service)) as running:
        answer = running.client.get("/api/v1/sites", headers={"Origin": OTHER})
        assert answer.headers.get("access-control-allow-origin") == told
        assert "access-control-allow-credentials" not in answer.headers
        asked = {
            "Origin": OTHER,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "Authorization",
        }
        assert running.client.options("/api/v1/sites", headers=asked).headers.get("access-control-allow-origin") == told


def test_behind_tokens_no_other_site_may_read_unless_it_is_named(ledger, monkeypatch):
    monkeypatch.setenv("COMPTAGE_TOKENS", f"a {'0' * 64}")
    with serving(ledger, site(access="pages", host="192.0.2.10")) as running:
        answer = running.client.get("/api/v1/sites", headers={"Origin": OTHER})
        assert "access-control-allow-origin" not in answer.headers


def test_every_answer_has_the_strict_policy_and_no_word_of_the_server(ledger):
    with serving(ledger) as running:
        for path in (
            "/",
            "/sign-in.html",
            "/live/main.js",
            "/api/v1/sites",
            "/api/v1/counts?step=x",
            "/nothing",
            "/metrics",
        ):
            headers = running.client.get(path).headers
            policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
            assert policy["default-src"] == "'none'"
            assert {policy[f"{kind}-src"] for kind in ("script", "style", "img", "connect")} == {"'self'"}
            assert (policy["frame-ancestors"], policy["form-action"], policy["base-uri"]) == (
                "'self'",
                "'self'",
                "'none'",
            )
            assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
            assert "server" not in headers


def test_pages_may_be_embedded_by_whom_the_site_names(ledger):
    with serving(ledger, site(embedders=("https://paris.example",))) as running:
        policy = running.client.get("/").headers["content-security-policy"]
        assert policy.endswith("; frame-ancestors 'self' https://paris.example")


@pytest.mark.parametrize(
    "wrong",
    [
        'names = ["http://a"]', 'names = ["a:80"]', 'origins = ["paris.fr"]', 'embedders = ["https://a; script-src *"]',
        'origins = ["https://a/b"]', 'proxies = ["the proxy"]', 'access = "admin"', "limits.live = 0",
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(tmp_path, wrong):
    path = tmp_path / "site.toml"
    path.write_text(f'[site]\nname = "a"\n[[camera]]\nname = "a"\nsource = "a.mp4"\n[service]\n{wrong}\n')
    with pytest.raises(UsageError, match=r"service\." + re.match(r"[a-z]+", wrong)[0]):
        load_site(path)


def test_by_default_only_this_machine_can_ask():
    assert Service().is_private
    assert not Service(host="0.0.0.0").is_private  # noqa: S104  # nothing is bound
