"""/api/v1/occupancy: how many were in each zone, by class."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import CLASSES
from vision.events import ZoneClass
from vision.ledger import LedgerReader
from vision.service import formats
from vision.service.context import LedgerPath, ServedSite, chosen_cameras
from vision.service.problems import PROBLEMS, refuse_unknown
from vision.service.queries import BinnedQuery, refuse_too_many, shares
from vision.service.times import Bins, bins
from vision.site import Site

router = APIRouter(tags=["history"])

ZoneKey = tuple[str, str, ZoneClass]
"""camera, zone, class."""


class OccupancyQuery(BinnedQuery):
    """Which zones are asked for."""

    zone: str | None = Field(None, description="Only zones of this name.", examples=["parvis"])
    object_class: ZoneClass | None = Field(
        None, alias="class", description="Only this class; `all` for the sum of all.", examples=["all"]
    )


class OccupancyRow(BaseModel):
    """Objects of one class (or of all) in one zone during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    zone: str = Field(examples=["parvis"])
    object_class: ZoneClass = Field(alias="class", examples=["all"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    mean: float | None = Field(
        description="Mean number at once, over the time seen; null where the camera saw nothing.", examples=[4.31]
    )
    maximum: int | None = Field(description="Largest number at once; null where the camera saw nothing.", examples=[11])
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Occupancies(formats.BinnedPage):
    """Objects in zones by camera, zone, class and bin; an empty bin has a row too."""

    rows: list[OccupancyRow]


EXAMPLE = """camera,zone,class,start,end,mean,maximum,coverage
dorian,parvis,all,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,4.31,11,0.998
"""


@router.get(
    "/occupancy",
    summary="Objects in zones",
    response_model=Occupancies,
    responses={**formats.csv_too(EXAMPLE), **PROBLEMS},
)
def occupancy(
    request: Request, query: Annotated[OccupancyQuery, Query()], site: ServedSite, ledger: LedgerPath
) -> Response:
    """Mean and largest number of objects in each zone, in bins aligned to their step in UTC."""
    keys = zone_keys(site, query)
    spans = bins(query.begin, query.end, query.step)
    refuse_too_many(spans, len(keys))
    rows = occupancy_rows(ledger, keys, spans)
    edges = spans.edges()
    page = Occupancies.model_construct(begin=edges[0], end=edges[-1], step=spans.step, rows=rows)
    lines = (row.model_dump(mode="json", by_alias=True) for row in rows)
    return formats.write(request, query.format, page, formats.columns_of(OccupancyRow), lines)


def zone_keys(site: Site, query: OccupancyQuery) -> list[ZoneKey]:
    """Return every series that a question is about, in the order of the site file.

    Raises:
        BadParameterError: no such camera or zone.
    """
    cameras = chosen_cameras(site, query.camera)
    if query.zone is not None:
        refuse_unknown("zone", query.zone, [zone.name for camera in cameras for zone in camera.zones])
    everything: ZoneClass = "all"
    return [
        (camera.name, zone.name, object_class)
        for camera in cameras
        for zone in camera.zones
        if query.zone in (None, zone.name)
        for object_class in (everything, *(camera.classes or CLASSES))
        if query.object_class in (None, object_class)
    ]


def occupancy_rows(ledger: Path, keys: list[ZoneKey], spans: Bins) -> list[OccupancyRow]:
    """Return the rows of every series, bin after bin.

    Raises:
        ComptageError: the ledger cannot be read.
    """
    grid = (spans.start, spans.end, spans.step)
    with LedgerReader(ledger) as reader, reader.snapshot():
        found = reader.zone_occupancy(*grid)
        seen = {camera: reader.seen_seconds(camera, *grid) for camera in {key[0] for key in keys}}
    nobody = (np.zeros(len(spans)), np.zeros(len(spans), np.int64))
    return [row for key in keys for row in _series(key, *found.get(key, nobody), seen[key[0]], spans)]


def _series(
    key: ZoneKey,
    object_seconds: npt.NDArray[np.float64],
    maxima: npt.NDArray[np.int64],
    seen: npt.NDArray[np.float64],
    spans: Bins,
) -> list[OccupancyRow]:
    """Return the rows of one series from its sums, maxima and seconds seen, each (bins,)."""
    edges = spans.edges()
    means = np.divide(object_seconds, seen, out=np.zeros(len(spans)), where=seen > 0).round(3)
    columns = (edges, edges[1:], means.tolist(), maxima.tolist(), shares(seen, spans.step))
    return [
        OccupancyRow.model_construct(
            camera=key[0],
            zone=key[1],
            object_class=key[2],
            start=start,
            end=end,
            mean=mean if share > 0 else None,
            maximum=maximum if share > 0 else None,
            coverage=share,
        )
        for start, end, mean, maximum, share in zip(*columns, strict=False)
    ]
