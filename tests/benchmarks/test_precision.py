"""Average precision: hand-computed cases, an independent reckoning, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scores.precision import MISSED, Picture, called, judge

BOX = np.array([10.0, 10, 20, 30])


def at(*lefts):
    """Boxes 10 wide and 20 high at these left edges."""
    return np.array([[x, 10, x + 10, 30] for x in lefts], float).reshape(-1, 4)


def picture(truths, boxes=(), scores=(), *, ignored=None, spare=None):
    return Picture(
        np.array(truths, float).reshape(-1, 4),
        np.zeros(len(truths), bool) if ignored is None else np.array(ignored),
        np.array(boxes, float).reshape(-1, 4),
        np.array(scores, float),
        np.zeros(len(scores), bool) if spare is None else np.array(spare),
    )


def ap(*pictures):
    return judge(pictures).average_precision


streets = st.lists(
    st.tuples(
        st.lists(st.integers(0, 60), max_size=4),  # left edges of truths; near ones overlap
        st.lists(st.tuples(st.integers(0, 60), st.integers(1, 6)), max_size=6),  # left edges and tenths of score
    ),
    min_size=1,
    max_size=4,
)


def pictures_of(street):
    return [picture(at(*truths), at(*(x for x, _ in seen)), [s / 10 for _, s in seen]) for truths, seen in street]


def test_one_right_one_wrong_one_right_of_three():
    # by score: right (precision 1, recall 1/3), wrong (1/2, 1/3), right (2/3, 2/3); one truth is never found
    shot = picture(at(0, 30, 60), at(0, 100, 30), [0.9, 0.8, 0.7])
    assert ap(shot) == pytest.approx(1 / 3 * 1 + 1 / 3 * 2 / 3)


def test_precision_is_the_best_at_that_recall_or_beyond():
    # wrong first: precision 0, 1/2, 2/3 at recalls 0, 1/2, 1; with interpolation both halves get 2/3
    assert ap(picture(at(0, 30), at(100, 0, 30), [0.9, 0.8, 0.7])) == pytest.approx(2 / 3)


def test_a_double_is_wrong_and_takes_no_other_truth():
    assert ap(picture(at(0, 30), at(0, 1, 30), [0.9, 0.8, 0.7])) == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)


def test_the_better_score_takes_the_truth_and_the_other_the_next_best():
    # both lie on the truth at 0 (overlap 1 and 2/3); the second one also on that at 4 (2/3)
    assert ap(picture(at(0, 4), at(0, 2), [0.9, 0.8])) == 1.0


@pytest.mark.parametrize(("left", "expected"), [(3.3, 1.0), (3.4, 0.0)])
def test_half_overlap_is_enough(left, expected):
    assert ap(picture(at(0), at(left), [0.5])) == expected  # 10 wide, moved by 10/3: one half


def test_frames_are_apart_and_scores_are_ranked_over_all_of_them():
    first, second = picture(at(0), at(100), [0.9]), picture(at(0), at(0), [0.8])
    assert ap(first, second) == pytest.approx(1 / 2 * 1 / 2)
    assert ap(picture(at(0), at(30), [0.9]), picture(at(30), at(0), [0.9])) == 0.0


def test_nothing_to_find_is_not_a_number_and_nothing_found_is_zero():
    assert np.isnan(ap(picture([], at(0), [0.9])))
    assert ap(picture(at(0))) == 0.0
    assert np.isnan(ap())


def test_recall_and_precision_from_a_score_up():
    verdicts = judge([picture(at(0, 30, 60, 90), at(0, 200, 30, 230, 60), [0.9, 0.8, 0.5, 0.4, 0.3])])
    assert (verdicts.recall(0.5), verdicts.precision(0.5)) == (2 / 4, 2 / 3)
    assert (verdicts.recall(0.85), verdicts.precision(0.85)) == (1 / 4, 1.0)
    assert verdicts.recall(0.95) == 0
    assert np.isnan(verdicts.precision(0.95))


def test_a_detection_on_an_ignored_truth_counts_neither_way():
    plain = picture(at(0, 60), at(0, 60), [0.9, 0.5])
    assert ap(plain) == 1.0
    assert ap(picture(at(0, 60, 30), at(30, 0, 60), [0.95, 0.9, 0.5], ignored=[False, False, True])) == 1.0
    assert ap(picture(at(0, 60, 30), at(100, 0, 60), [0.95, 0.9, 0.5], ignored=[False, False, True])) < 1.0


def test_a_truth_comes_before_an_ignored_one_in_the_same_place():
    assert ap(picture(at(0, 2), at(2), [0.9], ignored=[False, True])) == 1.0


def test_a_spare_detection_is_right_or_nothing():
    assert ap(picture(at(0), at(50, 0), [0.9, 0.8], spare=[True, True])) == 1.0
    assert ap(picture(at(0), at(50, 0), [0.9, 0.8], spare=[False, True])) == 0.5


def test_only_one_height_is_asked_for():
    low, high = [0, 0, 10, 10], [30, 0, 40, 30]
    wrong_and_low = [60, 0, 70, 11]
    shot = picture([low, high], [wrong_and_low, low, high], [0.9, 0.8, 0.7])
    assert ap(shot.of_height(12, 48)) == 1.0
    assert ap(shot.of_height(0, 12)) == 0.5
    assert judge([shot.of_height(30, 48)]).truths == 1
    assert judge([shot.of_height(10, 30)]).truths == 1
    assert np.isnan(ap(shot.of_height(48, np.inf)))


def test_what_a_truth_is_called():
    boxes, classes = at(0, 2, 33, 100), np.array([0, 1, 2, 3])
    assert called(at(0, 3, 30, 60), boxes, classes).tolist() == [0, 1, 2, MISSED]
    assert called(at(0), at(), np.empty(0, int)).tolist() == [MISSED]
    assert called(at(), boxes, classes).tolist() == []


@given(streets)
def test_perfect_detections_have_a_precision_of_one(street):
    perfect = [picture(at(*truths), at(*truths), np.ones(len(truths))) for truths, _ in street]
    expected = 1.0 if any(truths for truths, _ in street) else np.nan
    assert ap(*perfect) == pytest.approx(expected, nan_ok=True)


@given(streets, st.randoms())
def test_the_order_of_frames_does_not_matter(street, shuffling):
    before = pictures_of(street)
    after = before.copy()
    shuffling.shuffle(after)
    assert ap(*after) == pytest.approx(ap(*before), nan_ok=True)


@given(streets)
def test_ignored_truths_and_what_lies_on_them_do_not_matter(street):
    before = pictures_of(street)
    far = at(1000, 1030)
    after = [
        picture(
            [*shot.truths, *far],
            [*shot.boxes, *far, *far],
            [*shot.scores, 0.99, 0.6, 0.3, 0.01],
            ignored=[*shot.ignored, True, True],
        )
        for shot in before
    ]
    assert ap(*after) == pytest.approx(ap(*before), nan_ok=True)


@given(streets, st.integers(1, 6))
def test_a_wrong_detection_never_raises_it(street, tenths):
    first, *others = pictures_of(street)
    worse = picture(first.truths, [*first.boxes, *at(1000)], [*first.scores, tenths / 10])
    assert not ap(worse, *others) > ap(first, *others) + 1e-9  # where there is nothing to find neither is a number


@given(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=5), min_size=1, max_size=4))
def test_everything_found_twice_is_worth_half(street):
    lefts = [np.arange(len(scores)) * 30 for scores in street]
    twice = [picture(at(*x), [*at(*x), *at(*x)], [*scores, *scores]) for x, scores in zip(lefts, street, strict=True)]
    assert ap(*twice) == pytest.approx(0.5)


@given(streets)
def test_it_is_the_area_that_a_plain_reckoning_over_thresholds_gives(street):
    pictures = pictures_of(street)
    verdicts = judge(pictures)
    if not verdicts.truths:
        return
    points = [(verdicts.recall(t), verdicts.precision(t)) for t in np.unique(verdicts.scores)]
    area = 0.0
    for recall in np.arange(1, verdicts.truths + 1) / verdicts.truths:
        area += max((p for r, p in points if r >= recall - 1e-9), default=0) / verdicts.truths
    assert verdicts.average_precision == pytest.approx(area)
