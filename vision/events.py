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
Unit = Literal["view", "m"]
Unseen = Literal["black", "frozen", "turned"]
"""Pictures come, but not of the view: it is dark, they do not change, or the camera was turned away or covered."""
State = Literal["connecting", "live", "stalled", "failed", "ended"] | Unseen


class Event(BaseModel):
    """Base of all events: immutable, no field passes unnoticed, and every number is one."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)

    camera: str


class Passage(Event):
    """One object went across one line; how fast is known where the camera is calibrated."""

    kind: Literal["passage"] = "passage"
    line: str
    direction: Direction
    object_class: ClassName = Field(alias="class")
    utc: float
    kmh: Annotated[float, Field(ge=0)] | None = None


class Movement(Event):
    """One object went from one gate to another, both lines or zones by name, in so many seconds, and then ended."""

    kind: Literal["movement"] = "movement"
    origin: str
    destination: str
    object_class: ClassName = Field(alias="class")
    utc: float
    seconds: Annotated[float, Field(ge=0)]


class Stop(Event):
    """One object stood still during [start, end) at x, y, which lies in these zones."""

    kind: Literal["stop"] = "stop"
    object_class: ClassName = Field(alias="class")
    zones: tuple[str, ...]
    start: float
    end: float
    x: float
    y: float


class Queue(Event):
    """Objects that stood before one line, to cross it one way, during the second of UTC that begins at `start`.

    `object_seconds` and `maximum` are as for `Occupancy`; `metres` is how far back the queue reached at most, where
    the camera is calibrated.
    """

    kind: Literal["queue"] = "queue"
    line: str
    direction: Direction
    start: int
    object_seconds: Annotated[float, Field(gt=0)]
    maximum: Annotated[int, Field(gt=0)]
    metres: Annotated[float, Field(ge=0)] | None = None


class Gathering(Event):
    """Pedestrians who kept close together during [start, end), in these zones; never who.

    `people` is their largest number at once, `person_seconds` the time integral of it, `density` people per square
    metre of the ground that they took up, at its highest.
    """

    kind: Literal["gathering"] = "gathering"
    zones: tuple[str, ...]
    start: float
    end: float
    people: Annotated[int, Field(gt=0)]
    person_seconds: Annotated[float, Field(gt=0)]
    density: Annotated[float, Field(gt=0)]


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


class Length(Event):
    """One swimmer came to one end of a basin after the other."""

    kind: Literal["length"] = "length"
    lane: str
    utc: float


class Coverage(Event):
    """The camera really saw during [start, end)."""

    kind: Literal["coverage"] = "coverage"
    start: float
    end: float


class Trajectory(Event):
    """Where one object went: quantised seconds since `start` and positions. It has no identifier.

    Positions are metres on the ground where the camera is calibrated, else fractions of the view.
    """

    kind: Literal["trajectory"] = "trajectory"
    object_class: ClassName = Field(alias="class")
    start: float
    unit: Unit = "view"
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


class FrameCount(BaseModel):
    """Frames of one camera since the heartbeat before: looked at; due, but gone to make way for newer ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    camera: str
    looked_at: Annotated[int, Field(ge=0)]
    missed: Annotated[int, Field(ge=0)]


class Heartbeat(BaseModel):
    """The worker's loop still turns, and keeps up with its cameras or does not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["heartbeat"] = "heartbeat"
    frames: tuple[FrameCount, ...] = ()


AnyEvent = Annotated[
    Passage
    | Movement
    | Stop
    | Queue
    | Gathering
    | Occupancy
    | Length
    | Coverage
    | Trajectory
    | Snapshot
    | CameraState
    | Heartbeat,
    Field(discriminator="kind"),
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
