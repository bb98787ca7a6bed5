"""One answer, two writings: JSON for programs, CSV for spreadsheets; the rows are the same."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

Format = Literal["json", "csv"]

_SPECIFIC = 1e-6
"""Added to a quality where a type is named in full: between equals, `text/csv` beats `*/*`."""


class Page(BaseModel):
    """An answer of rows about a period, whose ends are those that were asked for after they were aligned."""

    model_config = ConfigDict(populate_by_name=True)

    begin: datetime = Field(alias="from", examples=["2026-03-01T08:00:00Z"])
    end: datetime = Field(alias="to", examples=["2026-03-01T09:00:00Z"])
    rows: Sequence[BaseModel]


class BinnedPage(Page):
    """An answer of rows, each about one bin."""

    step: int = Field(description="Length of a bin in seconds.", examples=[900])


def choose(asked: Format | None, accept: str) -> Format:
    """Return the format: the one asked for, else the one that the Accept header prefers, else JSON."""
    if asked is not None:
        return asked
    qualities = {"json": _quality(accept, "application/json"), "csv": _quality(accept, "text/csv")}
    return "csv" if qualities["csv"] > qualities["json"] else "json"


def _quality(accept: str, media_type: str) -> float:
    """Return how much (0 to 1) an Accept header wants a media type, after RFC 9110, 12.5.1."""
    patterns = {media_type: _SPECIFIC, media_type.split("/", maxsplit=1)[0] + "/*": 0.0, "*/*": 0.0}
    best = 0.0
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name not in patterns:
            continue
        weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
        try:
            weight = float(weights[0]) if weights else 1.0
        except ValueError:
            weight = 0.0
        best = max(best, weight + patterns[name] if weight > 0 else 0.0)
    return best


def write(
    request: Request, asked: Format | None, page: Page, columns: Collection[str], lines: Iterable[Mapping[str, Any]]
) -> Response:
    """Return an answer in the format that the client wants, already encoded, so that the event loop never has to.

    Args:
        request: for its Accept header.
        asked: the `format` parameter.
        page: the whole answer, for JSON.
        columns: header of the CSV.
        lines: the same answer for CSV, one mapping a line; read only when CSV is wanted.
    """
    if choose(asked, request.headers.get("accept", "")) == "csv":
        return as_csv(columns, lines)
    # Row by row: encoded in one go, a large answer would hold the interpreter's lock, and every live stream with it.
    head = page.model_dump_json(by_alias=True, exclude={"rows"}).removesuffix("}")
    rows = ",".join(row.model_dump_json(by_alias=True) for row in page.rows)
    return Response(f'{head},"rows":[{rows}]}}', media_type="application/json", headers={"Vary": "Accept"})


def as_csv(columns: Collection[str], lines: Iterable[Mapping[str, Any]]) -> Response:
    """Return a table as CSV: its header, then one mapping a line."""
    text = io.StringIO(newline="")
    writer: csv.DictWriter[str] = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return Response(text.getvalue(), media_type="text/csv", headers={"Vary": "Accept"})


def columns_of(row: type[BaseModel]) -> list[str]:
    """Return the names of a row's columns, as clients see them."""
    return [field.serialization_alias or field.alias or name for name, field in row.model_fields.items()]


def csv_too(example: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI text of a success that may be CSV, with an example of it."""
    return {200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": example}}}}
