"""The life of tracks, on boxes whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.classes import CLASS_INDEX
from vision.detections import Detections
from vision.tracking.settings import TrackerSettings
from vision.tracking.track import TrackState
from vision.tracking.tracker import Tracker


def seen(*boxes, score=0.9, name="pedestrian"):
    scores = np.full(len(boxes), score) if np.isscalar(score) else np.array(score)
    return Detections(np.array(boxes).reshape(-1, 4), scores, np.full(len(boxes), CLASS_INDEX[name]))


def walker(t, x0=20.0, speed=20.0, y=100.0, height=40.0):
    x = x0 + speed * t
    return [x - 8, y - height, x + 8, y]


def states(tracks):
    return [track.state for track in tracks]


@given(fps=st.floats(2.5, 30), speed=st.floats(-60, 60))
@settings(deadline=None)
def test_one_walker_is_one_track_at_any_frame_rate(fps, speed):
    tracker = Tracker()
    ids = set()
    for frame in range(int(4 * fps)):
        t = frame / fps
        tracks = tracker.update(seen(walker(t, 150, speed)), t)
        ids |= {track.id for track in tracks}
    assert len(ids) == 1
    assert states(tracks) == [TrackState.CONFIRMED]
    assert tracks[0].velocity[0] == pytest.approx(speed, abs=6)


def test_is_confirmed_after_seconds_not_frames():
    for fps in (5, 10, 25, 50):
        tracker = Tracker()
        confirmed_at = None
        for frame in range(fps):
            t = frame / fps
            if states(tracker.update(seen(walker(t)), t)) == [TrackState.CONFIRMED] and confirmed_at is None:
                confirmed_at = t
        assert confirmed_at == pytest.approx(TrackerSettings().confirm_s, abs=1 / 25 + 1e-9)


def test_a_single_flash_is_never_confirmed():
    tracker = Tracker()
    tracker.update(seen(walker(0)), 0)
    for frame in range(1, 30):
        assert TrackState.CONFIRMED not in states(tracker.update(Detections.none(), frame / 10))
    assert tracker.update(Detections.none(), 3.1) == []


def test_a_walker_behind_a_tree_keeps_the_track_and_a_longer_absence_ends_it():
    patience = TrackerSettings().patience_s
    for absent, same in ((patience * 0.6, True), (patience * 2, False)):
        tracker = Tracker()
        for frame in range(20):
            before = tracker.update(seen(walker(frame / 10)), frame / 10)
        t = 1.9
        while t < 1.9 + absent - 0.05:
            t += 0.1
            lost = tracker.update(Detections.none(), t)
            assert states(lost) in ([TrackState.LOST], [])
        after = tracker.update(seen(walker(t + 0.1)), t + 0.1)
        assert (after[0].id == before[0].id) is same


def test_a_long_gap_in_the_frames_is_only_a_longer_dt():
    tracker = Tracker()
    for frame in range(10):
        first = tracker.update(seen(walker(frame / 10)), frame / 10)
    second = tracker.update(seen(walker(3600)), 3600)
    assert first[0].id != second[0].id
    assert len(second) == 1


def test_weak_detections_continue_a_track_but_never_start_one():
    tracker = Tracker(confident=0.5)
    assert tracker.update(seen(walker(0), score=0.3), 0) == []
    for frame in range(1, 10):
        strong = tracker.update(seen(walker(frame / 10)), frame / 10)
    for frame in range(10, 40):
        weak = tracker.update(seen(walker(frame / 10), score=0.3), frame / 10)
    assert [track.id for track in weak] == [track.id for track in strong]
    assert weak[0].observed


def test_two_walkers_who_meet_keep_their_names():
    tracker = Tracker()
    for frame in range(60):
        t = frame / 10
        boxes = [walker(t, 20, 20, y=100), walker(t, 140, -20, y=112)]
        tracks = tracker.update(seen(*boxes), t)
        if frame == 5:
            begun = {track.id: track.velocity[0] > 0 for track in tracks}
    assert {track.id: track.velocity[0] > 0 for track in tracks} == begun


def test_the_class_is_the_weighted_vote_of_the_whole_life():
    tracker = Tracker()
    for frame, (name, score) in enumerate(
        [("car", 0.6), ("car", 0.6), ("bicycle", 0.9), ("bicycle", 0.9), ("car", 0.55)]
    ):
        tracks = tracker.update(seen(walker(frame / 10), score=score, name=name), frame / 10)
    assert tracks[0].object_class == "bicycle"


@pytest.mark.parametrize("later", [0.0, -0.1])
def test_time_never_goes_back(later):
    tracker = Tracker()
    tracker.update(Detections.none(), 5.0)
    with pytest.raises(ValueError, match="expected later than 5"):
        tracker.update(Detections.none(), 5.0 + later)


def test_the_number_of_tracks_is_bounded():
    most = 50
    tracker = Tracker(settings=TrackerSettings(most_tracks=most))
    rng = np.random.default_rng(1)
    for frame in range(20):
        corners = rng.uniform(0, 5000, (80, 2))
        boxes = np.concatenate((corners, corners + 10), axis=1)
        assert len(tracker.update(seen(*boxes), frame / 10)) <= most
