"""What is to be seen of the long crossing by one who knows where everybody is: perfect counts."""

from benchmarks.signals.network import ISLAND_M, KERB_Y, STAGE_M, ZEBRA_M, ZEBRA_X
from benchmarks.signals.traffic import STANDS_M_S, Person, Vehicle
from vision.crossings.seen import Seen, Waiting
from vision.crossings.settings import Crossing

WAIT_M = 4.0
"""How far a waiting zone reaches back from its kerb."""
EDGE_M = 0.5
"""Who waits stands at the very edge: up to half of this waiting zones reach on to the carriageway, and nobody who is
nearer to its ends than this is said to be on it, as in `vision.counting.crossings`."""
SLOWEST_M_S = 0.5
"""Nobody's pace is taken to be slower."""
SIDE_M = 0.5
"""By which people may walk beside the crossing."""

Box = tuple[float, float, float, float]
"""West, south, east, north, in metres."""

ZONES: dict[str, Box] = {
    "kerb-a": (ZEBRA_X[0] - SIDE_M, -KERB_Y - WAIT_M, ZEBRA_X[1] + SIDE_M, -KERB_Y + EDGE_M / 2),
    "kerb-b": (ZEBRA_X[0] - SIDE_M, KERB_Y - EDGE_M / 2, ZEBRA_X[1] + SIDE_M, KERB_Y + WAIT_M),
    "island": (ZEBRA_X[0] - SIDE_M, -(ISLAND_M + EDGE_M) / 2, ZEBRA_X[1] + SIDE_M, (ISLAND_M + EDGE_M) / 2),
    "stage-1": (ZEBRA_X[0] - SIDE_M, -KERB_Y, ZEBRA_X[1] + SIDE_M, -ISLAND_M / 2),
    "stage-2": (ZEBRA_X[0] - SIDE_M, ISLAND_M / 2, ZEBRA_X[1] + SIDE_M, KERB_Y),
}


def crossing(one_stage_people: int = 8, seen_share: float = 1.0) -> Crossing:
    """Return the settings of the long crossing; what is not its measure is as the product has it by default."""
    stages = [{"zone": zone, "length": STAGE_M, "width": ZEBRA_M} for zone in ("stage-1", "stage-2")]
    return Crossing.model_validate(
        {
            "name": "avenue",
            "kerb_a": "kerb-a",
            "kerb_b": "kerb-b",
            "island": "island",
            "island_depth": ISLAND_M,
            "stage": stages,
            "one_stage_people": one_stage_people,
            "seen_share": seen_share,
        }
    )


LONG = crossing()
"""The long crossing with all defaults."""


class PerfectEyes:
    """Knows where everybody is, and remembers for how long they have stood.

    Attributes:
        step_s: seconds between two looks.
    """

    step_s = 1.0

    def __init__(self) -> None:
        self._seen: Seen | None = None
        self._paces: dict[str, float] = {}
        """The fastest that each was seen to walk, m/s: their own pace when nobody is in their way."""
        self._standing: dict[str, dict[str, float]] = {zone: {} for zone in ("kerb-a", "kerb-b", "island")}

    def look(self, people: list[Person], vehicles: list[Vehicle], now: float) -> None:
        """Take who is there at `now`, seconds."""
        del vehicles
        waiting = {zone: self._waiting(zone, people, now) for zone in self._standing}
        self._paces = {one.name: max(one.speed, self._paces.get(one.name, SLOWEST_M_S)) for one in people}
        crossing = [one for one in people if on_carriageway(one)]
        self._seen = Seen(
            utc=now,
            coverage=1.0,
            kerb_a=waiting["kerb-a"],
            kerb_b=waiting["kerb-b"],
            island=waiting["island"],
            on_crossing=len(crossing),
            slowest_s=max((seconds_left(one, self._paces[one.name]) for one in crossing), default=0.0),
        )

    def seen(self) -> Seen | None:
        """Return what was to be seen at the last look; None before the first."""
        return self._seen

    def _waiting(self, zone: str, people: list[Person], now: float) -> Waiting:
        before, here = self._standing[zone], dict[str, float]()
        for one in people:
            if one.speed < STANDS_M_S and holds(ZONES[zone], one.x, one.y):
                here[one.name] = before.get(one.name, now)
        self._standing[zone] = here
        return Waiting(people=len(here), longest_s=now - min(here.values(), default=now))


def holds(box: Box, x: float, y: float) -> bool:
    """Say whether a point lies in a box."""
    west, south, east, north = box
    return west <= x < east and south <= y < north


def on_carriageway(one: Person) -> bool:
    """Say whether somebody is on the carriageway, and not just at the edge of it."""
    return ZEBRA_X[0] - SIDE_M <= one.x < ZEBRA_X[1] + SIDE_M and (
        ISLAND_M / 2 + EDGE_M <= abs(one.y) < KERB_Y - EDGE_M
    )


def seconds_left(one: Person, pace: float) -> float:
    """Return in how many seconds somebody on the carriageway will be off it, at a pace in m/s."""
    northwards = abs((one.angle + 180) % 360 - 180) < 90
    stage = ZONES["stage-1"] if one.y < 0 else ZONES["stage-2"]
    return (stage[3] - one.y if northwards else one.y - stage[1]) / pace
