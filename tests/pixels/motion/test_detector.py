"""Small rendered worlds: what moves is seen, what stands or only casts a shadow is not, whatever the frame rate."""

import cv2
import numpy as np
import pytest

from tests.pixels.videos import DATA
from vision.boxes import iou
from vision.classes import CLASSES
from vision.pixels.frame import Frame
from vision.pixels.motion.detector import BACKGROUND_SHARE, MotionDetector

PERSON_HEIGHT = (0.1, 0.2)
RNG = np.random.default_rng(3)
GROUND = RNG.integers(90, 130, (240, 320, 3)).astype(np.uint8)
NOISE = RNG.normal(0, 2, (16, *GROUND.shape))
"""To be drawn from: making it anew would take longer than looking at it."""


def world(boxes=(), *, light=1.0, shadows=(), gray=False):
    image = GROUND.astype(float)
    for x0, y0, x1, y1 in shadows:
        image[y0:y1, x0:x1] *= 0.65
    for x0, y0, x1, y1 in boxes:
        image[y0:y1, x0:x1] = (40, 200, 230)
    image = np.clip(image * light + RNG.choice(NOISE), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(image[..., 1]) if gray else image


def frame(image, now):
    return Frame(image, now, 1.7e9 + now, 1, (640, 480))


def look(detector, make, start, end, fps=10.0):
    """Show the world made for every instant; return what was seen at the end."""
    for now in np.arange(start, end, 1 / fps):
        detections = detector(frame(make(now), float(now)))
    return detections


def walker(now):
    """40 pixels high, walking 20 pixels a second."""
    x = round(20 + 20 * now)
    return [(x, 120, x + 12, 160)]


@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("person_height", [None, PERSON_HEIGHT])
@pytest.mark.parametrize("fps", [5, 25])
def test_a_walker_is_seen_where_they_are_and_nothing_else_is(gray, person_height, fps):
    detector = MotionDetector(person_height)
    look(detector, lambda _: world(gray=gray), 0, 4, fps)
    for now in np.arange(4, 9, 1 / fps):
        detections = detector(frame(world(walker(now), gray=gray), float(now)))
        strong = detections.only(detections.scores >= 0.5)
        assert [CLASSES[index] for index in strong.classes] == ["pedestrian"]
        assert iou(strong.boxes.astype(float), np.array(walker(now), float))[0, 0] > 0.7


def test_the_first_frame_and_an_empty_place_show_nothing():
    detector = MotionDetector(PERSON_HEIGHT)
    for now in np.arange(0, 5, 0.1):
        assert len(detector(frame(world(), float(now)))) == 0


def test_a_cloud_is_no_movement():
    detector = MotionDetector(PERSON_HEIGHT)
    look(detector, lambda _: world(), 0, 4)
    for now in np.arange(4, 8, 0.1):
        light = 1 - 0.25 * np.sin((now - 4) * 1.5)
        assert len(detector(frame(world(light=light), float(now)))) == 0


def test_a_shadow_is_no_part_of_the_walker():
    detector = MotionDetector(PERSON_HEIGHT)
    look(detector, lambda _: world(), 0, 4)

    def with_shadow(now):
        ((x0, y0, x1, y1),) = walker(now)
        return world([(x0, y0, x1, y1)], shadows=[(x1, y1 - 8, x1 + 30, y1)])

    detections = look(detector, with_shadow, 4, 6)
    assert detections.boxes[:, 2] - detections.boxes[:, 0] == pytest.approx([12], abs=4)


@pytest.mark.parametrize("fps", [4, 16])
def test_what_stands_becomes_background_after_the_same_time_at_any_rate(fps, monkeypatch):
    """Learnt over the whole history first: from then on the time is that of the constants."""
    history = 20.0
    monkeypatch.setattr("vision.pixels.motion.detector.HISTORY_S", history)
    detector = MotionDetector(PERSON_HEIGHT)
    look(detector, lambda _: world(), 0, history, fps)
    parked = [(100, 120, 112, 160)]
    early, late = (history - share * np.log(BACKGROUND_SHARE) * history for share in (0.8, 1.3))
    assert len(look(detector, lambda _: world(parked), history, early, fps)) == 1
    assert len(look(detector, lambda _: world(parked), early, late, fps)) == 0


def test_a_gap_in_the_frames_is_only_a_longer_step():
    detector = MotionDetector(PERSON_HEIGHT)
    look(detector, lambda _: world(), 0, 10)
    assert len(detector(frame(world(walker(1.0)), 15.0))) == 1
    assert len(detector(frame(world(walker(1.0)), 15.0))) == 1  # the same instant twice teaches nothing


def test_of_a_single_class_every_blob_is_that_class():
    detector = MotionDetector(PERSON_HEIGHT, ("swimmer",))
    look(detector, lambda _: world(), 0, 4)
    detections = look(detector, lambda now: world([*walker(now), (200, 60, 260, 90)]), 4, 5)
    assert [CLASSES[index] for index in detections.classes] == ["swimmer"] * 2


def test_most_of_the_walkers_of_pets_are_seen():
    if not (DATA / "pets09").is_dir():
        pytest.skip("PETS 2009 is not on this machine")
    truth = np.loadtxt(DATA / "pets09" / "gt.txt", delimiter=",")
    video = cv2.VideoCapture(str(DATA / "pets09" / "vtest.avi"))
    detector = MotionDetector((0.033, 0.261), ("pedestrian",))
    hits = people = seen = 0
    for number in range(1, 301):
        image = cv2.resize(video.read()[1], (320, 240), interpolation=cv2.INTER_AREA)
        found = detector(frame(image, number / 10))
        if number <= 100:
            continue
        left, top, width, height = truth[truth[:, 0] == number, 2:6].T * 320 / 768
        boxes = np.stack((left, top, left + width, top + height), axis=1)
        strong = found.boxes[found.scores >= 0.5].astype(float)
        people += len(boxes)
        seen += len(strong)
        hits += (iou(boxes, strong).max(axis=1, initial=0) >= 0.5).sum()
    assert hits >= 0.75 * people
    assert hits >= 0.8 * seen
