"""Against a linear network, whose gradients are products of matrices."""

import keras
import numpy as np
import tensorflow as tf

from solutions.initialization.spread import spread


def test_linear_layers_by_matrix_products():
    rng = np.random.default_rng(0)
    Ws = [rng.normal(size=shape) for shape in ((4, 6), (6, 5), (5, 3))]
    x, upstream = rng.normal(size=(9, 4)) + 1, rng.normal(size=(9, 3)) + 1
    forward, backward = spread([lambda h, W=W: h @ W for W in Ws], tf.constant(x), tf.constant(upstream))
    hs = [x @ Ws[0], x @ Ws[0] @ Ws[1], x @ Ws[0] @ Ws[1] @ Ws[2]]
    dhs = [upstream @ Ws[2].T @ Ws[1].T, upstream @ Ws[2].T, upstream]
    np.testing.assert_allclose(forward, [h.std() for h in hs], rtol=1e-12)
    np.testing.assert_allclose(backward, [dh.std() for dh in dhs], rtol=1e-12)


def test_keras_layers_with_tanh_by_the_chain_rule():
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(5, "tanh"), keras.layers.Dense(4, "tanh")]
    rng = np.random.default_rng(1)
    x, upstream = (rng.normal(size=shape).astype("float32") for shape in ((6, 3), (6, 4)))
    forward, backward = spread(layers, tf.constant(x), tf.constant(upstream))
    h1 = np.tanh(x @ layers[0].get_weights()[0])
    h2 = np.tanh(h1 @ layers[1].get_weights()[0])
    dh1 = (upstream * (1 - h2**2)) @ layers[1].get_weights()[0].T
    np.testing.assert_allclose(forward, [h1.std(), h2.std()], rtol=1e-5)
    np.testing.assert_allclose(backward, [dh1.std(), upstream.std()], rtol=1e-5)
