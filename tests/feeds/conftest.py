import pytest

from tests.feeds.place import SITE, fill
from tests.service.world import Service, serving


@pytest.fixture(scope="session")
def feeds(tmp_path_factory) -> Service:
    ledger = tmp_path_factory.mktemp("ledger") / "nation.sqlite"
    fill(ledger)
    with serving(ledger, SITE) as running:
        yield running
