"""Against problems whose outcome is known: noise in many dimensions, a contradiction, no budget."""

import keras
import numpy as np
import pytest

from solutions.debugging_a_network.overfit_50 import overfit_50


def linear(D, C=4):
    def build():
        model = keras.Sequential([keras.Input((D,)), keras.layers.Dense(C, "softmax")])
        build.made.append(model)
        return model

    build.made = []
    return build


def test_noise_in_many_dimensions_is_learned_by_heart_and_nothing_else():
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x, y, build = rng.normal(size=(400, 200)).astype("float32"), rng.integers(4, size=400), linear(200)
    fitted, taken, rows = overfit_50(build, x, y, rng, lr=1.0)
    (model,) = build.made
    right = np.argmax(model(x), axis=1) == y
    assert fitted
    assert 0 < taken < 300
    assert len(set(rows.tolist())) == 50
    assert right[rows].all()
    # by chance one in four
    assert np.delete(right, rows).mean() < 0.5


def test_a_contradiction_is_never_learned():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(50, 60)), rng.integers(4, size=50)
    x[1], y[1] = x[0], (y[0] + 1) % 4
    fitted, taken, _ = overfit_50(linear(60), x, y, rng, lr=1.0, steps=30)
    assert (fitted, taken) == (False, 30)


@pytest.mark.parametrize("fewer", [0, 1])
def test_the_budget_that_is_just_enough_is_enough(fewer):
    def outcome(steps):
        keras.utils.set_random_seed(2)
        rng = np.random.default_rng(2)
        x, y = rng.normal(size=(50, 60)), rng.integers(4, size=50)
        return overfit_50(linear(60), x, y, rng, steps=steps)[:2]

    _, needed = outcome(300)
    assert outcome(needed - fewer) == (not fewer, needed - fewer)
