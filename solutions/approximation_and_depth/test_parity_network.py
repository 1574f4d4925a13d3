"""parity_network against counting, over every input there is."""

import itertools

import numpy as np
import pytest

from solutions.approximation_and_depth.parity_network import parity_network


@pytest.mark.parametrize("n", [2, 3, 8, 11])
def test_it_is_exact_for_every_input(n):
    x = np.array(list(itertools.product([0, 1], repeat=n)), "float32")
    expected = [sum(row) % 2 for row in x.tolist()]
    np.testing.assert_array_equal(parity_network(n)(x).numpy()[:, 0], expected)


def test_each_further_input_costs_nine_weights():
    assert [parity_network(n).count_params() for n in (2, 3, 10)] == [9, 18, 81]
