"""Answers from a table of sums: a row a series and bin, with the share of the bin that the camera really saw."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from fastapi import Request, Response
from pydantic import BaseModel

from vision.ledger import LedgerReader
from vision.ledger.reader import Names, Values
from vision.ledger.schema import Sums
from vision.ledger.shares import shares
from vision.service import formats
from vision.service.context import History
from vision.service.queries import BinnedQuery, refuse_too_many
from vision.service.times import Bins

Columns = Mapping[str, Values]
"""Of one series; the first axis of each is the bins."""
Find = Callable[[LedgerReader, Bins], Mapping[Names, Columns]]
Word = Callable[[Columns, int, float], dict[str, Any]]
"""Columns of a series, position of a bin, seconds seen of it -> what its row says beside names, times and coverage."""


def sums_of(table: Sums) -> Find:
    """Return how the sums of a table are found."""
    return lambda reader, spans: reader.sums(table, spans.start, spans.end, spans.step)


def answer(
    request: Request,
    query: BinnedQuery,
    history: History,
    keys: Sequence[Names],
    find: Find,
    row: type[BaseModel],
    word: Word,
) -> Response:
    """Return the answer of a route.

    Args:
        request: for its Accept header.
        query: the period and the step.
        history: what may be told.
        keys: the series that are asked about, in the order of their rows; the first name is the camera's.
        find: reads the series that have anything in the period.
        row: the model of a row. Its first fields are the names of a key, then come `start` and `end`, then what `word`
            says, then `coverage`.
        word: what a row says; where nothing was seen it says null instead.

    Raises:
        BadParameterError: the period is wrong, or it would be too many rows.
        ComptageError: the ledger cannot be read.
    """
    spans = history.bins(query)
    refuse_too_many(spans, len(keys))
    grid = (spans.start, spans.end, spans.step)
    with history.open() as reader, reader.snapshot():
        found = find(reader, spans)
        seen = {str(camera): reader.seen_seconds(str(camera), *grid) for camera in {key[0] for key in keys}}
    rows = [
        line
        for key in keys
        for line in _series(key, found.get(key, _Nothing(len(spans))), seen[str(key[0])], spans, row, word)
    ]
    edges = spans.edges()
    page = formats.BinnedPage.model_construct(begin=edges[0], end=edges[-1], step=spans.step, rows=rows)
    lines = (_for_csv(line.model_dump(mode="json", by_alias=True)) for line in rows)
    return formats.write(request, query.format, page, formats.columns_of(row), lines)


def or_null(value: float, decimals: int) -> float | None:
    """Return a rounded figure, or None for one that is not known or withheld."""
    return None if math.isnan(value) else round(float(value), decimals)


class _Nothing(dict[str, Values]):
    """The columns of a series that has nothing in a period."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length

    def __missing__(self, column: str) -> Values:
        return np.zeros(self._length)


def _series(
    key: Names, columns: Columns, seen: Values, spans: Bins, row: type[BaseModel], word: Word
) -> list[BaseModel]:
    names: dict[str, Any] = dict(zip(row.model_fields, key, strict=False))
    edges = spans.edges()
    rows = []
    for place, (start, end, share) in enumerate(zip(edges, edges[1:], shares(seen, spans.step), strict=False)):
        said = word(columns, place, float(seen[place]))
        said = said if share > 0 else dict.fromkeys(said)
        rows.append(row.model_construct(**names, start=start, end=end, **said, coverage=share))
    return rows


def _for_csv(line: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose lists are numbers with spaces between them."""
    return {name: " ".join(map(str, value)) if isinstance(value, list) else value for name, value in line.items()}
