"""How fast the pages are there, in the system's Chromium, each opened anew with an empty cache.

    python -m benchmarks.pages --times 10
    python -m benchmarks.pages --picture README.png --url http://127.0.0.1:8000/

The place is that of the tests, with a past, on loopback. First paint and first contentful paint are those of the
Performance API, in milliseconds since the navigation began; KiB are those of the files of the page.
The second form makes a picture of a page that is running, such as that of `comptage demo`, after a while of listening.
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.machine import machine_lines
from tests.pages.world import midnight, place
from vision.errors import UsageError

PAGES = {"live": "", "history": f"history.html?from={midnight(7):%Y-%m-%d}", "set-up": "set-up.html"}
WIDTHS = {"desktop": 1440, "phone": 390}
PAINTS = "() => Object.fromEntries(performance.getEntriesByType('paint').map((one) => [one.name, one.startTime]))"
TRANSFERRED = """() => [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
  .filter((one) => !one.name.includes("/api/")).reduce((sum, one) => sum + one.transferSize, 0)"""


def paints(browser: Browser, url: str, width: int) -> tuple[float, float, float]:
    """Return first paint and first contentful paint in milliseconds, and KiB of files that the page is made of."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.wait_for_selector("#title:not(:empty)")
    page.wait_for_timeout(500)
    found: dict[str, float] = page.evaluate(PAINTS)
    kib = page.evaluate(TRANSFERRED) / 1024
    context.close()
    return found["first-paint"], found["first-contentful-paint"], kib


def picture(browser: Browser, url: str, path: Path, seconds: float) -> None:
    """Save a picture of a page as it is after so many seconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 1240}, locale="en", color_scheme="light")
    page.goto(url)
    page.wait_for_timeout(1000 * seconds)
    page.screenshot(path=path)


def measure(browser: Browser, times: int) -> None:
    """Open each page so many times and print the medians and the slowest."""
    print(*machine_lines(), sep="\n")
    print(f"{'page':<10} {'width':<8} {'first paint':>12} {'slowest':>8} {'contentful':>11} {'slowest':>8} {'KiB':>5}")
    with tempfile.TemporaryDirectory() as folder, place(Path(folder)) as service:
        for name, path in PAGES.items():
            for device, width in WIDTHS.items():
                found = [paints(browser, f"{service.url}/{path}", width) for _ in range(times)]
                first, contentful, kib = zip(*found, strict=True)
                print(
                    f"{name:<10} {device:<8} {statistics.median(first):>9.0f} ms {max(first):>5.0f} ms "
                    f"{statistics.median(contentful):>8.0f} ms {max(contentful):>5.0f} ms {max(kib):>5.0f}"
                )


def main() -> None:
    """Measure, or make a picture.

    Raises:
        UsageError: there is no Chromium.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--picture", type=Path, metavar="FILE.png")
    parser.add_argument("--url", default="http://127.0.0.1:8000/", help="of the page of which a picture is made")
    parser.add_argument("--seconds", type=float, default=45, help="before it is made")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise UsageError("no Chromium on this machine, wanted one on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        if options.picture:
            picture(browser, options.url, options.picture, options.seconds)
        else:
            measure(browser, options.times)
        browser.close()


if __name__ == "__main__":
    main()
