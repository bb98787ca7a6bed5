"""The pool's benchmark: its arithmetic, its truth, and that who sees everything is nearly right."""

import numpy as np
import pytest

from benchmarks.pool import pictures as pool_pictures
from benchmarks.pool.sequences import WARM_S, Counts, count_sequences, true_lengths
from benchmarks.pool.setting import ORACLE, site_camera
from models.training.pool.ranges import HELD_OUT
from models.training.pool.scene import Pool, Truth
from models.training.pool.swimmers import Leg, Swimmer
from vision.detections import Detections


def test_errors_are_of_lanes_basins_and_lengths():
    true, counted = np.array([[2, 0], [4, 0]]), np.array([[1, 0], [4, 1]])
    counts = Counts(
        true=[true], seen=[true * 0], held=[counted], lengths=[(10, 9), (20, 22)], heights=[5.0], scores=[0.4]
    )
    assert counts.error(held=True) == 0.5
    assert counts.error(held=False) == 1.5
    assert counts.errors_by_number(held=True) == {0: 0.5, 2: 1.0, 4: 0.0}
    assert counts.basin_error(held=True) == pytest.approx(2 / 6)
    assert counts.basin_bias(held=True) == 0
    assert counts.by_sequence() == [(5.0, 0.5, pytest.approx(2 / 6), 0.4)]
    assert counts.length_errors() == (pytest.approx(1 / 30), pytest.approx(0.1))


def test_a_length_ends_near_the_other_wall():
    legs = (
        Leg("swim", 0.0, 25.0, 0.0, 25.0, 1, 0.0),
        Leg("swim", 25.0, 50.0, 25.0, 0.0, -1, 0.0),
    )
    swimmer = Swimmer(0, "crawl", 1.2, 0.4, 1.5, legs, 1)
    assert [true_lengths(swimmer, 25.0, until) for until in (10, 19, 30, 43, 45, 60)] == [0, 1, 1, 1, 2, 2]


def test_a_length_from_before_anything_is_compared_only_tells_where_one_comes_from():
    legs = (
        Leg("swim", 0.0, 14.0, 2.0, 24.0, 1, 0.0),
        Leg("swim", 14.0, 40.0, 24.0, 1.0, -1, 0.0),
    )
    swimmer = Swimmer(0, "crawl", 1.2, 0.4, 1.5, legs, 1)
    assert true_lengths(swimmer, 25.0, WARM_S) == 0
    assert true_lengths(swimmer, 25.0, 40.0) == 1


def test_who_is_under_water_need_not_be_found_and_walkers_are_no_swimmers():
    boxes = np.array([[10, 10, 30, 20], [60, 60, 80, 70], [100, 100, 120, 110.0]])
    truth = Truth(boxes, np.zeros(3, int), np.array([False, True, False]), np.zeros(3, bool), np.zeros((0, 4)))
    seen = Detections(boxes[[0, 1, 2]].astype(np.float32), np.array([0.9, 0.8, 0.7], np.float32), np.array([6, 6, 0]))
    of = pool_pictures.rightness([pool_pictures.picture(truth, seen, (320, 240))], 0.5)
    assert (of.truths, of.ap, of.recall, of.precision) == (2, 0.5, 0.5, 1.0)


def test_an_oracle_counts_nearly_right_and_without_holding_misses_who_is_under_water():
    (found,) = count_sequences((ORACLE,), ((320, 240),), 1, 45.0, 5.0)
    counts = found[ORACLE, (320, 240)]
    assert counts.true[0].sum() > 0
    assert counts.error(held=True) < counts.error(held=False)
    assert counts.error(held=True) < 0.4
    ((swum, counted),) = counts.lengths
    assert swum > 5
    assert abs(counted - swum) <= 0.2 * swum
    assert pool_pictures.rightness(counts.pictures, 0.5).ap == pytest.approx(1)


def test_of_scores_that_are_tried_the_least_wrong_one_counts_what_comes_after():
    """`motion` believes nobody from 0.999 on, so all are missed."""
    size = (160, 120)
    ((_, counts),) = next(count_sequences(("motion",), (size,), 1, 18.0, 5.0, tried=(0.999, 0.2))).items()
    ((_, usual),) = next(count_sequences((ORACLE,), (size,), 1, 36.0, 5.0)).items()
    assert counts.scores == [0.2] or (counts.held[0] == counts.usual[0]).all()
    assert counts.scores != [0.999]
    assert len(counts.true[0]) == len(counts.held[0]) == 90
    assert (counts.true[0] == usual.true[0][-90:]).all()
    assert counts.held[0].sum() > 0
    assert counts.lengths[0][0] < usual.lengths[0][0]


def test_who_crops_sees_the_same_pool_larger_in_no_more_pixels():
    drawn = pool_pictures.Drawn(size=(640, 480))
    (found,) = count_sequences((ORACLE,), ((320, 240),), 1, 20.0, 5.0, drawn, crops=True)
    (whole,) = count_sequences((ORACLE,), ((320, 240),), 1, 20.0, 5.0, drawn)
    part, all_of_it = found[ORACLE, (320, 240)], whole[ORACLE, (320, 240)]
    assert (part.true[0] == all_of_it.true[0]).all()
    assert part.heights[0] > 1.1 * all_of_it.heights[0]
    pool = Pool((drawn.seed + 1, 0), drawn.ranges, drawn.size, 20.0, whole=True)
    wide, high = site_camera(pool, "pool", (320, 240), 5.0, crops=True).working_size
    assert wide * high <= 320 * 240


def test_seeds_are_not_those_of_training():
    assert min(pool_pictures.NEVER_LEARNT.seed, pool_pictures.TO_CHOOSE_BY.seed) > 100_000
    assert pool_pictures.NEVER_LEARNT.ranges is HELD_OUT
    assert not set(pool_pictures.TO_CHOOSE_BY.ranges.lights) & set(HELD_OUT.lights)
