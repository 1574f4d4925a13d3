"""Against Keras's own Adam where ε plays no role, and by hand where it does."""

import keras
import numpy as np

from helpers.optimizer_steps import problem, walk
from solutions.optimizers.adam import Adam


def test_where_epsilon_plays_no_role_it_is_keras_own():
    starts, gradients = problem(np.random.default_rng(0), 6)
    ours = walk(Adam(0.1, beta1=0.8, beta2=0.95, eps=1e-12), starts, gradients)
    keras_own = keras.optimizers.Adam(0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-12)
    for name, value in walk(keras_own, starts, gradients).items():
        np.testing.assert_allclose(ours[name], value, rtol=1e-4, atol=1e-5)


def test_two_steps_by_hand():
    # g = 1, then 0, with β₁ = 1/2, β₂ = 3/4, ε = 1.
    # Step 1: m̂ = 1, v̂ = 1, so 1/(1 + 1). Step 2: m̂ = (1/4)/(3/4), v̂ = (3/16)/(7/16).
    optimizer = Adam(1.0, beta1=0.5, beta2=0.75, eps=1.0)
    found = walk(optimizer, {"θ": np.zeros(1)}, {"θ": np.array([[1.0], [0.0]])})
    np.testing.assert_allclose(found["θ after step 1"], [-0.5], rtol=1e-6)
    second = (1 / 3) / (np.sqrt(3 / 7) + 1)
    np.testing.assert_allclose(found["θ after step 2"], [-0.5 - second], rtol=1e-6)


def test_the_first_step_has_the_length_of_the_rate_however_large_the_gradient():
    start, g = {"θ": np.zeros(4)}, np.array([[0.001, 1.0, -50.0, 1e6]])
    found = walk(Adam(0.1), start, {"θ": g})
    # ε = 10⁻⁷ is a ten-thousandth of the smallest; float32 knows 1 - 0.999 to five digits.
    np.testing.assert_allclose(found["θ after step 1"], -0.1 * np.sign(g[0]), rtol=2e-4)
