"""Faults of a camera, all in one run of the real service on real RTSP streams; see `benchmarks.faults`.

Each of them has a test of its own beside what notices it (tests/pixels); here a few go all the way through the service,
and all of them in the long run.
"""

import pytest

from benchmarks.faults import CAMERA_FAULTS, drill
from tests.running import BUSY_S, BUSY_SHARE
from vision.pixels.sight import BLACK_S, FROZEN_S, TURNED_S

LATEST_S = 5.0
"""Back after the end of any fault."""
LAG_S = 0.5
"""From a picture at the camera to what is said of it: the rule counts from the first picture that it sees."""
TAIL_S = 0.5
"""Of what was seen as the fault began."""


SHORT = tuple(fault for fault in CAMERA_FAULTS if fault.name in {"unplugged", "garbage", "damaged", "black"})
SHORT_LASTS_S = 36.0
"""They are over after 20 s."""


def marks(name):
    return () if name in {fault.name for fault in SHORT} else pytest.mark.long


@pytest.fixture(scope="module")
def figures(is_long):
    return drill() if is_long else drill(SHORT, SHORT_LASTS_S)


@pytest.mark.parametrize("name", [pytest.param(fault.name, marks=marks(fault.name)) for fault in CAMERA_FAULTS])
def test_counting_goes_on_after_it(figures, name, is_long):
    found = figures[name]
    missed = 0 if is_long else 1  # where other tests run beside it
    assert found.true_later >= 1
    assert max(found.true_later - missed, 1) <= found.counted_later <= found.true_later


@pytest.mark.parametrize(
    ("name", "states", "within"),
    [
        pytest.param("never-answers", [["connecting", "failed", "live"]], None, marks=pytest.mark.long),
        pytest.param("stalls", [["stalled", "live"]], 3.0, marks=pytest.mark.long),
        ("unplugged", [["stalled", "failed", "live"]], 3.0),
        ("garbage", [["stalled", "live"], ["stalled", "failed", "live"]], 3.0),
        ("black", [["black", "live"]], BLACK_S + LAG_S),
        pytest.param("turned", [["turned", "live"]], TURNED_S + LAG_S, marks=pytest.mark.long),
    ],
)
def test_it_is_said_and_nothing_is_seen_or_counted_until_it_is_over(figures, name, states, within, is_long):
    found = figures[name]
    assert found.states in states
    busy = 0.0 if is_long else BUSY_S  # where other tests run beside it
    assert within is None or found.detected <= within + busy
    assert found.back <= LATEST_S + busy
    assert found.counted == 0
    assert found.covered_s <= TAIL_S + busy


@pytest.mark.long
def test_a_picture_that_does_not_change_is_believed_for_a_while(figures):
    found = figures["frozen"]
    assert found.states == ["frozen", "live"]
    assert FROZEN_S <= found.detected <= FROZEN_S + 3
    assert found.covered_s == pytest.approx(found.detected, abs=1)
    assert found.back <= LATEST_S
    assert found.counted == 0


@pytest.mark.parametrize("name", [pytest.param("other-size-and-rate", marks=pytest.mark.long), "damaged"])
def test_what_can_be_decoded_is_looked_at_without_a_gap(figures, name, is_long):
    found = figures[name]
    assert found.states == []
    if is_long:
        assert found.covered_s == pytest.approx(found.lasted_s, abs=0.1)
    else:
        assert found.covered_s >= BUSY_SHARE * found.lasted_s
    if name != "damaged":  # in damaged pictures somebody may be overlooked
        assert found.counted == found.true >= 1
