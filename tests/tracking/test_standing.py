"""What a detector takes for a person all day: a post is never confirmed, and takes nobody's name."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.test_tracker import seen, states, walker
from vision.tracking.settings import TrackerSettings
from vision.tracking.track import TrackState
from vision.tracking.tracker import Tracker

SURE = 0.8
POST = [92, 60, 108, 100]


def doubted():
    return Tracker(confident=0.4, sure=SURE)


def jittered(rng, box):
    height = box[3] - box[1]
    return np.array(box) + rng.normal(0, 0.03, 4) * height


@given(seed=st.integers(0, 10_000), fps=st.floats(2.5, 30), seen_share=st.floats(0.3, 1))
@settings(deadline=None, max_examples=30)
def test_a_post_is_never_confirmed_however_it_flickers(seed, fps, seen_share):
    rng, tracker = np.random.default_rng(seed), doubted()
    for frame in range(int(60 * fps)):
        boxes = [jittered(rng, POST)] if rng.random() < seen_share else []
        tracks = tracker.update(seen(*boxes, score=rng.uniform(0.4, 0.75)), frame / fps)
        assert set(states(tracks)) <= {TrackState.TENTATIVE}


def test_who_is_surely_seen_is_believed_where_he_stands():
    tracker = doubted()
    for frame in range(50):
        tracks = tracker.update(seen(POST, score=0.5 if frame != 30 else SURE), frame / 10)
        assert states(tracks) == [TrackState.TENTATIVE if frame < 30 else TrackState.CONFIRMED]


def test_what_has_wheels_is_believed_where_it_stands():
    tracker = doubted()
    for frame in range(10):
        tracks = tracker.update(seen(POST, score=0.5, name="car"), frame / 10)
    assert states(tracks) == [TrackState.CONFIRMED]


@pytest.mark.parametrize("stood", [0.0, 1.0, 30.0])
@pytest.mark.parametrize("fps", [2.5, 10, 25])
def test_who_walks_off_is_believed_once_he_has_gone_far_enough(stood, fps):
    tracker, height = doubted(), POST[3] - POST[1]
    for frame in range(int((stood + 3) * fps)):
        t = frame / fps
        gone = max(t - stood, 0) * height * 0.5
        tracks = tracker.update(seen(np.add(POST, [gone, 0, gone, 0]), score=0.5), t)
    assert TrackState.CONFIRMED in states(tracks)


@pytest.mark.parametrize("hidden_s", [0.5, 2.0, 5.0])
def test_who_passes_a_post_keeps_his_name_and_leaves_it_its_own(hidden_s):
    """Both are one box, the walker's, while he is before the post; then there are two again."""
    tracker = doubted()
    rng = np.random.default_rng(1)
    names = {}
    for frame in range(200):
        t = frame / 10
        x = 20 + 80 * min(t / 8, 1) + 80 * max(t - 8 - hidden_s, 0) / 8
        him = walker(0, x, 0)
        apart = abs(x - 100) > 12
        boxes = [him, jittered(rng, POST)] if apart else [him]
        tracks = tracker.update(seen(*boxes, score=[0.9, 0.5][: len(boxes)]), t)
        if apart and t > 3:
            confirmed = [track for track in tracks if track.state is TrackState.CONFIRMED and track.observed]
            names.setdefault("him", set()).update(track.id for track in confirmed)
            assert all(abs(track.foot[0] - x) < 6 for track in confirmed)
    assert len(names["him"]) == 1


def test_one_constant_bounds_how_long_a_post_may_be_hidden():
    patience = TrackerSettings().standing_patience_s
    for hidden, same in ((patience - 0.5, True), (patience + 0.5, False)):
        tracker = doubted()
        for frame in range(30):
            before = tracker.update(seen(POST, score=0.5), frame / 10)
        tracker.update(seen(score=0.5), 2.9 + hidden / 2)
        after = tracker.update(seen(POST, score=0.5), 2.9 + hidden)
        assert (after[-1].id == before[0].id) is same
