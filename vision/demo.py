"""The embedded demonstration: synthetic places, counted live, then held against the known truth."""

import importlib.resources
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from vision.events import DIRECTIONS
from vision.ledger import LedgerReader
from vision.scenes import open_world
from vision.scenes.truth import passages
from vision.serve import ledger_path, serve
from vision.site import Camera, LedgerSettings, Site, load_site


def demo(seconds: float | None, port: int) -> None:
    """Run the demo site with a ledger that is thrown away; after so many seconds print counts beside the truth.

    Raises:
        ComptageError: the port is taken.
    """
    with (
        importlib.resources.as_file(importlib.resources.files("calibration") / "sites" / "demo.toml") as path,
        tempfile.TemporaryDirectory(prefix="comptage-") as folder,
    ):
        site = load_site(path)
        site = site.model_copy(
            update={
                "service": site.service.model_copy(update={"port": port}),
                "ledger": LedgerSettings(path=Path(folder) / "demo.sqlite"),
            }
        )
        serve(site, _tell_where, seconds)
        print(beside_the_truth(site, ledger_path(site)))


def _tell_where(url: str) -> None:
    minute = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    print(
        f"the synthetic places, counted live:  {url}/\n"
        f"the interface, documented:           {url}/api/v1/openapi.json\n"
        f"the counts, minute by minute:        curl '{url}/api/v1/counts?from={minute}&step=1m&format=csv'\n"
        "Ctrl-C ends and prints counts beside the known truth.",
        flush=True,
    )


def beside_the_truth(site: Site, ledger: Path) -> str:
    """Return a table of what was counted and what really passed while each camera saw, one row a line and direction."""
    rows = [f"{'camera':<10} {'line':<14} {'direction':<9} {'counted':>7} {'true':>5}   by class, counted/true"]
    with LedgerReader(ledger) as reader, reader.snapshot():
        for camera in site.cameras:
            rows += _rows_of(camera, reader)
    return "\n".join(rows)


def _rows_of(camera: Camera, reader: LedgerReader) -> list[str]:
    spans = reader.coverage_spans(camera.name)
    if not spans:
        return [f"{camera.name:<10} saw nothing"]
    start, end = int(spans[0][0]), int(spans[-1][1]) + 1
    counted: Counter[tuple[str, str, str]] = Counter()
    for (name, at, direction, kind), bins in reader.line_counts(start, end, end - start).items():
        if name == camera.name:
            counted[at, direction, kind] += int(bins.sum())
    world = open_world(camera.source.removeprefix("scene:"))
    true: Counter[tuple[str, str, str]] = Counter(
        (passage.line, passage.direction, passage.object_class)
        for line in camera.lines
        for begin, stop in spans
        for passage in passages(world, line, begin, stop)
    )
    rows = []
    for line in camera.lines:
        for direction in DIRECTIONS:
            keys = [key for key in sorted(counted | true) if key[:2] == (line.name, direction)]
            pairs = {key[2]: (counted[key], true[key]) for key in keys}
            by_class = ", ".join(f"{kind} {found}/{known}" for kind, (found, known) in pairs.items())
            found, known = (sum(pair[which] for pair in pairs.values()) for which in (0, 1))
            rows.append(f"{camera.name:<10} {line.name:<14} {direction:<9} {found:>7} {known:>5}   {by_class}")
    return rows
