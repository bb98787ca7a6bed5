"""Learning from drawn pools: batches, what is taken over from the street, and steps that learn."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from models.training.network import StreetNetwork  # noqa: E402
from models.training.pool import train  # noqa: E402
from models.training.pool.export import DrawnPools  # noqa: E402
from models.training.pool.views import POOL  # noqa: E402
from models.training.train import Learner  # noqa: E402

STREET = Path(__file__).parents[4] / "models/street/street_fp32.onnx"


@pytest.fixture(scope="module")
def views():
    views = train.Views((96, 64), seed=1, begun=0)
    views.draw(5)
    return views


def test_a_batch_has_swimmers_in_a_heatmap_of_two_classes(views):
    pixels, heat, weight, size, offset, centre = views.batch(6)
    assert pixels.shape == (6, 4, 64, 96)
    assert heat.shape == (6, len(POOL), 16, 24)
    assert weight.shape == centre.shape == (6, 1, 16, 24)
    assert size.shape == offset.shape == (6, 2, 16, 24)
    assert (heat[:, 0] == 1).any()
    assert ((heat == 1).any(dim=1) == (centre[:, 0] == 1)).all()


def test_all_but_the_heatmap_is_taken_from_the_street(views):
    network = StreetNetwork(len(POOL))
    begun = network.heat.weight.clone()
    train.take_street(network, STREET, views.batch(6)[0])
    assert torch.equal(network.heat.weight, begun)
    again = StreetNetwork(len(POOL))
    assert not torch.equal(network.shape.weight, again.shape.weight)
    assert float(network.by_2[1].running_var.mean()) != 1.0


def test_a_step_is_kept_in_a_checkpoint_of_two_classes(views, tmp_path):
    learner = Learner(tmp_path / "checkpoint.pt", len(POOL), train.AVERAGED)
    assert learner.step(learner.network, views.batch(2), 1e-3) > 0
    learner.save()
    again = Learner(tmp_path / "checkpoint.pt", len(POOL), train.AVERAGED)
    assert again.steps == 1
    assert torch.equal(again.network.heat.weight, learner.network.heat.weight)


def test_the_int8_export_is_calibrated_on_drawn_pools():
    shown = DrawnPools(1)
    levels = shown.get_next()["levels"]
    assert levels.shape == (1, 240, 320, 4)
    assert levels.dtype == np.uint8
    assert shown.get_next() is None
