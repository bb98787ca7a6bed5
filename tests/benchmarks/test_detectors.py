"""The whole comparison on blocks whose answer is known, and how the cost of a network is reckoned."""

import re

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from benchmarks import contact_sheet, detectors
from benchmarks.cost.convolution_peak import cpu_milliseconds, peak_network, peak_run
from benchmarks.cost.network_cost import is_quantised, multiply_accumulates
from benchmarks.machine import machine_lines
from benchmarks.scores.detections import Accuracy, accuracy, looks, opened
from benchmarks.truth.heldout import HeldoutSet, LabelledFrame, heldout_sets
from tests.benchmarks.held_out import grey, write_data
from tests.pixels.networks import red_finder, rememberer
from vision.detections import Detections
from vision.errors import ComptageError

RED = (0, 0, 255)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data"))


def network(nodes, shapes, fixed, ends=("x", "y")):
    """A graph from x to y; `shapes` of these two may hold names of open sides."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in ends]
    held = [numpy_helper.from_array(np.zeros(shape, np.float32), name) for name, shape in fixed.items()]
    graph = helper.make_graph(nodes, "small", values[:1], values[1:], held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def labelled(*boxes, classes=None, ignored=None):
    return LabelledFrame(
        grey((64, 48)),
        np.array(boxes, float).reshape(-1, 4),
        np.array(classes if classes is not None else [0] * len(boxes), np.int64),
        np.array(ignored if ignored is not None else [False] * len(boxes), bool),
    )


def heldout(*asked, least_height=0.0):
    return HeldoutSet("small", asked, (64, 48), least_height, lambda: iter(()))


def said(*rows):
    boxes = np.array([row[:4] for row in rows], float).reshape(-1, 4)
    return Detections(boxes, np.array([row[4] for row in rows]), np.array([row[5] for row in rows]))


def test_a_detector_runs_as_the_product_runs_it(tmp_path):
    look = opened(str(red_finder(tmp_path)), (64, 48))
    shot = LabelledFrame(grey((64, 48), (16, 16, 4, 4, RED)), np.empty((0, 4)), np.empty(0, int), np.empty(0, bool))
    counted = []
    (seen,) = looks(look, [shot], lambda: counted.append(1))
    assert seen.boxes.tolist() == [[14, 12, 22, 24]]
    assert len(counted) == 1
    assert shot.pixels.any()  # the same frames are shown to the next detector


def test_accuracy_on_one_frame():
    near, far = [0, 0, 10, 30], [40, 0, 46, 10]
    seen = said((0, 0, 10, 30, 0.9, 0), (40, 0, 46, 10, 0.3, 0), (20, 20, 30, 40, 0.7, 0), (0, 0, 10, 30, 0.95, 3))
    row = accuracy(heldout("pedestrian"), [labelled(near, far)], [seen], 0.5)
    assert row.truths == 2
    assert row.ap == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)
    assert row.by_height == pytest.approx((1.0, np.nan, 1.0, np.nan), nan_ok=True)
    assert (row.recall, row.precision) == (0.5, 0.5)
    assert row.called == {"pedestrian": 1, "missed": 1}


def test_what_a_truth_is_called_is_asked_of_all_classes():
    rider, other, hidden = [0, 0, 10, 20], [20, 0, 30, 20], [40, 0, 50, 20]
    shot = labelled(rider, other, hidden, classes=[1, 1, 1], ignored=[False, False, True])
    row = accuracy(
        heldout("bicycle"),
        [shot],
        [said((0, 0, 10, 19, 0.9, 0), (21, 0, 30, 20, 0.8, 2), (40, 0, 50, 20, 0.9, 3))],
        0.5,
    )
    assert row.called == {"pedestrian": 1, "motorcycle": 1}
    assert row.ap == 0.0


def test_vehicles_are_one_and_low_detections_are_dropped():
    shot = labelled([0, 0, 20, 20], [30, 0, 50, 20], classes=[3, 5])
    seen = said((0, 0, 20, 20, 0.9, 5), (30, 0, 50, 20, 0.8, 4), (0, 30, 20, 37, 0.95, 3))
    vehicles = ("car", "truck", "bus", "motorcycle")
    assert accuracy(heldout(*vehicles, least_height=8), [shot], [seen], 0.5).ap == 1.0
    assert accuracy(heldout(*vehicles), [shot], [seen], 0.5).ap == pytest.approx(2 / 3)


def test_multiply_accumulates_of_a_strided_grouped_convolution_with_open_sides():
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"], strides=[2, 2], pads=[1, 1, 1, 1], group=2)]
    open_sides = network(nodes, {"x": ["n", 4, "h", "w"], "y": ["n", 6, "a", "b"]}, {"w": (6, 2, 3, 3)})
    assert multiply_accumulates(open_sides, (1, 4, 20, 10)) == 6 * 10 * 5 * 2 * 9
    assert multiply_accumulates(open_sides, (1, 4, 40, 20)) == 6 * 20 * 10 * 2 * 9


def test_multiply_accumulates_of_matrix_products():
    nodes = [helper.make_node("MatMul", ["x", "m"], ["t"]), helper.make_node("Gemm", ["t", "g"], ["y"], transA=1)]
    product = network(nodes, {"x": [5, 7], "y": [3, 2]}, {"m": (7, 3), "g": (5, 2)})
    assert multiply_accumulates(product, (5, 7)) == 5 * 3 * 7 + 3 * 2 * 5


def test_a_quantised_network_counts_like_its_plain_self(tmp_path):
    for folder, int8 in (("plain", False), ("quantised", True)):
        (tmp_path / folder).mkdir()
        model = onnx.load(red_finder(tmp_path / folder, int8=int8))
        assert multiply_accumulates(model, (1, 3, 48, 64)) == 12 * 16 * 3 * 16
        assert is_quantised(model) == int8


def test_a_network_that_remembers_counts_for_its_two_inputs(tmp_path):
    model = onnx.load(rememberer(tmp_path))
    assert multiply_accumulates(model, (1, 48, 64, 3), (1, 1, 12, 16)) == 12 * 16 * 3 * 16


def test_an_unknown_shape_is_told():
    nodes = [
        helper.make_node("NonZero", ["x"], ["z"]),
        helper.make_node("Cast", ["z"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["m", "f"], ["y"]),
    ]
    with pytest.raises(ComptageError, match="shape of 'y' cannot be told"):
        multiply_accumulates(network(nodes, {"x": [3, 3], "y": [2, "n"]}, {"m": (2, 2)}), (3, 3))


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_network_of_the_peak_is_sound_and_lives(precision):
    model = peak_network(precision)
    onnx.checker.check_model(model, full_check=True)
    assert multiply_accumulates(model, (1, 64, 60, 80)) == 4 * 64 * 64 * 9 * 80 * 60
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("Conv") == 4
    # one before each convolution and one after the last, or onnxruntime leaves that one in fp32
    assert kinds.count("QuantizeLinear") == (5 if precision == "int8" else 0)
    (levels,) = peak_run(precision)()
    assert 0.2 < (levels > 0).mean() < 0.8


def test_the_time_is_of_the_processor_and_a_median():
    def busy():
        sum(range(200_000))

    def idle():
        pass

    took = cpu_milliseconds({"idle": [idle, idle, busy], "busy": [busy, busy, idle]})
    assert 4 * took["idle"] < took["busy"] < 1000


def test_a_cost_is_set_against_the_peak_of_its_own_precision(data, tmp_path, monkeypatch):
    names = []
    for folder, int8 in (("plain", False), ("quantised", True)):
        (tmp_path / folder).mkdir()
        names.append(str(red_finder(tmp_path / folder, int8=int8)))
    took = dict(zip(["fp32", "int8", *names], [20.0, 10.0, 0.5, 0.4], strict=True))
    monkeypatch.setattr(detectors, "cpu_milliseconds", lambda runs: {name: took[name] for name in runs})
    cost, peaks = detectors.costs(detectors.contenders(names), heldout_sets(data, (64, 48))[0])
    at_peak = 2 * 4 * 64 * 64 * 9 * 80 * 60 / 1e9
    assert peaks == pytest.approx({"fp32": at_peak / 0.020, "int8": at_peak / 0.010})
    gflop = 2 * 12 * 16 * 3 * 16 / 1e9
    plain, quantised = (cost[name] for name in names)
    assert (plain.precision, plain.milliseconds, quantised.precision) == ("fp32", 0.5, "int8")
    assert (plain.gflop, quantised.gflop) == pytest.approx((gflop, gflop))
    assert plain.input_size == (64, 48)
    assert plain.share == pytest.approx(gflop / 0.0005 / peaks["fp32"])
    assert quantised.share == pytest.approx(gflop / 0.0004 / peaks["int8"])


def test_the_clips_count_alike():
    rows = {clip: {"net": Accuracy(9, ap, (), 0, 0, {})} for clip, ap in (("a/1", 0.9), ("jamcam_mot/1", 0.2))}
    rows["jamcam_mot/2"] = {"net": Accuracy(900, 0.6, (), 0, 0, {})}
    assert detectors.mean_of_clips(rows, "net") == pytest.approx(0.4)


def test_the_machine_is_named():
    cpu, commit = machine_lines()
    assert re.fullmatch(r"machine .+: avx2 (yes|no), avx_vnni (yes|no), avx512_vnni (yes|no)", cpu)
    assert re.match(r"commit (unknown|[0-9a-f]{7,}(-dirty)?), Python 3", commit)


def test_the_whole_comparison(data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(detectors, "TIMED_FRAMES", 1)
    path = red_finder(tmp_path)
    plot = tmp_path / "plot.png"
    sizes = ["--size", "64x48", "--size", "128x96"]
    detectors.main(["--data", str(data), "--detector", str(path), "--detector", "nobody", *sizes, "--plot", str(plot)])
    printed, complaints = capsys.readouterr()
    assert "skipped: detector 'nobody' is unknown" in complaints
    assert printed.count("working size ") == 2
    # three walkers, all found: 12 pixels high at 64x48, 24 at 128x96; and nothing else is red
    walkers = re.findall(r"^pets09 +pedestrian +3 +\S+ +(.+)$", printed, re.MULTILINE)
    assert [row.split() for row in walkers] == [
        ["1.000", "-", "1.000", "-", "-", "1.000", "1.000", "pedestrian", "3"],
        ["1.000", "-", "-", "1.000", "-", "1.000", "1.000", "pedestrian", "3"],
    ]
    assert len(re.findall(r"^jamcam_mot/\d +vehicle +3 +\S+ +0\.000 ", printed, re.MULTILINE)) == 6
    assert re.search(r"^bikerider +bicycle +1 +\S+ +0\.000 .* missed 1$", printed, re.MULTILINE)
    assert re.search(r" 0\.000 +\d+\.\d\d +-  +\d+% fp32$", printed, re.MULTILINE)
    assert cv2.imread(str(plot)).shape[2] == 3


def test_what_is_wrong_is_told_in_one_line(data, tmp_path):
    with pytest.raises(SystemExit, match=r"^detectors: no detector is left to measure$"):
        detectors.main(["--data", str(data), "--detector", "nobody"])
    with pytest.raises(SystemExit, match=r"^detectors: .*wanted the shared data folder$"):
        detectors.main(["--data", str(tmp_path), "--detector", str(red_finder(tmp_path))])
    with pytest.raises(SystemExit, match=r"^2$"):
        detectors.main(["--data", str(data), "--size", "320"])


def test_a_cell_of_the_contact_sheet_shows_truths_and_what_was_seen():
    shot = labelled([8, 8, 24, 40])
    cell = contact_sheet.draw_cell(shot, said((40, 8, 56, 40, 0.9, 1)), "small")
    assert cell.shape == (300 + contact_sheet.CAPTION, 400, 3)
    assert (cell[150, 50] == contact_sheet.WHITE).all()
    assert (cell[150, 250] == contact_sheet.COLOURS[1]).all()
    assert (cell[150, 100] == 114).all()


def test_the_contact_sheet_is_written(data, tmp_path):
    out = tmp_path / "sheet.png"
    arguments = ["--data", str(data), "--detector", str(red_finder(tmp_path)), "--size", "64x48"]
    contact_sheet.main([*arguments, "--out", str(out)])
    assert cv2.imread(str(out)).shape[1] == 4 * contact_sheet.CELL_WIDTH
    with pytest.raises(SystemExit, match=r"^contact_sheet: .*No such file"):
        contact_sheet.main([*arguments, "--out", str(tmp_path / "no" / "sheet.png")])
