"""Observations: what one Datastream counted in each bin in which its camera saw anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from vision.feeds.binned import Channel
from vision.feeds.sensorthings.entities import linked
from vision.feeds.sensorthings.odata import Comparison, Entity, Options, UnsupportedError, arranged
from vision.ledger import LedgerReader
from vision.ledger.schema import COUNTS
from vision.ledger.shares import shares

MOST_BINS = 50_000
"""Of which the results are read for one question: a year and five months of quarters of an hour."""

TIMES = ("phenomenonTime", "resultTime")


@dataclass(frozen=True, slots=True)
class Observations:
    """The past of all Datastreams.

    Attributes:
        reader: what may be told.
        root: URL of the service.
        step: length of a bin in seconds.
        now: unix seconds.
    """

    reader: LedgerReader
    root: str
    step: int
    now: float

    def page(self, channel: Channel, options: Options) -> tuple[list[Entity], int]:
        """Return the observations asked for, and how many there are before any page is cut.

        Raises:
            UnsupportedError: results are to be looked at over too long a time, or sorted by what is no time or result.
        """
        with self.reader.snapshot():
            starts, seen = self._seen(channel, options.filter)
            by_time = all(name in TIMES for name, _ in options.order)
            if by_time and all(condition.name in TIMES for condition in options.filter):
                chosen = np.arange(len(starts))[:: -1 if options.order and options.order[0][1] else 1]
                page = chosen[options.skip : options.skip + options.top]
                told = self._tell(channel, starts[np.sort(page)], seen[np.sort(page)])
                return (told[::-1] if chosen.size > 1 and chosen[0] > chosen[-1] else told), len(starts)
            if starts.size and (starts[-1] - starts[0]) / self.step > MOST_BINS:
                raise UnsupportedError(f"more than {MOST_BINS} bins, wanted a $filter with a shorter phenomenonTime")
            found = arranged(self._tell(channel, starts, seen), options)
            return found[options.skip : options.skip + options.top], len(found)

    def one(self, channel: Channel, start: int) -> Entity | None:
        """Return the observation of the bin that begins at an instant; None where there is none."""
        if start % self.step or not 0 <= start < self.now:
            return None
        at = Comparison("phenomenonTime", "eq", datetime.fromtimestamp(start, UTC))
        found, _ = self.page(channel, Options(filter=(at,), top=1))
        return found[0] if found else None

    def _seen(
        self, channel: Channel, conditions: Sequence[Comparison]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return starts of the bins within the times of a filter of which anything was seen, and the seconds seen."""
        camera = channel.camera.name
        began = self.reader.first_seen().get(camera, self.now)
        first, last = int(began // self.step) * self.step, int(self.now // self.step) * self.step
        if last <= first:
            return np.zeros(0, np.int64), np.zeros(0)
        starts = np.arange(first, last, self.step)
        seen = self.reader.seen_seconds(camera, first, last, self.step)
        kept = seen > 0
        for condition in conditions:
            if condition.name in TIMES:
                kept &= self._within(condition, starts)
        return starts[kept], seen[kept]

    def _within(self, condition: Comparison, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        if not isinstance(condition.value, datetime):
            return np.zeros(len(starts), np.bool_)
        moment = condition.value.timestamp()
        instants = starts if condition.name == "phenomenonTime" else starts + self.step
        compare = {
            "eq": np.equal, "ne": np.not_equal, "gt": np.greater, "ge": np.greater_equal, "lt": np.less,
            "le": np.less_equal,
        }[condition.operator]  # fmt: skip
        kept: npt.NDArray[np.bool_] = compare(instants, moment)
        return kept

    def _tell(self, channel: Channel, starts: npt.NDArray[np.int64], seen: npt.NDArray[np.float64]) -> list[Entity]:
        if not starts.size:
            return []
        first, last = int(starts[0]), int(starts[-1]) + self.step
        sums = self.reader.sums(COUNTS, first, last, self.step).get(channel.series)
        places = (starts - first) // self.step
        counts = np.zeros(len(starts)) if sums is None else sums["count"][places]
        return [
            self._entity(channel, start, int(count), share)
            for start, count, share in zip(starts.tolist(), counts.tolist(), shares(seen, self.step), strict=True)
        ]

    def _entity(self, channel: Channel, start: int, count: int, share: float) -> Entity:
        begin = datetime.fromtimestamp(start, UTC)
        end = _iso(begin + timedelta(seconds=self.step))
        said = {
            "phenomenonTime": f"{_iso(begin)}/{end}",
            "resultTime": end,
            "result": count,
            "parameters": {"coverage": share},
        }
        return linked(self.root, "Observations", f"{channel.name}:{start}", said)


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
