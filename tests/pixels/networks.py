"""Tiny networks with a card, for tests: ones that always say the same, and one that really looks."""

import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = helper.make_opsetid("", 17)
IR_VERSION = 10
TYPES = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8}


def write_network(folder, graph, head, **changes):
    """Write net.onnx and its card net.toml; return the path of the weights."""
    model = helper.make_model(graph, opset_imports=[OPSET], ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    path = folder / "net.onnx"
    path.write_bytes(model.SerializeToString())
    settings = {"width": 64, "height": 48, "layout": "NCHW", "dtype": "float32", "colour": "RGB", "fit": "stretch"}
    settings |= changes
    lines = [f"{key} = {value!r}" for key, value in settings.items()]
    (folder / "net.toml").write_text(f"""
name = "net"
title = "A tiny network"
file = "net.onnx"
sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"
licence = "Apache-2.0"
source = "the tests"
head = "{head}"
[input]
{chr(10).join(lines)}
[thresholds]
score = 0.5
low = 0.2
nms_iou = 0.5
[classes]
0 = "pedestrian"
1 = "bicycle"
2 = "car"
4 = "truck"
""")
    return path


def constant_network(folder, head, outputs, *, layout="NCHW", dtype="float32", **changes):
    """A network for an input of 64x48 that says the same of every image."""
    shape = [1, 3, 48, 64] if layout == "NCHW" else [1, 48, 64, 3]
    image = helper.make_tensor_value_info("image", TYPES[dtype], shape)
    constants = [numpy_helper.from_array(np.asarray(out, np.float32), f"c{i}") for i, out in enumerate(outputs)]
    nodes = [helper.make_node("Identity", [f"c{i}"], [f"out{i}"]) for i in range(len(outputs))]
    said = [helper.make_tensor_value_info(f"out{i}", TensorProto.FLOAT, np.shape(out)) for i, out in enumerate(outputs)]
    graph = helper.make_graph(nodes, "constant", [image], said, constants)
    return write_network(folder, graph, head, layout=layout, dtype=dtype, **changes)


def red_finder(folder, *, int8=False):
    """A heatmap network for 64x48 that sees whatever is red, as a pedestrian of 8x12 pixels.

    The weights of its one convolution take red less green; with int8 they and the image are quantised.
    """
    weights = np.zeros((1, 3, 4, 4), np.float32)
    weights[0, 0], weights[0, 1] = 1 / 16, -1 / 16
    fixed = {"weights": weights}
    nodes = []
    if int8:
        fixed |= {"step": np.float32(1 / 127), "fine": np.float32(1 / 2032), "zero": np.int8(0)}
        for name, step in (("image", "step"), ("weights", "fine")):
            nodes.append(helper.make_node("QuantizeLinear", [name, step, "zero"], [f"{name}_q"]))
            nodes.append(helper.make_node("DequantizeLinear", [f"{name}_q", step, "zero"], [f"{name}_dq"]))
    inputs = ["image_dq", "weights_dq"] if int8 else ["image", "weights"]
    nodes += [
        helper.make_node("Conv", inputs, ["difference"], strides=[4, 4]),
        helper.make_node("Relu", ["difference"], ["heat"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 48, 64])
    return write_network(folder, _of_small_pedestrians(image, nodes, fixed), "heatmap", scale=1 / 255)


def lighter_finder(folder):
    """A heatmap network for 64x48 bytes that sees whatever has become lighter, as a pedestrian of 8x12 pixels."""
    weights = np.zeros((1, 4, 4, 4), np.float32)
    weights[0, 3] = 1 / 16
    fixed = {"weights": weights, "none": np.float32(128), "most": np.float32(127)}
    nodes = [
        helper.make_node("Cast", ["image"], ["levels"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["levels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "weights"], ["mean"], strides=[4, 4]),
        helper.make_node("Sub", ["mean", "none"], ["lighter"]),
        helper.make_node("Div", ["lighter", "most"], ["heat"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, [1, 48, 64, 4])
    graph = _of_small_pedestrians(image, nodes, fixed)
    path = write_network(folder, graph, "heatmap", layout="NHWC", dtype="uint8", change=True)
    card = path.with_suffix(".toml")
    card.write_text(card.read_text().replace("change = True", "change = true"))
    return path


def rememberer(folder, *, hands_on=True):
    """A heatmap network for bytes of any size that sees whatever was light at the look before, 8x12 pixels large.

    It needs to be told what it remembered; unless it hands that on, nobody can.
    """
    weights = np.full((1, 3, 4, 4), 1 / (48 * 255), np.float32)
    fixed = {"weights": weights, "extent": np.array([8, 12], np.float32).reshape(1, 2, 1, 1), "half": np.float32(0.5)}
    nodes = [
        helper.make_node("Cast", ["image"], ["levels"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["levels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "weights"], ["remembered"], strides=[4, 4]),
        helper.make_node("Identity", ["memory"], ["heat"]),
        helper.make_node("Sub", ["memory", "memory"], ["none"]),
        helper.make_node("Add", ["none", "extent"], ["size"]),
        helper.make_node("Concat", ["none", "none"], ["nones"], axis=1),
        helper.make_node("Add", ["nones", "half"], ["shift"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, [1, None, None, 3])
    kept = helper.make_tensor_value_info("memory", TensorProto.FLOAT, [1, 1, None, None])
    said = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, None, None])
        for name, channels in (("heat", 1), ("size", 2), ("shift", 2), ("remembered", 1))[: 4 if hands_on else 3]
    ]
    constants = [numpy_helper.from_array(np.asarray(value), name) for name, value in fixed.items()]
    graph = helper.make_graph(nodes, "rememberer", [image, kept], said, constants)
    form = {"layout": "NHWC", "dtype": "uint8", "fit": "own-size", "multiple": 16, "memory": 1}
    path = write_network(folder, graph, "heatmap", **form)
    card = path.with_suffix(".toml")
    card.write_text(card.read_text().replace("width = 64\nheight = 48\n", ""))
    return path


def _of_small_pedestrians(image, nodes, fixed):
    """A graph whose nodes make "heat" of an image of 64x48; whatever it finds is 8x12 pixels, in the cell's middle."""
    planes = np.ones((1, 1, 12, 16), np.float32)
    fixed |= {
        "extent": np.concatenate((8 * planes, 12 * planes), axis=1),
        "offset": np.concatenate((planes, planes), axis=1) / 2,
    }
    nodes += [
        helper.make_node("Identity", ["extent"], ["size"]),
        helper.make_node("Identity", ["offset"], ["shift"]),
    ]
    shapes = {"heat": [1, 1, 12, 16], "size": [1, 2, 12, 16], "shift": [1, 2, 12, 16]}
    said = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    constants = [numpy_helper.from_array(np.asarray(value), name) for name, value in fixed.items()]
    return helper.make_graph(nodes, "finder", [image], said, constants)
