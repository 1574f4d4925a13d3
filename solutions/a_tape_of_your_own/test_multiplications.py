"""multiplications against counts by hand, and against products that count themselves."""

import itertools

import numpy as np
import pytest

from solutions.a_tape_of_your_own.multiplications import multiplications


def test_a_small_network_by_hand():
    assert multiplications(2, [3, 4, 5]) == (2 * 12 + 2 * 20, 2 * 12 + 2 * 20 + 2 * 20)


@pytest.mark.parametrize("sizes", [[3, 4], [3, 4, 5], [2, 6, 6, 3, 7]])
def test_it_agrees_with_products_that_count(sizes):
    count = 0

    def product(a, b):
        nonlocal count
        count += a.shape[0] * a.shape[1] * b.shape[1]
        return a @ b

    hs, Ws = [np.ones((5, sizes[0]))], [np.ones(shape) for shape in itertools.pairwise(sizes)]
    for W in Ws:
        hs.append(product(hs[-1], W))
    forward, count = count, 0
    da = hs.pop()
    for k in reversed(range(len(Ws))):
        product(hs[k].T, da)
        if k > 0:
            da = product(da, Ws[k].T)
    assert multiplications(5, sizes) == (forward, count)
