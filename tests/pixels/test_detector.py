"""From a camera's settings to detections: every head end to end, what is wrong with a network, and the real ones."""

import gc
import hashlib
import weakref

import cv2
import numpy as np
import pytest

from models.catalogue import WEIGHTS_VARIABLE, known_detectors
from tests.pixels.networks import constant_network, lighter_finder, red_finder, rememberer
from tests.pixels.videos import DATA
from vision.boxes import iou
from vision.classes import CLASS_INDEX
from vision.errors import ComptageError, UsageError
from vision.pixels.detector import open_detector
from vision.pixels.frame import Frame
from vision.pixels.network import detector as onnx_detector
from vision.pixels.network.memory import Memory
from vision.site import Camera

NAMES = list(CLASS_INDEX)


def camera(detector, **changes):
    return Camera(name="here", source="a.mp4", detector=str(detector), **changes)


def frame(pixels, number=1):
    return Frame(pixels, number / 10, number / 10, number, (640, 480))


def blank(width=128, height=96):
    return frame(np.zeros((height, width, 3), np.uint8))


def seen(detections):
    """Class names and whole pixels, sorted."""
    names = [NAMES[index] for index in detections.classes]
    return sorted(zip(names, detections.boxes.round().astype(int).tolist(), strict=True))


def yolox_output(rows):
    cells = np.zeros((1, 48 + 12 + 2, 5 + 5), np.float32)
    for cell, dx, dy, w, h, label, score in rows:
        cells[0, cell, :5] = dx, dy, np.log(w / 8), np.log(h / 8), score
        cells[0, cell, 5 + label] = 1
    return [cells]


# Each says: a pedestrian of score 0.9 at 16, 8 to 24, 32 of the 64x48 input, which is half of the frame; the same
# again a pixel lower with 0.6; a car of 0.8 that reaches over the edge; and something that the card does not name.
def yolov8_output():
    output = np.zeros((1, 4 + 5, 6), np.float32)
    rows = [(20, 20, 8, 24, 0, 0.9), (20, 21, 8, 24, 0, 0.6), (60, 40, 20, 10, 2, 0.8), (40, 20, 9, 9, 3, 0.9)]
    for i, (x, y, w, h, label, score) in enumerate(rows):
        output[0, :4, i] = x, y, w, h
        output[0, 4 + label, i] = score
    return [output]


def boxes_scores_outputs():
    boxes, scores = np.zeros((1, 6, 4), np.float32), np.zeros((1, 6, 5), np.float32)
    rows = [(16, 8, 24, 32, 0, 0.9), (16, 9, 24, 33, 0, 0.6), (50, 35, 70, 45, 2, 0.8), (36, 16, 45, 25, 3, 0.9)]
    for i, (x0, y0, x1, y1, label, score) in enumerate(rows):
        boxes[0, i] = y0 / 48, x0 / 64, y1 / 48, x1 / 64
        scores[0, i, label] = score
    return [boxes, scores]


def yolox_outputs():
    rows = [(18, 0.5, 0.5, 8, 24, 0, 0.9), (17, 1.5, 0.625, 8, 24, 0, 0.6), (47, 0.5, 0.0, 20, 10, 2, 0.8)]
    return yolox_output([*rows, (21, 0.0, 0.5, 9, 9, 3, 0.9)])


EXPECTED = [("car", [100, 70, 128, 90]), ("pedestrian", [32, 16, 48, 64])]


@pytest.mark.parametrize(
    ("head", "outputs", "form"),
    [
        ("yolox", yolox_outputs(), {}),
        ("yolov8", yolov8_output(), {}),
        ("boxes-scores", boxes_scores_outputs(), {"layout": "NHWC", "dtype": "uint8"}),
    ],
)
def test_a_network_that_always_says_the_same(tmp_path, head, outputs, form):
    detector = open_detector(camera(constant_network(tmp_path, head, outputs, **form)))
    detections = detector(blank())
    assert seen(detections) == EXPECTED
    assert detections.scores == pytest.approx([0.9, 0.8])


@pytest.mark.parametrize("int8", [False, True])
def test_a_network_that_looks_finds_what_is_red_and_nothing_green(tmp_path, int8):
    detector = open_detector(camera(red_finder(tmp_path, int8=int8)))
    image = np.full((96, 128, 3), 90, np.uint8)
    image[40:48, 64:72] = (0, 0, 255)  # red, in B, G, R: one cell of four input pixels
    image[8:16, 16:24] = (0, 255, 0)
    assert seen(detector(frame(image))) == [("pedestrian", [60, 32, 76, 56])]
    assert seen(detector(blank())) == []


