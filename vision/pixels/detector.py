"""The one question asked of an image: what is where. `Frame` -> `Detections`."""

from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from models.catalogue import MOTION, load_card
from vision.classes import CLASSES
from vision.detections import Detections
from vision.pixels.frame import Frame
from vision.pixels.motion import MotionDetector
from vision.pixels.network import OnnxDetector
from vision.riders import merge_riders
from vision.site import Camera


class Detector(Protocol):
    """Looks at the frames of one camera, in their order in time."""

    def __call__(self, frame: Frame) -> Detections:
        """Return what is seen, in pixels of the frame. Keeps neither the frame nor a view of it."""
        ...

    def forget(self) -> None:
        """Overwrite what is kept of the last looks: the camera is live no more."""
        ...


def open_detector(camera: Camera) -> Detector:
    """Return the detector of a camera, ready to look.

    Riders are joined with their cycles, then what is of none of the camera's classes is dropped: a rider is never a
    pedestrian, even where bicycles are not asked for.

    Raises:
        UsageError: the camera names a detector that is not known, or its card is wrong.
        ComptageError: the weights are missing, are not those of the card, or cannot be run.
    """
    cv2.setNumThreads(1)  # a worker has one core; OpenCV would otherwise start a thread on every other one
    wanted = np.isin(CLASSES, camera.classes or CLASSES)
    if camera.detector == MOTION:
        # a moving blob holds rider and cycle already
        heights = camera.person_height and camera.crop.heights(camera.person_height)
        return _OfClasses(MotionDetector(heights, camera.classes), wanted, joins=False)
    card = load_card(camera.detector)
    return _OfClasses(OnnxDetector(card), wanted, joins=card.riders == "apart")


class _OfClasses:
    """A detector of which the camera's classes are left, one answer for each of `CLASSES`."""

    def __init__(self, detector: Detector, wanted: npt.NDArray[np.bool_], *, joins: bool) -> None:
        self._detector, self._wanted, self._joins = detector, wanted, joins

    def __call__(self, frame: Frame) -> Detections:
        seen = self._detector(frame)
        if self._joins:
            seen = merge_riders(seen)
        return seen if self._wanted.all() else seen.only(self._wanted[seen.classes])

    def forget(self) -> None:
        self._detector.forget()
