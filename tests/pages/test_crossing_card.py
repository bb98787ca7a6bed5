"""What the live page says of a signalled crossing, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.crossings.places import TWO
from tests.pages.watched import watching
from tests.service.test_crossings import CAMERA, hear
from tests.service.world import serving
from vision.crossings.seen import Phase
from vision.ledger import Ledger
from vision.site import Retention, Site


@pytest.fixture
def page_and_service(browser, tmp_path, validity):
    crossing = TWO | {"validity": validity}
    camera = CAMERA | {"crossing": [crossing]}
    ledger = tmp_path / "italie.sqlite"
    Ledger(ledger, Retention()).close()
    with (
        serving(ledger, Site.model_validate({"site": {"name": "italie"}, "camera": [camera]})) as service,
        watching(browser, service.url) as watched,
    ):
        watched.open("")
        yield watched.page, service


@pytest.mark.parametrize("validity", [60.0])  # longer than a busy browser takes to look
def test_the_card_says_who_waits_what_is_advised_and_what_the_controller_shows(page_and_service):
    page, service = page_and_service
    hear(service.desk, a=3, b=2, on_crossing=1, slowest_s=4.0)
    service.desk.say_phase("choisy", Phase(signal="dont-walk", since=0.0))
    card = page.locator(".crossing")
    expect(card.locator(".crossing-name")).to_have_text("Choisy")
    expect(card.locator(".crossing-demand")).to_have_text("Green is called for")
    expect(card.locator(".crossing-people")).to_have_text("Waiting: 3 at kerb A, 2 at kerb B. Crossing: 1.")
    expect(card.locator(".crossing-phase")).not_to_be_empty()


@pytest.mark.parametrize("validity", [10.0])
def test_advice_that_is_over_is_no_longer_shown(page_and_service):
    page, service = page_and_service
    hear(service.desk, a=3)
    expect(page.locator(".crossing-people")).not_to_be_empty()
    service.desk.stop()  # nothing is advised any more
    expect(page.locator(".crossing-green")).to_have_text("The controller follows its own plan.")
    expect(page.locator(".crossing-people")).to_be_empty()
