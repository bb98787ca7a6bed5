"""The ledger: one SQLite file in which the counts are kept, one writer, as many readers as one likes.

    events ─► Ledger.add ─► Batch (memory) ─► Ledger.commit ─► one transaction ─► LedgerReader ─► arrays

Passages, speeds, movements, stops, queues, occupancy, lengths and gatherings are kept as sums in bins of two
resolutions, 1 s for a short time and 60 s for a long one, both written in the same transaction together with the
coverage and the trajectories that came with them. A process that is killed at any instant leaves whole batches behind:
each of them once, or not at all. A batch that the disk refuses waits in memory, in a ledger of bounded size
(`WaitingRoom`). What lasts is booked where it ended, which is when it became known.

A bin without a row is a zero only where the camera was seeing; `LedgerReader.seen_seconds` says where that is. What
retention has dropped counts as not seen, so that a dropped bin reads as `null` and never as 0.
"""

from vision.ledger.batch import Storable
from vision.ledger.files import trial_path
from vision.ledger.reader import Horizons, LedgerReader
from vision.ledger.status import LedgerStatus
from vision.ledger.writer import Ledger

__all__ = ["Horizons", "Ledger", "LedgerReader", "LedgerStatus", "Storable", "trial_path"]
