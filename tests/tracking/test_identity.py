"""Who keeps their name, whatever the frame rate: worlds whose truth is known, up to the limits that are stated here."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.soak import AT_ONCE, soak
from vision.classes import CLASS_INDEX
from vision.detections import Detections
from vision.tracking.settings import TrackerSettings
from vision.tracking.track import TrackState
from vision.tracking.tracker import Tracker

FASTEST = {"pedestrian": 3.0, "car": 12.0}
"""Heights a second that the tracker bears from the first look on: a sprinter, and a car at 75 km/h."""
NOISE = np.array([0.025, 0.03, 0.03, 0.04])
"""Jitter of foot x, foot y, width and height, in heights."""

fps = st.floats(2, 30)
seeds = st.integers(0, 2**32 - 1)


def boxes(feet, height, rng=None):
    """Return boxes (N, 4), 0.4 as wide as high, of feet (N, 2); jittered where a generator is given."""
    feet = np.asarray(feet, float).reshape(-1, 2)
    noise = rng.normal(0, 1, (len(feet), 4)) * NOISE * height if rng else np.zeros((len(feet), 4))
    x, y = feet[:, 0] + noise[:, 0], feet[:, 1] + noise[:, 1]
    wide, high = 0.4 * height + noise[:, 2], height + noise[:, 3]
    return np.stack((x - wide / 2, y - high, x + wide / 2, y), axis=1)


def seen(rows, name="pedestrian", score=0.9):
    n = len(rows)
    return Detections(rows, np.full(n, score), np.full(n, CLASS_INDEX[name]))


def names(tracker, looks):
    """Return the ids of all tracks that are observed in looks (detections, seconds)."""
    return {track.id for found, at in looks for track in tracker.update(found, at) if track.observed}


@given(fps=fps, pixels=st.floats(1, 200), name=st.sampled_from(sorted(FASTEST)), angle=st.floats(0, 2 * np.pi))
def test_any_speed_in_pixels_a_frame_is_one_track(fps, pixels, name, angle):
    """What counts is the speed in heights a second: whoever moves by 200 px a frame is near, or looked at seldom."""
    height = max(20.0, pixels * fps / FASTEST[name])
    step = pixels * np.array([np.cos(angle), np.sin(angle)])
    looks = [(seen(boxes(k * step, height), name), k / fps) for k in range(int(3 * fps))]
    assert len(names(Tracker(), looks)) == 1


@given(fps=fps, speed=st.floats(-1, 1), height=st.floats(12, 300), seed=seeds)
def test_jitter_and_frames_that_are_missed_change_no_name(fps, speed, height, seed):
    rng = np.random.default_rng(seed)
    times = [k / fps for k in range(int(4 * fps)) if k % 4 < 2 or rng.random() > 0.4]
    looks = [(seen(boxes([speed * height * t, 0], height, rng)), t) for t in times]
    assert len(names(Tracker(), looks)) == 1


@given(fps=fps, step=st.floats(0.01, 0.2), goes=st.floats(0.5, 2), stands=st.floats(0.5, 5), seed=seeds)
def test_stop_and_go_changes_no_name(fps, step, goes, stands, seed):
    """All at once, from a fifth of a height between two looks, but no more than one a second, to nothing and back."""
    rng, height, x, looks = np.random.default_rng(seed), 60.0, 0.0, []
    speed = min(step * fps, 1.0)
    for k in range(int(12 * fps)):
        x += speed * height / fps if (k / fps) % (goes + stands) < goes else 0
        looks.append((seen(boxes([x, 0], height, rng)), k / fps))
    assert len(names(Tracker(), looks)) == 1


@given(fps=fps, speed=st.floats(-1, 1), before=st.floats(1, 3), share=st.floats(0, 1), seed=seeds)
def test_who_is_hidden_for_a_while_comes_out_under_the_same_name(fps, speed, before, share, seed):
    """For as long as the gap between two looks at them stays below the patience."""
    hidden = share * (TrackerSettings().patience_s - 2 / fps - 0.1)
    rng, height = np.random.default_rng(seed), 60.0
    looks = []
    for k in range(int((before + hidden + 2) * fps)):
        t = k / fps
        visible = not before <= t < before + hidden
        looks.append((seen(boxes([speed * height * t, 0], height, rng)) if visible else Detections.none(), t))
    assert len(names(Tracker(), looks)) == 1


@given(fps=st.floats(5, 30), speed=st.floats(0.4, 1.2), apart=st.floats(-0.15, 0.15), seed=seeds)
def test_two_who_cross_keep_their_names(fps, speed, apart, seed):
    """They walk towards each other, meet at 3 s, and for as long as they overlap only one of them is seen."""
    rng, height = np.random.default_rng(seed), 60.0
    tracker, at_first, at_last = Tracker(), {}, {}
    for k in range(int(6 * fps)):
        t = k / fps
        x = speed * height * (t - 3)
        rows = boxes([[x, 0], [-x, apart * height]], height, rng)
        if abs(2 * x) < 0.2 * height:
            rows = rows[:1]
        tracks = [track for track in tracker.update(seen(rows), t) if track.observed]
        if 1 <= t < 1.5 or t >= 5:
            chosen = at_first if t < 1.5 else at_last
            chosen |= {track.id: track.velocity[0] > 0 for track in tracks}
    assert len(at_first) == 2
    assert at_last == at_first


@given(fps=fps, seed=seeds)
def test_one_look_confirms_nothing(fps, seed):
    """Flashes, each at another place: there may be any number of them."""
    rng, tracker = np.random.default_rng(seed), Tracker()
    for k in range(20):
        flash = seen(boxes(np.array([[2000.0 * k, 0.0], [2000.0 * k, 5000.0]]) + rng.uniform(0, 50, (2, 2)), 40))
        states = {track.state for track in tracker.update(flash, k / fps)}
        assert states == {TrackState.TENTATIVE}


@given(fps=fps, seed=seeds)
def test_names_are_never_given_again(fps, seed):
    """A name that is gone stays gone, and new ones are higher than all before."""
    rng, tracker = np.random.default_rng(seed), Tracker(settings=TrackerSettings(patience_s=0.5))
    known, before = set(), set()
    for k in range(60):
        found = seen(boxes(rng.uniform(0, 400, (rng.integers(0, 6), 2)), 40))
        tracks = [track.id for track in tracker.update(found, k / fps)]
        assert len(set(tracks)) == len(tracks)
        new = set(tracks) - before
        assert not new & known
        assert not known or min(new, default=max(known) + 1) > max(known)
        known |= new
        before = set(tracks)


@given(shift=st.floats(0, 1e6), scale=st.floats(0.3, 30), seed=seeds)
def test_neither_the_clock_nor_the_size_of_the_view_matters(shift, scale, seed):
    """No constant is in pixels: only boxes below one pixel are treated otherwise."""

    def ids(offset, factor):
        rng, tracker = np.random.default_rng(seed), Tracker()
        feet = rng.uniform(0, 300, (4, 2))
        found = []
        for k in range(30):
            feet += rng.normal(0, 3, feet.shape)
            here = rng.random(4) > 0.2
            tracks = tracker.update(seen(boxes(feet[here], 40, rng) * factor), offset + k / 8)
            found.append([(track.id, track.state) for track in tracks])
        return found

    assert ids(0, 1) == ids(round(shift * 8) / 8, scale)


def test_a_soak_leaves_memory_as_it_was():
    """`python -m benchmarks.trackers --soak` does the same with a million tracks."""
    states = list(soak(20_000))
    assert [state.tracks for state in states] == [2_000 * k for k in range(1, 11)]
    assert {state.alive for state in states} == {AT_ONCE}
    assert states[-1].blocks - states[1].blocks < 500
    assert states[-1].peak_kib - states[1].peak_kib < 1024


@pytest.mark.parametrize("count", [1, 3, 600])
def test_no_more_tracks_than_the_most_whatever_comes(count):
    tracker = Tracker()
    rng = np.random.default_rng(count)
    for k in range(10):
        assert len(tracker.update(seen(boxes(rng.uniform(0, 1e5, (count, 2)), 40)), k / 10)) <= 500
