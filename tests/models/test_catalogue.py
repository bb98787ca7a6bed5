"""Cards: what they must say, how they are found, and that nothing runs whose sha256 differs."""

import hashlib
import re
from pathlib import Path

import pytest

from models.catalogue import MOTION, WEIGHTS_VARIABLE, Card, known_detectors, load_card, read_weights, scores
from models.catalogue import weights_path as path_of_weights
from vision.errors import ComptageError, UsageError

WEIGHTS = b"not really a network"
CARD = f"""
name = "mine"
title = "A network of my own"
file = "mine.onnx"
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
licence = "MIT"
source = "my desk"
head = "yolov8"

[input]
width = 64
height = 48
layout = "NCHW"
dtype = "float32"
colour = "RGB"
fit = "letterbox-centre"
scale = 0.5

[thresholds]
score = 0.4
low = 0.1
nms_iou = 0.5

[classes]
0 = "pedestrian"
7 = "truck"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(WEIGHTS_VARIABLE, raising=False)
    (tmp_path / "mine.toml").write_text(CARD)
    (tmp_path / "mine.onnx").write_bytes(WEIGHTS)
    return tmp_path


def assert_one_line(error: ComptageError, *words: str) -> None:
    assert "\n" not in str(error)
    for word in words:
        assert word in str(error)


def test_catalogue_names_the_built_in_detector_and_every_folder_with_a_card() -> None:
    assert known_detectors() == (
        MOTION,
        "efficientdet-lite2",
        "pool",
        "pool-fp32",
        "street",
        "street-fp32",
        "yolox-nano",
    )


@pytest.mark.parametrize("name", ["pool", "pool-fp32", "street", "street-fp32"])
def test_our_own_weights_are_shipped_and_are_those_of_their_cards(name: str) -> None:
    card = load_card(name)
    assert path_of_weights(card).parent == card.folder
    assert hashlib.sha256(read_weights(card)).hexdigest() == card.sha256


@pytest.mark.parametrize("name", [name for name in known_detectors() if name != MOTION])
def test_every_card_in_the_catalogue_is_valid_and_has_a_notice(name: str) -> None:
    card = load_card(name)
    assert card.name == name
    assert card.licence == "Apache-2.0"
    assert (card.folder / "NOTICE").is_file()
    street = {"pedestrian", "bicycle", "motorcycle", "car", "truck", "bus"}
    assert set(card.classes.values()) == ({"swimmer", "pedestrian"} if name.startswith("pool") else street)


def test_card_is_found_by_its_path_or_by_that_of_the_weights(folder: Path) -> None:
    by_card, by_weights = load_card(str(folder / "mine.toml")), load_card(str(folder / "mine.onnx"))
    assert by_card == by_weights
    assert by_card.classes == {0: "pedestrian", 7: "truck"}
    assert by_card.input.is_scaled
    assert by_card.thresholds.max_detections == 100


def test_weights_beside_the_card_are_read_and_checked(folder: Path) -> None:
    card = load_card(str(folder / "mine.toml"))
    assert path_of_weights(card) == folder / "mine.onnx"
    assert read_weights(card) == WEIGHTS


def test_weights_are_looked_for_beside_the_card_before_the_folder_of_the_environment(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("weights")
    (elsewhere / "mine.onnx").write_bytes(WEIGHTS)
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(elsewhere))
    card = load_card(str(folder / "mine.toml"))
    assert path_of_weights(card) == folder / "mine.onnx"
    (folder / "mine.onnx").unlink()
    assert path_of_weights(card) == elsewhere / "mine.onnx"


def test_missing_weights_say_where_they_were_looked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mine.onnx").unlink()
    card = load_card(str(folder / "mine.toml"))
    with pytest.raises(ComptageError) as missing:
        read_weights(card)
    assert_one_line(missing.value, "'mine'", "mine.onnx", str(folder), WEIGHTS_VARIABLE)
    assert missing.value.exit_code == 1
    monkeypatch.setenv(WEIGHTS_VARIABLE, "/nowhere")
    with pytest.raises(ComptageError, match="/nowhere"):
        read_weights(card)


def test_weights_that_are_not_those_of_the_card_are_refused(folder: Path) -> None:
    (folder / "mine.onnx").write_bytes(WEIGHTS + b"!")
    card = load_card(str(folder / "mine.onnx"))
    with pytest.raises(ComptageError) as mismatch:
        read_weights(card)
    assert_one_line(mismatch.value, "mine.onnx", card.sha256, hashlib.sha256(WEIGHTS + b"!").hexdigest())


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError) as unknown:
        load_card("street-view")
    assert_one_line(unknown.value, "'street-view'", *known_detectors())


def test_motion_has_no_card_and_a_threshold_of_its_own() -> None:
    with pytest.raises(UsageError, match="'motion' has no card"):
        load_card(MOTION)
    assert 0 < scores(MOTION).confident < 1


def test_who_stands_is_believed_from_a_score_that_a_card_may_give() -> None:
    assert scores("yolox-nano") == (0.5, 0.5)
    assert scores("street") == (load_card("street").thresholds.score, load_card("street").thresholds.standing)


def test_a_camera_may_have_a_score_of_its_own_and_who_stands_needs_no_less() -> None:
    usual = scores("pool")
    assert usual.confident < usual.sure < 0.9
    assert scores("pool", 0.1) == (0.1, usual.sure)
    assert scores("pool", 0.9) == (0.9, 0.9)
    assert scores(MOTION, 0.7) == (0.7, 0.7)


@pytest.mark.parametrize(
    ("line", "changed", "words"),
    [
        ('licence = "MIT"', "", "licence: Field required"),
        ('head = "yolov8"', 'head = "yolov9"', "head: .*'yolov9'"),
        ("width = 64", "width = 0", "input.width: .* found 0"),
        ("width = 64", "", "wanted width and height with it"),
        ("width = 64", "width = 64\nmultiple = 16", "wanted width and height with it, and no multiple"),
        ('fit = "letterbox-centre"', 'fit = "own-size"', "wanted neither with fit 'own-size'"),
        ("scale = 0.5", "sclae = 0.5", "input.sclae: unknown key"),
        ("low = 0.1", "low = 0.9", "low is 0.9 and score is 0.4"),
        ('7 = "truck"', '7 = "lorry"', "classes.*'lorry'"),
        ('7 = "truck"', '-1 = "truck"', "classes.*greater than or equal to 0"),
        ('dtype = "float32"', 'dtype = "uint8"', "wanted none of them with dtype uint8"),
        ('dtype = "float32"', 'dtype = "float32"\nchange = true', "wanted uint8 with a channel of change"),
        ('dtype = "float32"', 'dtype = "float32"\ntrend = true', "wanted uint8 with a channel of change or trend"),
        ("scale = 0.5", "trend = true\nchange = true", "both are the fourth channel"),
        ("width = 64", "width = 66\nmemory = 8", "found|are 66x.*wanted multiples of 4 with memory"),
        ("scale = 0.5", "memory = 65", "input.memory: .* found 65"),
        ('file = "mine.onnx"', 'file = "../mine.onnx"', "file: .*found '../mine.onnx'"),
        ('sha256 = "', 'sha256 = "Z', "sha256: "),
        ("[input]", "[input", "not a TOML file"),
    ],
)
def test_a_wrong_card_is_one_line_with_file_key_and_value(folder: Path, line: str, changed: str, words: str) -> None:
    path = folder / "mine.toml"
    path.write_text(CARD.replace(line, changed))
    with pytest.raises(UsageError) as wrong:
        load_card(str(path))
    assert_one_line(wrong.value, str(path))
    assert re.search(words, str(wrong.value))


def test_a_card_beside_weights_of_another_name_is_refused(folder: Path) -> None:
    (folder / "mine.toml").rename(folder / "other.toml")
    with pytest.raises(UsageError, match=r"file: found 'mine.onnx', wanted 'other.onnx'"):
        load_card(str(folder / "other.onnx"))


def test_a_missing_card_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent.toml: No such file"):
        load_card(str(tmp_path / "absent.onnx"))


def test_a_card_does_not_change(folder: Path) -> None:
    card: Card = load_card(str(folder / "mine.toml"))
    with pytest.raises(ValueError, match="frozen"):
        card.sha256 = "0" * 64  # type: ignore[misc]
