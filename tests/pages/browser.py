"""A real browser, and pages of which it is known what they asked for and what they complained about."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PORTRAIT = {"width": 1080, "height": 1920}
LANDSCAPE = {"width": 1920, "height": 1080}


@contextmanager
def browsing() -> Iterator[object]:
    """A browser; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What a page has done so far."""

    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """Origins."""


@contextmanager
def watched(browser, **options) -> Iterator[tuple[object, Watch]]:
    """A page in a fresh context, and what it does."""
    context = browser.new_context(**options)
    context.set_default_timeout(30_000)  # a busy machine
    page, watch = context.new_page(), Watch()
    page.on("pageerror", lambda error: watch.complaints.append(str(error)))
    page.on("console", lambda said: said.type in {"error", "warning"} and watch.complaints.append(said.text))
    page.on("request", lambda request: watch.asked.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))))
    try:
        yield page, watch
    finally:
        context.close()


def violations(page) -> list[str]:
    """What axe finds wrong with a page, rule by rule, and where."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found]
