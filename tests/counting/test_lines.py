"""Rules 3, 4 and 5 of what a count means, as properties of one line."""

import random
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vision.counting.lines import BAND_OF_HEIGHT, LineCounter

HEIGHT = 40.0
BAND = BAND_OF_HEIGHT * HEIGHT
A, B = (100.0, 200.0), (100.0, 0.0)  # upwards on the screen: left is x < 100, forward is to the right


def passages(path, a=A, b=B, height=HEIGHT, times=None):
    """Walk one track along points; return its passages as (direction, time)."""
    line = LineCounter("line", a, b)
    times = times or range(len(path))
    found = [line.observe(1, foot, height, float(t)) for foot, t in zip(path, times, strict=True)]
    return [passage for passage in found if passage]


def directions(*args, **kwargs):
    return [direction for direction, _ in passages(*args, **kwargs)]


def sampled(corners, steps):
    """Return points along a polyline, `steps` to each leg, so that every corner is observed."""
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        points += [(x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps) for k in range(1, steps + 1)]
    return points


places = st.tuples(st.floats(0, 200), st.floats(-50, 250))
# Points and crossings that lie exactly on the line or at its ends have a side by convention only.
plain = st.tuples(st.floats(0, 200).filter(lambda x: abs(x - 100) > 1e-3), st.floats(-50, 250).map(lambda y: y + 0.123))
off_the_line = places.filter(lambda p: abs(p[0] - 100) > 0.01)


def test_left_to_right_is_forward_and_back_is_backward():
    there = [(50, 100), (80, 100), (120, 100), (150, 100)]
    assert directions(there) == ["forward"]
    assert directions(there[::-1]) == ["backward"]
    assert directions(there + there[::-1]) == ["forward", "backward"]


@given(corners=st.lists(off_the_line, min_size=2, max_size=6), steps=st.integers(1, 200))
def test_the_frame_rate_does_not_matter(corners, steps):
    """However finely a walk between corners is sampled, its net count is that of the corners alone."""
    # Within the band only observed points can tell that the band was left, so corners are taken outside it.
    assume(all(abs(x - 100) > BAND + 0.01 for x, _ in corners))
    assert directions(sampled(corners, steps)) == directions(corners)


@given(y=st.floats(1, 199), speed=st.floats(1, 200), phase=st.floats(0, 1))
def test_one_crossing_is_one_count_at_any_speed(y, speed, phase):
    xs = [100 - 250 + speed * (k + phase) for k in range(int(500 / speed) + 2)]
    found = passages([(x, y) for x in xs])
    assert [direction for direction, _ in found] == ["forward"]
    crossed_at = (250 - speed * phase) / speed
    assert found[0][1] == pytest.approx(crossed_at, abs=1e-6)


@given(path=st.lists(plain, min_size=2, max_size=30))
def test_mirrored_places_give_mirrored_counts(path):
    flipped = {"forward": "backward", "backward": "forward"}
    mirrored = directions([(200 - x, y) for x, y in path])
    assert mirrored == [flipped[direction] for direction in directions(path)]


@given(path=st.lists(plain, min_size=2, max_size=30))
def test_a_line_turned_round_swaps_the_directions(path):
    flipped = {"forward": "backward", "backward": "forward"}
    turned = directions(path, a=B, b=A)
    assert turned == [flipped[direction] for direction in directions(path)]


@given(path=st.lists(places, min_size=2, max_size=30), cut=st.floats(5, 195))
def test_a_line_cut_in_two_counts_what_the_whole_one_does(path, cut):
    whole = passages(path)
    parts = sorted(passages(path, b=(100.0, cut)) + passages(path, a=(100.0, cut)), key=lambda passage: passage[1])
    assert [direction for direction, _ in whole] == [direction for direction, _ in parts]
    assert [time for _, time in whole] == pytest.approx([time for _, time in parts])


