"""How the writing of a ledger fares, for those who watch over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """How the writing of a ledger fares.

    Attributes:
        trouble: why the last commit was refused, in one line that names no file; "" where it was not.
        waiting_bytes: what waits in memory for the disk, beside the second that is open.
        lost: events that found no room there since the start, by kind.
        set_aside: names of the damaged files that lie beside the ledger.
    """

    trouble: str = ""
    waiting_bytes: int = 0
    lost: Mapping[str, int] = field(default_factory=dict)
    set_aside: tuple[str, ...] = ()
