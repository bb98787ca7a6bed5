"""Who waits, though the detector loses them, and where they stand to a pixel or two."""

import numpy as np
import pytest

from vision.counting.waits import LOST_S, STOOD_S, Waits
from vision.tracking.track import Track, TrackState

KERB = np.array([(10.0, 100.0), (50.0, 100.0), (50.0, 120.0), (10.0, 120.0)])
FAR = np.array([(10.0, 20.0), (50.0, 20.0), (50.0, 30.0), (10.0, 30.0)])
HEIGHT = 20.0


def track(name, x, y, state=TrackState.CONFIRMED):
    return Track(name, "pedestrian", (x - 4, y - HEIGHT, x + 4, y), (x, y), (0.0, 0.0), state, 0.0)


class Scene:
    """Looks at ten a second, one after another."""

    def __init__(self):
        self.waits, self.time = Waits({"kerb": KERB, "far": FAR}), 0.0

    def stand(self, seconds, *tracks):
        for _ in range(round(10 * seconds)):
            self.time += 0.1
            self.waits.look(list(tracks), self.time)
        return self.people()

    def people(self):
        return self.waits.waiting("kerb", self.time).people

    def lose(self, name):
        self.waits.forget(name)


@pytest.mark.parametrize(
    ("y", "waits"), [(110, True), (99.9, True), (97.5, True), (96.5, False), (80, False)]
)  # 0.15 of 20 px is 3 px beyond the edge at 100
def test_who_stands_at_the_edge_waits_though_their_feet_are_seen_beyond_it(y, waits):
    scene = Scene()
    assert scene.stand(STOOD_S + 0.2, track(1, 30.0, y)) == waits
    assert (scene.waits.of(1) is not None) == waits


def test_who_walks_by_just_beyond_the_edge_does_not_wait():
    scene = Scene()
    for step in range(40):
        assert scene.stand(0.1, track(1, 12.0 + step, 99.0)) == 0


def test_who_is_lost_while_waiting_waits_on_for_a_while():
    scene = Scene()
    assert scene.stand(5, track(1, 30, 110)) == 1
    scene.lose(1)
    assert scene.stand(LOST_S - 0.2) == 1
    assert scene.stand(0.4) == 0


def test_who_is_found_in_the_place_of_one_who_was_lost_is_they():
    scene = Scene()
    scene.stand(5, track(1, 30, 110))
    scene.lose(1)
    scene.stand(3)
    assert scene.stand(0.1, track(2, 33, 111, TrackState.TENTATIVE)) == 1
    assert scene.stand(60, track(2, 33, 111, TrackState.TENTATIVE)) == 1
    assert scene.waits.waiting("kerb", scene.time).longest_s == pytest.approx(68.0, abs=0.2)


def test_a_post_that_nobody_was_lost_at_does_not_wait():
    scene = Scene()
    assert scene.stand(30, track(1, 30, 110, TrackState.TENTATIVE)) == 0
    scene.stand(5, track(2, 15, 110))
    scene.lose(2)
    assert scene.stand(LOST_S + 1, track(1, 30, 110, TrackState.TENTATIVE)) == 0


def test_who_walks_away_is_not_lost():
    scene = Scene()
    scene.stand(5, track(1, 30, 110))
    assert scene.stand(0.1, track(1, 30, 90)) == 0
    scene.lose(1)
    assert scene.stand(1) == 0
    assert scene.waits.waiting("far", scene.time).people == 0


def test_each_of_two_who_were_lost_is_found_once():
    scene = Scene()
    scene.stand(5, track(1, 30, 110), track(2, 34, 110))
    scene.lose(1)
    scene.lose(2)
    assert scene.stand(LOST_S + 1, track(3, 31, 110, TrackState.TENTATIVE)) == 1
    assert len(scene.waits) == 1
