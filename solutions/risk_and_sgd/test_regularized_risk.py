"""Against Keras's compiled loss with Keras's own regularizer, and a hand computation."""

import keras
import numpy as np

from solutions.risk_and_sgd.regularized_risk import regularized_risk


def test_it_is_what_keras_evaluates():
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 4)).astype("float32"), rng.integers(3, size=30)
    decay = keras.regularizers.L2(0.05)
    model = keras.Sequential(
        [
            keras.layers.Dense(6, "tanh", kernel_regularizer=decay, bias_initializer="ones"),
            keras.layers.Dense(3, "softmax", kernel_regularizer=decay, bias_initializer="ones"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy")
    expected = model.evaluate(x, y, batch_size=30, verbose=0)
    np.testing.assert_allclose(regularized_risk(model, x, y, 0.05), expected, rtol=1e-5)


def test_two_examples_by_hand():
    model = keras.Sequential([keras.layers.Dense(2, "softmax")])
    model.build((None, 1))
    model.set_weights([np.array([[1.0, -2.0]]), np.zeros(2)])
    x, y = np.array([[0.0], [1.0]], "float32"), np.array([0, 1])
    # at x = 0 both classes have ½; at x = 1 class 1 has 1/(1 + e³); Ω = 1 + 4
    expected = (np.log(2) + np.log(1 + np.exp(3))) / 2 + 0.1 * 5
    np.testing.assert_allclose(regularized_risk(model, x, y, 0.1), expected, rtol=1e-6)
