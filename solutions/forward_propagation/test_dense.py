"""Against Keras's own layer."""

import keras
import numpy as np
import tensorflow as tf

from solutions.forward_propagation.dense import Dense


def test_with_the_same_weights_it_computes_what_keras_computes():
    h = tf.constant(np.random.default_rng(0).normal(size=(5, 7)), "float32")
    ours, theirs = Dense(4), keras.layers.Dense(4)
    ours(h), theirs(h)
    theirs.set_weights([np.random.default_rng(1).normal(size=w.shape) for w in theirs.weights])
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(h), theirs(h), rtol=1e-6)
    assert ours.compute_output_shape((None, 3, 7)) == theirs.compute_output_shape((None, 3, 7))


def test_a_saved_model_computes_the_same_when_it_is_loaded(tmp_path):
    model = keras.Sequential([keras.Input((3,)), Dense(4), Dense(2)])
    model.compile(loss="mse")
    model.save(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(x), model(x))


def test_the_dtype_policy_decides_what_is_stored_and_computed():
    layer = Dense(2, dtype="mixed_float16")
    assert layer(tf.ones((1, 3))).dtype == tf.float16
    assert {w.dtype for w in layer.weights} == {"float32"}