def test_only_the_classes_of_the_camera_are_left(tmp_path):
    path = constant_network(tmp_path, "yolov8", yolov8_output())
    assert seen(open_detector(camera(path, classes=("car", "bus")))(blank())) == EXPECTED[:1]


def rider_output():
    output = np.zeros((1, 4 + 5, 3), np.float32)
    for i, (x, y, w, h, label, score) in enumerate([(30, 20, 8, 20, 0, 0.9), (30, 26, 18, 12, 1, 0.4)]):
        output[0, :4, i] = x, y, w, h
        output[0, 4 + label, i] = score
    return [output]


def test_a_rider_is_no_pedestrian_even_where_bicycles_are_not_asked_for(tmp_path):
    path = constant_network(tmp_path, "yolov8", rider_output())
    assert seen(open_detector(camera(path))(blank())) == [("bicycle", [42, 20, 78, 64])]
    assert seen(open_detector(camera(path, classes=("pedestrian",)))(blank())) == []


def joins_riders(path):
    """Let the card say that the network joins them itself."""
    card = path.with_suffix(".toml")
    card.write_text(card.read_text().replace('head = "yolov8"', 'head = "yolov8"\nriders = "joined"'))
    return path


@pytest.mark.parametrize(("walker", "cyclist", "name"), [(0.9, 0.4, "pedestrian"), (0.4, 0.9, "bicycle")])
def test_where_the_network_joins_riders_the_likelier_of_two_is_it(tmp_path, walker, cyclist, name):
    output = np.zeros((1, 4 + 5, 2), np.float32)
    output[0, :4] = np.array([[30, 20, 8, 20], [30, 20, 9, 21]]).T
    output[0, 4, 0], output[0, 4 + 1, 1] = walker, cyclist
    path = joins_riders(constant_network(tmp_path, "yolov8", [output]))
    detections = open_detector(camera(path))(blank())
    assert [NAMES[index] for index in detections.classes] == [name]


def test_where_the_network_joins_riders_a_walker_beside_a_bicycle_stays_one(tmp_path):
    path = joins_riders(constant_network(tmp_path, "yolov8", rider_output()))
    assert [name for name, _ in seen(open_detector(camera(path))(blank()))] == ["bicycle", "pedestrian"]


def test_a_thing_that_looks_like_two_kinds_of_vehicle_is_the_likelier_one(tmp_path):
    output = np.zeros((1, 4 + 5, 2), np.float32)
    output[0, :4] = np.array([[30, 20, 30, 20], [30, 20, 30, 21]]).T
    output[0, 4 + 2, 0], output[0, 4 + 4, 1] = 0.5, 0.7  # a car and a truck
    detections = open_detector(camera(constant_network(tmp_path, "yolov8", [output])))(blank())
    assert [NAMES[index] for index in detections.classes] == ["truck"]


def test_numbers_that_are_none_are_no_boxes(tmp_path):
    output = yolov8_output()[0]
    output[0, 2, 0] = np.nan
    output[0, 3, 2] = np.inf
    detections = open_detector(camera(constant_network(tmp_path, "yolov8", [output])))(blank())
    assert "pedestrian" in [name for name, _ in seen(detections)]
    assert np.isfinite(detections.boxes).all()


def test_the_copy_of_the_image_is_wiped_after_the_look(tmp_path, monkeypatch):
    made = []

    def spied(*arguments):
        tensor, placement = real(*arguments)
        made.append(tensor)
        return tensor, placement

    real = onnx_detector.to_tensor
    monkeypatch.setattr(onnx_detector, "to_tensor", spied)
    detector = open_detector(camera(red_finder(tmp_path)))
    detector(frame(np.full((96, 128, 3), 200, np.uint8)))
    assert len(made) == 1
    assert not made[0].any()


def dark_with(*corners):
    """Dark, 64x48, but for cells of four pixels with these corners."""
    image = np.full((48, 64, 3), 20, np.uint8)
    for x, y in corners:
        image[y : y + 4, x : x + 4] = 220
    return image


def looked(detector, *moments):
    """What is seen in each of (second, image), as the left and top of the cells that were found."""
    found = [detector(Frame(image, second, second, 1, (64, 48))) for second, image in moments]
    return [[(int(x0) + 2, int(y0) + 4) for x0, y0, _, _ in detections.boxes] for detections in found]


