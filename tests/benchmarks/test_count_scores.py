"""Scores of counts, worked out by hand."""

import math

import numpy as np
import pytest

from benchmarks.scores.counts import absolute_error, by_class, effectiveness, geh
from vision.events import Passage


def passages(*times, line="a", direction="forward", name="pedestrian"):
    return [Passage(camera="c", line=line, direction=direction, object_class=name, utc=time) for time in times]


def test_errors_of_two_lines_do_not_cancel():
    true = passages(1, 2) + passages(3, line="b")
    assert absolute_error(true, true) == 0
    assert absolute_error(passages(1, 2, 3) + passages(4, direction="backward"), true) == 3


def test_by_class_a_wrong_name_is_two_errors():
    assert absolute_error(passages(1, name="bicycle"), passages(1)) == 0
    assert absolute_error(passages(1, name="bicycle"), passages(1), by_class) == 2


def test_effectiveness_weighs_later_segments_and_larger_counts():
    # with two segments the weights are 1/3 and 2/3; the late one of four is missed in the second half alone
    true = passages(1, 1, 1, 9)
    assert effectiveness(passages(1, 1, 1), true, 10, 2) == pytest.approx(1 - math.sqrt(2 / 3) / 4)
    assert effectiveness(passages(1, 1, 1, 1), true, 10, 2) == pytest.approx(1 - math.sqrt(1 / 3) / 4)
    others = passages(1, 9, line="b")
    of_others = 1 - math.sqrt(1 / 3 + 4 * 2 / 3) / 2
    assert effectiveness(true, true + others, 10, 2) == pytest.approx((4 + 2 * of_others) / 6)


def test_effectiveness_is_at_least_nothing_and_as_published_blind_to_what_was_not_there():
    true = passages(1)
    assert effectiveness(passages(1, 1, 1, 1, 1), true, 10) == 0
    assert effectiveness(true + passages(1, 2, 3, line="b"), true, 10) == 1
    assert math.isnan(effectiveness(true, [], 10))


def test_geh_is_of_hourly_flows():
    # 110 and 100 an hour: sqrt(2 * 100 / 210)
    counted, true = passages(*range(11)), passages(*range(10))
    assert geh(counted, true, 360).tolist() == pytest.approx([math.sqrt(200 / 210)])
    assert geh(true, true, 360).tolist() == [0]
    assert np.sort(geh([], true + passages(1, line="b"), 3600)) == pytest.approx([math.sqrt(2), math.sqrt(20)])
    assert geh([], [], 3600).size == 0
