"""Against a hand computation, and central differences of L + λΩ in float64."""

import numpy as np

from solutions.risk_and_sgd.decay_step import decay_step


def test_one_weight_by_hand():
    # w = 3, dL/dw = 5, α = 0.1, λ = 0.5: ∇Ω = 6, Δ = -5 - 3 = -8, factor 1 - 0.1 = 0.9, w + αΔ = 2.2
    np.testing.assert_allclose(decay_step(3.0, 5.0, 0.1, 0.5), (6.0, -8.0, 0.9, 2.2), rtol=1e-12)


def test_the_direction_is_the_negative_gradient_of_loss_and_penalty():
    rng = np.random.default_rng(0)
    w, target, lam, eps = rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), 0.3, 1e-6

    def risk(w):
        return ((w - target) ** 4).sum() + lam * (w**2).sum()

    delta = decay_step(w, 4 * (w - target) ** 3, 0.1, lam)[1]
    for i in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[i] = eps
        np.testing.assert_allclose(-(risk(w + step) - risk(w - step)) / (2 * eps), delta[i], rtol=1e-7)


def test_both_forms_of_the_step_agree():
    rng = np.random.default_rng(1)
    w, dw = rng.normal(size=(2, 4, 3))
    _, delta, shrink, new = decay_step(w, dw, 0.2, 0.7)
    np.testing.assert_allclose(new, shrink * w - 0.2 * dw, rtol=1e-12)
    np.testing.assert_allclose(new, w + 0.2 * delta, rtol=1e-12)
