"""A checkpoint -> ONNX files for any input size: fp32, and int8 calibrated on labelled clips.

python -m models.training.export DIR --clips DIR LABELS.jsonl --out DIR
"""

import argparse
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from models.training.network import StreetNetwork
from models.training.samples import from_clips
from models.training.views import with_change

CALIBRATED_AT = (320, 240)
"""Width and height in pixels of the pictures by which the activations' ranges are found."""
EVERY = 9
"""Every ninth labelled picture: some hundred, over all cameras and hours of the day."""


class Deployed(nn.Module):
    """The network as a camera's pixels lie in memory, bytes channel by channel, and with scores instead of logits.

    Attributes:
        in_floats: how names of nodes begin that int8 leaves as they are: 8 bits are too few for logarithms of sizes,
            and in floats the last two convolutions cost 0.1 ms.
    """

    in_floats: tuple[str, ...] = ("/network/heat/", "/network/shape/")

    def __init__(self, network: StreetNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, levels: Tensor) -> tuple[Tensor, ...]:
        """Return heatmap in [0, 1], size in pixels, offset in cells."""
        logits, size, offset = self.network(levels.permute(0, 3, 1, 2).float())
        return torch.sigmoid(logits), size, offset

    def inputs(self) -> dict[str, Tensor]:
        """Return examples of what it takes, by name; the last two sides of each may be any."""
        return {"levels": torch.zeros(1, *CALIBRATED_AT[::-1], self.network.inputs, dtype=torch.uint8)}

    def outputs(self) -> list[str]:
        """Return the names of what it says; likewise."""
        return ["heatmap", "size", "offset"]


class Calibration(CalibrationDataReader):
    """Pictures that a deployed camera could see, shrunk to the input's size."""

    def __init__(self, clips: Path, labels: Path) -> None:
        self._tensors = self._shrunk(clips, labels)

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        """Return the next input, None after the last."""
        return next(self._tensors, None)

    @staticmethod
    def _shrunk(clips: Path, labels: Path) -> Iterator[dict[str, npt.NDArray[np.uint8]]]:
        for sample in itertools.islice(from_clips(clips, labels), 0, None, EVERY):
            small = cv2.resize(sample.pixels, CALIBRATED_AT, interpolation=cv2.INTER_AREA)
            yield {"levels": with_change(np.asarray(small, np.uint8))[None]}


def export(checkpoint: Path, path: Path, deployed: Deployed) -> None:
    """Write an fp32 ONNX file whose input is uint8 [1, H, W, I], B, G, R, …; H and W any multiples of 16.

    Args:
        checkpoint: with the weights.
        path: of the file.
        deployed: a network of the same form, whose weights are replaced.
    """
    deployed.network.load_state_dict(torch.load(checkpoint, weights_only=True)["network"])
    inputs, outputs = deployed.inputs(), deployed.outputs()
    sides = {name: (1, 2) if name == "levels" else (2, 3) for name in (*inputs, *outputs)}
    torch.onnx.export(
        deployed.eval(),
        tuple(inputs.values()),
        str(path),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes={name: {y: f"{name}_height", x: f"{name}_width"} for name, (y, x) in sides.items()},
        dynamo=False,
    )


def quantise(path: Path, calibration: CalibrationDataReader, out: Path, in_floats: Sequence[str]) -> None:
    """Write an int8 ONNX file: weights per channel, activations as the calibration pictures show them.

    Args:
        path: of the fp32 file.
        calibration: what it may see.
        out: path of the file.
        in_floats: how names of nodes begin that stay as they are.

    Raises:
        ValueError: no name begins so.
    """
    prepared = out.with_suffix(".prepared.onnx")
    quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)  # which does not see through free sides
    names = [node.name for node in onnx.load(prepared).graph.node]
    for begin in in_floats:
        if not any(name.startswith(begin) for name in names):
            raise ValueError(f"{path}: no node is called {begin}…, wanted it left in floats")
    quantize_static(
        str(prepared),
        str(out),
        calibration,
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,  # 7 bits: without VNNI, sums of products of 8 bits overflow the 16 that they have
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv", "Add", "Relu", "Resize"],  # Relu: or it would be computed apart, in floats
        nodes_to_exclude=[name for name in names if name.startswith(tuple(in_floats))],
    )
    prepared.unlink()
    model = onnx.load(out)
    take_bytes(model)
    onnx.save(model, out)


def take_bytes(model: onnx.ModelProto) -> None:
    """Let the first convolution read the input's bytes as they are: divided by 255 and quantised they are the same."""
    graph = model.graph
    division = next(node for node in graph.node if node.op_type == "Div")
    cast = next(node for node in graph.node if node.output[0] == division.input[0])
    quantise = next(node for node in graph.node if node.input[0] == division.output[0])
    scale, zero = quantise.input[1:]
    for tensor in graph.initializer:
        if tensor.name == scale:
            tensor.CopyFrom(onnx.numpy_helper.from_array(np.array(1 / 255, np.float32), scale))
        if tensor.name == zero:
            tensor.CopyFrom(onnx.numpy_helper.from_array(np.array(0, np.uint8), zero))
    for node in graph.node:
        node.input[:] = [cast.input[0] if name == quantise.output[0] else name for name in node.input]
    for node in (division, cast, quantise):
        graph.node.remove(node)


def main() -> None:
    """Export and quantise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path, metavar="DIR")
    parser.add_argument("--clips", type=Path, nargs=2, metavar=("DIR", "LABELS"), required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    plain, quantised = options.out / "street_fp32.onnx", options.out / "street_int8.onnx"
    export(options.trained / "checkpoint.pt", plain, Deployed(StreetNetwork()))
    quantise(plain, Calibration(*options.clips), quantised, Deployed.in_floats)
    for path in (plain, quantised):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path)  # for the card


if __name__ == "__main__":
    main()