@given(shift=st.tuples(*[st.integers(-1000, 1000)] * 2), path=st.lists(plain, min_size=2, max_size=20))
def test_where_the_origin_lies_does_not_matter(shift, path):
    assume(all(abs(abs(x - 100) - BAND) > 1e-6 for x, _ in path))
    dx, dy = shift
    moved = [(x + dx, y + dy) for x, y in path]
    assert directions(moved, a=(A[0] + dx, A[1] + dy), b=(B[0] + dx, B[1] + dy)) == directions(path)


@given(xs=st.lists(st.floats(100 - BAND, 100 + BAND), max_size=200), y=st.floats(10, 190))
def test_standing_on_the_line_counts_nothing(xs, y):
    """Stop-and-go and jitter within the band, then back where one came from."""
    path = [(50, y), *((x, y) for x in xs), (50, y)]
    assert directions(path) == []


@given(xs=st.lists(st.floats(100 - BAND, 100 + BAND), max_size=200), y=st.floats(10, 190))
def test_stop_and_go_on_the_line_counts_once(xs, y):
    path = [(50, y), *((x, y) for x in xs), (150, y)]
    assert directions(path) == ["forward"]


@given(seed=st.integers(0, 10_000), jitter=st.floats(0, 0.99), pauses=st.integers(0, 40))
def test_jitter_up_to_the_band_never_counts_twice(seed, jitter, pauses):
    rng = random.Random(seed)
    way = sorted([*(rng.uniform(60, 140) for _ in range(60)), *([100.0] * pauses), 40.0, 160.0])
    path = [(x + rng.uniform(-1, 1) * jitter * BAND / 2, 100.0) for x in way]
    assert directions(path) == ["forward"]


@given(turns=st.integers(0, 12))
def test_every_real_return_counts_once(turns):
    path = [(50 if turn % 2 == 0 else 150, 100) for turn in range(turns + 1)]
    assert directions(sampled(path, 7) if turns else path) == ["forward", "backward"] * (turns // 2) + ["forward"] * (
        turns % 2
    )


def test_a_track_first_seen_exactly_on_the_line_has_not_crossed_it():
    assert directions([(100, 100), (130, 100)]) == directions([(100, 100), (70, 100)]) == []
    assert directions([(100, 100), (130, 100), (70, 100)]) == ["backward"]


def test_round_the_end_of_the_line_counts_nothing():
    assert directions(sampled([(50, 100), (50, -40), (150, -40), (150, 100)], 20)) == []


def test_round_the_end_and_back_across_it_counts_once():
    assert directions(sampled([(50, 100), (50, -40), (150, -40), (150, 100), (50, 100)], 20)) == ["backward"]


def test_a_track_that_begins_within_the_band_counts_where_it_ends_up():
    assert directions([(99, 100), (101, 100), (130, 100)]) == ["forward"]
    assert directions([(99, 100), (70, 100)]) == []


@given(path=st.lists(places, min_size=3, max_size=40), kept=st.sets(st.integers(0, 39)))
def test_missing_frames_never_add_a_count(path, kept):
    thinned = [path[0], *(point for k, point in enumerate(path[1:-1]) if k in kept), path[-1]]
    assert len(directions(thinned, b=(100.0, -1e6), a=(100.0, 1e6))) <= len(
        directions(path, b=(100.0, -1e6), a=(100.0, 1e6))
    )


def test_tracks_do_not_disturb_one_another_and_are_forgotten():
    line = LineCounter("line", A, B)
    found = []
    for t, x in enumerate([50, 80, 120, 150]):
        found += [line.observe(1, (x, 100), HEIGHT, t), line.observe(2, (200 - x, 50), HEIGHT, t)]
    assert sorted(passage[0] for passage in found if passage) == ["backward", "forward"]
    line.forget(1)
    line.forget(2)
    assert len(line) == 0


def test_a_line_of_no_length_is_refused():
    with pytest.raises(ValueError, match="no length"):
        LineCounter("line", A, A)
