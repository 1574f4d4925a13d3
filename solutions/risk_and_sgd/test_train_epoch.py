"""Against Keras's own fit, and what an epoch must do."""

import keras
import numpy as np

from solutions.risk_and_sgd.train_epoch import train_epoch


def problem():
    rng = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    decay = keras.regularizers.L2(0.02)
    model = keras.Sequential([keras.layers.Dense(3, "softmax", kernel_regularizer=decay)])
    model.build((None, 4))
    x = rng.normal(size=(22, 4)).astype("float32")
    return model, x, x[:, :3].argmax(axis=1)


def test_an_epoch_is_keras_fit_over_the_same_order():
    model, x, y = problem()
    theirs, _, _ = problem()
    theirs.compile(keras.optimizers.SGD(0.2), loss="sparse_categorical_crossentropy")
    order = np.random.default_rng(3).permutation(22)
    theirs.fit(x[order], y[order], batch_size=5, shuffle=False, verbose=0)
    train_epoch(model, x, y, 5, 0.2, 0.02, np.random.default_rng(3))
    for ours, wanted in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=1e-6)


def test_epochs_lower_the_risk():
    model, x, y = problem()
    rng = np.random.default_rng(0)
    means = [np.mean(train_epoch(model, x, y, 5, 0.2, 0.0, rng)) for _ in range(10)]
    assert means[-1] < 0.7 * means[0]
    assert len(train_epoch(model, x, y, 5, 0.2, 0.0, rng)) == 5
