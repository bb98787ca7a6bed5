"""What the ledger says about the same time and place, and how far it is from what was counted by hand."""

from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean

from vision.ledger import LedgerReader
from vision.ledger.schema import COUNTS, LENGTHS, OCCUPANCY
from vision.site import Camera
from vision.validation.hand import HandCount, What

LEAST_SEEN = 0.95
"""Share of the time that the camera must have seen; what it did not see says nothing about how well it counts."""
GOOD_GEH = 5.0
"""TAG unit M3.1 of the UK Department for Transport, table 2, asks for less in 85 % of the cases."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One count by hand and the camera's; None where it saw too little, or what it saw is no longer kept."""

    hand: HandCount
    counted: float | None

    @property
    def error(self) -> float:
        """The camera's count less the one by hand."""
        return (self.counted or 0.0) - self.hand.count


@dataclass(frozen=True, slots=True)
class Figures:
    """How right a camera's counts of one kind at one place are.

    Attributes:
        name: line, zone, lane or basin.
        what: was counted, with its class if it is not all.
        compared: pairs.
        unseen: counts by hand for which the camera has none.
        hand: sum by hand; of those present the mean.
        counted: the same by the camera.
        bias: mean of the errors.
        mean_absolute_error: mean of their absolute values.
        share: sum of absolute errors over the sum by hand; None where that is 0.
        good_geh: share of pairs with a GEH below `GOOD_GEH`; None where it is not defined, since it is for flows.
    """

    name: str
    what: str
    compared: int
    unseen: int
    hand: float
    counted: float
    bias: float
    mean_absolute_error: float
    share: float | None
    good_geh: float | None


def compare(reader: LedgerReader, camera: Camera, counts: list[HandCount]) -> list[Pair]:
    """Return each count by hand with the camera's."""
    with reader.snapshot():
        return [Pair(count, _counted(reader, camera, count)) for count in counts]


def _counted(reader: LedgerReader, camera: Camera, hand: HandCount) -> float | None:
    grid = (hand.start, hand.end, hand.end - hand.start)
    seen = float(reader.seen_seconds(camera.name, *grid)[0])
    if seen < LEAST_SEEN * (hand.end - hand.start):
        return None
    if hand.what == "present":
        return _sum(reader, camera, hand, grid) / seen
    return _sum(reader, camera, hand, grid)


def _sum(reader: LedgerReader, camera: Camera, hand: HandCount, grid: tuple[int, int, int]) -> float:
    table = {"present": OCCUPANCY, "lengths": LENGTHS}.get(hand.what, COUNTS)
    column = table.added[0]
    return sum(
        float(columns[column][0])
        for names, columns in reader.sums(table, *grid).items()
        if names[0] == camera.name and _is_meant(names[1:], camera, hand)
    )


def _is_meant(names: tuple[str | int, ...], camera: Camera, hand: HandCount) -> bool:
    """Say whether a series is part of what was counted by hand."""
    place, object_class = str(names[0]), str(names[-1])
    if hand.what == "present":
        is_pool = hand.name in {name for basin in camera.basins for name in (basin.name, *basin.lane_names)}
        everyone = "swimmer" if is_pool else "all"
        return place == hand.name and object_class == (hand.object_class or everyone)
    if hand.object_class not in {"", object_class}:
        return False
    if hand.what == "lengths":
        lanes = next((basin.lane_names for basin in camera.basins if basin.name == hand.name), (hand.name,))
        return place in lanes
    return place == hand.name and hand.what in {"both", str(names[1])}


def figures(pairs: list[Pair]) -> list[Figures]:
    """Return the figures of each place and kind, in the order of the file."""
    groups: dict[tuple[str, What, str], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair.hand.name, pair.hand.what, pair.hand.object_class), []).append(pair)
    return [
        _figures(name, f"{what} {object_class}".strip(), group) for (name, what, object_class), group in groups.items()
    ]


def _figures(name: str, what: str, group: list[Pair]) -> Figures:
    known = [pair for pair in group if pair.counted is not None]
    is_flow = group[0].hand.is_flow
    absolute = [abs(pair.error) for pair in known]
    by_hand = sum(pair.hand.count for pair in known)
    total = sum(pair.counted or 0.0 for pair in known)
    scale = 1 if is_flow else max(len(known), 1)
    return Figures(
        name=name,
        what=what,
        compared=len(known),
        unseen=len(group) - len(known),
        hand=by_hand / scale,
        counted=total / scale,
        bias=fmean(pair.error for pair in known) if known else 0.0,
        mean_absolute_error=fmean(absolute) if known else 0.0,
        share=sum(absolute) / by_hand if by_hand else None,
        good_geh=fmean(geh(pair) < GOOD_GEH for pair in known) if known and is_flow else None,
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """How right a camera would have counted by another score; None where nothing was compared.

    Attributes:
        score: that was tried.
        compared: pairs.
        present: mean absolute error of those present at once.
        flows: sum of the absolute errors of passages and lengths over the sum by hand.
    """

    score: float
    compared: int
    present: float | None
    flows: float | None

    @property
    def wrong(self) -> float:
        """What is to be least: the error of those present, or where none were counted that of the flows."""
        said = self.present if self.present is not None else self.flows
        return inf if said is None else said


def trials(pairs_of: dict[float, list[Pair]]) -> list[Trial]:
    """Return what is to be said of each score, by the counts by hand that all of them saw."""
    seen = [all(pair.counted is not None for pair in of) for of in zip(*pairs_of.values(), strict=True)]
    return [
        _trial(score, [pair for pair, known in zip(pairs, seen, strict=True) if known])
        for score, pairs in pairs_of.items()
    ]


def _trial(score: float, pairs: list[Pair]) -> Trial:
    at_once = [abs(pair.error) for pair in pairs if not pair.hand.is_flow]
    flows = [pair for pair in pairs if pair.hand.is_flow]
    by_hand = sum(pair.hand.count for pair in flows)
    return Trial(
        score=score,
        compared=len(pairs),
        present=fmean(at_once) if at_once else None,
        flows=sum(abs(pair.error) for pair in flows) / by_hand if by_hand else None,
    )


def geh(pair: Pair) -> float:
    """Return GEH, sqrt(2 (m - c)^2 / (m + c)), of hourly flows m and c; 0 where both are."""
    hours = (pair.hand.end - pair.hand.start) / 3600
    model, count = (pair.counted or 0.0) / hours, pair.hand.count / hours
    return sqrt(2 * (model - count) ** 2 / (model + count)) if model + count else 0.0
