import pytest

from tests.service.world import Service, fill, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Service:
    ledger = tmp_path_factory.mktemp("ledger") / "nation.sqlite"
    fill(ledger)
    with serving(ledger) as running:
        yield running
