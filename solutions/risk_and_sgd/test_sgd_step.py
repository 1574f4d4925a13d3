"""Against Keras's own SGD, and central differences."""

import keras
import numpy as np

from solutions.risk_and_sgd.regularized_risk import regularized_risk
from solutions.risk_and_sgd.sgd_step import sgd_step


def problem(seed=0):
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    decay = keras.regularizers.L2(0.1)
    model = keras.Sequential(
        [
            keras.layers.Dense(5, "tanh", kernel_regularizer=decay),
            keras.layers.Dense(3, "softmax", kernel_regularizer=decay),
        ]
    )
    model.build((None, 4))
    return model, rng.normal(size=(8, 4)).astype("float32"), rng.integers(3, size=8)


def test_a_step_is_a_step_of_keras_own_sgd():
    model, x, y = problem()
    theirs, _, _ = problem()
    theirs.compile(keras.optimizers.SGD(0.3), loss="sparse_categorical_crossentropy")
    expected = theirs.train_on_batch(x, y)
    np.testing.assert_allclose(sgd_step(model, x, y, 0.3, 0.1), expected, rtol=1e-5)
    for ours, wanted in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=1e-6)


def test_the_step_goes_against_the_measured_slope():
    model, x, y = problem(1)
    W = model.trainable_variables[0]
    # float32: a smaller ε drowns in rounding
    before, eps = W.numpy(), 1e-2
    slopes = []
    for sign in (1, -1):
        W.assign(
            before + sign * eps * np.eye(4, 5, dtype="float32")[[1]] * np.eye(4, dtype="float32")[:, [1]]
        )
        slopes.append(float(regularized_risk(model, x, y, 0.1)))
    W.assign(before)
    sgd_step(model, x, y, 0.5, 0.1)
    np.testing.assert_allclose(
        W[1, 1] - before[1, 1], -0.5 * (slopes[0] - slopes[1]) / (2 * eps), rtol=1e-2, atol=1e-4
    )


def test_small_steps_lower_the_risk():
    model, x, y = problem(2)
    risks = [float(sgd_step(model, x, y, 0.05, 0.1)) for _ in range(20)]
    assert all(np.diff(risks) < 0)
