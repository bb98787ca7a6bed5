from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from vision.tracking.association import associate

matrices = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1))
)


def best_by_trying_all(similarity, least):
    rows, columns = similarity.shape
    if rows > columns:
        return best_by_trying_all(similarity.T, least)
    worth = np.where(similarity >= least, similarity, 0)
    return max(
        sum(worth[row, column] for row, column in enumerate(chosen)) for chosen in permutations(range(columns), rows)
    )


@given(similarity=matrices, least=st.floats(0.1, 0.9))
def test_is_the_best_of_all_pairings(similarity, least):
    rows, columns = associate(similarity, least)
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    assert (similarity[rows, columns] >= least).all()
    np.testing.assert_allclose(similarity[rows, columns].sum(), best_by_trying_all(similarity, least))


def test_nothing_pairs_with_nothing():
    rows, columns = associate(np.empty((0, 3)), 0.5)
    assert len(rows) == len(columns) == 0
