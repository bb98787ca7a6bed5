"""Every head, the other way round: boxes are encoded as the network would, and must come back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.pixels.network.heads import HeadError, boxes_scores, heatmap, suppress, yolov8, yolox

WIDTH, HEIGHT = 128, 96
SIZE = (WIDTH, HEIGHT)
CLASSES = 5
LOW = 0.25

objects = st.lists(
    st.tuples(
        st.floats(2, WIDTH - 2),
        st.floats(2, HEIGHT - 2),
        st.floats(1, 60),
        st.floats(1, 60),
        st.integers(0, CLASSES - 1),
        st.floats(0.3, 1),
    ),
    max_size=5,
    # one object a cell of the coarsest grid
    unique_by=lambda thing: (int(thing[0] // 32), int(thing[1] // 32)),
)
round_trip = settings(max_examples=60, deadline=None)


def expected(things):
    rows = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2, label, score) for x, y, w, h, label, score in things]
    return sorted(rows)


def found(candidates):
    columns = np.column_stack((candidates.boxes, candidates.labels, candidates.scores))
    return sorted(map(tuple, columns.tolist()))


def assert_same(candidates, things):
    assert np.array(found(candidates)).reshape(-1, 6) == pytest.approx(
        np.array(expected(things)).reshape(-1, 6), abs=1e-3
    )


def encode_yolox(things):
    """Each object goes to a grid by its size: dx, dy, log w, log h in cells, objectness times class score."""
    grids = {stride: np.zeros((HEIGHT // stride, WIDTH // stride, 5 + CLASSES)) for stride in (8, 16, 32)}
    for x, y, w, h, label, score in things:
        stride = 8 if max(w, h) < 16 else 16 if max(w, h) < 32 else 32
        column, row = int(x // stride), int(y // stride)
        cell = grids[stride][row, column]
        cell[:4] = x / stride - column, y / stride - row, np.log(w / stride), np.log(h / stride)
        cell[4] = np.sqrt(score)
        cell[5 + label] = np.sqrt(score)
    return [np.concatenate([grid.reshape(-1, 5 + CLASSES) for grid in grids.values()])[None].astype(np.float32)]


def encode_boxes_scores(things):
    fractions, scores = np.zeros((1, 40, 4)), np.full((1, 40, CLASSES), 0.01)
    for i, (x, y, w, h, label, score) in enumerate(things):
        fractions[0, 3 * i] = (y - h / 2) / HEIGHT, (x - w / 2) / WIDTH, (y + h / 2) / HEIGHT, (x + w / 2) / WIDTH
        scores[0, 3 * i, label] = score
    return [fractions.astype(np.float32), scores.astype(np.float32)]


def encode_yolov8(things):
    output = np.zeros((1, 4 + CLASSES, 40))
    for i, (x, y, w, h, label, score) in enumerate(things):
        output[0, :4, 3 * i] = x, y, w, h
        output[0, 4 + label, 3 * i] = score
    return [output.astype(np.float32)]


def encode_heatmap(things, stride=4):
    """A peak at the centre's cell, with lower shoulders around it that are no objects."""
    rows, columns = HEIGHT // stride, WIDTH // stride
    heat, extent, offset = np.zeros((1, CLASSES, rows, columns)), np.zeros((1, 2, rows, columns)), None
    offset = np.zeros_like(extent)
    for x, y, w, h, label, score in things:
        column, row = int(x // stride), int(y // stride)
        around = heat[0, label, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        np.maximum(around, 0.95 * score, out=around)
        heat[0, label, row, column] = score
        extent[0, :, row, column] = w, h
        offset[0, :, row, column] = x / stride - column, y / stride - row
    return [heat.astype(np.float32), extent.astype(np.float32), offset.astype(np.float32)]


@given(objects)
@round_trip
def test_yolox_round_trip(things):
    assert_same(yolox(encode_yolox(things), SIZE, LOW), things)


@given(objects)
@round_trip
def test_boxes_scores_round_trip(things):
    assert_same(boxes_scores(encode_boxes_scores(things), SIZE, LOW), things)


@given(objects)
@round_trip
def test_yolov8_round_trip(things):
    assert_same(yolov8(encode_yolov8(things), SIZE, LOW), things)


def far_apart(things):
    """Peaks of one class whose cells touch are one peak: such pictures have no right answer."""
    cells = [(x // 4, y // 4) for x, y, *_ in things]
    return all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) > 2 for i, a in enumerate(cells) for b in cells[:i])


@given(objects.filter(far_apart), st.sampled_from([4, 2]))
@round_trip
def test_heatmap_round_trip(things, stride):
    assert_same(heatmap(encode_heatmap(things, stride), SIZE, LOW), things)


def test_a_fine_heatmap_tells_apart_who_are_four_pixels_from_each_other():
    things = [(41.0, 41.0, 5.0, 5.0, 0, 0.9), (45.0, 41.0, 5.0, 5.0, 0, 0.89)]
    assert_same(heatmap(encode_heatmap(things, 2), SIZE, LOW), things)
    assert len(heatmap(encode_heatmap(things), SIZE, LOW).boxes) == 1


def test_heatmap_finds_peaks_in_every_class_and_at_the_edges():
    things = [(1.0, 1.0, 6.0, 8.0, 0, 0.9), (127.0, 95.0, 9.0, 4.0, 4, 0.5), (1.0, 95.0, 3.0, 4.0, 1, 0.7)]
    assert_same(heatmap(encode_heatmap(things), SIZE, LOW), things)


@pytest.mark.parametrize("classes", [1, 2, 7])
def test_heatmap_takes_any_number_of_classes(classes):
    heat = np.zeros((1, classes, 24, 32), np.float32)
    heat[0, classes - 1, 10, 20] = 0.8
    planes = np.ones((1, 2, 24, 32), np.float32)
    candidates = heatmap([heat, 4 * planes, planes / 2], SIZE, LOW)
    assert candidates.boxes.tolist() == [[80, 40, 84, 44]]
    assert candidates.labels.tolist() == [classes - 1]


def test_an_empty_heatmap_holds_nothing_even_without_a_threshold():
    nothing = np.zeros((1, 2, 24, 32), np.float32)
    assert len(heatmap([nothing, nothing, nothing], SIZE, 0.0).boxes) == 0


HEADS = [
    (yolox, encode_yolox),
    (boxes_scores, encode_boxes_scores),
    (yolov8, encode_yolov8),
    (heatmap, encode_heatmap),
]


@pytest.mark.parametrize(("head", "encode"), HEADS)
def test_what_is_below_the_threshold_is_left_out_and_what_reaches_it_is_not(head, encode):
    things = [(40.0, 40.0, 10.0, 20.0, 1, 0.5), (90.0, 70.0, 10.0, 20.0, 2, 0.25)]
    assert len(head(encode(things), SIZE, 0.3).boxes) == 1
    assert len(head(encode(things), SIZE, 0.24).boxes) == 2


@pytest.mark.parametrize(("head", "encode"), HEADS)
def test_outputs_of_other_shapes_are_refused(head, encode):
    outputs = encode([])
    with pytest.raises(HeadError, match="found outputs of shapes"):
        head([output[0] for output in outputs], SIZE, LOW)
    with pytest.raises(HeadError, match="wanted"):
        head([*outputs, outputs[0]], SIZE, LOW)


def test_yolox_of_another_input_size_is_refused():
    with pytest.raises(HeadError, match="found 252 cells, wanted 1008"):
        yolox(encode_yolox([]), (2 * WIDTH, 2 * HEIGHT), LOW)


def test_boxes_and_scores_must_be_as_many():
    fractions, scores = encode_boxes_scores([])
    with pytest.raises(HeadError, match="found 39 boxes and 40 scores"):
        boxes_scores([fractions[:, :39], scores], SIZE, LOW)


def overlaps(a, b):
    shared = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared)


def greedy(boxes, scores, kinds, max_iou):
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        if all(kinds[i] != kinds[j] or overlaps(boxes[i], boxes[j]) <= max_iou for j in kept):
            kept.append(int(i))
    return kept


@given(st.integers(0, 2**32 - 1), st.integers(0, 25))
@settings(max_examples=60, deadline=None)
def test_suppression_equals_the_plain_greedy_rule(seed, n):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 60, (n, 2))
    boxes = np.concatenate((corner, corner + rng.uniform(5, 40, (n, 2))), axis=1).astype(np.float32)
    scores = rng.permutation(np.linspace(0.1, 0.9, n)).astype(np.float32) if n else np.empty(0, np.float32)
    kinds = rng.integers(0, 3, n)
    assert suppress(boxes, scores, kinds, 0.5, 100).tolist() == greedy(boxes, scores, kinds, 0.5)


def test_suppression_keeps_the_best_when_there_are_too_many():
    boxes = np.array([[20.0 * i, 0, 20.0 * i + 10, 10] for i in range(5)])
    scores = np.array([0.5, 0.9, 0.3, 0.8, 0.1])
    assert suppress(boxes, scores, np.zeros(5, int), 0.5, 2).tolist() == [1, 3]
