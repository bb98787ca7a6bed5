"""Exported weights back in a network that learns on."""

import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from models.training import export  # noqa: E402
from models.training.network import INPUTS, StreetNetwork  # noqa: E402
from models.training.weights import take_weights  # noqa: E402
from vision.errors import UsageError  # noqa: E402

# torch's other exporter writes a graph in which the input's division, which int8 leaves out, is not to be found
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A network whose normalisation has seen something, and its file."""
    torch.manual_seed(1)
    network, folder = StreetNetwork(), tmp_path_factory.mktemp("exported")
    for _ in range(3):
        network(levels(6))
    torch.save({"network": network.state_dict()}, folder / "checkpoint.pt")
    export.export(folder / "checkpoint.pt", folder / "net.onnx", export.Deployed(StreetNetwork()))
    return network.eval(), folder / "net.onnx"


def levels(number):
    return torch.randint(0, 256, (number, INPUTS, 64, 96)).float()


@pytest.mark.parametrize("learning", [False, True])
def test_it_says_the_same_and_goes_on_from_there(exported, learning):
    original, path = exported
    views, other = levels(8), StreetNetwork()
    take_weights(other, path, views)
    other.train(learning)
    with torch.no_grad():
        for said, wanted in zip(other(views), original(views), strict=True):
            assert torch.allclose(said, wanted, rtol=0.02, atol=0.02)


def test_another_network_is_refused(tmp_path):
    small = torch.nn.Conv2d(INPUTS, 6, 3)
    torch.onnx.export(small, (levels(1),), str(tmp_path / "small.onnx"), dynamo=False)
    with pytest.raises(UsageError, match="another network"):
        take_weights(StreetNetwork(), tmp_path / "small.onnx", levels(2))
