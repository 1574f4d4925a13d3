"""draw, with SciPy's and NumPy's measures."""

import numpy as np

from solutions.hyperparameter_search.distributions import uniform
from solutions.hyperparameter_search.draw import draw

N = 4000


def test_what_is_fixed_stays():
    space = {"lr": uniform(0, 1), "epochs": 20}
    settings = draw(space, np.random.default_rng(0))
    assert settings["epochs"] == 20
    assert 0 <= settings["lr"] <= 1
    assert callable(space["lr"])


def test_a_function_that_was_drawn_is_the_value():
    settings = draw({"activation": lambda rng: np.tanh}, np.random.default_rng(0))
    assert settings["activation"] is np.tanh


def test_hyperparameters_have_nothing_to_do_with_each_other():
    rng = np.random.default_rng(0)
    space = {"a": uniform(0, 1), "b": uniform(0, 1)}
    drawn = np.array([list(draw(space, rng).values()) for _ in range(N)])
    # five deviations of the correlation of independent numbers
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 5 / np.sqrt(N)
