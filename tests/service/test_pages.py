"""The first page: whole, of this house alone, and saying everything in both languages."""

import re
import subprocess
import sys
from typing import get_args

import pytest

from tests.service.world import Service
from vision.classes import CLASSES
from vision.events import State
from vision.service.app import PAGES

ASSETS = sorted(path.name for path in PAGES.iterdir())
STATES = {name for one in get_args(State) for name in get_args(one)}
NAMESPACE = "http://www.w3.org/2000/svg"
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


STATES = [state for part in get_args(State) for state in get_args(part)]


def read(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASSETS)
def test_nothing_comes_from_elsewhere(name):
    text = read(name).replace(NAMESPACE, "")
    assert not re.search(r"\b(?:https?|wss?):|[\"'(]//|@import|data:image", text)


@pytest.mark.parametrize("name", ASSETS)
def test_every_asset_is_served_as_what_it_is(service: Service, name):
    answer = service.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == TYPES[name.rsplit(".", maxsplit=1)[1]]
    assert answer.headers["cache-control"] == "no-cache"


def test_the_page_is_at_the_root_and_nothing_of_any_page_is_missing(service: Service):
    assert service.get("/").text == read("index.html")
    wanted = {name for name in ASSETS if name.endswith(".html")}
    for name in ASSETS:
        wanted |= set(re.findall(r'<(?:link|script)[^>]* (?:href|src)="([a-z.]+)"', read(name)))
        wanted |= set(re.findall(r'(?:from|import) "\./([a-z.]+)"', read(name)))
        wanted |= set(re.findall(r'assign\("([a-z.-]+)"\)', read(name)))
    assert wanted == set(ASSETS)


def test_the_policy_against_inline_code_is_kept():
    for name in ASSETS:
        if name.endswith(".html"):
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", read(name))
        assert "innerHTML" not in read(name)
        assert "eval(" not in read(name)


def test_both_languages_say_the_same_things():
    french, english = re.search(r"fr: \{(.*?)\n  \},\n  en: \{(.*?)\n  \},", read("words.js"), re.DOTALL).groups()
    key = re.compile(r"(?:^|[,{]\s*|\n\s*)([a-zA-Z]+): (?=[\"`(])")
    assert set(key.findall(french)) == set(key.findall(english)) >= {*CLASSES, *STATES}
    spoken = set(re.findall(r"say\(\"([a-zA-Z]+)\"", "".join(read(name) for name in ASSETS)))
    spoken |= set(re.findall(r'data-words="([a-zA-Z]+)"', read("index.html")))
    assert spoken <= set(key.findall(french))


@pytest.mark.parametrize("name", ["phrases.js", "lanes.js", "counters.js", "embed.js"])
def test_what_other_pages_say_they_say_in_both_languages(name):
    french, english = re.search(r"fr: \{(.*?)\n  \},\n  en: \{(.*?)\n  \},", read(name), re.DOTALL).groups()
    key = re.compile(r"(?:^|[,{]\s*|\n\s*)([a-zA-Z]+): (?=[\"`(])")
    assert set(key.findall(french)) == set(key.findall(english)) != set()
    spoken = set(re.findall(r"(?:tell|phrase)\(\"([a-zA-Z]+)\"", read(name)))
    if name == "phrases.js":
        spoken = set(re.findall(r"phrase\(\"([a-zA-Z]+)\"", "".join(map(read, ASSETS))))
        spoken |= set(re.findall(r'data-phrase="([a-zA-Z]+)"', read("touch.html")))
    assert spoken <= set(key.findall(french))


def test_each_class_has_a_shape_and_a_colour_of_its_own():
    shapes = re.findall(r'(\w+): \{ colour: "(#[0-9a-f]{6})", path: "([^"]+)" \}', read("shapes.js"))
    names, colours, paths = zip(*shapes, strict=True)
    assert names == CLASSES
    assert len(set(colours)) == len(set(paths)) == len(CLASSES)
    assert tuple(re.findall(r"\n  (\w+): \{\n    strokes", read("pictograms.js"))) == CLASSES


def test_the_service_never_meets_a_pixel():
    code = (
        "import sys, vision.service.app; "
        "print(*(name for name in sys.modules "
        "if name.split('.')[0] in ('cv2', 'av', 'onnxruntime', 'PIL') or name.startswith('vision.pixels')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PAGES.parents[2]
    )
    assert found.stdout.strip() == ""
