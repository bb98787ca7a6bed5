"""/api/v1/crossings: what is seen at each crossing, and what its controller is advised."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vision.crossings.seen import Phase, Signal
from vision.service.context import Desk
from vision.service.crossings import CrossingNow
from vision.service.problems import PROBLEM_AS_JSON, PROBLEMS, refuse, refuse_unknown
from vision.settings import complaints

router = APIRouter(prefix="/crossings", tags=["live"])

MOST_BYTES = 1024
"""Of what a controller says."""
AHEAD_S = 5.0
"""A phase may begin so much later than now: clocks differ."""


class Crossings(BaseModel):
    """The crossings of the place, in the order of its site file."""

    crossings: list[CrossingNow]


class PhaseSaid(BaseModel):
    """What a controller shows to pedestrians."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    signal: Signal = Field(examples=["walk"])
    since: float | None = Field(None, description="Unix seconds; by default now.", examples=[1772352000.0])


UNKNOWN: dict[int | str, dict[str, Any]] = {422: PROBLEMS[422]}
REFUSED: dict[int | str, dict[str, Any]] = {
    413: {**PROBLEM_AS_JSON, "description": "What was said is too long."},
    422: {**PROBLEMS[422], "description": "There is no such crossing, or no such phase."},
}


def _known(name: Annotated[str, Path(description="Of a crossing.", examples=["choisy"])], desk: Desk) -> str:
    refuse_unknown("crossing", name, desk.names)
    return name


KnownCrossing = Annotated[str, Depends(_known)]


@router.get("", summary="Crossings and the advice to their controllers")
def crossings(desk: Desk) -> Crossings:
    """Return every crossing with what is seen there and what is advised."""
    return Crossings(crossings=[desk.now(name) for name in desk.names])


@router.get("/{name}", summary="One crossing and the advice to its controller", responses=UNKNOWN)
def crossing(name: KnownCrossing, desk: Desk) -> CrossingNow:
    """Return what is seen at a crossing, and what is advised with its reasons and its validity.

    The same comes once a second as the event `crossing` of `/api/v1/live`. Follow no advice that is older than its
    `validity_s`, nor one that says `no data`: then the controller's own plan is to be followed.
    """
    return desk.now(name)


async def _said(request: Request) -> PhaseSaid:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"wanted at most {MOST_BYTES} bytes")
    try:
        return PhaseSaid.model_validate_json(body)
    except ValidationError as error:
        refuse("phase", body.decode("utf-8", "replace")[:80], "; ".join(complaints(error)))


@router.put(
    "/{name}/phase",
    summary="Say which phase a crossing's signal is in",
    responses=REFUSED,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": PhaseSaid.model_json_schema()}},
        }
    },
)
def say_phase(name: KnownCrossing, said: Annotated[PhaseSaid, Depends(_said)], desk: Desk) -> CrossingNow:
    """Take what the controller of a crossing shows; return what it is advised.

    It needs a token, whatever is open to read, unless the service only listens to this machine. With the phase, a green
    that is under way keeps the length for which it was planned and waits for the slowest, a clearance is lengthened for
    them, and whoever sets off outside the green is counted. Say it when it changes, and again before `phase_validity`
    (two minutes by default) is over: then it is taken to be unknown.
    """
    now = time.time()
    since = now if said.since is None else said.since
    if since > now + AHEAD_S:
        refuse("since", since, f"a time that has come: it is {now:.0f}")
    return desk.say_phase(name, Phase(signal=said.signal, since=since))