def test_a_network_that_wants_the_change_sees_what_is_new_since_a_look_some_time_ago(tmp_path):
    detector = open_detector(camera(lighter_finder(tmp_path)))
    there, then_there = dark_with((8, 8)), dark_with((8, 8), (40, 20))
    moments = [(0.0, there), (0.1, there), *((second / 10, then_there) for second in range(2, 8)), (0.8, there)]
    assert looked(detector, *moments) == [[], [], *[[(40, 20)]] * 4, [], [], []]


def test_what_cannot_be_compared_has_not_changed(tmp_path):
    detector = open_detector(camera(lighter_finder(tmp_path)))
    assert looked(detector, (0.0, dark_with()), (1.5, dark_with((8, 8)))) == [[], []]


def test_a_network_is_handed_what_it_remembered_of_its_last_look(tmp_path):
    detector = open_detector(camera(rememberer(tmp_path)))
    one, other = dark_with((8, 8)), dark_with((40, 20))
    assert looked(detector, (0.0, one), (0.2, other), (0.4, one)) == [[], [(8, 8)], [(40, 20)]]
    assert looked(detector, (9.0, other), (9.2, one)) == [[], [(40, 20)]]


def test_two_cameras_of_one_network_remember_apart(tmp_path):
    path = rememberer(tmp_path)
    one, other = (open_detector(camera(path)) for _ in range(2))
    looked(one, (0.0, dark_with((8, 8))))
    assert looked(other, (0.1, dark_with())) == [[]]
    assert looked(one, (0.2, dark_with())) == [[(8, 8)]]


def test_after_a_view_of_another_size_nothing_is_remembered(tmp_path):
    detector = open_detector(camera(rememberer(tmp_path)))
    looked(detector, (0.0, dark_with((8, 8))))
    assert looked(detector, (0.2, np.full((64, 64, 3), 20, np.uint8))) == [[]]


@pytest.mark.parametrize(
    ("changed", "words"),
    [("", "takes [1] numbers a cell of its last look, the card says 0"), ("memory = 2", "takes [1] numbers a cell")],
)
def test_a_card_that_is_wrong_about_what_its_network_remembers_is_refused(tmp_path, changed, words):
    card = rememberer(tmp_path).with_suffix(".toml")
    card.write_text(card.read_text().replace("memory = 1", changed))
    assert words in refused(card.with_suffix(".onnx"))


def test_a_network_that_takes_a_memory_and_gives_none_is_refused(tmp_path):
    assert "its last output is [1, 2, None, None], wanted 1 numbers a cell" in refused(
        rememberer(tmp_path, hands_on=False)
    )


def test_what_was_remembered_is_wiped_after_the_look(tmp_path, monkeypatch):
    recalled = []

    def spied(*arguments):
        recalled.append(real(*arguments))
        return recalled[-1]

    real = Memory.recall
    monkeypatch.setattr(Memory, "recall", spied)
    detector = open_detector(camera(rememberer(tmp_path)))
    assert looked(detector, (0.0, dark_with((8, 8))), (0.2, dark_with())) == [[], [(8, 8)]]
    assert not any(numbers.any() for numbers in recalled)


@pytest.mark.parametrize("finder", [rememberer, lighter_finder])
def test_what_is_forgotten_is_not_seen_again(tmp_path, finder):
    detector = open_detector(camera(finder(tmp_path)))
    dark, lit = dark_with(), dark_with((8, 8))
    moments = [(0.0, lit), (0.2, dark)] if finder is rememberer else [(0.0, dark), (0.2, lit)]
    assert looked(detector, *moments) == [[], [(8, 8)]]
    looked(detector, (0.4, moments[0][1]))
    detector.forget()
    assert looked(detector, (0.6, moments[1][1])) == [[]]


@pytest.mark.parametrize("name", ["street", "pool"])
def test_of_a_camera_that_is_lost_a_network_keeps_nothing(name):
    rng = np.random.default_rng(3)
    detector = open_detector(camera(name))
    for number in range(4):
        detector(frame(rng.integers(50, 200, (96, 128, 3), np.uint8), number + 1))
    arrays = kept_by(detector)
    assert arrays
    assert any(array.any() for array in arrays)
    detector.forget()
    assert not any(array.any() for array in arrays)
    assert not kept_by(detector)


