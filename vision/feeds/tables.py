"""Tables of a day's passages, as CSV (RFC 4180) or as Apache Parquet.

Parquet needs pyarrow, the optional extra `parquet`, so that a small box can do without.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from vision.feeds.binned import Binned, channels
from vision.site import Camera


class PassageRow(NamedTuple):
    """Passages across one line, one way, of one class, during [start, end)."""

    camera: str
    line: str
    direction: str
    object_class: str
    start: datetime
    """Local, with its offset."""
    end: datetime
    passages: int | None
    """None where nothing was seen."""
    coverage: float
    """Share of the bin that was really seen."""


COLUMNS = ("camera", "line", "direction", "class", "start", "end", "count", "coverage")


class NoParquetError(Exception):
    """Parquet is asked for and pyarrow is not installed."""


def day_bins(day: date, timezone: tzinfo, step: int) -> tuple[int, int]:
    """Return begin and end, in unix seconds, of the bins that begin on a local day: 23, 24 or 25 hours.

    Bins begin at multiples of the step in UTC, so each belongs to one day and none is told twice or left out.
    """
    first, following = (
        int(datetime(moment.year, moment.month, moment.day, tzinfo=timezone).timestamp())
        for moment in (day, day + timedelta(days=1))
    )
    return -(-first // step) * step, -(-following // step) * step


def passage_rows(cameras: Sequence[Camera], passages: Binned, timezone: tzinfo) -> Iterator[PassageRow]:
    """Yield a row a series and bin, in the order of the site file."""
    times = passages.times(timezone)
    for channel in channels(cameras):
        counts, coverage = passages.counts(channel.series), passages.coverage(channel.camera.name)
        for (start, end), count, share in zip(times, counts, coverage, strict=True):
            yield PassageRow(*channel.series, start, end, count, share)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Return rows as CSV with a header; None is empty, a time is ISO 8601."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([value.isoformat() if isinstance(value, datetime) else value for value in row] for row in rows)
    return text.getvalue()


def to_parquet(rows: Iterable[PassageRow], timezone: str) -> bytes:
    """Return rows as a Parquet file; its times know the zone of the place.

    Args:
        rows: of a day.
        timezone: a name of the IANA time zone database.

    Raises:
        NoParquetError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  # an optional extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise NoParquetError from error
    types: dict[str, Any] = dict.fromkeys(COLUMNS, pa.string())
    types |= dict.fromkeys(("start", "end"), pa.timestamp("s", tz=timezone))
    types |= {"count": pa.int64(), "coverage": pa.float64()}
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays = [pa.array(column, types[name]) for name, column in zip(COLUMNS, columns, strict=True)]
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(arrays, names=list(COLUMNS)), sink)
    return bytes(sink.getvalue())
