"""Against Keras's own RMSprop where ε plays no role, and by hand where it does."""

import keras
import numpy as np

from helpers.optimizer_steps import gradients_of, problem, walk
from solutions.optimizers.rmsprop import RMSProp


def test_where_epsilon_plays_no_role_it_is_keras_own():
    starts, gradients = problem(np.random.default_rng(0), 6)
    ours = walk(RMSProp(0.1, beta=0.7, eps=1e-12), starts, gradients)
    keras_own = keras.optimizers.RMSprop(0.1, rho=0.7, epsilon=1e-12)
    for name, value in walk(keras_own, starts, gradients).items():
        np.testing.assert_allclose(ours[name], value, rtol=1e-4, atol=1e-5)


def test_epsilon_is_added_to_the_root():
    # v = (1 - 0.75)·0.4² = 0.2², so the step is 0.4/(0.2 + 0.6).
    found = walk(RMSProp(1.0, beta=0.75, eps=0.6), {"θ": np.zeros(1)}, {"θ": np.array([[0.4]])})
    np.testing.assert_allclose(found["θ after step 1"], [-0.5], rtol=1e-6)


def test_under_a_gradient_that_stays_the_steps_end_at_the_rate():
    g = np.repeat(gradients_of(np.random.default_rng(1), 1, (3,)), 30, axis=0)
    found = walk(RMSProp(0.1, beta=0.5), {"θ": np.zeros(3)}, {"θ": g})
    first, last = found["θ after step 1"], found["θ after step 30"] - found["θ after step 29"]
    np.testing.assert_allclose(first, -0.1 * np.sign(g[0]) / np.sqrt(0.5), rtol=1e-4)
    np.testing.assert_allclose(last, -0.1 * np.sign(g[0]), rtol=1e-4)
