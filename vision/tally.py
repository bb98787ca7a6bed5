"""What a run over a recorded file adds up to: the object that `comptage count --json` prints."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from vision.classes import CLASSES
from vision.events import DIRECTIONS, AnyEvent, Coverage, Movement, Occupancy, Passage, ZoneClass
from vision.site import Camera, Site

ZONE_CLASSES: tuple[ZoneClass, ...] = (*CLASSES, "all")


class Tally:
    """Sums of one camera's events.

    Args:
        site: settings; gives the name.
        camera: the camera that is counted.
    """

    def __init__(self, site: Site, camera: Camera) -> None:
        self._site = site
        self._camera = camera
        self.passages: Counter[tuple[str, str, str]] = Counter()
        self.movements: Counter[tuple[str, str, str]] = Counter()
        self.seen_s = 0.0
        self._movement_seconds: dict[tuple[str, str, str], float] = {}
        self._object_seconds: dict[tuple[str, ZoneClass], float] = {}
        self._maximum: dict[tuple[str, ZoneClass], int] = {}

    def add(self, event: AnyEvent) -> None:
        """Take one event; those that do not count are passed over."""
        match event:
            case Passage():
                self.passages[event.line, event.direction, event.object_class] += 1
            case Movement():
                way = event.origin, event.destination, event.object_class
                self.movements[way] += 1
                self._movement_seconds[way] = self._movement_seconds.get(way, 0.0) + event.seconds
            case Coverage():
                self.seen_s += event.end - event.start
            case Occupancy():
                key = event.zone, event.object_class
                self._object_seconds[key] = self._object_seconds.get(key, 0.0) + event.object_seconds
                self._maximum[key] = max(self._maximum.get(key, 0), event.maximum)
            case _:
                pass

    def add_all(self, events: Iterable[AnyEvent]) -> None:
        """Take several events."""
        for event in events:
            self.add(event)

    def report(self, start: float, end: float) -> dict[str, Any]:
        """Return the object that `--json` prints, for [start, end] in unix seconds."""
        return {
            "site": self._site.identity.name,
            "camera": self._camera.name,
            "from": _iso(start),
            "to": _iso(end),
            "coverage": round(min(self.seen_s / (end - start), 1.0), 4) if end > start else 0.0,
            "lines": [
                {
                    "line": line.name,
                    "direction": direction,
                    "class": name,
                    "count": self.passages[line.name, direction, name],
                }
                for line in self._camera.lines
                for direction in DIRECTIONS
                for name in self._camera.classes or CLASSES
            ],
            "zones": [
                {
                    "zone": zone.name,
                    "class": name,
                    "mean": round(self._object_seconds[zone.name, name] / self.seen_s, 3) if self.seen_s else None,
                    "max": self._maximum[zone.name, name],
                }
                for zone in self._camera.zones
                for name in ZONE_CLASSES
                if (zone.name, name) in self._maximum
            ],
            "movements": [
                {
                    "origin": origin,
                    "destination": destination,
                    "class": name,
                    "count": count,
                    "mean_seconds": round(self._movement_seconds[origin, destination, name] / count, 2),
                }
                for (origin, destination, name), count in sorted(self.movements.items())
            ],
        }


def as_table(report: dict[str, Any]) -> str:
    """Return a report as text for people: one line a counting line and direction, classes that occurred as columns."""
    rows = report["lines"]
    classes = [name for name in CLASSES if any(row["class"] == name and row["count"] for row in rows)]
    counts = {(row["line"], row["direction"], row["class"]): row["count"] for row in rows}
    keys = list(dict.fromkeys((row["line"], row["direction"]) for row in rows))
    width = max([len("line"), *(len(line) for line, _ in keys)])
    heading = [f"{'line':<{width}}  direction", *(f"{name:>10}" for name in classes), f"{'all':>6}"]
    title = "{site} · {camera} · {from} to {to} · coverage {coverage:.1%}".format_map(report)
    text = [title, "  ".join(heading)]
    for line, direction in keys:
        cells = [counts[line, direction, name] for name in classes]
        columns = [f"{line:<{width}}  {direction:<9}", *(f"{cell:>10}" for cell in cells), f"{sum(cells):>6}"]
        text.append("  ".join(columns))
    text += [
        f"{row['origin']} to {row['destination']}: {row['count']} {row['class']}, {row['mean_seconds']} s on average"
        for row in report["movements"]
    ]
    text += [f"zone {row['zone']}: {row['class']} mean {row['mean']}, max {row['max']}" for row in report["zones"]]
    return "\n".join(text)


def _iso(utc: float) -> str:
    return datetime.fromtimestamp(utc, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
