"""The pages: whole, of this house alone, and saying everything in both languages."""

import posixpath
import re
import subprocess
import sys
from collections import Counter
from pathlib import PurePosixPath
from typing import get_args

import pytest

from tests.service.world import Service
from vision.classes import CLASSES
from vision.events import State
from vision.service.app import PAGES

ASSETS = sorted(str(path.relative_to(PAGES)) for path in PAGES.rglob("*") if path.is_file())
HTML = [name for name in ASSETS if name.endswith(".html")]
OWN_WORDS = [name for name in HTML if name not in {"embed.html", "touch.html"}]
"""Pages whose words are those of common/words.js alone."""
SCRIPTS = [name for name in ASSETS if name.endswith(".js")]
STATES = {state for part in get_args(State) for state in get_args(part)}
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


def asked_for(name: str) -> set[str]:
    """Return what a file of the pages asks for, as paths from where the pages are."""
    text, folder = read(name), PurePosixPath(name).parent
    found = re.findall(r'(?:from|import) ?\(?"(\./[\w./-]+|\.\./[\w./-]+)"', text) if name.endswith(".js") else []
    if name.endswith(".html"):
        found += re.findall(r'(?:href|src)="([\w./-]+\.[a-z]+)"', text)
    files = {posixpath.normpath(folder / one) for one in found if not one.startswith("api/")}
    # where a script sends the browser is seen from its page
    return files | set(re.findall(r'assign\("([a-z./-]+)"\)', text) + re.findall(r'href = "([a-z-]+\.html)"', text))


def test_the_live_page_is_at_the_root(service: Service):
    assert service.get("/").text == read("index.html")


def test_nothing_is_missing_and_nothing_is_left_over():
    known = set(ASSETS)
    wanted = set().union(*(asked_for(name) for name in ASSETS))
    assert wanted <= known
    assert {name for name in ASSETS if name.endswith((".js", ".css", ".svg"))} <= wanted


@pytest.mark.parametrize("name", ASSETS)
def test_the_policy_against_inline_code_is_kept(name):
    text = read(name)
    if name.endswith(".html"):
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text


@pytest.mark.parametrize("name", ASSETS)
def test_no_file_is_longer_than_can_be_read(name):
    longest = {"common/style.css": 450, "lanes.js": 400}.get(name, 300)  # the lanes are copied elsewhere as one file
    assert read(name).count("\n") <= longest


def test_both_languages_say_the_same_things():
    words = read("common/words.js")
    french, english = re.search(r"fr: \{(.*?)\n  \},\n  en: \{(.*?)\n  \},", words, re.DOTALL).groups()
    key = re.compile(r"(?:^|[,{]\s*|\n\s*)([a-zA-Z]+): (?=[\"`(])")
    assert set(key.findall(french)) == set(key.findall(english)) >= {*CLASSES, *STATES}
    assert [name for name, times in Counter(key.findall(french)).items() if times > 1] == []
    spoken = set(re.findall(r"say\(\"([a-zA-Z]+)\"", "".join(read(name) for name in SCRIPTS)))
    spoken |= set(re.findall(r'data-(?:words|label|page)="([a-zA-Z]+)"', "".join(read(name) for name in OWN_WORDS)))
    assert spoken <= set(key.findall(french))


@pytest.mark.parametrize("name", ["touch/phrases.js", "lanes.js", "counters.js", "embed/embed.js"])
def test_what_other_pages_say_they_say_in_both_languages(name):
    french, english = re.search(r"fr: \{(.*?)\n  \},\n  en: \{(.*?)\n  \},", read(name), re.DOTALL).groups()
    key = re.compile(r"(?:^|[,{]\s*|\n\s*)([a-zA-Z]+): (?=[\"`(])")
    assert set(key.findall(french)) == set(key.findall(english)) != set()
    spoken = set(re.findall(r"(?:tell|phrase)\(\"([a-zA-Z]+)\"", read(name)))
    if name == "embed/embed.js":
        spoken |= set(re.findall(r'data-words="([a-zA-Z]+)"', read("embed.html")))
    if name == "touch/phrases.js":
        spoken = set(re.findall(r"phrase\(\"([a-zA-Z]+)\"", "".join(map(read, ASSETS))))
        spoken |= set(re.findall(r'data-phrase="([a-zA-Z]+)"', read("touch.html")))
    assert spoken <= set(key.findall(french))


def test_each_class_has_a_shape_and_a_colour_of_its_own():
    shapes = re.findall(r'(\w+): \{ colour: "(#[0-9a-f]{6})", path: "([^"]+)" \}', read("common/shapes.js"))
    names, colours, paths = zip(*shapes, strict=True)
    assert names == CLASSES
    assert len(set(colours)) == len(set(paths)) == len(CLASSES)
    assert tuple(re.findall(r"\n  (\w+): \{\n    strokes", read("touch/pictograms.js"))) == CLASSES


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
