"""Weights of an exported network, fp32 ONNX, back into one that can learn on: of ours, on a city's own footage."""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import onnx
import torch
from torch import Tensor, nn

from models.training.network import StreetNetwork
from vision.errors import UsageError


def take_weights(network: StreetNetwork, path: Path, levels: Tensor) -> None:
    """Give a network the weights of an exported one, in which batch normalisation is a part of the convolutions.

    Normalisation is put between them again, with the means and variances of the views (B, 4, H, W), so that the
    network says the same and goes on learning as if it had never been exported.

    Raises:
        UsageError: the file holds another network.
    """
    model = onnx.load(path)
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    nodes = [node for node in model.graph.node if node.op_type == "Conv"]
    convolutions, normalisations = _in_order(network, levels)
    if len(nodes) != len(convolutions):
        raise _other_network(path)
    for node, convolution in zip(nodes, convolutions, strict=True):
        weight, *bias = (torch.tensor(stored[name]) if name in stored else torch.empty(0) for name in node.input[1:3])
        if weight.shape != convolution.weight.shape:
            raise _other_network(path)
        convolution.weight.data.copy_(weight)
        if convolution.bias is not None:
            convolution.bias.data.copy_(*bias)
        elif convolution in normalisations:
            _let_through(normalisations[convolution], *bias)
    _normalise(network, list(normalisations.values()), levels)


class Form(NamedTuple):
    """What an exported network takes and says: classes of its heatmap, channels of its input."""

    classes: int
    inputs: int


def form_of(path: Path) -> Form:
    """Return the form of an exported network, fp32 ONNX.

    Raises:
        UsageError: the file holds another network.
    """
    graph = onnx.load(path).graph
    heatmap = next((out for out in graph.output if out.name == "heatmap"), None)
    if heatmap is None:
        raise _other_network(path)
    of, channels = (value.type.tensor_type.shape.dim for value in (heatmap, graph.input[0]))
    return Form(int(of[1].dim_value), int(channels[3].dim_value))


def _other_network(path: Path) -> UsageError:
    return UsageError(f"{path}: another network, wanted an fp32 export of the street network")


def _in_order(network: StreetNetwork, levels: Tensor) -> tuple[list[nn.Conv2d], dict[nn.Conv2d, nn.BatchNorm2d]]:
    """Return convolutions in the order in which they are computed, and what normalises them."""
    seen: list[nn.Module] = []
    kinds = (nn.Conv2d, nn.BatchNorm2d)
    hooks = [
        module.register_forward_hook(lambda module, _inputs, _output: seen.append(module))
        for module in network.modules()
        if isinstance(module, kinds)
    ]
    network.eval()
    with torch.no_grad():
        network(levels[:1])
    for hook in hooks:
        hook.remove()
    followed = {a: b for a, b in pairwise(seen) if isinstance(a, nn.Conv2d) and isinstance(b, nn.BatchNorm2d)}
    return [module for module in seen if isinstance(module, nn.Conv2d)], followed


def _let_through(normalisation: nn.BatchNorm2d, bias: Tensor) -> None:
    normalisation.running_mean.zero_()
    normalisation.running_var.fill_(1 - normalisation.eps)
    normalisation.weight.data.fill_(1)
    normalisation.bias.data.copy_(bias)


def _normalise(network: StreetNetwork, normalisations: list[nn.BatchNorm2d], levels: Tensor) -> None:
    """Give each normalisation the statistics of what comes to it, and weights that undo them."""
    came: dict[nn.Module, Tensor] = {}
    hooks = [
        module.register_forward_hook(lambda module, inputs, _output: came.update({module: inputs[0]}))
        for module in normalisations
    ]
    with torch.no_grad():
        network(levels)
    for hook in hooks:
        hook.remove()
    for module in normalisations:
        mean, variance = came[module].mean(dim=(0, 2, 3)), came[module].var(dim=(0, 2, 3))
        module.running_mean.copy_(mean)
        module.running_var.copy_(variance)
        module.bias.data.add_(mean)
        module.weight.data.copy_((variance + module.eps).sqrt())
