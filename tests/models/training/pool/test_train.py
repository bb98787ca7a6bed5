"""Learning from drawn pools: batches, what is taken over from the street, and steps that learn."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

import onnx  # noqa: E402
import onnxruntime  # noqa: E402

from models.training.pool import train  # noqa: E402
from models.training.pool.export import DrawnPools  # noqa: E402
from models.training.pool.train import pool_network  # noqa: E402
from models.training.pool.views import CHANNELS, POOL  # noqa: E402
from models.training.train import Learner  # noqa: E402
from vision.errors import UsageError  # noqa: E402

MODELS = Path(__file__).parents[4] / "models"


@pytest.fixture(scope="module")
def views():
    views = train.Views(1, 0)
    views.draw(2)
    return views


def test_a_batch_has_swimmers_in_a_fine_heatmap_of_two_classes(views):
    pixels, heat, weight, size, offset, centre = views.batch(6)
    assert pixels.shape == (6, CHANNELS, 128, 160)
    assert heat.shape == (6, len(POOL), 64, 80)
    assert weight.shape == centre.shape == (6, 1, 64, 80)
    assert size.shape == offset.shape == (6, 2, 64, 80)
    assert (heat[:, 0] == 1).any()
    assert ((heat == 1).any(dim=1) == (centre[:, 0] == 1)).all()


def test_all_but_what_it_says_is_taken_from_the_street(views):
    network, levels = pool_network(), views.batch(6)[0]
    begun = network.heat.weight.clone(), network.shape.weight.clone()
    train.take_over(network, MODELS / "street/street_fp32.onnx", levels)
    assert torch.equal(network.heat.weight, begun[0])
    assert torch.equal(network.shape.weight, begun[1])
    assert not torch.equal(network.join_quarter[0].weight, pool_network().join_quarter[0].weight)
    assert float(network.by_2[1].running_var.mean()) != 1.0
    without = torch.cat((levels[:, :4], torch.zeros_like(levels[:, 4:])), dim=1)
    network.eval()
    assert torch.equal(network(without)[0], network(levels)[0])


def test_from_its_own_export_everything_is_taken_and_says_the_same(views):
    network, levels = pool_network(), views.batch(6)[0]
    train.take_over(network, MODELS / "pool/pool_fp32.onnx", levels)
    with torch.no_grad():
        heat = torch.sigmoid(network.eval()(levels)[0])
    session = onnxruntime.InferenceSession(MODELS / "pool/pool_fp32.onnx")
    said = session.run(["heatmap"], {"levels": levels[:1].permute(0, 2, 3, 1).byte().numpy()})[0]
    assert np.abs(said - heat[:1].numpy()).max() < 1e-3


def test_another_network_is_refused(views, tmp_path):
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], [])), tmp_path / "empty.onnx")
    with pytest.raises(UsageError, match="another network"):
        train.take_over(pool_network(), tmp_path / "empty.onnx", views.batch(2)[0])


def test_a_step_is_kept_in_a_checkpoint_of_two_classes(views, tmp_path):
    learner = Learner(tmp_path / "checkpoint.pt", pool_network(), train.AVERAGED)
    assert learner.step(learner.network, views.batch(2), 1e-3) > 0
    learner.save()
    again = Learner(tmp_path / "checkpoint.pt", pool_network(), train.AVERAGED)
    assert again.steps == 1
    assert torch.equal(again.network.heat.weight, learner.network.heat.weight)


def test_the_int8_export_is_calibrated_on_drawn_pools():
    shown = DrawnPools(1)
    levels = shown.get_next()["levels"]
    assert levels.shape == (1, 240, 320, CHANNELS)
    assert levels.dtype == np.uint8
    assert shown.get_next() is None
