"""Comptage beside what one would otherwise put together, on the same clips and lines, in one run.

    python -m benchmarks.peers --data DIR [--lines 200] [--clips N]

DIR is the shared data folder. Truth, clips and lines are those of `benchmarks.accuracy`, at ten looks a second.

| contender | detector | tracker | lines |
| --- | --- | --- | --- |
| comptage | `street` at 320 wide | its own | its own |
| supervision + ByteTrack | YOLOX-nano, EfficientDet-Lite2 | `trackers` of roboflow, told the frame rate | `LineZone` |
| norfair | YOLOX-nano | IoU, distance up to 0.7, as in its own examples for boxes | `LineZone` |
| MOG2 blobs | OpenCV's MOG2, shadows off, opened and closed | SORT on filterpy | `LineZone` |

Peers see the clips at their full size and their defaults are left alone otherwise; a detection counts from its card's
`score` up, and ByteTrack also gets those from `low` up, as it is made for. `LineZone` is told to go by the foot, as the
truth does. Blobs have no class, so each is of one that is labelled. The networks of peers run as ours does, in one
thread of onnxruntime. A peer that is not installed is skipped.

Cost is process CPU time a look, from the file to passages, with three lines: of the time that many lines take, three
parts are counted.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.machine import machine_lines
from benchmarks.runs import from_detector
from benchmarks.scores.counts import absolute_error
from benchmarks.scores.mot import Rows
from benchmarks.tracker_peers import FrameTracker, Sort, public_trackers
from benchmarks.truth.clips import Clip, shared_clips
from benchmarks.truth.passages import true_passages
from benchmarks.truth.random_lines import random_lines
from models.catalogue import load_card, read_weights
from vision.classes import CLASS_INDEX
from vision.detections import Detections
from vision.errors import ComptageError
from vision.events import Direction, Passage
from vision.pixels.detector import open_detector
from vision.pixels.frame import Frame
from vision.pixels.look import Look, look_once
from vision.pixels.video_file import VideoFile
from vision.site import Camera

FPS = 10.0
SIZE = (320, 240)
PAID_LINES = 3
LEAST_BLOB = 0.0005
"""Of the view's area: below it a blob is noise."""
NORFAIR_DISTANCE = 0.7
"""1 - IoU; `DISTANCE_THRESHOLD_BBOX` of norfair's own examples."""
PACKAGES = ("supervision", "trackers", "norfair", "opencv-python", "opencv-python-headless")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a contender counted, and its CPU milliseconds a look."""

    passages: list[Passage]
    milliseconds: float


class Zones:
    """supervision's LineZones, each watching for feet; the CPU seconds they take are kept apart."""

    def __init__(self, camera: Camera, clip: Clip) -> None:
        self._supervision = supervision = import_module("supervision")
        feet = (supervision.Position.BOTTOM_CENTER,)
        points = {
            line.name: [supervision.Point(*np.multiply(end, clip.size)) for end in (line.a, line.b)]
            for line in camera.lines
        }
        self._zones = {name: supervision.LineZone(*ends, triggering_anchors=feet) for name, ends in points.items()}
        self._class = clip.classes[0]
        self.seconds = 0.0

    def passages(self, tracks: Rows, at: float) -> list[Passage]:
        """Take the rows id, x0, y0, x1, y1 of one look; return what has passed."""
        began = time.process_time()
        seen = self._supervision.Detections(xyxy=tracks[:, 1:], tracker_id=tracks[:, 0].astype(np.int64))
        found = []
        for name, zone in self._zones.items():
            inwards, outwards = zone.trigger(seen)
            # "in" is what comes from the right
            ways: tuple[tuple[Direction, Any], ...] = (("backward", inwards), ("forward", outwards))
            for way, crossed in ways:
                passed = Passage(camera="peer", line=name, direction=way, object_class=self._class, utc=at)
                found += [passed] * int(np.sum(crossed))
        self.seconds += time.process_time() - began
        return found


class Norfair:
    """norfair's tracker, behind the words used here."""

    def __init__(self) -> None:
        self._norfair = norfair = import_module("norfair")
        self._tracker = norfair.Tracker(distance_function="iou", distance_threshold=NORFAIR_DISTANCE)

    def __call__(self, detections: Detections) -> Rows:
        """Return (N, 5) id, x0, y0, x1, y1 after one more frame."""
        boxes = detections.boxes.astype(np.float64).reshape(-1, 2, 2)
        given = [
            self._norfair.Detection(box, scores=np.full(2, score))
            for box, score in zip(boxes, detections.scores, strict=True)
        ]
        return np.array([[one.id, *one.estimate.ravel()] for one in self._tracker.update(given)]).reshape(-1, 5)


