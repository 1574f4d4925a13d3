"""Against Keras's own SGD where the rate stays, and the lecture's two lines in NumPy where it changes."""

import keras
import numpy as np

from helpers.optimizer_steps import gradients_of, problem, walk
from solutions.optimizers.momentum import Momentum


def test_with_a_rate_that_stays_it_is_keras_own():
    starts, gradients = problem(np.random.default_rng(0), 6)
    ours = walk(Momentum(0.1, beta=0.7), starts, gradients)
    theirs = walk(keras.optimizers.SGD(0.1, momentum=0.7), starts, gradients)
    for name, value in theirs.items():
        np.testing.assert_allclose(ours[name], value, rtol=1e-5, atol=1e-6)


def test_with_a_rate_that_changes_it_is_the_lectures_and_not_keras_own():
    starts, gradients = problem(np.random.default_rng(1), 5)
    rates = [0.4, 0.1, 0.2, 0.05, 0.1]
    ours = walk(Momentum(1.0, beta=0.6), starts, gradients, rates)
    theirs = walk(keras.optimizers.SGD(1.0, momentum=0.6), starts, gradients, rates)
    W, delta = starts["W"].astype("float64"), 0.0
    for lr, g in zip(rates, gradients["W"], strict=True):
        delta = -g + 0.6 * delta
        W = W + lr * delta
    np.testing.assert_allclose(ours["W after step 5"], W, rtol=1e-5, atol=1e-6)
    assert np.abs(theirs["W after step 5"] - W).max() > 0.05


def test_a_gradient_that_stays_is_followed_up_to_one_over_one_minus_beta_times_as_fast():
    g = np.repeat(gradients_of(np.random.default_rng(2), 1, (3,)), 60, axis=0)
    found = walk(Momentum(0.1, beta=0.8), {"θ": np.zeros(3)}, {"θ": g})
    last = found["θ after step 60"] - found["θ after step 59"]
    # 0.8 to the 60th is 1.5·10⁻⁶; θ is near 30, where float32 knows six digits of it.
    np.testing.assert_allclose(last, -0.1 * g[0] / (1 - 0.8), rtol=1e-4)
