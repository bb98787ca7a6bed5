"""The synthetic crossing, from rendered pictures to advice, beside the advice that its true people would get."""

import importlib.resources

import numpy as np
import pytest

from models.catalogue import scores
from tests.crossings.true_people import true_seen
from vision.counting.camera import CameraCounter
from vision.crossings.adviser import Adviser
from vision.crossings.seen import Phase
from vision.events import CrossingSeen
from vision.pixels.detector import open_detector
from vision.pixels.frame import Frame
from vision.pixels.look import look_once
from vision.pixels.scene import SceneView
from vision.scenes.crossing import CYCLE_S, signal
from vision.scenes.world import World
from vision.site import load_site

SECONDS, FPS = 47, 5
EMPTY_S = 200
"""`motion` knows its background for so long, looked at every other second, as that of a camera that is not new."""
SETTLES_S = 5
"""Coverage and tracks begin."""
BEGINS = 1_764_000_000.0 + 137 - 1_764_000_000 % CYCLE_S
"""As the last people of a green leave: one whole cycle follows."""


def phase(utc):
    """Return what the controller of the synthetic crossing says."""
    names = {"walk": "walk", "clear": "clearance", "drive": "dont-walk"}
    begun = utc
    while signal(begun - 0.25) == signal(utc):
        begun -= 0.25
    return Phase(signal=names[signal(utc)], since=begun)


def tight(crossing):
    """Return the crossing with a green that every single person changes."""
    stage = crossing.stages[0].model_copy(update={"width": 3.0})
    return crossing.model_copy(update={"stages": (stage,), "green_min": 1.0, "clearance": 8.0})


@pytest.fixture(scope="module")
def advised():
    """Return for each second what is advised of what is seen, of what is true, and both."""
    site = importlib.resources.files("calibration") / "sites" / "demo.toml"
    with importlib.resources.as_file(site) as path:
        camera = load_site(path).camera("crossing").model_copy(update={"fps": FPS})
    detector, view = open_detector(camera), SceneView("crossing", camera.working_size)
    counter = CameraCounter(camera, *scores(camera.detector))
    ours, theirs = (Adviser(tight(camera.crossings[0])) for _ in range(2))
    busy, view.world = view.world, World("crossing", 0, view.world.camera, ())
    for before in range(EMPTY_S, 0, -2):
        detector(Frame(view.render(BEGINS - before), EMPTY_S - before, BEGINS - before, 1, camera.working_size))
    view.world, rows = busy, []
    for k in range(SECONDS * FPS + 1):
        at, utc = EMPTY_S + k / FPS, BEGINS + k / FPS
        frame = Frame(view.render(utc), at, utc, k + 2, camera.working_size)
        for event in counter.look(look_once(detector, frame, camera.working_size), at, utc):
            if isinstance(event, CrossingSeen):
                true = true_seen(camera, utc)
                said, right = ours.advise(event.seen, phase(utc), utc), theirs.advise(true, phase(utc), utc)
                if k >= SETTLES_S * FPS:
                    rows.append((event.seen, true, said, right))
    return rows


def test_those_who_wait_and_cross_are_about_as_many_as_are_true(advised):
    for of in (lambda seen: seen.kerb_a.people, lambda seen: seen.kerb_b.people, lambda seen: seen.on_crossing):
        off = [of(seen) - of(true) for seen, true, _, _ in advised]
        assert max(of(true) for _, true, _, _ in advised) >= 3
        assert np.mean(np.abs(off)) <= 0.5


def test_the_advised_green_is_that_of_the_true_people(advised):
    true = [right.green_s for _, _, _, right in advised]
    off = np.abs([said.green_s - right.green_s for _, _, said, right in advised])
    assert max(true) - min(true) > 1
    assert np.mean(off) <= 0.15
    assert max(off) <= 0.6


def test_a_call_is_made_when_somebody_truly_waits(advised):
    agree = [(said.demand == "call") == (right.demand == "call") for _, _, said, right in advised]
    assert {right.demand for _, _, _, right in advised} >= {"call", "none"}
    assert np.mean(agree) >= 0.9
