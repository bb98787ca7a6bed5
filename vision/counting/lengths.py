"""Lengths that one swimmer swims, from how far along the basin they are seen: 0 at its near end, 1 at its far one.

A length is done when they come into the part `END` of one end after that of the other. They may also turn out of sight:
when they come back, a length is done if the way up to the end and back could be swum meanwhile. Who has been lost, and
may have been taken for somebody else in the lane, comes from the end from which they are seen to swim away.
"""

import math
from dataclasses import dataclass

END = 0.25
"""Of the length, at either end. Somewhat more than the 5 m before the walls of a 25 m basin at which flags hang, since
many pass under these out of sight."""
TURN = 0.06
"""Of the length: who comes back by so much, 1.5 m of 25, has turned; strokes sway by less."""
SWUM_A_SECOND = 0.06
"""Of the length, out of sight: 1.5 m/s in 25 m, a good swimmer who pushes off."""
USUAL_A_SECOND = 0.04
"""Of the length: 1 m/s in 25 m, as most swim."""
AT_WALL = 0.85
"""How far they must have been able to come to have turned at the wall: some stretch out or roll over before it."""


@dataclass(slots=True)
class Laps:
    """How one swimmer goes up and down.

    Attributes:
        last: where they were last seen.
        came_from: the end, 0 or 1, that they reached last; of one who is first seen on the way the nearer one.
        heading: +1 towards the far end, -1 towards the near one, 0 until known.
        mark: how far they have come in that direction.
        low: the least, since they left an end, that they can have come to.
        high: the most.
        begun: where they came into sight, until it is seen from which end they come; nan from then on.
    """

    last: float = math.nan
    came_from: int = 0
    heading: int = 0
    mark: float = 0.0
    low: float = 0.0
    high: float = 0.0
    begun: float = math.nan

    def observe(self, along: float) -> bool:
        """Take where the swimmer is seen; say whether a length is done. What is not known, nan, says nothing."""
        if math.isnan(along):
            return False
        if math.isnan(self.last):
            self.came_from, self.mark, self.low, self.high, self.begun = int(along >= 0.5), along, along, along, along
        self.last, self.low, self.high = along, min(self.low, along), max(self.high, along)
        end = self._turned_at(along)
        if along <= END or along >= 1 - END:
            end = int(along >= 0.5)
        if end is None:
            if abs(along - self.begun) >= TURN:
                self.came_from, self.begun = int(along < self.begun), math.nan
            return False
        done = end != self.came_from
        self.came_from, self.low, self.high, self.begun = end, along, along, math.nan
        return done

    def expected(self, seconds: float) -> float:
        """Return where somebody will be who is lost now and swims on for so many seconds, turning at the walls."""
        way = self.last + self.heading * USUAL_A_SECOND * seconds
        return 1 - abs(1 - abs(way) % 2)

    def resume(self, lost: "Laps", seconds: float) -> None:
        """Go on where somebody was lost, who was so many seconds out of sight before the swimmer was first seen."""
        if math.isnan(lost.last):
            return
        found, swum = self.last, SWUM_A_SECOND * seconds
        self.came_from, self.heading, self.mark = lost.came_from, lost.heading, lost.mark
        self.begun = found
        self.low = min(lost.low, (lost.last + found - swum) / 2)
        self.high = max(lost.high, (lost.last + found + swum) / 2)

    def _turned_at(self, along: float) -> int | None:
        """Return the end at which the swimmer must have turned, None if they have not."""
        moved = along - self.mark
        if self.heading and moved * self.heading >= 0:
            self.mark = along
        if abs(moved) < TURN or moved * self.heading > 0:
            return None
        was, self.heading, self.mark = self.heading, int(math.copysign(1, moved)), along
        if was > 0 and self.high >= AT_WALL:
            return 1
        return 0 if was < 0 and self.low <= 1 - AT_WALL else None
