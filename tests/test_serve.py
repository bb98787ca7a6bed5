"""What the service says of a ledger that cannot be written, and how often."""

import logging

from vision.errors import ComptageError
from vision.ledger import LedgerStatus
from vision.serve import _Kept


class Ledger:
    """A ledger whose disk is full for a while."""

    def __init__(self):
        self.is_full = True

    def commit(self):
        if self.is_full:
            raise ComptageError("a.sqlite: the disk is full")

    def status(self):
        return LedgerStatus("full" if self.is_full else "", 100 if self.is_full else 0, {}, ())


def test_what_goes_wrong_with_each_of_two_ledgers_is_said_once_and_so_is_its_end(caplog):
    counted, tried = Ledger(), Ledger()
    kept = [_Kept(counted, "ledger"), _Kept(tried, "ledger of scores that are tried")]
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert [one.commit().trouble for one in kept] == ["full", "full"]
        counted.is_full = False
        for _ in range(3):
            assert [one.commit().trouble for one in kept] == ["", "full"]
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["a.sqlite", "a.sqlite", "ledger"]
