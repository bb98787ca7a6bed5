"""Every fault of a camera, all in one run of the real service on real RTSP streams; see `benchmarks.faults`."""

import pytest

from benchmarks.faults import CAMERA_FAULTS, drill
from vision.pixels.sight import BLACK_S, FROZEN_S, TURNED_S

BUSY_S = 2.0
"""Room for a machine that does other things as well, beyond the bound that is promised."""
LATEST_S = 5.0
"""Back after the end of any fault."""
TAIL_S = 0.5
"""Of what was seen as the fault began."""


@pytest.fixture(scope="module")
def figures():
    return drill()


@pytest.mark.parametrize("name", [fault.name for fault in CAMERA_FAULTS])
def test_counting_goes_on_after_it(figures, name):
    found = figures[name]
    assert found.true_later >= 1
    assert found.counted_later == found.true_later


@pytest.mark.parametrize(
    ("name", "states", "within"),
    [
        ("never-answers", [["connecting", "failed", "live"]], None),
        ("stalls", [["stalled", "live"]], 3.0),
        ("unplugged", [["stalled", "failed", "live"]], 3.0),
        ("garbage", [["stalled", "live"], ["stalled", "failed", "live"]], 3.0),
        ("black", [["black", "live"]], BLACK_S),
        ("turned", [["turned", "live"]], TURNED_S),
    ],
)
def test_it_is_said_and_nothing_is_seen_or_counted_until_it_is_over(figures, name, states, within):
    found = figures[name]
    assert found.states in states
    assert within is None or found.detected <= within + BUSY_S
    assert found.back <= LATEST_S
    assert found.counted == 0
    assert found.covered_s <= TAIL_S


def test_a_picture_that_does_not_change_is_believed_for_a_while(figures):
    found = figures["frozen"]
    assert found.states == ["frozen", "live"]
    assert FROZEN_S <= found.detected <= FROZEN_S + 3
    assert found.covered_s == pytest.approx(found.detected, abs=1)
    assert found.back <= LATEST_S
    assert found.counted == 0


@pytest.mark.parametrize("name", ["other-size-and-rate", "damaged"])
def test_what_can_be_decoded_is_looked_at_without_a_gap(figures, name):
    found = figures[name]
    assert found.states == []
    assert found.covered_s == pytest.approx(found.lasted_s, abs=0.1)
    if name != "damaged":  # in damaged pictures somebody may be overlooked
        assert found.counted == found.true >= 1
