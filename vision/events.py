"""What a worker may say to the service: numbers, names and times only.

A worker writes one event a line, as JSON; the service validates every line against the types below and takes nothing
else. So the pipe between them is the second bar of the picture in `vision`: what has no field here cannot pass.

Times named `utc`, `start` and `end` are seconds since 1970-01-01T00:00:00Z. Positions are fractions of the view's
width and height, from its top left corner.
"""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from vision.classes import ClassName

Direction = Literal["forward", "backward"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
ZoneClass = ClassName | Literal["all"]
State = Literal["connecting", "live", "stalled", "failed", "ended"]


class Event(BaseModel):
    """Base of all events: immutable, no field passes unnoticed, and every number is one."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)

    camera: str


class Passage(Event):
    """One object went across one line."""

    kind: Literal["passage"] = "passage"
    line: str
    direction: Direction
    object_class: ClassName = Field(alias="class")
    utc: float


class Occupancy(Event):
    """Objects of one class (or of all) in one zone during one second of UTC, which begins at `start`.

    `object_seconds` is the time integral of their number over the part of the second that was seen; the mean of a
    longer bin is the sum of these over the seconds seen. Said only where it is not zero.
    """

    kind: Literal["occupancy"] = "occupancy"
    zone: str
    object_class: ZoneClass = Field(alias="class")
    start: int
    object_seconds: Annotated[float, Field(gt=0)]
    maximum: Annotated[int, Field(gt=0)]


class Coverage(Event):
    """The camera really saw during [start, end)."""

    kind: Literal["coverage"] = "coverage"
    start: float
    end: float


class Trajectory(Event):
    """Where one object went: quantised seconds since `start` and positions. It has no identifier."""

    kind: Literal["trajectory"] = "trajectory"
    object_class: ClassName = Field(alias="class")
    start: float
    points: tuple[tuple[float, float, float], ...]


class ZoneCount(BaseModel):
    """How many objects of one class are in one zone now."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    zone: str
    object_class: ClassName = Field(alias="class")
    count: int


class Snapshot(Event):
    """What is seen now, for live pages; never stored. It has no identifiers."""

    kind: Literal["snapshot"] = "snapshot"
    utc: float
    objects: tuple[tuple[ClassName, float, float], ...]
    zones: tuple[ZoneCount, ...]


class CameraState(Event):
    """How a camera fares; `detail` is one line for the technician."""

    kind: Literal["state"] = "state"
    state: State
    utc: float
    detail: str = ""


class Heartbeat(BaseModel):
    """The worker's loop still turns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["heartbeat"] = "heartbeat"


AnyEvent = Annotated[
    Passage | Occupancy | Coverage | Trajectory | Snapshot | CameraState | Heartbeat, Field(discriminator="kind")
]
_ANY_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """Return one line of JSON, newline included."""
    return event.model_dump_json(by_alias=True).encode() + b"\n"


def decode(line: bytes) -> AnyEvent:
    """Return the event that a line says.

    Raises:
        pydantic.ValidationError: the line is not JSON, or says something that no event has a field for.
    """
    return _ANY_EVENT.validate_json(line)
