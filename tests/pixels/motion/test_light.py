"""Clouds and exposure are taken out, movement is not."""

import numpy as np
import pytest

from vision.pixels.motion.light import GAINS, SPARSE, SteadyLight

RNG = np.random.default_rng(5)
PLACE = RNG.integers(60, 150, (96, 128, 3)).astype(np.uint8)


def dimmed(share):
    return np.rint(PLACE * share).astype(np.uint8)


@pytest.mark.parametrize("share", [0.8, 1.0, 1.25])
@pytest.mark.parametrize("colour", [True, False])
def test_the_brightness_of_the_first_frame_is_kept(share, colour):
    light = SteadyLight()
    pick = np.s_[:] if colour else np.s_[..., 1]
    light(PLACE[pick].copy(), 1.0)
    steady = light(dimmed(share)[pick].copy(), 0.01)
    assert np.abs(steady.astype(int) - PLACE[pick]).max() <= 2


def test_what_moves_is_not_taken_for_light():
    light = SteadyLight()
    light(PLACE.copy(), 1.0)
    passing = PLACE.copy()
    passing[:, :45] = 250  # a white bus over a third of the view
    steady = light(passing, 0.01)
    assert (steady[:, 45:] == PLACE[:, 45:]).all()
    assert (steady[:, :45] == 250).all()


def test_a_change_beyond_the_limits_is_followed_slowly():
    light = SteadyLight()
    light(PLACE.copy(), 1.0)
    dusk = dimmed(0.4)
    first = light(dusk.copy(), 0.1).mean()
    assert first == pytest.approx(dusk.mean() * GAINS[1], rel=0.02)
    for _ in range(100):
        last = light(dusk.copy(), 0.1)
    assert last.mean() == pytest.approx(first, rel=0.02)
    # what was the limit is now the light of the reference, in both directions
    assert light(dimmed(0.5), 0.1).mean() == pytest.approx(first, rel=0.05)


def test_darkness_and_another_size_are_no_trouble():
    light = SteadyLight()
    black = np.zeros((96, 128, 3), np.uint8)
    assert not light(black, 1.0).any()
    assert not light(black, 0.1).any()
    assert (light(PLACE[::2].copy(), 0.1) == PLACE[::2]).all()


def test_only_a_sample_of_the_image_is_kept():
    light = SteadyLight()
    light(PLACE.copy(), 1.0)
    assert light._reference.shape == (96 // SPARSE, 128 // SPARSE, 3)
