"""A bin of one camera as it is pushed: what the API tells of its lines and zones, in one object with a lasting name."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vision.classes import CLASSES
from vision.events import DIRECTIONS
from vision.ledger import LedgerReader
from vision.ledger.reader import Names, Values
from vision.ledger.schema import COUNTS, OCCUPANCY
from vision.ledger.shares import shares
from vision.site import Camera, Site

Found = dict[Names, dict[str, Values]]
"""Columns of a table of sums, by series."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of one camera, as it was when it was read.

    Attributes:
        camera: its name.
        start: unix seconds.
        said: the object without `version` and `revised`.
        version: 1 for what was told first, and one more each time that it is told with another content.
    """

    camera: str
    start: int
    said: dict[str, Any] = field(repr=False)
    version: int = 1

    @property
    def digest(self) -> bytes:
        """Return 16 bytes that are others where what is said is another."""
        return hashlib.sha256(json.dumps(self.said).encode()).digest()[:16]

    def document(self) -> dict[str, Any]:
        """Return the object that is sent; `id` with `version` names its content for ever."""
        return {"id": self.said["id"], "version": self.version, "revised": self.version > 1} | self.said

    def text(self) -> str:
        """Return the object that is sent, as one line of JSON."""
        return json.dumps(self.document(), separators=(",", ":"))


def read_bins(reader: LedgerReader, site: Site, start: int, end: int, step: int) -> Iterator[Bin]:
    """Yield the bins of all cameras in [start, end), oldest first, all of one state of the ledger.

    Raises:
        ComptageError: the ledger cannot be read.
    """
    with reader.snapshot():
        counts = reader.sums(COUNTS, start, end, step)
        occupancy = reader.sums(OCCUPANCY, start, end, step)
        seen = {camera.name: reader.seen_seconds(camera.name, start, end, step) for camera in site.cameras}
    for place, begin in enumerate(range(start, end, step)):
        for camera in site.cameras:
            seconds = float(seen[camera.name][place])
            (share,) = shares(seen[camera.name][place : place + 1], step)
            said = {
                "id": f"{site.identity.name}/{camera.name}/{step}/{_iso(begin)}",
                "site": site.identity.name,
                "camera": camera.name,
                "from": _iso(begin),
                "to": _iso(begin + step),
                "step": step,
                "coverage": share,
                "lines": list(_lines(camera, counts, place, seconds)),
                "zones": list(_zones(camera, occupancy, place, seconds, is_private=site.privacy is not None)),
            }
            yield Bin(camera.name, begin, said)


def _lines(camera: Camera, found: Found, place: int, seconds: float) -> Iterator[dict[str, Any]]:
    for line in camera.lines:
        for direction in DIRECTIONS:
            for name in camera.classes or CLASSES:
                columns = found.get((camera.name, line.name, direction, name))
                count = int(columns["count"][place]) if columns else 0
                yield {
                    "line": line.name,
                    "direction": direction,
                    "class": name,
                    "count": count if seconds else None,
                }


def _zones(camera: Camera, found: Found, place: int, seconds: float, *, is_private: bool) -> Iterator[dict[str, Any]]:
    everything = () if is_private else ("all",)  # less the others it would give a class back
    for zone in camera.zones:
        for name in (*everything, *(camera.classes or CLASSES)):
            columns = found.get((camera.name, zone.name, name))
            object_seconds = float(columns["object_seconds"][place]) if columns else 0.0
            is_told = bool(seconds) and not math.isnan(object_seconds)
            yield {
                "zone": zone.name,
                "class": name,
                "mean": round(object_seconds / seconds, 3) if is_told else None,
                "maximum": int(columns["maximum"][place] if columns else 0) if is_told else None,
            }


def _iso(utc: int) -> str:
    return datetime.fromtimestamp(utc, UTC).isoformat().replace("+00:00", "Z")
