"""Label files in, samples out: whose word counts, and what is only a part of the street."""

import json

import cv2
import numpy as np
import pytest

from models.training.samples import from_clips, from_pictures


@pytest.fixture
def pictures(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "other").mkdir()
    for name in ("set/a.png", "other/b.png"):
        cv2.imwrite(str(tmp_path / name), np.full((100, 200, 3), 128, np.uint8))
    people = [
        {"image": "set/a.png", "boxes": [[0.1, 0.1, 0.3, 0.5, 3]], "complete": ["car"]},
        {"image": "other/b.png", "boxes": [], "complete": []},
        {"image": "set/gone.png", "boxes": [], "complete": []},
    ]
    machine = [
        {
            "image": "set/a.png",
            "boxes": [
                [0.5, 0.5, 0.7, 0.9, 0.99, 3],  # a car that people, who label all cars, did not see
                [0.8, 0.2, 0.9, 0.6, 0.80, 0],
                [0.4, 0.2, 0.5, 0.6, 0.20, 0],
                [0.6, 0.0, 0.65, 0.2, 0.05, 0],
            ],
        }
    ]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in people))
    (tmp_path / "teacher_labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in machine))
    return tmp_path


def test_machines_fill_in_the_classes_that_people_did_not_label(pictures):
    (sample,) = from_pictures(pictures, "set")
    found = {tuple(box.round().astype(int).tolist()): (int(kind), bool(sure)) for box, kind, sure in
             zip(sample.boxes, sample.classes, sample.sure, strict=True)}  # fmt: skip
    assert found == {(20, 10, 60, 50): (3, True), (160, 20, 180, 60): (0, True), (80, 20, 100, 60): (0, False)}


def clip(path, frames=3, codec="mp4v"):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 25, (160, 120))
    for level in range(frames):
        writer.write(np.full((120, 160, 3), 60 * (level + 1), np.uint8))
    writer.release()


def test_what_stands_in_the_same_place_all_day_is_no_object(tmp_path):
    traffic_light, at_the_line, car = [10, 40, 20, 70, 0.9, 0], [20, 80, 60, 110, 0.9, 3], [60, 50, 100, 80, 0.9, 3]
    lines = []
    for number in range(6):
        clip(tmp_path / f"7_{number}.mp4")
        boxes = [traffic_light] + [at_the_line] * (number % 2) + [car] * (number == 4)
        lines.append({"clip": f"7_{number}.mp4", "frame": 1, "boxes": boxes})
    labels = tmp_path / "labels.jsonl"
    labels.write_text("".join(json.dumps(line) + "\n" for line in lines))
    samples = list(from_clips(tmp_path, labels))
    assert [sample.classes.tolist() for sample in samples] == [[], [3], [], [3], [3], [3]]
    assert [sample.sure.tolist() for sample in samples] == [[], [False], [], [False], [True], [False]]
    for sample in samples:
        assert sample.pixels[60, 80] == pytest.approx([120, 120, 120, 60], abs=8)  # the second frame, and the first


def test_what_waits_through_the_one_clip_of_a_camera_is_an_object(tmp_path):
    clip(tmp_path / "8.mp4")
    waiting = [60, 50, 100, 80, 0.9, 3]
    labels = tmp_path / "labels.jsonl"
    labels.write_text("".join(json.dumps({"clip": "8.mp4", "frame": n, "boxes": [waiting]}) + "\n" for n in range(3)))
    assert [sample.classes.tolist() for sample in from_clips(tmp_path, labels)] == [[3], [3], [3]]


def test_a_vehicle_found_twice_is_one_and_a_part_of_one_teaches_nothing(tmp_path):
    clip(tmp_path / "9.mp4")
    bus, as_truck, cab, person = [20, 20, 100, 80], [22, 21, 101, 80], [20, 30, 40, 80], [30, 30, 40, 60]
    boxes = [[*bus, 0.8, 4], [*as_truck, 0.6, 5], [*cab, 0.9, 3], [*person, 0.9, 0]]
    labels = tmp_path / "labels.jsonl"
    labels.write_text(json.dumps({"clip": "9.mp4", "frame": 1, "boxes": boxes}) + "\n")
    (sample,) = from_clips(tmp_path, labels)
    found = sorted(zip(sample.classes.tolist(), sample.sure.tolist(), strict=True))
    names = {"pedestrian": 0, "car": 3, "bus": 5}
    assert found == [(names["pedestrian"], True), (names["car"], False), (names["bus"], True)]
