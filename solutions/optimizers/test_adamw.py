"""Against Keras's own AdamW, whose decay is 2λ, and by hand."""

import keras
import numpy as np

from helpers.optimizer_steps import problem, walk
from solutions.optimizers.adamw import AdamW


def test_it_is_keras_own_where_the_biases_are_excluded_and_epsilon_plays_no_role():
    starts, gradients = problem(np.random.default_rng(0), 5)
    ours = walk(AdamW(0.1, lam=0.2, beta1=0.8, beta2=0.95, eps=1e-12), starts, gradients)
    settings = {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-12}
    decaying = keras.optimizers.AdamW(0.1, weight_decay=0.4, **settings)
    staying = keras.optimizers.AdamW(0.1, weight_decay=0.0, **settings)
    theirs = {}
    for name, optimizer in (("W", decaying), ("b", staying)):
        theirs |= walk(optimizer, {name: starts[name]}, {name: gradients[name]})
    for name, value in theirs.items():
        np.testing.assert_allclose(ours[name], value, rtol=1e-4, atol=1e-5)


def test_without_a_gradient_a_weight_keeps_a_share_of_itself():
    start = {"W": np.ones((2, 2)), "b": np.ones(2)}
    none = {"W": np.zeros((3, 2, 2)), "b": np.zeros((3, 2))}
    found = walk(AdamW(0.5, lam=0.25), start, none)
    np.testing.assert_allclose(found["W after step 3"], np.full((2, 2), 0.75**3), rtol=1e-6)
    np.testing.assert_array_equal(found["b after step 3"], [1, 1])
