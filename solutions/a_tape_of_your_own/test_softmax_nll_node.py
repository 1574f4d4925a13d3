"""SoftmaxNLL against Keras's own loss, and its gradient against central differences."""

import keras
import numpy as np

from helpers.graph import Leaf
from solutions.a_tape_of_your_own.softmax_nll_node import SoftmaxNLL


def test_the_value_agrees_with_keras():
    rng = np.random.default_rng(2)
    a, y = rng.normal(size=(5, 7)), rng.integers(7, size=5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    np.testing.assert_allclose(SoftmaxNLL(Leaf(a), y).value, loss(y, a), rtol=1e-12)


def test_the_gradient_agrees_with_central_differences():
    rng = np.random.default_rng(3)
    a, y, eps = rng.normal(size=(3, 4)), rng.integers(4, size=3), 1e-6
    expected = np.zeros_like(a)
    for where in np.ndindex(a.shape):
        step = np.zeros_like(a)
        step[where] = eps
        expected[where] = (SoftmaxNLL(Leaf(a + step), y).value - SoftmaxNLL(Leaf(a - step), y).value) / (
            2 * eps
        )
    (da,) = SoftmaxNLL(Leaf(a), y).bprop(2.5)
    np.testing.assert_allclose(da, 2.5 * expected, atol=1e-8)


def test_two_equal_classes_share_the_probability():
    node = SoftmaxNLL(Leaf([[3.0, 3.0]]), [1])
    np.testing.assert_allclose(node.value, np.log(2), rtol=1e-14)
    np.testing.assert_allclose(node.bprop(1.0)[0], [[0.5, -0.5]], rtol=1e-14)


def test_a_certain_mistake_costs_its_margin():
    node = SoftmaxNLL(Leaf([[0.0, 5000.0]]), [0])
    assert node.value == 5000
    np.testing.assert_array_equal(node.bprop(1.0)[0], [[-1, 1]])
