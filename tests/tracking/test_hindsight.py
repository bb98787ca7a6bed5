"""What is known of a frame a while later."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.classes import CLASS_INDEX
from vision.detections import Detections
from vision.tracking.hindsight import Hindsight
from vision.tracking.track import TrackState
from vision.tracking.tracker import Tracker


def walker(t):
    """A box 16 by 40 whose foot goes 20 px a second."""
    return [12 + 20 * t, 60, 28 + 20 * t, 100]


def seen(*boxes):
    n = len(boxes)
    return Detections(np.array(boxes).reshape(-1, 4), np.full(n, 0.9), np.full(n, CLASS_INDEX["pedestrian"]))


def settled(looks, fps=10):
    """Return the frames that come out, by number, of detections by frame."""
    tracker = Tracker()
    hindsight = Hindsight(tracker.settled_after_s)
    out = []
    for number, found in enumerate(looks):
        out += hindsight.add(number, number / fps, tracker.update(found, number / fps))
    out += hindsight.finish()
    assert [number for number, _ in out] == list(range(len(looks)))
    return [tracks for _, tracks in out]


def test_a_track_has_its_tentative_beginning():
    frames = settled([seen(walker(k / 10)) for k in range(20)])
    assert {track.id for tracks in frames for track in tracks} == {1}
    assert [len(tracks) for tracks in frames] == [1] * 20
    assert {track.state for tracks in frames for track in tracks} == {TrackState.CONFIRMED}


def test_a_flash_is_not_told():
    assert settled([seen(walker(0)), *[seen()] * 40]) == [[]] * 41


def test_a_gap_is_filled_on_the_way_and_the_end_is_not_drawn_out():
    gone = range(20, 32)
    frames = settled([seen() if k in gone or k >= 50 else seen(walker(k / 10)) for k in range(90)])
    assert [len(tracks) for tracks in frames] == [1] * 50 + [0] * 40
    for k in range(50):
        np.testing.assert_allclose(frames[k][0].box, walker(k / 10), atol=1e-3)
        assert frames[k][0].foot == pytest.approx((20 + 2 * k, 100), abs=1e-3)


@given(fps=st.floats(2, 30), seed=st.integers(0, 2**32 - 1))
def test_a_straight_walk_comes_out_nearer_to_the_truth_than_it_went_in(fps, seed):
    rng = np.random.default_rng(seed)
    truth = np.array([walker(k / fps) for k in range(int(6 * fps))])
    noisy = truth + rng.normal(0, 1, truth.shape)
    frames = settled([seen(box) for box in noisy], fps)
    told = np.array([track.box for tracks in frames for track in tracks])
    assert told.shape == truth.shape
    assert np.abs(told - truth).mean() < np.abs(noisy - truth).mean()


def test_what_is_held_is_bounded():
    tracker = Tracker()
    hindsight = Hindsight(tracker.settled_after_s)
    for k in range(2000):
        at = k / 10
        found = seen(walker(0), walker(100 + 1000 * (k // 7)))
        for number, _ in hindsight.add(k, at, tracker.update(found, at)):
            assert number >= k - 24
        assert len(hindsight._waiting) <= 24
        assert len(hindsight._paths) <= 8
        assert all(len(path.times) <= 40 for path in hindsight._paths.values())
