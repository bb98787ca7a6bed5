"""A page of which everything is heard that it should not do."""

from collections.abc import Iterator
from contextlib import contextmanager

ALLOWED_IMAGES = ("/icon.svg", "/map")


class Watched:
    """A browser's page, and what went wrong on it.

    Attributes:
        page: playwright's.
        faults: console errors, requests that left the box, failed requests, images that are not the city's.
    """

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.faults = []
        page.on("console", lambda said: said.type in ("error", "warning") and self.faults.append(said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._hear)
        page.on("response", lambda got: got.status >= 400 and self.faults.append(f"{got.status} {got.url}"))

    def _hear(self, request):
        if not request.url.startswith((self.url, "blob:")):
            self.faults.append(f"off the box: {request.url}")
        if request.resource_type in ("image", "media") and not request.url.endswith(ALLOWED_IMAGES):
            self.faults.append(f"an image: {request.url}")

    def open(self, path):
        self.page.goto(f"{self.url}/{path}")
        return self.page

    def text(self, selector):
        return self.page.locator(selector).inner_text()


@contextmanager
def watching(browser, url, locale="en", scheme="light", width=1280, **more) -> Iterator[Watched]:
    """Give a page in a fresh context; afterwards nothing may have gone wrong on it."""
    context = browser.new_context(
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        timezone_id="America/New_York",  # pages show the site's time, not the browser's
        **more,
    )
    context.set_default_timeout(20_000)  # a busy machine
    watched = Watched(context.new_page(), url)
    yield watched
    context.close()
    assert not watched.faults
