"""Against Keras's own Adagrad where ε plays no role, by hand where it does, and 1/√t."""

import keras
import numpy as np

from helpers.optimizer_steps import gradients_of, problem, walk
from solutions.optimizers.adagrad import AdaGrad


def test_where_epsilon_plays_no_role_it_is_keras_own():
    starts, gradients = problem(np.random.default_rng(0), 6)
    ours = walk(AdaGrad(0.1, eps=1e-12), starts, gradients)
    keras_own = keras.optimizers.Adagrad(0.1, initial_accumulator_value=0.0, epsilon=1e-12)
    for name, value in walk(keras_own, starts, gradients).items():
        np.testing.assert_allclose(ours[name], value, rtol=1e-5, atol=1e-6)


def test_epsilon_is_added_to_the_root():
    # √(0.3² + 0.4²) is 0.5: the second step is 0.4/(0.5 + 0.3), the first 0.3/(0.3 + 0.3).
    found = walk(AdaGrad(1.0, eps=0.3), {"θ": np.zeros(1)}, {"θ": np.array([[0.3], [0.4]])})
    np.testing.assert_allclose(found["θ after step 1"], [-0.5], rtol=1e-6)
    np.testing.assert_allclose(found["θ after step 2"], [-1.0], rtol=1e-6)


def test_under_a_gradient_that_stays_the_steps_shrink_as_one_over_root_t():
    g = np.repeat(gradients_of(np.random.default_rng(1), 1, (3,)), 16, axis=0)
    found = walk(AdaGrad(0.1), {"θ": np.zeros(3)}, {"θ": g})
    for t in (4, 9, 16):
        step = found[f"θ after step {t}"] - found[f"θ after step {t - 1}"]
        np.testing.assert_allclose(step, -0.1 * np.sign(g[0]) / np.sqrt(t), rtol=1e-4)
