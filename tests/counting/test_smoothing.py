import numpy as np

from vision.counting.smoothing import smooth


def jittery(seed):
    """Return times, a straight way at a walker's speed, and what a detector makes of it: boxes of 40 px, 2 px off."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.3, 0.8, 40))
    truth = np.outer(times, rng.uniform(-60, 60, 2)) + 100
    return times, truth, truth + rng.normal(0, 2, truth.shape)


def errors(feet, truth):
    return np.hypot(*(feet - truth).T)


def test_jitter_is_taken_out_of_a_straight_way():
    ways = [jittery(seed) for seed in range(40)]
    raw = np.mean([errors(seen, truth).mean() for _, truth, seen in ways])
    smoothed = np.mean([errors(smooth(times, seen, np.full(40, 40.0)), truth).mean() for times, truth, seen in ways])
    assert smoothed < 0.9 * raw


def test_what_came_after_counts_as_much_as_what_was_before():
    """Read backwards, a way is smoothed to the same places, but for its ends, where the filter begins at rest."""
    times, _, seen = jittery(1)
    heights = np.full(40, 40.0)
    backwards = smooth(times[-1] - times[::-1], seen[::-1], heights)[::-1]
    assert errors(smooth(times, seen, heights), backwards)[3:-3].max() < 0.1


def test_two_feet_are_enough():
    assert smooth(np.array([0.0, 0.5]), np.array([[0.0, 0.0], [5.0, 1.0]]), np.array([40.0, 40.0])).shape == (2, 2)
