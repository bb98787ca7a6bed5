"""The network, its loss and its export; needs the `training` extra, which neither running nor testing Comptage does."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnxruntime.quantization import CalibrationDataReader  # noqa: E402

from models.training import export, train  # noqa: E402
from models.training.network import StreetNetwork  # noqa: E402
from models.training.samples import Sample  # noqa: E402
from models.training.targets import encode  # noqa: E402
from models.training.views import FAR_GRIDS, Group  # noqa: E402
from vision.pixels.network.heads import heatmap  # noqa: E402

# torch's other exporter writes a graph in which the input's division, which int8 leaves out, is not to be found
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

FILES = ("net.onnx", "int8.onnx")


def batch():
    """Two views with a white box each on black."""
    rows = []
    for x in (20, 60):
        pixels = np.zeros((4, 64, 96), np.float32)
        pixels[:, 20:44, x : x + 12] = 255
        boxes = np.array([[x, 20, x + 12, 44]], np.float32)
        target = encode(boxes, np.array([0]), np.array([True]), (96, 64))
        rows.append((pixels, target.heat, target.weight, target.size, target.offset, target.centre))
    return tuple(torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))


@pytest.fixture(scope="module")
def trained():
    torch.set_num_threads(1)  # two would wait for each other on a busy machine
    torch.manual_seed(1)
    network, views = StreetNetwork(), batch()
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
    losses = []
    for _ in range(120):
        value = train.loss(network(views[0]), views)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        losses.append(float(value.detach()))
    return network, losses


def test_it_learns(trained):
    _, losses = trained
    assert losses[-1] < losses[0] / 20


def test_what_was_learnt_is_in_the_file_for_every_size(trained, tmp_path):
    network, _ = trained
    torch.save({"network": network.state_dict()}, tmp_path / "checkpoint.pt")
    export.export(tmp_path / "checkpoint.pt", tmp_path / "net.onnx", export.Deployed(StreetNetwork()))
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx")
    for width, height in ((96, 64), (160, 128)):
        levels = np.zeros((1, height, width, 4), np.uint8)
        levels[0, 20:44, 20:32] = 255
        found = heatmap(session.run(None, {"levels": levels}), (width, height), 0.3)
        best = found.scores.argmax()
        assert found.labels[best] == 0
        assert np.abs(found.boxes[best] - (20, 20, 32, 44)).max() < 4


class Shown(CalibrationDataReader):
    """The two views that were learnt from, as a camera gives them."""

    def __init__(self):
        self._levels = iter(batch()[0].numpy().transpose(0, 2, 3, 1).astype(np.uint8))

    def get_next(self):
        levels = next(self._levels, None)
        return None if levels is None else {"levels": levels[None]}


def test_quantised_it_reads_the_same_bytes_and_says_nearly_the_same(trained, tmp_path):
    network, _ = trained
    torch.save({"network": network.state_dict()}, tmp_path / "checkpoint.pt")
    export.export(tmp_path / "checkpoint.pt", tmp_path / "net.onnx", export.Deployed(StreetNetwork()))
    export.quantise(tmp_path / "net.onnx", Shown(), tmp_path / "int8.onnx", export.Deployed.in_floats)
    levels = batch()[0].numpy().transpose(0, 2, 3, 1).astype(np.uint8)[:1]
    said = [onnxruntime.InferenceSession(tmp_path / name).run(None, {"levels": levels}) for name in FILES]
    plain, quantised = (heatmap(outputs, (96, 64), 0.3) for outputs in said)
    assert quantised.labels[quantised.scores.argmax()] == plain.labels[plain.scores.argmax()] == 0
    best = (candidates.boxes[candidates.scores.argmax()] for candidates in (plain, quantised))
    assert next(best) == pytest.approx(next(best), abs=2)
    nodes = [node.op_type for node in onnx.load(tmp_path / "int8.onnx").graph.node]
    assert not {"Div", "Cast", "Relu"} & set(nodes)


def test_what_shall_stay_in_floats_must_be_there(trained, tmp_path):
    network, _ = trained
    torch.save({"network": network.state_dict()}, tmp_path / "checkpoint.pt")
    export.export(tmp_path / "checkpoint.pt", tmp_path / "net.onnx", export.Deployed(StreetNetwork()))
    with pytest.raises(ValueError, match="no node is called /head/"):
        export.quantise(tmp_path / "net.onnx", Shown(), tmp_path / "int8.onnx", ["/head/"])


def test_the_rate_rises_then_falls():
    rates = [train.rise_and_fall(share) for share in np.linspace(0, 1, 101)]
    assert np.argmax(rates) in {3, 4}
    assert rates[0] < 0.1
    assert rates[-1] == pytest.approx(1 / 50)


def test_batches_draw_from_every_group():
    def picture(kind):
        boxes = np.array([[40, 30, 80, 70]], np.float32)
        return Sample(np.zeros((120, 160, 4), np.uint8), boxes, np.array([kind]), np.array([True]))

    groups = [Group([picture(3)] * 9, FAR_GRIDS), Group([picture(4)], FAR_GRIDS)]
    pixels, heat, *_ = next(train.batches(groups, {0: [], 1: [], 2: []}, 40, np.random.default_rng(1)))
    assert pixels.shape == (40, 4, 160, 224)
    seen = heat.amax(dim=(2, 3)) == 1
    assert 0 < seen[:, 4].sum() < seen[:, 3].sum()


def test_a_checkpoint_goes_on_where_it_was_and_keeps_the_average(tmp_path):
    learner = train.Learner(tmp_path / "checkpoint.pt", StreetNetwork())
    begun = {name: value.clone() for name, value in learner.network.state_dict().items()}
    for _ in range(3):
        learner.step(learner.network, batch(), 1e-2)
    learner.save()
    again = train.Learner(tmp_path / "checkpoint.pt", StreetNetwork())
    assert again.steps == 3
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    for name, value in learner.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], value)
    weight = "heat.weight"
    kept, learning = (state[name][weight] for name in ("network", "learning"))
    assert 0 < (kept - begun[weight]).abs().max() < (learning - begun[weight]).abs().max()
