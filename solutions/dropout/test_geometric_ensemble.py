"""The ensemble against the test-time rule, which the lecture says it equals, and against numbers worked out by hand."""

import itertools
import math

import numpy as np
import pytest

from solutions.dropout.geometric_ensemble import all_masks, geometric_ensemble


def softmax(a):
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("H", [1, 5, 10])
def test_it_equals_the_test_time_rule(H, keep):
    rng = np.random.default_rng(H)
    W, b, h = rng.normal(size=(H, 3)), rng.normal(size=3), rng.normal(size=(4, H))
    f, Z = geometric_ensemble(W, b, h, keep)
    np.testing.assert_allclose(f, softmax(keep * h @ W + b), rtol=1e-10)
    assert (Z <= 1 + 1e-12).all()


def test_one_unit_and_two_classes_by_hand():
    # a = (2 h, 0): with the mask 1, h = 1: f = (e²/(e²+1), 1/(e²+1)); with the mask 0: (1/2, 1/2)
    on, off = np.array([math.exp(2), 1]) / (math.exp(2) + 1), np.array([0.5, 0.5])
    g = np.sqrt(on * off)
    f, Z = geometric_ensemble(np.array([[2.0, 0.0]]), np.zeros(2), np.ones((1, 1)), 0.5)
    np.testing.assert_allclose(f[0], g / g.sum(), rtol=1e-12)
    np.testing.assert_allclose(Z, g.sum(), rtol=1e-12)


@pytest.mark.parametrize("H", [1, 2, 6])
def test_masks_are_all_of_them_with_the_probabilities_of_coins(H):
    masks, p = all_masks(H, 0.3)
    assert sorted(map(tuple, masks)) == sorted(itertools.product((0, 1), repeat=H))
    assert p.sum() == pytest.approx(1, rel=1e-12)
    # each unit is kept with probability 0.3
    np.testing.assert_allclose(p @ masks, np.full(H, 0.3), rtol=1e-12)
