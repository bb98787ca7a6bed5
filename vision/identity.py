"""How a site is called, where it is, how it looks from above, and who publishes its figures under which licence."""

from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator, model_validator

from vision.settings import Settings
from vision.view import Latitude, Longitude, Metres, Name, Position

Place = tuple[Latitude, Longitude]
"""Degrees of WGS 84."""

InseeCode = Annotated[str, Field(pattern=r"^([013-9]\d|2[AB1-9])\d{3}$")]
"""Of a French municipality, as the national schema «comptage des mobilités» writes it."""


MAP_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
"""Ending of a map's file -> media type."""


class MapSettings(Settings):
    """A drawing of the place that the city gives; it lies under what is counted, and is never a view of a camera.

    The corners are its top left, top right and bottom left one, in the frame that the cameras' grounds share.
    """

    file: Path
    """SVG or PNG; relative to the folder of the site file."""
    metres: tuple[Metres, Metres, Metres] | None = None
    wgs84: tuple[Position, Position, Position] | None = None

    @field_validator("file")
    @classmethod
    def _is_beside_the_site_file(cls, file: Path, info: ValidationInfo) -> Path:
        if file.suffix.lower() not in MAP_TYPES:
            raise ValueError(f"{file.name!r} is no drawing, wanted a file that ends in {' or '.join(MAP_TYPES)}")
        return info.context / file if isinstance(info.context, Path) else file

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        corners = self.metres if self.wgs84 is None else self.wgs84
        if corners is None or (self.metres is not None and self.wgs84 is not None):
            raise ValueError("wanted its corners top left, top right and bottom left, either as metres or as wgs84")
        (x0, y0), (x1, y1), (x2, y2) = corners
        if abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) < 1e-12:
            raise ValueError("its corners are on one line, wanted top left, top right and bottom left")
        return self


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
    map: MapSettings | None = None

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("wanted a name of the IANA time zone database, such as Europe/Paris") from error
        return timezone
