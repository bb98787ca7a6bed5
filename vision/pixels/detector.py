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
        movers = MotionDetector(camera.person_height, camera.classes)  # a moving blob holds rider and cycle already
        return lambda frame: _of_classes(movers(frame), wanted)
    card = load_card(camera.detector)
    network = OnnxDetector(card)
    if card.riders == "joined":
        return lambda frame: _of_classes(network(frame), wanted)
    return lambda frame: _of_classes(merge_riders(network(frame)), wanted)


def _of_classes(detections: Detections, wanted: npt.NDArray[np.bool_]) -> Detections:
    """Return the detections of the classes that are wanted, one answer for each of `CLASSES`."""
    return detections if wanted.all() else detections.only(wanted[detections.classes])