def kept_by(thing, seen=None):
    """All arrays that a detector holds, but the few numbers by which it tells classes and what it saw last."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return [thing] if thing.size > 300 else []
    inner = list(thing) if isinstance(thing, (list, tuple)) else list(getattr(thing, "__dict__", {}).values())
    return [array for one in inner for array in kept_by(one, seen)]


@pytest.mark.parametrize("kind", ["network", "motion"])
def test_a_detector_keeps_no_frame(tmp_path, kind):
    detector = open_detector(camera(red_finder(tmp_path) if kind == "network" else "motion", person_height=(0.1, 0.4)))
    for number in range(3):
        looked_at = frame(np.full((96, 128, 3), 60 + number, np.uint8), number + 1)
        pixels, shell = weakref.ref(looked_at.pixels), weakref.ref(looked_at)
        detector(looked_at)
        del looked_at
        gc.collect()
        assert shell() is None
        assert pixels() is None


def test_opencv_uses_one_thread(tmp_path):
    cv2.setNumThreads(2)
    open_detector(camera(red_finder(tmp_path)))
    assert cv2.getNumThreads() == 1


def refused(detector, error=ComptageError):
    with pytest.raises(error) as wrong:
        open_detector(camera(detector))
    assert "\n" not in str(wrong.value)
    return str(wrong.value)


def test_weights_that_changed_are_never_run(tmp_path):
    path = red_finder(tmp_path)
    path.write_bytes(path.read_bytes() + b"\0")
    assert "net.onnx: sha256 is" in refused(path)


def test_an_unknown_detector_lists_the_known_ones():
    message = refused("streets", UsageError)
    for name in known_detectors():
        assert name in message


def resealed(path, weights):
    """Write other weights, and their sha256 on the card."""
    card = path.with_suffix(".toml")
    old, new = (hashlib.sha256(data).hexdigest() for data in (path.read_bytes(), weights))
    path.write_bytes(weights)
    card.write_text(card.read_text().replace(old, new))


def test_a_file_that_is_no_network_is_refused(tmp_path):
    path = red_finder(tmp_path)
    resealed(path, b"no network")
    assert "net.onnx: not a network" in refused(path)


@pytest.mark.parametrize(
    ("line", "changed"), [("width = 64", "width = 80"), ("'NCHW'", "'NHWC'"), ("'float32'\n", "'uint8'\n")]
)
def test_a_card_that_does_not_fit_its_network_is_refused(tmp_path, line, changed):
    path = constant_network(tmp_path, "yolov8", yolov8_output())
    card = path.with_suffix(".toml")
    assert line in card.read_text()
    card.write_text(card.read_text().replace(line, changed))
    assert "net.onnx: takes tensor(float) [1, 3, 48, 64], the card says" in refused(path)


def test_a_head_that_does_not_fit_its_network_says_so(tmp_path):
    path = constant_network(tmp_path, "heatmap", yolov8_output())
    detector = open_detector(camera(path))
    with pytest.raises(ComptageError, match="detector 'net', head 'heatmap': found outputs of shapes"):
        detector(blank())


@pytest.mark.parametrize(
    ("name", "least_recall"),
    [("street", 0.75), ("street-fp32", 0.75), ("yolox-nano", 0.85), ("efficientdet-lite2", 0.85)],
)
def test_real_networks_see_nearly_everybody_in_pets(name, least_recall, monkeypatch):
    if not (DATA / "pets09").is_dir():
        pytest.skip("PETS 2009 and the networks are not on this machine")
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(DATA / "teachers"))
    detector = open_detector(camera(name, classes=("pedestrian",)))
    truth = np.loadtxt(DATA / "pets09" / "gt.txt", delimiter=",")
    video = cv2.VideoCapture(str(DATA / "pets09" / "vtest.avi"))
    hits = people = 0
    for number in range(20, 800, 155):
        video.set(cv2.CAP_PROP_POS_FRAMES, number - 1)
        image = cv2.resize(video.read()[1], (320, 240), interpolation=cv2.INTER_AREA)
        left, top, width, height = truth[truth[:, 0] == number, 2:6].T * 320 / 768
        boxes = np.stack((left, top, left + width, top + height), axis=1)
        found = detector(frame(image, number))
        people += len(boxes)
        hits += (iou(boxes, found.boxes[found.scores >= 0.3].astype(float)).max(axis=1) >= 0.5).sum()
    assert people > 25
    assert hits >= least_recall * people
