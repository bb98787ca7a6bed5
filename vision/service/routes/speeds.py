"""/api/v1/speeds: how fast objects went across each line."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vision.classes import ClassName
from vision.events import Direction
from vision.ledger import LedgerReader
from vision.ledger.batch import FASTEST
from vision.ledger.reader import Names, Values
from vision.ledger.schema import SPEEDS
from vision.service import formats
from vision.service.binned import Columns, answer
from vision.service.context import ServedSite, SiteHistory
from vision.service.problems import PROBLEMS
from vision.service.routes.counts import CountsQuery, line_keys
from vision.service.times import Bins

router = APIRouter(tags=["history"])

V85 = 0.85
HISTOGRAM_KMH = 5


class SpeedRow(BaseModel):
    """Speeds of objects of one class that went across one line, one way, during [start, end)."""

    model_config = ConfigDict(populate_by_name=True)

    camera: str = Field(examples=["dorian"])
    line: str = Field(examples=["avenue-dorian"])
    direction: Direction
    object_class: ClassName = Field(alias="class", examples=["car"])
    start: datetime = Field(examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(examples=["2026-03-01T08:15:00Z"])
    count: int | None = Field(
        description="Passages of which the speed is known; null where the camera saw nothing of the bin, and, as the "
        "histogram, where small numbers are withheld.",
        examples=[9],
    )
    mean_kmh: float | None = Field(description="null where none is known.", examples=[26.4])
    v85_kmh: float | None = Field(description="The speed that 85 % do not exceed.", examples=[31.5])
    histogram: list[int] | None = Field(
        description="Passages by speed: 0 to 5 km/h, 5 to 10, … up to the fastest.", examples=[[0, 0, 1, 0, 2, 4, 2]]
    )
    coverage: float = Field(ge=0, le=1, description="Share of the bin that the camera really saw.", examples=[0.998])


class Speeds(formats.BinnedPage):
    """Speeds by calibrated camera, line, direction, class and bin; a bin without passages has a row too."""

    rows: list[SpeedRow]


EXAMPLE = """camera,line,direction,class,start,end,count,mean_kmh,v85_kmh,histogram,coverage
dorian,avenue-dorian,forward,car,2026-03-01T08:00:00Z,2026-03-01T08:15:00Z,9,26.4,31.5,0 0 1 0 2 4 2,0.998
"""


@router.get(
    "/speeds", summary="Speeds across lines", response_model=Speeds, responses={**formats.csv_too(EXAMPLE), **PROBLEMS}
)
def speeds(
    request: Request, query: Annotated[CountsQuery, Query()], site: ServedSite, history: SiteHistory
) -> Response:
    """Mean, 85th percentile and histogram of speeds on the ground. Cameras without a ground plane have no rows."""
    calibrated = {camera.name for camera in site.cameras if camera.ground is not None}
    keys = [key for key in line_keys(site, query) if key[0] in calibrated]
    word = _word if site.privacy is None else _word_without_histogram
    return answer(request, query, history, keys, _find, SpeedRow, word)


def _find(reader: LedgerReader, spans: Bins) -> dict[Names, Columns]:
    """Return by camera, line, direction and class a histogram (bins, km/h) and the sum of the speeds."""
    found: defaultdict[Names, dict[str, Values]] = defaultdict(
        lambda: {"histogram": np.zeros((len(spans), FASTEST + 1)), "total_kmh": np.zeros(len(spans))}
    )
    for (*names, kmh), columns in reader.sums(SPEEDS, spans.start, spans.end, spans.step).items():
        of_series = found[tuple(names)]
        of_series["histogram"][:, int(kmh)] += columns["count"]
        of_series["total_kmh"] += columns["total_kmh"]
    return dict(found)


def _word(columns: Columns, place: int, _: float) -> dict[str, Any]:
    histogram = np.atleast_1d(columns["histogram"][place])
    count = int(histogram.sum())
    if not count:
        return {"count": 0, "mean_kmh": None, "v85_kmh": None, "histogram": []}
    return {
        "count": count,
        "mean_kmh": round(float(columns["total_kmh"][place]) / count, 1),
        "v85_kmh": round(percentile(histogram, V85), 1),
        "histogram": coarse(histogram),
    }


def _word_without_histogram(columns: Columns, place: int, seen: float) -> dict[str, Any]:
    return {**_word(columns, place, seen), "count": None, "histogram": None}


def percentile(histogram: Values, share: float) -> float:
    """Return the speed that a share of a histogram in whole km/h does not exceed, spread evenly within a class."""
    up_to = histogram.cumsum()
    wanted = share * up_to[-1]
    kmh = int(np.searchsorted(up_to, wanted))
    return kmh + 1 - float((up_to[kmh] - wanted) / histogram[kmh])


def coarse(histogram: Values) -> list[int]:
    """Return a histogram in whole km/h in steps of five, up to the last that is not 0."""
    edges = np.arange(0, len(histogram), HISTOGRAM_KMH)
    counts = np.trim_zeros(np.add.reduceat(histogram, edges), "b")
    return [int(count) for count in counts]
