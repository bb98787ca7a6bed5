"""What a far end is owed: every bin, in order, until it has acknowledged it, and again where it changed afterwards.

    ledger ─► due: read, compared, written down as told ─► sent ─► acknowledged: the position moves on

Before a bin is sent, its version and a digest of what it says are on the disk, so that one version never has two
contents: a process that is killed between sending and acknowledgement sends the same version again, or, where a late
event has changed the bin meanwhile, the next one. What is sent is always read from what the ledger has committed.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from vision.errors import ComptageError
from vision.far_ends import DAY, FarEnd
from vision.feeds.bins import Bin, read_bins
from vision.ledger import Ledger, LedgerReader
from vision.ledger.deliveries import Deliveries, Place, Position, Told
from vision.ledger.released import SETTLED_S, ReleasedReader
from vision.site import Site

log = logging.getLogger(__name__)

MINUTE = 60
READY_S = 5.0
"""A bin is told so long after its end: workers say their seconds within one, and the ledger commits every second."""
REVISED_S = 600.0
"""So long after its end a bin that has changed is told again. Twice the time that events may be late (`SETTLED_S`)."""


class Backlog:
    """What one far end is owed. For one thread at a time, but for `seconds_behind`.

    With small numbers withheld a bin is told once and not revised: two versions would tell their difference.

    Args:
        site: settings.
        name: under which the ledger knows the far end.
        far_end: its step, and from when it is told bins.
        ledger: keeps the position.
        path: of the ledger.
        clock: unix seconds now.
    """

    def __init__(
        self,
        site: Site,
        name: str,
        far_end: FarEnd,
        ledger: Ledger,
        path: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._site = site
        self._name = name
        self._start = far_end.start
        self._step = site.step_of(far_end)
        self._ledger = ledger
        self._path = path
        self._clock = clock
        self._delay = READY_S if site.privacy is None else READY_S + SETTLED_S
        self._deliveries = Deliveries(ledger, path, name)
        self._until: int | None = None
        self._told: dict[Place, Told] = {}
        self._quiet_minute = -1.0

    def seconds_behind(self) -> float | None:
        """Return how many seconds of bins are ready and not acknowledged; None before the position is known."""
        return None if self._until is None else max(0.0, float(self._ready(self._clock()) - self._until))

    def begin(self) -> None:
        """Make the position known, and with it what a far end that is new is owed from now on.

        Raises:
            ComptageError: the ledger cannot be read or written.
        """
        if self._until is None:
            position, self._told = self._deliveries.read()
            until = self._first(self._clock()) if position is None else position.until // self._step * self._step
            strange = list(self._told) if position and position.step != self._step else ()
            self._remember(until, {}, strange)

    def due(self, most: int) -> list[Bin]:
        """Return what is to be sent now, oldest first, at most so many bins; it is on the disk that they are told.

        Raises:
            ComptageError: the ledger cannot be read or written; nothing is lost.
        """
        now = self._clock()
        minute = (now - self._delay) // MINUTE
        if minute == self._quiet_minute:  # bins only become ready with the minute
            return []
        if self._ledger.status().waiting_bytes:
            raise ComptageError("the ledger waits for its disk, and bins for what it holds in memory")
        kept_from = self._kept_from()
        until = self._position(now, kept_from)
        slots = max(1, most // len(self._site.cameras))
        last = min(self._ready(now), until + slots * self._step)
        first = min([until, *(start for start, _ in self._told if start >= kept_from)])
        found = self._read(first, last) if last > first else []
        due, settled = self._compared(found, until, now)
        settled += [place for place in self._told if place[0] < kept_from]  # dropped, it would read as never seen
        due = due[:most]
        self._remember(until, {(one.start, one.camera): Told(one.version, one.digest, False) for one in due}, settled)
        if not due:
            self._quiet_minute = minute
        return due

    def acknowledge(self, bins: Sequence[Bin]) -> None:
        """Take note that the far end has these bins, as `due` returned them.

        Raises:
            ComptageError: the ledger cannot be written; the bins are due again.
        """
        until = self._until or 0  # known, since they were due
        acknowledged = {(one.start, one.camera): Told(one.version, one.digest, True) for one in bins}
        told = self._told | acknowledged
        names = [camera.name for camera in self._site.cameras]
        while all((until, name) in told and told[until, name].acknowledged for name in names):
            until += self._step
        self._remember(until, acknowledged)

    def is_newest(self, one: Bin) -> bool:
        """Say whether the far end has acknowledged no later bin than this."""
        return one.start + self._step >= (self._until or 0)

    def _read(self, first: int, last: int) -> list[Bin]:
        privacy = self._site.privacy
        with (
            LedgerReader(self._path) if privacy is None else ReleasedReader(self._path, privacy, self._clock) as reader
        ):
            return list(read_bins(reader, self._site, first, last, self._step))

    def _compared(self, found: Sequence[Bin], until: int, now: float) -> tuple[list[Bin], list[Place]]:
        """Return which of the bins found are to be sent, and the places of those that will change no more."""
        due: list[Bin] = []
        settled = {place for place in self._told if found and found[0].start <= place[0] <= found[-1].start}
        for one in found:
            place = (one.start, one.camera)
            before = self._told.get(place)
            if before is None:
                if one.start >= until:
                    due.append(one)
                continue
            is_over = one.start < until and one.start + self._step + REVISED_S <= now
            is_same = before.digest == one.digest
            if not before.acknowledged or not (is_same or self._site.privacy):
                due.append(replace(one, version=before.version if is_same else before.version + 1))
                settled.discard(place)
            elif not is_over:
                settled.discard(place)
        return due, sorted(settled)

    def _ready(self, now: float) -> int:
        """Return the end of the last bin that can be told."""
        return int((now - self._delay) // self._step) * self._step

    def _kept_from(self) -> int:
        """Return the begin of the first bin of which nothing has been dropped; of private ones, of the first day."""
        grain = self._step if self._site.privacy is None else DAY
        with LedgerReader(self._path) as reader:
            return -(-reader.horizons().minute // grain) * grain

    def _position(self, now: float, kept_from: int) -> int:
        """Return until when everything was acknowledged, or is passed over."""
        self.begin()
        before = self._until or 0
        until = min(max(before, kept_from), int(now // self._step) * self._step)
        if until != before:
            log.warning(
                "%s: from %s to %s (unix seconds) is passed over: no longer kept, or told by a clock that was wrong",
                self._name,
                *sorted((until, before)),
            )
        return until

    def _first(self, now: float) -> int:
        """Return from when a new far end is told bins: from now on, or from the first ones on that are there."""
        seen = self._deliveries.first_seen()
        begin = now if self._start is None or seen is None else min(max(self._start.timestamp(), seen), now)
        return int(begin // self._step) * self._step

    def _remember(self, until: int, told: dict[Place, Told], forgotten: Iterable[Place] = ()) -> None:
        """Write down what has changed, then know it."""
        gone = list(forgotten)
        changed = {place: row for place, row in told.items() if self._told.get(place) != row}
        if until != self._until or changed or gone:
            self._deliveries.write(Position(self._step, until), changed, gone)
        self._until = until
        self._told |= changed
        for place in gone:
            del self._told[place]
