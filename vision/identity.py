"""How a site is called, where it is, and under whose name and which licence its figures are published."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from vision.settings import Settings
from vision.view import Latitude, Longitude, Name

Place = tuple[Latitude, Longitude]
"""Degrees of WGS 84."""

InseeCode = Annotated[str, Field(pattern=r"^([013-9]\d|2[AB1-9])\d{3}$")]
"""Of a French municipality, as the national schema «comptage des mobilités» writes it."""


class SiteIdentity(Settings):
    """How the site is called, and what whoever publishes its figures must say of them."""

    name: Name
    title: str = ""
    timezone: str = "UTC"
    place: Place | None = None
    """Where it is; a camera's own place and its ground plane say it more finely."""
    insee: InseeCode | None = None
    licence: str = "notspecified"
    """Under which the figures are published, by its identifier in SPDX or CKAN, such as `etalab-2.0` or `ODbL-1.0`."""
    publisher: str = ""
    """By default the site's title."""
    contact: str = ""
    """An address of mail or of a page, for questions about the figures."""

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("wanted a name of the IANA time zone database, such as Europe/Paris") from error
        return timezone
