"""Counts made by hand: a CSV file of a person with a clicker -> rows that the ledger can be asked about."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from vision.classes import CLASSES
from vision.counting.lanes import STEADY_S
from vision.errors import UsageError
from vision.site import Camera, Site

What = Literal["present", "lengths", "forward", "backward", "both"]
"""How many are there at once; how many lengths were swum; how many passed, one way or either."""

COLUMNS = ("start", "end", "name", "what", "count")
"""Of the file; a column `class` may be added."""
GLANCE_S = 10
"""Seconds around the instant of a count of who is there, since a person needs so long to count a lane."""
LATE_S = round(STEADY_S / 2)
"""Seconds after which it is said who was in a lane or a basin."""
FLOWS: tuple[What, ...] = ("lengths", "forward", "backward", "both")


@dataclass(frozen=True, slots=True)
class HandCount:
    """One count made by hand.

    Attributes:
        start: unix seconds.
        end: unix seconds, later.
        name: line, zone, lane or basin.
        what: was counted.
        object_class: or '' for all.
        count: how many; of those present the mean, where `end` was given.
    """

    start: int
    end: int
    name: str
    what: What
    object_class: str
    count: float

    @property
    def is_flow(self) -> bool:
        """Whether it is so many in a time, and not so many at a time."""
        return self.what in FLOWS


def read_hand_counts(path: Path, site: Site, camera: Camera) -> list[HandCount]:
    """Read counts made by hand.

    Raises:
        UsageError: the file cannot be read, or a row is wrong; the message names file, line, what was found and wanted.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_read(csv.DictReader(file), path, site, camera))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}, wanted a CSV file of counts") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: no CSV file: {error}") from error


def _read(rows: "csv.DictReader[str]", path: Path, site: Site, camera: Camera) -> Iterator[HandCount]:
    found = tuple(rows.fieldnames or ())
    if not set(COLUMNS) <= set(found) or not set(found) <= {*COLUMNS, "class"}:
        raise UsageError(f"{path}: found columns {', '.join(found) or 'none'}, wanted {', '.join(COLUMNS)}")
    zone = ZoneInfo(site.identity.timezone)
    counted = False
    for row in rows:
        try:
            yield _count({key: (value or "").strip() for key, value in row.items() if key in found}, camera, zone)
        except ValueError as error:
            raise UsageError(f"{path}: line {rows.line_num}: {error}") from None
        counted = True
    if not counted:
        raise UsageError(f"{path}: no counts, wanted at least one")


def _count(row: dict[str, str], camera: Camera, zone: ZoneInfo) -> HandCount:
    name, object_class = row["name"], row.get("class", "")
    if object_class and object_class not in CLASSES:
        raise ValueError(f"class: found {object_class!r}, wanted one of: {', '.join(CLASSES)}, or nothing for all")
    what = _what(row["what"], name, camera)
    start = _unix("start", row["start"], zone)
    if row["end"]:
        end = _unix("end", row["end"], zone)
    elif what == "present":
        said = start + (LATE_S if name in _lanes_and_basins(camera) else 0)
        start, end = said - GLANCE_S // 2, said + GLANCE_S // 2
    else:
        raise ValueError(f"end: found nothing, wanted when the count of {what} ended")
    if end <= start:
        raise ValueError(f"end: found {row['end']!r}, wanted a time after start")
    try:
        count = float(row["count"])
    except ValueError:
        count = -1.0
    if not 0 <= count < 1e6:
        raise ValueError(f"count: found {row['count']!r}, wanted a number, 0 or more")
    return HandCount(start, end, name, what, object_class, count)


def _what(text: str, name: str, camera: Camera) -> What:
    """Return what was counted: said, or what is usual at such a place."""
    places = places_of(camera)
    if name not in places:
        raise ValueError(
            f"name: found {name!r}, wanted one of: {', '.join(places) or 'none, nothing is counted there'}"
        )
    if not text:
        return places[name][0]
    for what in places[name]:
        if what == text:
            return what
    raise ValueError(f"what: found {text!r}, wanted one of: {', '.join(places[name])}")


def places_of(camera: Camera) -> dict[str, tuple[What, ...]]:
    """Return what can be counted at each line, zone, lane and basin; the first is what is usual there."""
    ends_known = {lane for basin in camera.basins if basin.corners for lane in (basin.name, *basin.lane_names)}
    places: dict[str, tuple[What, ...]] = {zone.name: ("present",) for zone in camera.zones}
    places |= {basin.name: ("present",) for basin in camera.basins}
    places |= dict.fromkeys(ends_known, ("present", "lengths"))
    for line in camera.lines:
        places[line.name] = (*places.get(line.name, ()), "both", "forward", "backward")
    return places


def _unix(key: str, text: str, zone: ZoneInfo) -> int:
    """Return the unix second of a time, by the site's clocks where it says no offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{key}: found {text!r}, wanted a time such as 2026-03-01T08:00:00") from None
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return round(local.astimezone(UTC).timestamp())


def _lanes_and_basins(camera: Camera) -> set[str]:
    return {name for basin in camera.basins for name in (basin.name, *basin.lane_names)}
