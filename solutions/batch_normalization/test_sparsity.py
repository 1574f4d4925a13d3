"""sparsity of small arrays, counted by hand."""

import numpy as np
import pytest
import tensorflow as tf

from solutions.batch_normalization.sparsity import sparsity

#              unit 0 is on, unit 1 is dead, unit 2 is on for one example, unit 3 is small but on
H = np.array([[1.0, 0.0, 0.0, 1e-12], [2.0, 0.0, -3.0, 1e-12], [0.5, 0.0, 0.0, 1e-12]])


@pytest.mark.parametrize("make", [np.asarray, tf.constant], ids=["array", "tensor"])
def test_by_hand(make):
    assert sparsity(make(H)) == (5 / 12, 1 / 4)


def test_all_off_and_all_on():
    assert sparsity(np.zeros((3, 2))) == (1, 1)
    assert sparsity(np.ones((3, 2))) == (0, 0)


def test_relu_of_symmetric_noise_is_half_zero():
    a = np.random.default_rng(0).normal(size=(500, 200))
    zeros, dead = sparsity(np.maximum(a, 0))
    # five standard errors of 100,000 coins
    assert zeros == pytest.approx(0.5, abs=0.008)
    assert dead == 0