class Blobs:
    """Blobs of what differs from the background."""

    def __init__(self, clip: Clip) -> None:
        self._background = cv2.createBackgroundSubtractorMOG2(detectShadows=False)
        self._kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
        self._class = CLASS_INDEX[clip.classes[0]]

    def __call__(self, frame: Frame) -> Detections:
        """Return the blobs of one frame."""
        mask = self._background.apply(frame.pixels)
        for step in (cv2.MORPH_OPEN, cv2.MORPH_CLOSE):
            mask = cv2.morphologyEx(mask, step, self._kernel)
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        large = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= LEAST_BLOB * mask.size]
        boxes = np.concatenate((large[:, :2], large[:, :2] + large[:, 2:4]), axis=1).astype(np.float32)
        n = len(boxes)
        return Detections(boxes, np.ones(n, np.float32), np.full(n, self._class))


def peer(look: Callable[[Clip], Look], track: Callable[[], FrameTracker], clip: Clip, camera: Camera) -> Outcome:
    """Return what a peer counts."""
    began = time.process_time()
    zones, see, tracker = Zones(camera, clip), look(clip), track()
    passages: list[Passage] = []
    looks = 0
    for frame in VideoFile(clip.video, clip.size, FPS):
        at = frame.captured_at
        passages += zones.passages(tracker(look_once(see, frame, clip.size)), at)
        looks += 1
    return _paid(passages, time.process_time() - began, zones.seconds, len(camera.lines), looks)


def comptage(clip: Clip, camera: Camera) -> Outcome:
    """Return what Comptage counts, with all lines, and what it costs with a few."""
    size = clip.in_proportion(SIZE)
    few = camera.model_copy(update={"lines": camera.lines[:PAID_LINES]})
    began = time.process_time()
    looks = len(from_detector(clip, few, size, FPS, "street").looked_at)
    took = time.process_time() - began
    return Outcome(from_detector(clip, camera, size, FPS, "street").passages, 1000 * took / looks)


def network(name: str, least: float | None, clip: Clip) -> Look:
    """Return the look of a network, at the classes that are labelled, from a score up; None for its card's `score`."""
    see = open_detector(Camera(name="peer", source=str(clip.video), detector=name, classes=clip.classes))
    lowest = load_card(name).thresholds.score if least is None else least

    def look(frame: Frame) -> Detections:
        seen = see(frame)
        return seen.only(seen.scores >= lowest)

    return look


def contenders() -> dict[str, Callable[[Clip, Camera], Outcome]]:
    """Return who takes part, by name; say in one line each why another one does not."""
    found: dict[str, Callable[[Clip, Camera], Outcome]] = {"comptage, street": comptage}
    detectors = [name for name in ("yolox-nano", "efficientdet-lite2") if _has_weights(name)]
    if not _is_installed("supervision"):
        return found
    if _is_installed("trackers"):
        byte_track = partial(public_trackers()["trackers ByteTrack"], FPS)
        for name in detectors:
            found[f"supervision + ByteTrack, {name}"] = partial(peer, partial(network, name, 0.0), byte_track)
    if _is_installed("norfair"):
        for name in detectors[:1]:
            found[f"norfair, {name}"] = partial(peer, partial(network, name, None), Norfair)
    found["MOG2 blobs, SORT"] = partial(peer, Blobs, Sort)
    return found


def _paid(passages: list[Passage], whole: float, in_lines: float, lines: int, looks: int) -> Outcome:
    return Outcome(passages, 1000 * (whole - in_lines * (1 - PAID_LINES / lines)) / looks)


def _is_installed(package: str) -> bool:
    try:
        import_module(package)
    except ImportError as error:
        print(f"skipped: {package}: {error}", file=sys.stderr)
        return False
    return True


def _has_weights(name: str) -> bool:
    try:
        read_weights(load_card(name))
    except ComptageError as error:
        print(f"skipped: {error}", file=sys.stderr)
        return False
    return True


def _versions(packages: Iterable[str]) -> str:
    found = []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def main(arguments: Sequence[str] | None = None) -> None:
    """Count, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--lines", type=int, default=200, metavar="N", help="random lines, 200 by default")
    parser.add_argument("--clips", type=int, metavar="N", help="only the first so many")
    options = parser.parse_args(arguments)
    print(*machine_lines(), _versions(PACKAGES), sep="\n")
    taking_part = contenders()
    print(f"{'clip':<14}{'contender':<46}{'true':>6}{'counted':>9}{'error':>8}{'CPU ms a look':>15}")
    for clip in islice(shared_clips(options.data), options.clips):
        lines = random_lines(clip.truth, clip.size, options.lines, 1)
        camera = Camera(name="benchmark", source=str(clip.video), lines=lines)
        true = true_passages(clip.truth, lines, clip.size, clip.interval)
        for name, count in taking_part.items():
            outcome = count(clip, camera)
            error = absolute_error(outcome.passages, true) / len(true)
            counted, cost = len(outcome.passages), outcome.milliseconds
            print(f"{clip.name:<14}{name:<46}{len(true):6d}{counted:9d}{error:8.1%}{cost:15.2f}", flush=True)


if __name__ == "__main__":
    main()
