"""/api/v1/sites: which place this is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, Field

from vision.service.context import ServedSite
from vision.service.plan import map_corners
from vision.view import Metres

router = APIRouter(prefix="/sites", tags=["place"])


class SiteCard(BaseModel):
    """A place with its cameras."""

    name: str = Field(examples=["nation"])
    title: str = Field(examples=["Place de la Nation"])
    timezone: str = Field(
        description="For pages that show local time; all times here are UTC.", examples=["Europe/Paris"]
    )
    today: datetime = Field(description="When the day began there.", examples=["2026-02-28T23:00:00Z"])
    cameras: list[str] = Field(examples=[["dorian"]])
    threshold: int | None = Field(
        description="Counts of fewer than so many are withheld here, and no object is shown; null where all is told.",
        examples=[None],
    )
    map: tuple[Metres, Metres, Metres] | None = Field(
        description="Top left, top right and bottom left corner of the city's drawing at `/map`, in metres of the plan "
        "on which cameras have an `offset`; null where there is none.",
        examples=[[[-50, 40], [50, 40], [-50, -40]]],
    )


class Sites(BaseModel):
    """The places that this service speaks for: one."""

    sites: list[SiteCard]


@router.get("", summary="The place served here")
def sites(site: ServedSite) -> Sites:
    """Return the place, its time zone, and the names of its cameras."""
    identity = site.identity
    now = datetime.now(ZoneInfo(identity.timezone))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    card = SiteCard(
        name=identity.name,
        title=identity.title or identity.name,
        timezone=identity.timezone,
        today=midnight.astimezone(UTC),
        map=map_corners(site),
        cameras=[camera.name for camera in site.cameras],
        threshold=site.privacy.threshold if site.privacy else None,
    )
    return Sites(sites=[card])
