"""Rule 6: a rider and their cycle are one."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.classes import CLASS_INDEX, CLASSES, ClassName
from vision.detections import Detections
from vision.riders import SEATS, merge_riders

Box = tuple[float, float, float, float]
BICYCLE_FROM_THE_SIDE: Box = (100, 100, 136, 122)
BICYCLE_FROM_THE_FRONT: Box = (100, 100, 112, 122)
MOTORCYCLE: Box = (100, 100, 142, 126)


def seen(*things: tuple[ClassName, Box, float]) -> Detections:
    boxes = np.array([box for _, box, _ in things], np.float32).reshape(-1, 4)
    scores = np.array([score for _, _, score in things], np.float32)
    return Detections(boxes, scores, np.array([CLASS_INDEX[name] for name, _, _ in things], np.int64))


def rows(detections: Detections) -> list[tuple[float, ...]]:
    """The detections as a sorted list, whatever their order."""
    parts = zip(detections.classes, detections.scores, detections.boxes, strict=True)
    return sorted((float(kind), float(score), *map(float, box)) for kind, score, box in parts)


@pytest.mark.parametrize(
    ("cycle", "rider"),
    [
        pytest.param(BICYCLE_FROM_THE_SIDE, (110, 86, 124, 119), id="side"),
        pytest.param(BICYCLE_FROM_THE_FRONT, (99, 86, 113, 118), id="front"),
        pytest.param(BICYCLE_FROM_THE_SIDE, (112, 84, 126, 110), id="legs not seen"),
        pytest.param(BICYCLE_FROM_THE_SIDE, (102, 86, 117, 123), id="foot on the ground, at the lights"),
        pytest.param((100, 86, 136, 122), (110, 86, 124, 117), id="the bicycle's box holds the rider"),
    ],
)
def test_a_rider_and_a_bicycle_are_one_bicycle(cycle: Box, rider: Box) -> None:
    merged = merge_riders(seen(("pedestrian", rider, 0.9), ("bicycle", cycle, 0.6)))
    union = (min(cycle[0], rider[0]), min(cycle[1], rider[1]), max(cycle[2], rider[2]), max(cycle[3], rider[3]))
    assert rows(merged) == rows(seen(("bicycle", union, 0.9)))


@pytest.mark.parametrize(
    "walker",
    [
        pytest.param((140, 88, 154, 124), id="beside"),
        pytest.param((131, 88, 145, 124), id="beside, overlapping a wheel"),
        pytest.param((110, 95, 126, 136), id="in front"),
        pytest.param((112, 70, 124, 104), id="behind"),
        pytest.param((105, 50, 135, 124), id="near, hiding a far bicycle"),
        pytest.param((112, 112, 116, 122), id="far smaller than the bicycle"),
    ],
)
def test_a_walker_near_a_parked_bicycle_stays_a_pedestrian(walker: Box) -> None:
    found = seen(("pedestrian", walker, 0.9), ("bicycle", BICYCLE_FROM_THE_SIDE, 0.6))
    assert rows(merge_riders(found)) == rows(found)


def test_a_motorcycle_takes_two_and_a_bicycle_one() -> None:
    driver: Box = (106, 86, 120, 122)
    passenger: Box = (118, 86, 132, 120)
    for cycle, left in (("motorcycle", 1), ("bicycle", 2)):
        merged = merge_riders(
            seen(("pedestrian", driver, 0.9), ("pedestrian", passenger, 0.8), (cycle, MOTORCYCLE, 0.7))
        )
        assert len(merged) == left
        assert (merged.classes == CLASS_INDEX[cycle]).sum() == 1


def test_a_third_person_on_a_motorcycle_is_left_over() -> None:
    riders = [("pedestrian", (104.0 + 9 * i, 86.0, 118.0 + 9 * i, 121.0), 0.9) for i in range(3)]
    merged = merge_riders(seen(*riders, ("motorcycle", MOTORCYCLE, 0.7)))
    assert sorted(merged.classes) == sorted([CLASS_INDEX["pedestrian"], CLASS_INDEX["motorcycle"]])


def test_of_two_bicycles_a_rider_takes_the_one_that_fits_better() -> None:
    rider: Box = (110, 86, 124, 121)
    behind: Box = (104, 96, 140, 118)
    merged = merge_riders(
        seen(("bicycle", behind, 0.7), ("bicycle", BICYCLE_FROM_THE_SIDE, 0.6), ("pedestrian", rider, 0.9))
    )
    assert rows(merged) == rows(seen(("bicycle", behind, 0.7), ("bicycle", (100, 86, 136, 122), 0.9)))


def test_between_two_bicycles_that_fit_as_well_the_order_does_not_choose() -> None:
    rider: Box = (110, 86, 124, 120)
    left: Box = (94, 100, 126, 122)
    right: Box = (108, 100, 140, 122)
    found = seen(("bicycle", left, 0.6), ("bicycle", right, 0.6), ("pedestrian", rider, 0.9))
    assert len(merge_riders(found)) == 2
    assert rows(merge_riders(found.only(np.array([1, 2, 0])))) == rows(merge_riders(found))


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in ("pedestrian", "bicycle", "motorcycle")])
def test_no_other_class_joins(name: ClassName) -> None:
    rider: Box = (110, 86, 124, 120)
    for found in (
        seen(("pedestrian", rider, 0.9), (name, BICYCLE_FROM_THE_SIDE, 0.6)),
        seen((name, rider, 0.9), ("bicycle", BICYCLE_FROM_THE_SIDE, 0.6)),
    ):
        assert rows(merge_riders(found)) == rows(found)


# Small numbers on a coarse grid make overlaps and ties frequent.
coordinates = st.integers(0, 12)
sizes = st.integers(0, 8)
things = st.tuples(
    st.sampled_from(CLASSES[:4]), st.tuples(coordinates, coordinates, sizes, sizes), st.sampled_from([0.2, 0.5, 0.9])
)
crowds = st.lists(things, max_size=10).map(
    lambda crowd: seen(*((name, (x, y, x + w, y + h), score) for name, (x, y, w, h), score in crowd))
)


def count(detections: Detections, name: ClassName) -> int:
    return int((detections.classes == CLASS_INDEX[name]).sum())


@given(crowds)
@settings(max_examples=100, deadline=None)
def test_nothing_is_lost_but_persons_who_ride(found: Detections) -> None:
    merged = merge_riders(found)
    for name in CLASSES[1:]:
        assert count(merged, name) == count(found, name)
    seats = sum(places * int((found.classes == index).sum()) for index, places in SEATS.items())
    joined = count(found, "pedestrian") - count(merged, "pedestrian")
    assert 0 <= joined <= min(seats, count(found, "pedestrian"))


def contains(outer: npt.NDArray[np.float32], inner: npt.NDArray[np.float32]) -> bool:
    return bool((outer[:2] <= inner[:2]).all() and (outer[2:] >= inner[2:]).all())


@given(crowds)
@settings(max_examples=100, deadline=None)
def test_every_box_is_within_one_that_is_left_and_the_best_score_stays(found: Detections) -> None:
    merged = merge_riders(found)
    for box in found.boxes:
        assert any(contains(left, box) for left in merged.boxes)
    assert merged.scores.max(initial=0) == found.scores.max(initial=0)


@given(crowds, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_order_does_not_matter(found: Detections, random: object) -> None:
    order = list(range(len(found)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = found.only(np.array(order, np.int64))
    assert rows(merge_riders(shuffled)) == rows(merge_riders(found))


@given(crowds)
@settings(max_examples=100, deadline=None)
def test_persons_without_cycles_are_left_alone(found: Detections) -> None:
    walkers = found.only(~np.isin(found.classes, list(SEATS)))
    assert merge_riders(walkers) is walkers


def test_the_generated_crowds_do_hold_riders() -> None:
    joins = 0

    @given(crowds)
    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    def look(found: Detections) -> None:
        nonlocal joins
        joins += len(found) - len(merge_riders(found))

    look()
    assert joins > 5
