"""/api/v1/counts: how many went across each line, each way, by class."""

from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import CLASSES, ClassName
from vision.events import DIRECTIONS, Direction
from vision.ledger import LedgerReader
from vision.service import formats
from vision.service.context import LedgerPath, ServedSite, chosen_cameras
from vision.service.problems import PROBLEMS, refuse_unknown
from vision.service.queries import BinnedQuery, refuse_too_many, shares
from vision.service.times import Bins, bins
from vision.site import Site

router = APIRouter(tags=["history"])

LineKey = tuple[str, str, Direction, ClassName]
"""camera, line, direction, class."""


class CountsQuery(BinnedQuery):
    """Which passages are asked for."""

    line: str | None = Field(None, description="Only lines of this name.", examples=["avenue-dorian"])
    direction: Direction | None = Field(None, description="Only this direction.", examples=["forward"])
    object_class: ClassName | None = Field(None, alias="class", description="Only this class.", examples=["bicycle"])


class CountRow(BaseModel):
    """Passages across one line, one way, of one class, during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    line: str = Field(examples=["avenue-dorian"])
    direction: Direction = Field(
        description="`forward` is from left to right for who stands at the line's `a` and looks towards `b`."
    )
    object_class: ClassName = Field(alias="class", examples=["bicycle"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    count: int | None = Field(
        description="null where the camera saw nothing of the bin; 0 means nobody.", examples=[12]
    )
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Counts(formats.BinnedPage):
    """Passages by camera, line, direction, class and bin; a bin without passages has a row too."""

    rows: list[CountRow]


EXAMPLE = """camera,line,direction,class,start,end,count,coverage
dorian,avenue-dorian,forward,bicycle,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,12,0.998
"""


@router.get(
    "/counts",
    summary="Passages across lines",
    response_model=Counts,
    responses={**formats.csv_too(EXAMPLE), **PROBLEMS},
)
def counts(request: Request, query: Annotated[CountsQuery, Query()], site: ServedSite, ledger: LedgerPath) -> Response:
    """Passages in bins of one second to one day, aligned to their step in UTC, with the share that was really seen."""
    keys = line_keys(site, query)
    spans = bins(query.begin, query.end, query.step)
    refuse_too_many(spans, len(keys))
    rows = count_rows(ledger, keys, spans)
    edges = spans.edges()
    page = Counts.model_construct(begin=edges[0], end=edges[-1], step=spans.step, rows=rows)
    lines = (row.model_dump(mode="json", by_alias=True) for row in rows)
    return formats.write(request, query.format, page, formats.columns_of(CountRow), lines)


def line_keys(site: Site, query: CountsQuery) -> list[LineKey]:
    """Return every series that a question is about, in the order of the site file.

    Raises:
        BadParameterError: no such camera or line.
    """
    cameras = chosen_cameras(site, query.camera)
    if query.line is not None:
        refuse_unknown("line", query.line, [line.name for camera in cameras for line in camera.lines])
    directions = (query.direction,) if query.direction else DIRECTIONS
    return [
        (camera.name, line.name, direction, object_class)
        for camera in cameras
        for line in camera.lines
        if query.line in (None, line.name)
        for direction, object_class in product(directions, camera.classes or CLASSES)
        if query.object_class in (None, object_class)
    ]


def count_rows(ledger: Path, keys: list[LineKey], spans: Bins) -> list[CountRow]:
    """Return the rows of every series, bin after bin.

    Raises:
        ComptageError: the ledger cannot be read.
    """
    grid = (spans.start, spans.end, spans.step)
    with LedgerReader(ledger) as reader, reader.snapshot():
        found = reader.line_counts(*grid)
        coverage = {
            camera: shares(reader.seen_seconds(camera, *grid), spans.step) for camera in {key[0] for key in keys}
        }
    edges = spans.edges()
    nobody = np.zeros(len(spans), np.int64)
    return [
        CountRow.model_construct(
            camera=key[0],
            line=key[1],
            direction=key[2],
            object_class=key[3],
            start=start,
            end=end,
            count=count if share > 0 else None,
            coverage=share,
        )
        for key in keys
        for start, end, count, share in zip(
            edges, edges[1:], found.get(key, nobody).tolist(), coverage[key[0]], strict=False
        )
    ]
