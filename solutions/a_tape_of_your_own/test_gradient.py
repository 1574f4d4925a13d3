"""The tape against tf.GradientTape, on networks and on random graphs whose nodes are shared."""

import numpy as np
import pytest
import tensorflow as tf

from helpers.graph import Leaf
from solutions.a_tape_of_your_own.add_and_matmul import Add, MatMul
from solutions.a_tape_of_your_own.gradient import gradient
from solutions.a_tape_of_your_own.softmax_nll_node import SoftmaxNLL
from solutions.a_tape_of_your_own.tanh_and_relu import ReLU, Tanh

OURS = {"Add": Add, "MatMul": MatMul, "Tanh": Tanh, "ReLU": ReLU, "Loss": SoftmaxNLL}
THEIRS = {
    "Add": tf.add,
    "MatMul": tf.matmul,
    "Tanh": tf.tanh,
    "ReLU": tf.nn.relu,
    "Loss": lambda a, y: tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a)),
}


def random_graph(do, leaves, y, seed):
    """The same random program over either library's operations; 4×4 values, so that all fit together."""
    rng = np.random.default_rng(seed)
    nodes = list(leaves)
    for _ in range(14):
        a, b = (nodes[i] for i in rng.integers(len(nodes), size=2))
        kind = rng.choice(["Add", "MatMul", "Tanh", "ReLU"])
        nodes.append(do["Tanh"](do[kind](a, b)) if kind in ("Add", "MatMul") else do[kind](a))
    total = nodes[-1]
    for node in nodes[-6:-1]:
        total = do["Add"](total, node)
    return do["Loss"](total, y)


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_agree_with_tensorflow(seed):
    rng = np.random.default_rng(seed)
    values = [rng.normal(size=(4, 4)) for _ in range(4)]
    y = rng.integers(4, size=4)
    leaves = [Leaf(value) for value in values]
    loss = random_graph(OURS, leaves, y, seed)

    tensors = [tf.constant(value) for value in values]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        target = random_graph(THEIRS, tensors, y, seed)
    expected = tape.gradient(target, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    np.testing.assert_allclose(loss.value, target, rtol=1e-12)
    for given, wanted in zip(gradient(loss, leaves), expected, strict=True):
        np.testing.assert_allclose(given, wanted, rtol=1e-12, atol=1e-12)


def test_a_network_agrees_with_tensorflow():
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(6, 5)), rng.integers(3, size=6)
    shapes = [(5, 4), (4,), (4, 3), (3,)]
    values = [rng.normal(size=shape) for shape in shapes]
    W1, b1, W2, b2 = leaves = [Leaf(value) for value in values]
    h = Tanh(Add(MatMul(Leaf(x), W1), b1))
    given = gradient(SoftmaxNLL(Add(MatMul(h, W2), b2), y), leaves)

    variables = [tf.Variable(value) for value in values]
    with tf.GradientTape() as tape:
        f = tf.tanh(x @ variables[0] + variables[1]) @ variables[2] + variables[3]
        target = THEIRS["Loss"](f, y)
    for ours, theirs in zip(given, tape.gradient(target, variables), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_a_ladder_doubles_the_gradient_at_every_step():
    x = node = Leaf(np.ones((1, 1)))
    for _ in range(60):
        node = Add(node, node)
    # exact: a power of two
    np.testing.assert_array_equal(gradient(node, [x])[0], [[2.0**60]])
