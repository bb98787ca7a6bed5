from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from vision.tracking.association import associate

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
