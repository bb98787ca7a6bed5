"""How much a network computes: multiply-accumulates of its convolutions and matrix products, from its graph."""

from collections.abc import Sequence
from math import prod

import onnx
from onnx import ModelProto, NodeProto, helper

from vision.errors import ComptageError

Shapes = dict[str, tuple[int, ...]]


def multiply_accumulates(model: ModelProto, *input_shapes: Sequence[int]) -> int:
    """Return the multiply-accumulates of all Conv, MatMul and Gemm nodes for one input.

    A graph with QuantizeLinear and DequantizeLinear around its convolutions counts like its plain self.

    Args:
        model: the network.
        input_shapes: of its inputs; sides that the graph leaves open are fixed to them.

    Raises:
        ComptageError: the shapes within the graph cannot be told from that of the input.
    """
    shapes = _shapes(model, input_shapes)
    try:
        return sum(_of_node(node, shapes) for node in model.graph.node)
    except KeyError as error:
        given = " and ".join(map(str, input_shapes))
        raise ComptageError(f"network: the shape of {error} cannot be told from an input of {given}") from error


def is_quantised(model: ModelProto) -> bool:
    """Return whether a network computes in int8."""
    return any(node.op_type == "QuantizeLinear" for node in model.graph.node)


def _of_node(node: NodeProto, shapes: Shapes) -> int:
    if node.op_type == "Conv":
        return prod(shapes[node.output[0]]) * prod(shapes[node.input[1]][1:])
    if node.op_type == "MatMul":
        return prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]
    if node.op_type == "Gemm":
        transposed = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
        return prod(shapes[node.output[0]]) * shapes[node.input[0]][0 if transposed else -1]
    return 0


def _shapes(model: ModelProto, input_shapes: Sequence[Sequence[int]]) -> Shapes:
    """Return the shapes of all tensors that are fully known once the inputs' are."""
    fixed = ModelProto()
    fixed.CopyFrom(model)
    held = {tensor.name for tensor in fixed.graph.initializer}
    taken = [value for value in fixed.graph.input if value.name not in held]
    for value, shape in zip(taken, input_shapes, strict=False):
        element = value.type.tensor_type.elem_type
        value.CopyFrom(helper.make_tensor_value_info(value.name, element, list(shape)))
    del fixed.graph.value_info[:]  # may name sides that are open no more
    for value in fixed.graph.output:
        value.type.tensor_type.ClearField("shape")
    graph = onnx.shape_inference.infer_shapes(fixed, data_prop=True).graph
    shapes: Shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        sides = value.type.tensor_type.shape.dim
        if all(side.HasField("dim_value") for side in sides):
            shapes[value.name] = tuple(side.dim_value for side in sides)
    return shapes
