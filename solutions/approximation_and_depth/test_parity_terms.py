"""parity_terms against counting, and against the number of terms that a proof says."""

import itertools

import numpy as np
import pytest

from solutions.approximation_and_depth.parity_terms import parity_terms


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_the_network_is_the_parity_of_every_input(n):
    x = np.array(list(itertools.product([0, 1], repeat=n)), "float64")
    W1, b1, W2, b2 = parity_terms(n)
    h = x @ W1 + b1 > 0
    output = h @ W2 + b2 > 0
    np.testing.assert_array_equal(output[:, 0], [sum(row) % 2 == 1 for row in x.tolist()])
    assert h.shape == (2**n, 2 ** (n - 1))
    np.testing.assert_array_equal(h.sum(axis=0), 1)
