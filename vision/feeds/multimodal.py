"""«Comptage multimodal» of the city of Paris: passages an hour, by mode and trajectory.

The columns, and the words of `mode`, are those of the dataset `comptage-multimodal-comptages` on opendata.paris.fr,
whose description says that a trajectory is «Entrée > Sortie». It has no mode for pedestrians nor for swimmers: they are
not told here. Its «Trottinettes» cannot occur, for no class of ours is only that.

A camera whose site file names `gates` is told by the movements between them; another by the two directions across each
of its lines, from its left («gauche») to its right («droite»), seen from `a`, or back. Both at once would count a
vehicle twice.
"""

from collections.abc import Iterator
from datetime import tzinfo
from itertools import product
from typing import NamedTuple, TypedDict

from vision.classes import CLASSES, ClassName
from vision.feeds.binned import Binned, Channel, channels
from vision.feeds.places import heading, opposite, place_of
from vision.identity import Place
from vision.site import Camera, Site
from vision.view import Heading

HOUR = 3600
"""Seconds."""

MODES: dict[ClassName, str] = {
    "bicycle": "Vélos",
    "motorcycle": "2 roues motorisées",
    "car": "Véhicules légers < 3,5t",
    "truck": "Véhicules lourds > 3,5t",
    "bus": "Autobus et autocars",
}

WITHOUT_A_MODE = "pedestrian, swimmer"

WINDS: dict[Heading, str] = {
    "N": "N", "NE": "NE", "E": "E", "SE": "SE", "S": "S", "SW": "SO", "W": "O", "NW": "NO",
}  # fmt: skip
"""In French."""


class Coordinates(TypedDict):
    """A point as Opendatasoft's JSON says it, in degrees of WGS 84."""

    lon: float
    lat: float


class Row(NamedTuple):
    """One mode on one trajectory in one hour."""

    id_trajectoire: str
    id_site: str
    label: str
    t: str
    """Begin of the hour, local, with its offset."""
    mode: str
    nb_usagers: int | None
    """None where nothing was seen."""
    voie: str
    sens: str
    trajectoire: str
    coordonnees_geo: Coordinates | None
    couverture: float
    """Share of the hour that was really seen; not a column of the city's."""


COLUMNS = Row._fields[:-1]


class _Trajectory(NamedTuple):
    series: tuple[str, str, str]
    """Without its class."""
    name: str
    way: str
    sense: str
    place: Place | None


def rows(site: Site, passages: Binned, movements: Binned, timezone: tzinfo) -> Iterator[Row]:
    """Yield a row for each trajectory, mode and hour.

    Args:
        site: its names and places.
        passages: `COUNTS` in hours.
        movements: `MOVEMENTS` in the same hours.
        timezone: of the place.
    """
    times = [begin.isoformat() for begin, _ in passages.times(timezone)]
    for camera in site.cameras:
        if camera.name not in passages.seen:
            continue
        binned = passages if camera.gates is None else movements
        coverage = binned.coverage(camera.name)
        label = f"{site.identity.title or site.identity.name}, {camera.name}"
        for path, (name, mode) in product(_trajectories(site, camera), _modes(camera)):
            geo = None if path.place is None else Coordinates(lon=path.place[1], lat=path.place[0])
            for t, count, share in zip(times, binned.counts((*path.series, name)), coverage, strict=True):
                yield Row(
                    f"{camera.name}_{path.name}",
                    camera.name,
                    label,
                    t,
                    mode,
                    count,
                    path.way,
                    path.sense,
                    path.name,
                    geo,
                    share,
                )


def series(cameras: tuple[Camera, ...], site: Site) -> int:
    """Return of how many trajectories and modes rows will be told."""
    return sum(len(_trajectories(site, camera)) * len(_modes(camera)) for camera in cameras)


def _modes(camera: Camera) -> list[tuple[ClassName, str]]:
    return [(name, MODES[name]) for name in camera.classes or CLASSES if name in MODES]


def _trajectories(site: Site, camera: Camera) -> list[_Trajectory]:
    if camera.gates is None:
        seen: dict[tuple[str, str, str], Channel] = {}
        for channel in channels((camera,)):
            seen.setdefault(channel.series[:3], channel)
        return [_across(site, channel) for channel in seen.values()]
    place = place_of(site, camera)
    return [
        _Trajectory((camera.name, origin, destination), f"{origin} > {destination}", "", "", place)
        for origin, destination in product(camera.gates, repeat=2)
    ]


def _across(site: Site, channel: Channel) -> _Trajectory:
    """Return the trajectory across a line, from its left to its right, seen from `a`, or back."""
    camera, line = channel.camera, channel.line
    sides = f"{line.name} gauche", f"{line.name} droite"
    entry, leaving = sides if channel.direction == "forward" else sides[::-1]
    wind = heading(camera, line, channel.direction)
    sense = channel.words if wind is None else f"{WINDS[opposite(wind)]}-{WINDS[wind]}"
    return _Trajectory(channel.series[:3], f"{entry} > {leaving}", line.way, sense, place_of(site, camera, line))
