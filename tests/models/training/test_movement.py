"""A moment before: what is labelled stood elsewhere, the street where it is."""

import numpy as np

from models.training import movement
from models.training.movement import moved
from models.training.samples import Sample

BOX = (60, 40, 80, 70)


def scene(kind=0):
    """A light object on a dark street, the same now and before."""
    pixels = np.full((120, 160, 4), 40, np.uint8)
    pixels[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 200
    return Sample(pixels, np.array([BOX], np.float32), np.array([kind]), np.array([True]))


def earlier(seed, monkeypatch, kind=0, **shares):
    """The grey level before, with nothing but the object moving unless a share says so."""
    for name in ("SWAYS_SHARE", "SHAKES_SHARE", "LIGHT_SHARE"):
        monkeypatch.setattr(movement, name, shares.get(name, 0))
    before = scene(kind)
    after = moved(before, np.random.default_rng(seed))
    assert (after.pixels[..., :3] == before.pixels[..., :3]).all()
    assert (before.pixels[..., 3] == scene(kind).pixels[..., 3]).all()
    return after.pixels[..., 3].astype(int)


def test_an_object_stood_elsewhere_or_stands(monkeypatch):
    stood, shifts = 0, []
    for seed in range(120):
        grey = earlier(seed, monkeypatch)
        rows, columns = np.nonzero(grey > 120)
        if (grey == scene().pixels[..., 3]).all():
            stood += 1
        else:
            shifts.append((columns.mean() - 69.5, rows.mean() - 54.5))
            assert 250 < len(rows) < 900
    assert 0.1 < stood / 120 < 0.5
    across, along = np.std(shifts, axis=0)
    assert 5 < across < 14
    assert along < across


def test_a_bus_moves_less_of_its_height_than_a_cyclist(monkeypatch):
    steps = {}
    for kind in (1, 5):
        changed = [np.abs(earlier(seed, monkeypatch, kind) - scene().pixels[..., 3]).sum() for seed in range(60)]
        steps[kind] = np.mean(changed)
    assert steps[1] > 1.3 * steps[5]


def test_another_exposure_changes_the_street_as_well(monkeypatch):
    assert any((earlier(seed, monkeypatch, LIGHT_SHARE=1)[:20] != 40).all() for seed in range(5))


def test_leaves_and_shadows_change_what_no_box_names(monkeypatch):
    sample = scene()
    sample.pixels[:] = np.random.default_rng(1).integers(0, 255, sample.pixels.shape)
    for name, share in (("SWAYS_SHARE", 1), ("SHAKES_SHARE", 0), ("LIGHT_SHARE", 0)):
        monkeypatch.setattr(movement, name, share)
    for seed in range(10):
        changed = moved(sample, np.random.default_rng(seed)).pixels[..., 3] != sample.pixels[..., 3]
        assert 0 < changed.mean() < 0.6


def test_an_object_at_the_border_breaks_nothing(monkeypatch):
    monkeypatch.setattr(movement, "SHAKES_SHARE", 1)
    for corner in ((0, 0, 20, 20), (150, 110, 160, 120), (0, 0, 160, 120), (5, 5, 6, 6)):
        sample = Sample(scene().pixels, np.array([corner], np.float32), np.array([3]), np.array([True]))
        for seed in range(20):
            assert moved(sample, np.random.default_rng(seed)).pixels.shape == (120, 160, 4)
