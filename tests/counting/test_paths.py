from vision.counting.paths import MOST_POINTS, Paths


def test_points_are_a_second_apart_and_rounded():
    paths = Paths((320, 240))
    for k in range(35):
        paths.observe(7, (k * 3.3333, 120.0), 1000.25 + k / 10 - 999, 1000.25 + k / 10)
    assert paths.end(7) == (1000.0, ((0.0, 0.0, 0.5), (1.0, 0.1, 0.5), (2.0, 0.21, 0.5), (3.0, 0.31, 0.5)))
    assert len(paths) == 0


def test_a_glimpse_is_no_trajectory():
    paths = Paths((320, 240))
    paths.observe(7, (10, 10), 1000.0 - 999, 1000.0)
    paths.observe(7, (11, 10), 1000.5 - 999, 1000.5)
    assert paths.end(7) is None
    assert paths.end(8) is None


def test_memory_is_bounded_and_points_stay_in_the_view():
    paths = Paths((320, 240))
    for k in range(MOST_POINTS + 100):
        paths.observe(7, (-5.0, 300.0), float(k) - 999, float(k))
    _, points = paths.end(7)
    assert len(points) == MOST_POINTS
    assert {(x, y) for _, x, y in points} == {(0.0, 1.0)}
