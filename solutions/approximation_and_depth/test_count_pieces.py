"""count_pieces against closed forms, and against rational arithmetic on a grid that meets every kink."""

from fractions import Fraction

import keras
import numpy as np
import pytest

from solutions.approximation_and_depth.count_pieces import count_pieces
from solutions.approximation_and_depth.relu_interpolator import relu_interpolator
from solutions.approximation_and_depth.sawtooth import sawtooth


@pytest.mark.parametrize("depth", [1, 2, 3, 7, 10])
def test_a_sawtooth_has_two_to_the_depth(depth):
    assert count_pieces(sawtooth(depth)) == 2**depth


def test_the_interval_cuts_a_sawtooth():
    # the pieces are 1/8 wide: from 0.3 to 0.8 there are kinks at 3/8, 4/8, 5/8 and 6/8
    assert count_pieces(sawtooth(3), 0.3, 0.8) == 5


def test_points_in_line_make_no_piece():
    # slopes 1, 1, 0, 0, -2
    model = relu_interpolator(np.arange(6.0) / 5, np.array([0, 1, 2, 2, 2, 0]) / 5)
    assert count_pieces(model) == 3


def exactly(weights, left, right):
    """The same count by fractions: a segment is split at its first zero until no unit of any layer changes sign inside."""

    def run(x):
        """All pre-activations at x, and f."""
        h, seen = [x], []
        for k, (W, b) in enumerate(weights):
            a = [sum(h[i] * W[i][j] for i in range(len(h))) + b[j] for j in range(len(b))]
            if k == len(weights) - 1:
                return seen, a[0]
            seen.append(a)
            h = [max(value, Fraction(0)) for value in a]
        return None

    places = [left, right]
    k = 0
    while k < len(places) - 1:
        start, end = places[k], places[k + 1]
        (first, _), (last, _) = run(start), run(end)
        cut = None
        for a, b in zip(first, last, strict=True):
            # the first layer that changes sign: all below are straight here
            zeros = [start + (end - start) * p / (p - q) for p, q in zip(a, b, strict=True) if p * q < 0]
            if zeros:
                cut = min(zeros)
                break
        if cut is None:
            k += 1
        else:
            places.insert(k + 1, cut)
    values = [run(x)[1] for x in places]
    slopes = [(values[i + 1] - values[i]) / (places[i + 1] - places[i]) for i in range(len(places) - 1)]
    return 1 + sum(slopes[i] != slopes[i + 1] for i in range(len(slopes) - 1))


@pytest.mark.parametrize("units", [(6,), (4, 5), (3, 4, 3)], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_fractions(units, seed):
    rng = np.random.default_rng([seed, *units])
    model = keras.Sequential(
        [keras.Input((1,)), *[keras.layers.Dense(n, "relu") for n in units], keras.layers.Dense(1)]
    )
    model.set_weights([rng.integers(-24, 25, w.shape) / 8 for w in model.weights])
    weights = []
    for layer in model.layers:
        W, b = layer.get_weights()
        weights.append(
            ([[Fraction(float(w)) for w in row] for row in W], [Fraction(float(value)) for value in b])
        )
    assert count_pieces(model, -2, 2) == exactly(weights, Fraction(-2), Fraction(2))
