"""Views: sizes, what becomes of boxes, and that wear does not move anything."""

import numpy as np
import pytest

from models.training.samples import Sample
from models.training.views import FAR_GRIDS, NEAR_GRIDS, Group, views

SIZE = (96, 64)
NO_CUT_OUTS = {0: [], 1: [], 2: []}


def view(samples, cut, size, rng, grids=NEAR_GRIDS):
    """The first of two."""
    return next(views(Group(samples, grids), cut, size, rng))


def marked(x0=40, y0=30, x1=80, y1=70):
    """A picture that is dark but for one bright box, of which it says so."""
    pixels = np.full((120, 160, 4), 20, np.uint8)
    pixels[y0:y1, x0:x1] = 255
    return Sample(pixels, np.array([[x0, y0, x1, y1]], np.float32), np.array([3]), np.array([True]))


@pytest.mark.parametrize("grids", [NEAR_GRIDS, FAR_GRIDS], ids=["near", "far"])
@pytest.mark.parametrize("which", [0, 1], ids=["view", "mirrored"])
@pytest.mark.parametrize("seed", range(25))
def test_every_box_lies_on_what_it_names(seed, which, grids):
    shown = list(views(Group([marked()], grids), NO_CUT_OUTS, SIZE, np.random.default_rng(seed)))[which]
    assert shown.pixels.shape == (64, 96, 4)
    assert shown.pixels.dtype == np.uint8
    assert set(shown.classes.tolist()) <= {3}
    light = shown.pixels[..., :3].mean(axis=2)
    for x0, y0, x1, y1 in shown.boxes[shown.sure]:
        assert 0 <= x0 < x1 <= 96
        assert 0 <= y0 < y1 <= 64
        inside = light[round(y0) : round(y1), round(x0) : round(x1)]
        middle = light[int((y0 + y1) / 2), int((x0 + x1) / 2)]
        dark = np.percentile(light, 1)
        assert middle > dark + 60
        assert (inside > (middle + dark) / 2).mean() > 0.6
    assert (shown.boxes[:, 2:] > shown.boxes[:, :2]).all()


def test_the_fourth_channel_is_what_has_become_lighter():
    appeared = marked()
    appeared.pixels[..., 3] = 20  # the box was dark before
    stood = marked()
    for seed in range(10):
        rng = np.random.default_rng(seed)
        changed, still = (view([sample], NO_CUT_OUTS, SIZE, rng, FAR_GRIDS) for sample in (appeared, stood))
        for x0, y0, x1, y1 in changed.boxes[changed.sure].round().astype(int):
            assert changed.pixels[y0 + 2 : y1 - 1, x0 + 2 : x1 - 1, 3].mean() > 170
        assert np.abs(still.pixels[..., 3].astype(int) - 128).mean() < 8


@pytest.mark.parametrize("still", [False, True])
def test_only_in_single_pictures_a_moment_before_is_made_up(still):
    changed = 0
    for seed in range(30):
        group = Group([marked(60, 30, 80, 70)], FAR_GRIDS, still)
        shown = next(views(group, NO_CUT_OUTS, SIZE, np.random.default_rng(seed)))
        for x0, y0, x1, y1 in shown.boxes[shown.sure].round().astype(int):
            changed += np.abs(shown.pixels[y0:y1, x0:x1, 3].astype(int) - 128).max() > 60
    assert (changed > 0) == still


def test_what_is_cut_by_the_border_or_tiny_is_unsure():
    slivers = marked(2, 2, 5, 5)
    views = [view([slivers], NO_CUT_OUTS, SIZE, np.random.default_rng(seed)) for seed in range(40)]
    for shown in views:
        small = (shown.boxes[:, 2:] - shown.boxes[:, :2]).min(axis=1) < 3
        assert not shown.sure[small].any()
    assert any(len(shown.boxes) for shown in views)


def test_the_same_seed_gives_the_same_view():
    one, other = (view([marked()], NO_CUT_OUTS, SIZE, np.random.default_rng(3)) for _ in range(2))
    assert (one.pixels == other.pixels).all()
    assert (one.boxes == other.boxes).all()


def test_what_a_pasted_person_hides_is_unsure():
    crowd = {0: [(np.full((40, 30, 3), 120, np.uint8), np.ones((40, 30), np.float32), 0)], 1: [], 2: []}
    hidden = shown_through = 0
    for seed in range(60):
        shown = view([marked(40, 30, 52, 42)], crowd, SIZE, np.random.default_rng(seed))
        for n in np.flatnonzero(shown.classes == 3):
            over = shown.boxes[(shown.classes == 0)]
            covers = (over[:, :2] <= shown.boxes[n, :2]).all(axis=1) & (over[:, 2:] >= shown.boxes[n, 2:]).all(axis=1)
            if covers.any():
                assert not shown.sure[n]
                hidden += 1
            shown_through += bool(shown.sure[n])
    assert hidden > 0
    assert shown_through > 0
