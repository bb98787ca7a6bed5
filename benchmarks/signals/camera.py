"""The whole chain: the simulated people drawn, detected, tracked and counted as a worker does, to what is seen."""

import numpy as np

from benchmarks.signals.people import LONG, ZONES, PerfectEyes, holds
from benchmarks.signals.recall import Recall, recall
from benchmarks.signals.render import CAMERA, POLE, SIZE, View, to_view
from benchmarks.signals.traffic import Person, Vehicle
from calibration.pinhole import Floats
from models.catalogue import scores
from vision.classes import CLASS_INDEX
from vision.counting.camera import CameraCounter
from vision.crossings.seen import Seen
from vision.crossings.settings import Crossing
from vision.detections import Detections
from vision.events import CrossingSeen
from vision.pixels.detector import open_detector
from vision.pixels.frame import Frame
from vision.pixels.look import look_once
from vision.site import Camera

FPS = 5.0


def site_camera(detector: str, crossing: Crossing = LONG) -> Camera:
    """Return the settings of the camera on the pole, as they would stand in a site file."""
    kinds = {
        "kerb-a": "waiting",
        "kerb-b": "waiting",
        "island": "waiting",
        "stage-1": "crossing",
        "stage-2": "crossing",
    }
    corners = {zone: _corners(zone) for zone in ZONES}
    zones = [
        {"name": zone, "kind": kinds[zone], "polygon": to_view(corners[zone]).clip(0, 1).tolist()} for zone in ZONES
    ]
    metres = np.concatenate((corners["stage-1"], corners["stage-2"]))
    return Camera.model_validate(
        {
            "name": "avenue",
            "source": "scene:crossing",
            "working_size": SIZE,
            "fps": FPS,
            "detector": detector,
            "ground": {"view": to_view(metres).tolist(), "metres": metres.tolist()},
            "zone": zones,
            "crossing": [crossing.model_dump(by_alias=True)],
        }
    )


class CameraEyes:
    """Sees the people through the whole chain.

    Args:
        detector: `street`, or another.
        seed: of how people look.
        crossing: what a site file would say of it.

    Attributes:
        step_s: seconds between two looks.
        recall: how many of the people in the crossing's zones were detected, and how many of those who waited were
            counted, at one look a second.
    """

    step_s = 1 / FPS

    def __init__(self, detector: str, seed: int, crossing: Crossing = LONG) -> None:
        camera = site_camera(detector, crossing)
        self._detector = open_detector(camera)
        self._counter = CameraCounter(camera, *scores(detector))
        self._view = View(seed)
        self._seen: Seen | None = None
        self._truth = PerfectEyes()
        self._number = 0
        self._confident = scores(detector).confident
        self.recall = Recall()

    def look(self, people: list[Person], vehicles: list[Vehicle], now: float) -> None:
        """Draw, detect, track and count what is there at `now`, seconds."""
        self._number += 1
        frame = Frame(self._view.render(people, vehicles, self.step_s), now, now, self._number, SIZE)
        detections = look_once(self._detector, frame, SIZE)
        for event in self._counter.look(detections, now, now):
            if isinstance(event, CrossingSeen):
                self._seen = event.seen
                self._truth.look(people, vehicles, now)
                self._compare(people, detections)

    def seen(self) -> Seen | None:
        """Return what was last said of the crossing; None before anything was."""
        return self._seen

    def _compare(self, people: list[Person], detections: Detections) -> None:
        found = recall(_feet(people), _detected(detections, self._confident))
        waited, counted = (0 if one is None else one.waiting for one in (self._truth.seen(), self._seen))
        self.recall = self.recall.plus(found._replace(waited=waited, seen_to_wait=counted))


def _feet(people: list[Person]) -> Floats:
    """Return where in the view, in pixels (N, 2), those in the crossing's zones stand."""
    here = [(one.x, one.y) for one in people if any(holds(zone, one.x, one.y) for zone in ZONES.values())]
    return to_view(np.array(here).reshape(-1, 2)) * SIZE


def _detected(detections: Detections, confident: float) -> Floats:
    """Return the feet (M, 2) in pixels of detections of people, sure enough to start tracks, in the zones."""
    boxes = detections.boxes[(detections.classes == CLASS_INDEX["pedestrian"]) & (detections.scores >= confident)]
    feet = np.stack(((boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]), axis=1).astype(np.float64)
    there = CAMERA.to_ground(feet / SIZE) + POLE
    return feet[[any(holds(zone, x, y) for zone in ZONES.values()) for x, y in there.tolist()]]


def _corners(zone: str) -> Floats:
    west, south, east, north = ZONES[zone]
    return np.array([(west, south), (east, south), (east, north), (west, north)])
