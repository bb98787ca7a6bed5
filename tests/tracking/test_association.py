from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from vision.tracking import motion
from vision.tracking.association import associate, evidence

matrices = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1))
)


def best_by_trying_all(worth, least):
    rows, columns = worth.shape
    if rows > columns:
        return best_by_trying_all(worth.T, least)
    above = np.maximum(worth - least, 0)
    return max(
        sum(above[row, column] for row, column in enumerate(chosen)) for chosen in permutations(range(columns), rows)
    )


@given(worth=matrices, least=st.floats(0.1, 0.9))
def test_is_the_best_of_all_pairings(worth, least):
    rows, columns = associate(worth, least)
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    assert (worth[rows, columns] > least).all()
    np.testing.assert_allclose((worth[rows, columns] - least).sum(), best_by_trying_all(worth, least), atol=1e-12)


def test_nothing_pairs_with_nothing():
    rows, columns = associate(np.empty((0, 3)), 0.5)
    assert len(rows) == len(columns) == 0


def predicted(*feet, unsure=2.0):
    """Return the state of boxes 20 by 50 at rest at feet, each coordinate unsure by so many pixels."""
    measured = np.array([[x, y, 20.0, 50.0] for x, y in feet])
    return motion.initiate(measured, np.full((1, 4), unsure), np.ones((1, 4)))


def worth(state, *measured, least_peak=-np.inf):
    noise = np.array([0.05, 0.08, 0.08, 0.11])
    return evidence(state, np.array(measured), noise, 5.0, least_peak)


def test_evidence_is_a_density():
    """Over all places of the foot, and for one true size, it sums to the density of that size."""
    state = predicted((0, 0), unsure=3.0)
    x, y = np.meshgrid(np.linspace(-300, 300, 601), np.linspace(-300, 300, 601))
    grid = np.column_stack((x.ravel(), y.ravel(), np.full(x.size, 20.0), np.full(x.size, 50.0)))
    spread = np.sqrt(3.0**2 + (np.array([0.05, 0.08, 0.08, 0.11]) * 50) ** 2) / 50
    given_size = stats.multivariate_t(shape=np.diag(spread[2:] ** 2), df=5).pdf([0, 0])
    constant = stats.multivariate_t(shape=np.eye(4), df=5).logpdf(np.zeros(4))
    mass = np.exp(worth(state, *grid) + constant).sum() / 50**2
    np.testing.assert_allclose(mass, given_size, rtol=0.01)


def test_evidence_prefers_the_nearer_and_the_surer():
    state = np.concatenate((predicted((0, 0)), predicted((0, 0), unsure=20.0)), axis=1)
    near, far = [2.0, 0, 20, 50], [60.0, 0, 20, 50]
    table = worth(state, near, far)
    assert table[0, 0] > table[1, 0]
    assert table[1, 1] > table[0, 1]
    assert (table[:, 0] > table[:, 1]).all()


def test_evidence_where_it_is_expected_is_worth_the_least_peak():
    state = predicted((0, 0), unsure=1000.0)
    assert worth(state, [0, 0, 20, 50])[0, 0] < 0
    assert worth(state, [0, 0, 20, 50], least_peak=4.0)[0, 0] == 4.0
