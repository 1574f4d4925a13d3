"""Against the optimizers themselves, step by step."""

import numpy as np
import pytest

from helpers.optimizer_steps import walk
from solutions.optimizers.adagrad import AdaGrad
from solutions.optimizers.adam import Adam
from solutions.optimizers.momentum import Momentum
from solutions.optimizers.rmsprop import RMSProp
from solutions.optimizers.step_lengths import step_lengths

BETA, G = 0.7, -2.5
OPTIMIZERS = {
    "Momentum": Momentum(1.0, beta=BETA),
    "AdaGrad": AdaGrad(1.0, eps=1e-12),
    "RMSProp": RMSProp(1.0, beta=BETA, eps=1e-12),
    "Adam": Adam(1.0, beta1=BETA, beta2=BETA, eps=1e-12),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_closed_form_is_what_the_optimizer_does(name):
    found = walk(OPTIMIZERS[name], {"θ": np.zeros(1)}, {"θ": np.full((6, 1), G)})
    places = [0.0, *(float(found[f"θ after step {t}"][0]) for t in range(1, 7))]
    np.testing.assert_allclose(
        np.abs(np.diff(places)), step_lengths(G, BETA, np.arange(1, 7))[name], rtol=1e-4
    )
