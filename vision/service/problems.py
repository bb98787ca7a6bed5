"""What a client is told when it asks for something that cannot be: one line, what was found and what was wanted."""

import logging
from collections.abc import Mapping
from typing import Any, NoReturn

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field


class Problem(BaseModel):
    """The body of every answer that is not a success."""

    detail: str = Field(
        description="One line: the parameter, what was found, what was wanted.",
        examples=["step: found '2h30', wanted whole seconds from 1 to 86400, such as 60, 1s, 15m, 1h, 1d, or whole"],
    )


class BadParameterError(ValueError):
    """A parameter asks for something that this site does not have, or that is too much."""


PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "A parameter is wrong; the detail says what was found and what was wanted."},
    503: {"model": Problem, "description": "The ledger cannot be read now."},
}
"""The OpenAPI text of what a question to the ledger may meet."""

PROBLEM_AS_JSON: dict[str, Any] = {
    "description": PROBLEMS[422]["description"],
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
"""The same 422, for a route whose success is not JSON."""

ALWAYS: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": PROBLEM_AS_JSON["content"]}
    for status, description in {
        401: "A token is needed here, and none was shown that is good.",
        421: "The service is not known under this host name.",
        429: "One client has asked too often; Retry-After says when it may again.",
        503: "The service is busy; Retry-After says when to try again.",
    }.items()
}
"""What any question may meet before it reaches its route."""

_LOG = logging.getLogger(__name__)


def refuse(parameter: str, found: object, wanted: str) -> NoReturn:
    """Refuse a parameter.

    Raises:
        BadParameterError: always.
    """
    raise BadParameterError(f"{parameter}: found {found!r}, wanted {wanted}")


def refuse_unknown(parameter: str, found: str, known: list[str]) -> None:
    """Refuse a name that is not among those known.

    Raises:
        BadParameterError: it is not.
    """
    if found not in known:
        refuse(parameter, found, f"one of: {', '.join(known)}" if known else "none, for this site has none")


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return an answer that is not a success."""
    return JSONResponse({"detail": detail}, status_code=status, headers=headers)


def answer_bad_parameter(_: Request, error: Exception) -> JSONResponse:
    """Turn a BadParameterError into a 422."""
    return problem(422, str(error))


def answer_trouble(_: Request, error: Exception) -> JSONResponse:
    """Turn trouble with the ledger into a 503; what it was goes to the log, for it names a path of this machine."""
    _LOG.error("a question was not answered: %s", error)
    return problem(503, "the ledger cannot be read now, try again later")


def answer_validation(_: Request, error: Exception) -> JSONResponse:
    """Turn what the framework found wrong with the parameters into a 422 with one line."""
    details = error.errors() if isinstance(error, RequestValidationError) else ()
    phrases = [_phrase(jsonable_encoder(detail)) for detail in details]
    return problem(422, "; ".join(phrases))


def _phrase(detail: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in detail["loc"][1:])
    if detail["type"] == "extra_forbidden":
        return f"{name}: unknown parameter"
    wanted = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{name}: found {detail['input']!r}, wanted {wanted}"
