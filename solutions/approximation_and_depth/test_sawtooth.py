"""sawtooth against the distance to the nearest even integer, which is what folded tents give."""

import numpy as np
import pytest

from solutions.approximation_and_depth.sawtooth import sawtooth


@pytest.mark.parametrize("depth", [1, 2, 5, 10])
def test_it_is_the_distance_to_the_nearest_even_integer(depth):
    x = np.linspace(0, 1, 4097)
    scaled = x * 2**depth
    expected = np.abs(scaled - 2 * np.round(scaled / 2))
    given = sawtooth(depth)(x[:, None].astype("float32")).numpy()[:, 0]
    # multiples of 1/4096 and their tents are exact in float32
    np.testing.assert_array_equal(given, expected)


def test_each_further_tent_costs_six_weights():
    assert [sawtooth(depth).count_params() for depth in (1, 2, 9)] == [7, 13, 55]
