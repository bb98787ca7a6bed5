"""Drawn furniture: pieces of all kinds, pasted without a box, where it hides nothing, and never moving."""

import numpy as np

from models.training.cutouts import FURNITURE, KINDS, paste
from models.training.furniture import furniture
from models.training.samples import Sample

HEIGHTS = (12.0, 30.0)


def grey_street(boxes=()):
    labelled = np.array(boxes, np.float32).reshape(-1, 4)
    return Sample(
        np.full((150, 200, 4), 90, np.uint8), labelled, np.zeros(len(labelled), int), np.ones(len(labelled), bool)
    )


def test_as_many_pieces_as_were_asked_for_each_with_an_outline():
    pieces = furniture(28, np.random.default_rng(1))[FURNITURE]
    assert len(pieces) == 28
    assert all(pixels.shape == (*opacity.shape, 3) and opacity.max() == 1 for pixels, opacity, _ in pieces)
    assert len({pixels.shape for pixels, _, _ in pieces}) > 14


def test_pasted_it_is_seen_now_and_before_at_one_place_without_a_box():
    drawn = furniture(28, np.random.default_rng(1))
    seen = 0
    for seed in range(40):
        after = paste(grey_street(), {kind: [] for kind in KINDS} | drawn, np.random.default_rng(seed), HEIGHTS, 5)
        assert len(after.boxes) == 0
        now = np.abs(after.pixels[..., :3].astype(int) - 90).max(axis=2) > 40
        before = np.abs(after.pixels[..., 3].astype(int) - 90) > 40
        assert not (before & ~now).any()
        seen += now.any()
    assert 10 < seen < 35


def test_it_hides_nothing_that_is_labelled():
    drawn = furniture(28, np.random.default_rng(1))
    everywhere = grey_street([(0, 0, 200, 150)])
    for seed in range(20):
        after = paste(everywhere, {kind: [] for kind in KINDS} | drawn, np.random.default_rng(seed), HEIGHTS, 5)
        assert (after.pixels == everywhere.pixels).all()
