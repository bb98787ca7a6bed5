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
NAMESPACE = "http://www.w3.org/2000/svg"
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


STATES = [state for part in get_args(State) for state in get_args(part)]


def read(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASSETS)
def test_nothing_comes_from_elsewhere(name):
    text = read(name).replace(NAMESPACE, "")
    assert not re.search(r"https?:|wss?:|[\"'(]//|@import|data:image", text)


@pytest.mark.parametrize("name", ASSETS)
def test_every_asset_is_served_as_what_it_is(service: Service, name):
    answer = service.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == TYPES[name.rsplit(".", maxsplit=1)[1]]
    assert answer.headers["cache-control"] == "no-cache"


def test_the_page_is_at_the_root_and_nothing_of_it_is_missing(service: Service):
    assert service.get("/").text == read("index.html")
    wanted = set(re.findall(r'(?:href|src)="([a-z.]+)"', read("index.html")))
    for name in ASSETS:
        wanted |= set(re.findall(r'from "\./([a-z.]+)"', read(name)))
    wanted |= set(re.findall(r'assign\("([a-z.-]+)"\)', read("main.js")))
    assert wanted == set(ASSETS) - {"index.html"}


def test_the_policy_against_inline_code_is_kept():
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", read("index.html"))
    for name in ASSETS:
        assert "innerHTML" not in read(name)
        assert "eval(" not in read(name)


def test_both_languages_say_the_same_things():
    french, english = re.search(r"fr: \{(.*?)\n  \},\n  en: \{(.*?)\n  \},", read("words.js"), re.DOTALL).groups()
    key = re.compile(r"(?:^|[,{]\s*|\n\s*)([a-zA-Z]+): (?=[\"`(])")
    assert set(key.findall(french)) == set(key.findall(english)) >= {*CLASSES, *STATES}
    spoken = set(re.findall(r"say\(\"([a-zA-Z]+)\"", "".join(read(name) for name in ASSETS)))
    spoken |= set(re.findall(r'data-words="([a-zA-Z]+)"', read("index.html")))
    assert spoken <= set(key.findall(french))


def test_each_class_has_a_shape_and_a_colour_of_its_own():
    shapes = re.findall(r'(\w+): \{ colour: "(#[0-9a-f]{6})", path: "([^"]+)" \}', read("shapes.js"))
    names, colours, paths = zip(*shapes, strict=True)
    assert names == CLASSES
    assert len(set(colours)) == len(set(paths)) == len(CLASSES)


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
