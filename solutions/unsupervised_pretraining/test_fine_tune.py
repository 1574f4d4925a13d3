"""fine_tune against a network that is worked out by hand, and with Keras's own training."""

import keras
import numpy as np

from helpers.stand_in_training import trained_encoders
from solutions.unsupervised_pretraining.fine_tune import fine_tune


def problem(units=(4, 3), D=6, C=3):
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(30, D)).astype("float32")
    y = (3 * x[:, 0]).astype(int).clip(0, C - 1)
    return trained_encoders(np.random.default_rng(1), D, units), x, y


def fit(model, x, y):
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=60, batch_size=10, verbose=0)


def test_before_training_it_is_the_softmax_of_the_codes():
    encoders, x, y = problem()
    model = fine_tune(encoders, x, y, 3, lambda model, x, y: None)
    h = x
    for encoder in encoders:
        W, b = encoder.get_weights()
        h = 1 / (1 + np.exp(-(h @ W + b)))
    W, b = model.layers[-1].get_weights()
    e = np.exp(h @ W + b)
    np.testing.assert_allclose(model(x), e / e.sum(axis=1, keepdims=True), rtol=1e-4)


def test_training_moves_the_encoders_and_lowers_the_loss():
    encoders, x, y = problem()
    start = [encoder.get_weights()[0] for encoder in encoders]
    losses = []

    def note(model, x, y):
        f_y = np.array(model(x))[np.arange(len(y)), y]
        losses.append(-np.log(f_y).mean())

    def train(model, x, y):
        note(model, x, y)
        fit(model, x, y)
        note(model, x, y)

    model = fine_tune(encoders, x, y, 3, train)
    assert losses[1] < losses[0]
    for layer, before in zip(model.layers, start, strict=False):
        assert not np.allclose(layer.get_weights()[0], before)


def test_a_class_that_nobody_named_has_an_output_too():
    encoders, x, y = problem()
    model = fine_tune(encoders, x, np.minimum(y, 1), 5, lambda model, x, y: None)
    assert model(x).shape == (30, 5)
