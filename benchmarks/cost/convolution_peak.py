"""The most that one core does in dense convolutions, in fp32 and in int8, as a measure for networks.

The network of the measure is nothing but 3x3 convolutions of 64 channels into 64 over 80x60 cells: enough channels to
fill every vector unit, and maps that stay in a core's cache.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import onnxruntime
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

Precision = Literal["fp32", "int8"]

CHANNELS, WIDTH, HEIGHT, LAYERS = 64, 80, 60, 4
OPSET, IR_VERSION = 17, 10
"""What every onnxruntime that the project runs with reads."""
WEIGHT_STEP = 1 / 4096
"""Of quantised weights -127 to 127. A sum over 64 x 3 x 3 of them times levels 0 to 255 mostly stays within a byte."""
ROUNDS = 3


def peak_network(precision: Precision) -> ModelProto:
    """Return the network; in int8 every convolution stands between QuantizeLinear and DequantizeLinear."""
    shape = [1, CHANNELS, HEIGHT, WIDTH]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x0", "out")]
    levels = np.random.default_rng(0).integers(-127, 128, (CHANNELS, CHANNELS, 3, 3), np.int8)
    steps = np.full(CHANNELS, WEIGHT_STEP, np.float32)
    fixed = {"weights": levels.astype(np.float32) * np.float32(WEIGHT_STEP)}
    nodes: list[NodeProto] = []
    if precision == "int8":
        fixed = {"levels": levels, "steps": steps, "zeros": np.zeros(CHANNELS, np.int8)}
        fixed |= {"one": np.array(1, np.float32), "zero": np.array(0, np.uint8)}
        nodes.append(helper.make_node("DequantizeLinear", ["levels", "steps", "zeros"], ["weights"], axis=0))
    for layer in range(LAYERS):
        source = f"x{layer}"
        if precision == "int8":
            nodes += _in_steps(source, f"d{layer}")
            source = f"d{layer}"
        nodes.append(helper.make_node("Conv", [source, "weights"], [f"c{layer}"], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"x{layer + 1}"]))
    if precision == "int8":
        nodes += _in_steps(f"x{LAYERS}", "out")  # without it the last convolution would stay fp32
    else:
        nodes[-1].output[0] = "out"
    held = [numpy_helper.from_array(value, name) for name, value in fixed.items()]
    graph = helper.make_graph(nodes, f"peak-{precision}", ends[:1], ends[1:], held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def _in_steps(source: str, target: str) -> list[NodeProto]:
    """Return the nodes that round a tensor to whole levels 0 to 255."""
    return [
        helper.make_node("QuantizeLinear", [source, "one", "zero"], [f"{target}_levels"]),
        helper.make_node("DequantizeLinear", [f"{target}_levels", "one", "zero"], [target]),
    ]


def peak_run(precision: Precision) -> Callable[[], object]:
    """Return a function that runs the network once, in one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    weights = peak_network(precision).SerializeToString()
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    levels = np.random.default_rng(1).integers(0, 256, (1, CHANNELS, HEIGHT, WIDTH)).astype(np.float32)
    return lambda: session.run(None, {"x0": levels})


def cpu_milliseconds(runs: Mapping[str, list[Callable[[], object]]]) -> dict[str, float]:
    """Return, for each name, the median CPU time of its functions in milliseconds.

    Process CPU time, so that a busy machine counts little. The names take turns, in several rounds, so that a machine
    that grows slower meanwhile does so for all of them; the first function of a round is run once more, untimed.
    """
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, functions in runs.items():
            functions[0]()
            for function in functions:
                began = time.process_time()
                function()
                took[name].append(time.process_time() - began)
    return {name: 1000 * statistics.median(times) for name, times in took.items()}
