"""Networks side by side: each is what one network would be."""

import numpy as np
import pytest

from helpers.side_by_side import Networks


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(7, 4)).astype("float32"), rng.integers(3, size=7)


def test_the_gradient_is_that_of_finite_differences(examples):
    x, y = examples
    networks = Networks(2, D=4, H=5, C=3, seed=1)
    # float64, so that a difference of losses has enough digits
    networks.theta = [parameter.astype("float64") for parameter in networks.theta]
    gradients = networks.gradient(x, y)
    for parameter, gradient in zip(networks.theta, gradients, strict=True):
        place = (1, 0, parameter.shape[2] - 1)
        before = parameter[place]
        losses = []
        for eps in (1e-4, -1e-4):
            parameter[place] = before + eps
            losses.append(networks.loss(x, y)[1])
        parameter[place] = before
        assert (losses[0] - losses[1]) / 2e-4 == pytest.approx(gradient[place], rel=1e-3, abs=1e-6)


def test_each_network_steps_with_its_own_rate(examples):
    x, y = examples
    networks = Networks(2, D=4, H=5, C=3)
    before = [parameter.copy() for parameter in networks.theta]
    gradients = networks.gradient(x, y)
    networks.step(x, y, lr=[0.0, 0.5])
    for old, new, gradient in zip(before, networks.theta, gradients, strict=True):
        np.testing.assert_array_equal(new[0], old[0])
        np.testing.assert_allclose(new[1], old[1] - 0.5 * gradient[1], rtol=1e-5, atol=1e-7)


def test_they_begin_differently_and_a_seed_repeats_them(examples):
    x, _ = examples
    one, again = Networks(2, D=4, H=5, C=3, seed=3), Networks(2, D=4, H=5, C=3, seed=3)
    np.testing.assert_array_equal(one.f(x), again.f(x))
    first, second = one.f(x)
    assert np.abs(first - second).max() > 0.01


def test_an_epoch_learns_and_probabilities_sum_to_one(examples):
    x, y = examples
    networks = Networks(3, D=4, H=30, C=3)
    before = networks.loss(x, y)
    for _ in range(300):
        networks.epoch(x, y, lr=0.3, size=7)
    assert np.all(networks.loss(x, y) < 0.1 * before)
    assert networks.right(x, y).all()
    np.testing.assert_allclose(networks.f(x).sum(-1), 1, rtol=1e-5)
