"""What stands still is not looked at again; what moves is, however small, faint or slow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import load_card
from vision.pixels.frame import Frame
from vision.pixels.network import OnnxDetector
from vision.pixels.network.stillness import FULL_LOOK_S, SETTLED_S, Stillness

SIZE = (320, 240)
GROUND = np.random.default_rng(4).integers(60, 180, SIZE[::-1]).astype(np.uint8)


def looked_at(frames, fps=10):
    """Return the seconds at which a network has to look."""
    stillness = Stillness()
    return [n / fps for n, grey in enumerate(frames) if not stillness.holds(grey, n / fps)]


def with_walker(x, y=100, contrast=30, size=(4, 10)):
    grey = GROUND.astype(np.int16)
    grey[y : y + size[1], x : x + size[0]] += contrast
    return grey.clip(0, 255).astype(np.uint8)


def test_a_view_that_stands_still_is_looked_at_every_so_often():
    looks = looked_at([GROUND] * 100)
    first = [second for second in looks if second <= SETTLED_S]
    assert first == [n / 10 for n in range(10)]
    assert np.diff(looks[10:]) == pytest.approx(FULL_LOOK_S)
    assert len(looks) == 10 + 4


@pytest.mark.parametrize("fps", [2, 5, 25])
def test_at_any_rate_a_still_view_is_seen_by_the_network_every_two_seconds(fps):
    looks = looked_at([GROUND] * (20 * fps), fps)
    assert np.diff(looks).max() <= FULL_LOOK_S + 1e-6
    assert len(looks) <= 20 / FULL_LOOK_S + SETTLED_S * fps + 1


@given(st.integers(0, 290), st.integers(0, 220), st.integers(2, 6))
def test_a_walker_who_appears_is_looked_at_at_once_and_as_long_as_they_walk(x, y, step):
    walk = [with_walker(x + step * n, y) for n in range(4)]
    looks = looked_at([GROUND] * 35 + walk)
    assert [second for second in looks if second >= 3.5] == [3.5, 3.6, 3.7, 3.8]


def test_a_slow_walker_is_looked_at_once_they_have_gone_two_pixels():
    walk = [with_walker(100 + n // 5) for n in range(60)]
    looks = looked_at([with_walker(100)] * 30 + walk)
    assert any(3.0 < second <= 4.1 for second in looks)
    assert len([second for second in looks if second > 3.5]) > 10


def test_noise_and_slow_light_are_no_change_but_a_lamp_is():
    rng = np.random.default_rng(1)
    noisy = [(GROUND + rng.normal(0, 1.5, GROUND.shape)).clip(0, 255).astype(np.uint8) for _ in range(60)]
    assert len(looked_at(noisy)) <= 15
    dusk = [(GROUND.astype(float) - n / 10).clip(0, 255).astype(np.uint8) for n in range(60)]
    assert len(looked_at(dusk)) <= 15
    lamp = [GROUND] * 35 + [(GROUND + 20).astype(np.uint8)] * 2
    assert looked_at(lamp)[-2:] == [3.5, 3.6]


def test_another_size_is_another_view():
    assert looked_at([GROUND] * 35 + [GROUND[:120]])[-1] == 3.5


@pytest.fixture
def ran(monkeypatch):
    """A detector, and how often its network ran."""
    detector, runs = OnnxDetector(load_card("street")), []
    real = detector._session

    class Counted:
        @staticmethod
        def run(*arguments):
            runs.append(1)
            return real.run(*arguments)

    monkeypatch.setattr(detector, "_session", Counted)
    return detector, runs


def test_what_was_seen_last_holds_while_nothing_changes(ran):
    detector, runs = ran
    pixels = np.random.default_rng(2).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    seen = [detector(Frame(pixels.copy(), n / 10, n / 10, n + 1, SIZE)) for n in range(40)]
    assert len(runs) == 11
    assert seen[28] is seen[9]


def test_nothing_holds_after_a_look_that_failed(ran, monkeypatch):
    detector, _ = ran
    pixels = np.full((240, 320, 3), 90, np.uint8)
    for n in range(30):
        detector(Frame(pixels.copy(), n / 10, n / 10, n + 1, SIZE))
    monkeypatch.setattr(detector, "_session", None)
    for second in (3.0, 3.1, 3.2):
        with pytest.raises(AttributeError):
            detector(Frame(pixels.copy() + 50, second, second, 1, SIZE))
