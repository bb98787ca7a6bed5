"""The wall around the pixels, as it stands in the code."""

import ast
import dataclasses
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from vision import events
from vision.crossings.seen import Seen, Waiting
from vision.detections import Detections
from vision.tracking.track import Track

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(
    path
    for folder in ("vision", "models", "calibration")
    for path in (ROOT / folder).rglob("*.py")
    if "training" not in path.parts  # not in the wheel, and fed with pictures that people chose to train on
)
ON_BOTH_SIDES = {"vision.pixels", "vision.worker", "vision.recorded", "vision.cli"}

FIELDS = {
    Detections: {"boxes", "scores", "classes"},
    Track: {"id", "object_class", "box", "foot", "velocity", "state", "unobserved_s"},
    events.Passage: {"kind", "camera", "line", "direction", "object_class", "utc", "kmh"},
    events.Movement: {"kind", "camera", "origin", "destination", "object_class", "utc", "seconds"},
    events.Stop: {"kind", "camera", "object_class", "zones", "start", "end", "x", "y"},
    events.Queue: {"kind", "camera", "line", "direction", "start", "object_seconds", "maximum", "metres"},
    events.Gathering: {"kind", "camera", "zones", "start", "end", "people", "person_seconds", "density"},
    events.Occupancy: {"kind", "camera", "zone", "object_class", "start", "object_seconds", "maximum"},
    events.Length: {"kind", "camera", "lane", "utc"},
    events.Coverage: {"kind", "camera", "start", "end"},
    events.Trajectory: {"kind", "camera", "object_class", "start", "unit", "points"},
    events.Snapshot: {"kind", "camera", "utc", "objects", "zones"},
    events.CrossingSeen: {"kind", "camera", "crossing", "seen"},
    Seen: {
        "utc",
        "coverage",
        "kerb_a",
        "kerb_b",
        "island",
        "on_crossing",
        "slowest_s",
        "arrivals_a",
        "arrivals_b",
        "set_off",
        "stopped",
    },
    Waiting: {"people", "longest_s"},
    events.CameraState: {"kind", "camera", "state", "utc", "detail"},
    events.Heartbeat: {"kind", "frames"},
    events.FrameCount: {"camera", "looked_at", "missed"},
    events.ZoneCount: {"zone", "object_class", "count"},
}

WRITES_AN_IMAGE = {
    "imwrite", "imwritemulti", "imencode", "imencodemulti", "VideoWriter", "imshow", "imsave", "to_image", "toqimage",
    "add_stream", "add_stream_from_template", "mux", "mux_one", "encode_lazy", "save", "savez", "savez_compressed",
    "savetxt", "tofile", "tobytes", "dump", "dumps", "memmap", "b64encode", "SharedMemory", "send_bytes",
}  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
def test_the_fields_beyond_the_wall_are_these_and_no_others(kind):
    if dataclasses.is_dataclass(kind):
        assert {field.name for field in dataclasses.fields(kind)} == FIELDS[kind]
        assert kind.__slots__
    elif issubclass(kind, tuple):
        assert set(kind._fields) == FIELDS[kind]
    else:
        assert set(kind.model_fields) == FIELDS[kind]
        assert kind.model_config["extra"] == "forbid"


def test_every_event_is_pinned():
    said = set(get_args(get_args(events.AnyEvent)[0]))
    assert said <= FIELDS.keys()


def test_no_event_can_hold_bytes_or_an_array():
    for kind in FIELDS:
        if hasattr(kind, "model_fields"):
            assert not any(word in str(kind.model_fields) for word in ("bytes", "ndarray", "Any", "dict"))


def test_every_module_stands_on_a_side_of_the_wall():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = config["tool"]["importlinter"]["contracts"][0]
    placed = {*contract["source_modules"], *ON_BOTH_SIDES}
    for path in PRODUCT:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts in {("vision", "__init__"), ("models", "__init__")}:
            continue
        names = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        assert names & placed, f"{path.relative_to(ROOT)} is on no side of the wall"


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_call_writes_or_encodes_an_image(path):
    tree = ast.parse(path.read_text())
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    # json.dumps in the command line prints counts; it never meets a pixel (the import contract above).
    allowed = {"dumps"} if "pixels" not in path.parts else set()
    if path == ROOT / "vision" / "feeds" / "webhook.py":
        allowed.add("b64encode")  # of a signature
    assert not (called & WRITES_AN_IMAGE) - allowed


@pytest.mark.parametrize("path", [path for path in PRODUCT if "pixels" in path.parts], ids=lambda path: path.name)
def test_no_file_is_opened_for_writing_among_the_pixels(path):
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            words += [keyword.value.value for keyword in node.keywords if isinstance(keyword.value, ast.Constant)]
            assert name not in {"write", "write_bytes", "write_text", "NamedTemporaryFile", "mkstemp"}
            if name == "open":
                assert not {"w", "wb", "a", "ab", "x", "xb", "r+", "r+b", "w+b"} & {str(word) for word in words}
