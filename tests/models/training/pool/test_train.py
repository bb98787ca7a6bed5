"""Learning from drawn pools: looks that follow one another, what is taken over, and steps that learn and remember."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

import onnx  # noqa: E402
import onnxruntime  # noqa: E402

from models.training.pool import train  # noqa: E402
from models.training.pool.export import DrawnPools  # noqa: E402
from models.training.pool.network import CELL, MEMORY, PoolNetwork  # noqa: E402
from models.training.pool.views import CHANNELS, LOOKS, POOL, STRIDE  # noqa: E402
from models.training.targets import encode  # noqa: E402
from vision.errors import UsageError  # noqa: E402

MODELS = Path(__file__).parents[4] / "models"
WIDTH, HEIGHT = train.VIEW
NOTHING = np.zeros((1, MEMORY, HEIGHT // CELL, WIDTH // CELL), np.float32)


@pytest.fixture(scope="module")
def drawn():
    looks = train.Looks(1, 0)
    looks.draw(2)
    return looks


def fresh(drawn):
    """The same clips, whom nobody follows yet."""
    looks = train.Looks(2, 0)
    looks._kept = drawn._kept
    return looks


def test_a_batch_has_swimmers_in_a_fine_heatmap_of_two_classes(drawn):
    levels, heat, weight, size, offset, centre, begun = fresh(drawn).batch(3)
    views = 3 * train.STRETCH
    assert levels.shape == (train.STRETCH, 3, CHANNELS, 128, 160)
    assert heat.shape == (views, len(POOL), 64, 80)
    assert weight.shape == centre.shape == (views, 1, 64, 80)
    assert size.shape == offset.shape == (views, 2, 64, 80)
    assert (heat[:, 0] == 1).any()
    assert ((heat == 1).any(dim=1) == (centre[:, 0] == 1)).all()
    assert begun.all()


def test_a_clip_is_followed_to_its_end_and_then_another_is_begun(drawn):
    looks = fresh(drawn)
    begun = [bool(looks.batch(1)[-1]) for _ in range(3 * LOOKS // train.STRETCH)]
    assert begun[0]
    assert begun.count(True) >= 3
    beginnings = np.flatnonzero(begun)
    assert np.diff(beginnings).max() <= LOOKS // train.STRETCH
    assert not all(begun)


def test_who_goes_on_keeps_their_place_in_the_batch(drawn):
    looks = fresh(drawn)
    for _ in range(LOOKS // train.STRETCH):
        before = list(looks._viewers)
        begun = looks.batch(4)[-1].tolist()
        assert len(looks._viewers) == 4
        for was, now, new in zip(before, looks._viewers, begun, strict=False):
            assert (was is not now) == new


def test_a_batch_is_look_by_look_and_the_network_says_it_in_that_order(drawn):
    looks = fresh(drawn)
    levels, heat, *_ = looks.batch(3)
    torch.manual_seed(2)
    network = PoolNetwork().eval()
    torch.nn.init.normal_(network.recall.weight)
    with torch.no_grad():
        (together, _, _), memory = network(levels)
        alone = [network(levels[:, n : n + 1]) for n in range(3)]
    for n, ((logits, _, _), after) in enumerate(alone):
        assert torch.allclose(together[n::3], logits, atol=1e-3)
        assert torch.allclose(memory[n : n + 1], after, atol=1e-3)
    for n, viewer in enumerate(looks._viewers):
        seen = viewer._clip[viewer._next - train.STRETCH : viewer._next]
        for t, look in enumerate(seen):
            part = viewer._part.of(look, train.VIEW)
            assert torch.equal(levels[t, n], torch.from_numpy(part.pixels).permute(2, 0, 1).float())
            target = encode(part.boxes, part.classes, part.sure, train.VIEW, len(POOL), STRIDE)
            assert torch.equal(heat[3 * t + n], torch.from_numpy(target.heat))


def test_all_but_what_it_says_is_taken_from_the_street(drawn):
    network, levels = PoolNetwork(), fresh(drawn).batch(2)[0]
    begun = network.heat.weight.clone(), network.shape.weight.clone()
    train.take_over(network, MODELS / "street/street_fp32.onnx", levels)
    assert torch.equal(network.heat.weight, begun[0])
    assert torch.equal(network.shape.weight, begun[1])
    assert float(network.by_2[1].running_var.mean()) != 1.0
    assert float(network.join_quarter[1].running_var[:32].mean()) != 1.0


def test_from_its_own_export_everything_is_taken_and_says_and_remembers_the_same(drawn):
    network, levels = PoolNetwork(), fresh(drawn).batch(4)[0]
    train.take_over(network, MODELS / "pool/pool_fp32.onnx", levels)
    with torch.no_grad():
        (logits, _, _), memory = network.eval()(levels[:2, :1])
    session, remembered = onnxruntime.InferenceSession(MODELS / "pool/pool_fp32.onnx"), NOTHING
    for look in levels[:2, :1].permute(0, 1, 3, 4, 2).byte().numpy():
        heat, _, _, remembered = session.run(None, {"levels": look, "memory": remembered})
    assert np.abs(heat - torch.sigmoid(logits)[1:].numpy()).max() < 1e-2
    assert np.abs(remembered - memory.numpy()).max() < 1e-2


def test_another_network_is_refused(drawn, tmp_path):
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], [])), tmp_path / "empty.onnx")
    with pytest.raises(UsageError, match="another network"):
        train.take_over(PoolNetwork(), tmp_path / "empty.onnx", fresh(drawn).batch(1)[0])


def test_an_export_with_other_channels_is_refused(drawn, monkeypatch):
    levels = fresh(drawn).batch(1)[0]
    monkeypatch.setattr(train, "CHANNELS", 5)
    with pytest.raises(UsageError, match="takes 4 channels, wanted 5"):
        train.take_over(PoolNetwork(), MODELS / "street/street_fp32.onnx", levels)


def test_a_step_is_kept_in_a_checkpoint_of_two_classes(drawn, tmp_path):
    learner = train.PoolLearner(tmp_path / "checkpoint.pt", PoolNetwork(), train.AVERAGED)
    assert learner.step(learner.network, fresh(drawn).batch(1), 1e-3) > 0
    learner.save()
    again = train.PoolLearner(tmp_path / "checkpoint.pt", PoolNetwork(), train.AVERAGED)
    assert again.steps == 1
    assert torch.equal(again.network.heat.weight, learner.network.heat.weight)


def test_who_goes_on_with_a_clip_remembers_and_who_begins_does_not(tmp_path):
    asked = []

    def network(levels, memory):
        asked.append(memory)
        return (levels,) * 3, torch.ones(2, MEMORY, 1, 1)

    learner = train.PoolLearner(tmp_path / "checkpoint.pt", PoolNetwork(), train.AVERAGED)
    for begun in ([True, True], [False, True]):
        learner._said(network, (torch.zeros(1), torch.tensor(begun)))
    assert asked[0] is None
    assert asked[1].mean(dim=(1, 2, 3)).tolist() == [1, 0]


def test_without_gates_that_open_a_look_leaves_the_memory_as_it_is():
    network, memory = PoolNetwork(), torch.rand(1, MEMORY, 8, 8)
    torch.nn.init.zeros_(network.gates.says.weight)
    torch.nn.init.constant_(network.gates.says.bias, -100)
    after = network.gates(torch.rand(1, network.gates.says.in_channels, 8, 8), memory)
    assert torch.allclose(after, memory)


def test_what_is_remembered_is_never_rounded():
    graph = onnx.load(MODELS / "pool/pool_int8.onnx").graph
    readers = {node.op_type for node in graph.node if "memory" in node.input}
    assert readers == {"Conv", "Sub", "Add"}
    (kept,) = [node for node in graph.node if "remembered" in node.output]
    assert kept.op_type == "Add"


def test_the_int8_export_is_calibrated_on_drawn_pools_and_what_is_remembered_of_them():
    shown = DrawnPools(1, onnxruntime.InferenceSession(MODELS / "pool/pool_fp32.onnx"))
    look = shown.get_next()
    assert look["levels"].shape == (1, 240, 320, CHANNELS)
    assert look["levels"].dtype == np.uint8
    assert 0.1 < np.abs(look["memory"]).max() <= 1
    assert shown.get_next() is None
