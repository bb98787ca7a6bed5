"""«Comptage des mobilités», the national schema of France, version 0.2: three tables, site, channel and measure.

The tables are those of https://schema.data.gouv.fr/etalab/schema-comptage-mobilites (Licence Ouverte 2.0). A camera is
a site, what it counts across one line, one way, of one class is a channel, and a measure is a bin of a channel: `count`
is 0 where nobody passed and empty where nothing was counted. Coverage has no column there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from vision.classes import ClassName
from vision.feeds.binned import Binned, Channel, channels
from vision.feeds.places import heading, place_of
from vision.identity import Place
from vision.site import Camera, Site
from vision.view import Heading

MOBILITY_TYPES: dict[ClassName, str] = {
    "pedestrian": "PEDESTRIAN",
    "bicycle": "BIKE",
    "motorcycle": "TWO WHEELS MOTORIZED",
    "car": "CAR",
    "truck": "TRUCK",
    "bus": "BUS",
}
"""Swimmers have none; they are not told."""

CLASSES: tuple[ClassName, ...] = tuple(MOBILITY_TYPES)


class SiteRow(NamedTuple):
    """A place at which is counted."""

    site_id: str
    parent_site_id: str | None
    site_name: str
    fr_insee_code: str | None
    xlong: float
    ylat: float
    external_ids: str | None = None
    infrastructure_type: str | None = None


class ChannelRow(NamedTuple):
    """What is counted there."""

    channel_id: str
    channel_provider_id: str | None
    site_provider_id: str | None
    site_id: str
    mobility_type: str
    comment: str | None
    counter_transmission_type: str
    publication_transmission_type: str
    counter_type: str
    direction: Heading | None
    provider_direction_code: str
    provider_direction_name: str | None
    data_provider_name: str | None
    temporality: str
    started_at: str
    ended_at: str | None
    last_updated_at: str | None
    time_step: int
    provider_portal_url: str | None


class MeasureRow(NamedTuple):
    """How many, from when to when."""

    channel_id: str
    counter_id: str
    start_datetime: str
    end_datetime: str
    passages: int | None
    """The column `count`: 0 where nobody passed, None where nothing was seen."""


MEASURE_COLUMNS = ("channel_id", "counter_id", "start_datetime", "end_datetime", "count")


def sites(site: Site) -> Iterator[SiteRow]:
    """Yield the cameras that count for this schema, of which it is known where they are."""
    for camera in site.cameras:
        place = place_of(site, camera)
        if place is not None and any(_channels((camera,))):
            yield _site(site, camera, place)


def _site(site: Site, camera: Camera, place: Place) -> SiteRow:
    identity = site.identity
    name = f"{identity.title or identity.name}, {camera.name}"
    return SiteRow(camera.name, identity.name, name, identity.insee, round(place[1], 7), round(place[0], 7))


def channel_rows(site: Site, began: Mapping[str, float], step: int) -> Iterator[ChannelRow]:
    """Yield the channels of the cameras that have begun to count.

    Args:
        site: its settings.
        began: by camera when it first saw, in unix seconds; what a site file says goes before it.
        step: of the measures, in seconds.
    """
    for channel in _channels(site.cameras):
        camera = channel.camera
        since = camera.since.timestamp() if camera.since else began.get(camera.name)
        if since is not None:
            yield _channel(site, channel, since, step)


def _channel(site: Site, channel: Channel, since: float, step: int) -> ChannelRow:
    return ChannelRow(
        channel_id=channel.name,
        channel_provider_id=None,
        site_provider_id=None,
        site_id=channel.camera.name,
        mobility_type=MOBILITY_TYPES[channel.object_class],
        comment=channel.line.name[:50],
        counter_transmission_type="REMOTE TRANSMISSION",
        publication_transmission_type="API",
        counter_type="VIDEO SENSOR",
        direction=heading(channel.camera, channel.line, channel.direction),
        provider_direction_code=channel.direction,
        provider_direction_name=channel.words or None,
        data_provider_name=site.identity.publisher or site.identity.title or None,
        temporality="PERMANENT",
        started_at=_iso(since),
        ended_at=None,
        last_updated_at=None,
        time_step=step,
        provider_portal_url=None,
    )


def measures(cameras: Sequence[Camera], passages: Binned, timezone: tzinfo) -> Iterator[MeasureRow]:
    """Yield a row a channel and bin.

    Args:
        cameras: of which to tell.
        passages: `COUNTS`.
        timezone: of the place, in which times are written with their offset.
    """
    times = [(begin.isoformat(), end.isoformat()) for begin, end in passages.times(timezone)]
    for channel in _channels(cameras):
        for (begin, end), count in zip(times, passages.counts(channel.series), strict=True):
            yield MeasureRow(channel.name, channel.camera.name, begin, end, count)


def series(cameras: Sequence[Camera]) -> int:
    """Return of how many channels measures will be told."""
    return sum(1 for _ in _channels(cameras))


def _channels(cameras: Sequence[Camera]) -> Iterator[Channel]:
    return channels(cameras, CLASSES)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
