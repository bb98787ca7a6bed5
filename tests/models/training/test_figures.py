"""Drawn figures: sizes, outlines, and that a cyclist looks like one: two wheels under a person."""

import numpy as np
import pytest

from models.training.cutouts import HEIGHT
from models.training.figures import figures
from vision.classes import CLASS_INDEX

NUMBER = {"pedestrian": 40, "bicycle": 40, "motorcycle": 40}


@pytest.fixture(scope="module")
def drawn():
    return figures(NUMBER, np.random.default_rng(1))


@pytest.mark.parametrize("name", NUMBER)
def test_as_many_as_were_asked_for_with_an_outline_that_touches_all_sides(drawn, name):
    assert len(drawn[CLASS_INDEX[name]]) == NUMBER[name]
    for pixels, opacity, kind in drawn[CLASS_INDEX[name]]:
        assert kind == CLASS_INDEX[name]
        assert pixels.shape == (*opacity.shape, 3)
        assert 0.6 * HEIGHT < len(pixels) < 2 * HEIGHT
        assert opacity.max() == 1
        assert min(opacity[0].max(), opacity[-1].max(), opacity[:, 0].max(), opacity[:, -1].max()) > 0.1


def test_a_pedestrian_is_slender_and_a_cycle_may_be_as_long_as_high(drawn):
    widths = {name: [image.shape[1] / image.shape[0] for image, _, _ in drawn[CLASS_INDEX[name]]] for name in NUMBER}
    assert max(widths["pedestrian"]) < 0.75
    assert max(widths["bicycle"]) > 0.8
    assert min(widths["bicycle"]) < 0.5


def test_through_the_wheels_of_a_bicycle_one_sees_the_street(drawn):
    shares = [opacity[len(opacity) // 2 :].mean() for _, opacity, _ in drawn[CLASS_INDEX["bicycle"]]]
    assert np.median(shares) < 0.5


def test_the_same_seed_draws_the_same(drawn):
    again = figures(NUMBER, np.random.default_rng(1))
    for kind, of_kind in drawn.items():
        assert all((one[0] == other[0]).all() for one, other in zip(of_kind, again[kind], strict=True))
