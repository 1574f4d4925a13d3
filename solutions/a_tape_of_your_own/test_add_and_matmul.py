"""Add and MatMul against TensorFlow's own tape."""

import numpy as np
import pytest
import tensorflow as tf

from helpers.graph import Leaf
from solutions.a_tape_of_your_own.add_and_matmul import Add, MatMul

CASES = {
    "a bias": (Add, tf.add, (4, 3), (3,)),
    "two matrices": (Add, tf.add, (4, 3), (4, 3)),
    "a product": (MatMul, tf.matmul, (4, 3), (3, 5)),
    "a batch of one": (MatMul, tf.matmul, (1, 3), (3, 2)),
}


@pytest.mark.parametrize(("operation", "oracle", "left", "right"), CASES.values(), ids=CASES)
def test_values_and_gradients_agree_with_tensorflow(operation, oracle, left, right):
    rng = np.random.default_rng(0)
    a, b = tf.constant(rng.normal(size=left)), tf.constant(rng.normal(size=right))
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        value = oracle(a, b)
    grad = rng.normal(size=value.shape)
    expected = tape.gradient(value, [a, b], output_gradients=tf.constant(grad))

    node = operation(Leaf(a), Leaf(b))
    # a few roundings of float64
    np.testing.assert_allclose(node.value, value, rtol=1e-13)
    for given, wanted in zip(node.bprop(grad), expected, strict=True):
        assert given.shape == wanted.shape
        np.testing.assert_allclose(given, wanted, rtol=1e-12, atol=1e-14)
