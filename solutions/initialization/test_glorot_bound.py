"""Against Keras's own initializer and simulated layers."""

import keras
import numpy as np
import pytest

from solutions.initialization.glorot_bound import glorot_bound


@pytest.mark.parametrize(("H_in", "H_out"), [(400, 50), (50, 400), (100, 100)])
def test_keras_draws_reach_just_as_far(H_in, H_out):
    forward, backward, both, r = glorot_bound(H_in, H_out)
    W = np.asarray(keras.initializers.GlorotUniform(seed=0)((H_in, H_out)))
    assert 0.99 * r < np.abs(W).max() <= r * (1 + 1e-6)
    # at least 10,000 values: a deviation of about 1 %
    np.testing.assert_allclose(W.var(), both, rtol=0.05)
    assert min(forward, backward) <= both <= max(forward, backward)


def test_each_wish_is_granted_by_its_variance():
    rng = np.random.default_rng(0)
    H_in, H_out = 300, 40
    forward, backward, _, _ = glorot_bound(H_in, H_out)
    h, da = rng.normal(size=(2000, H_in)), rng.normal(size=(2000, H_out))
    W = rng.normal(size=(H_in, H_out))
    np.testing.assert_allclose(np.var(h @ W * np.sqrt(forward)), 1, rtol=0.1)
    np.testing.assert_allclose(np.var(da @ W.T * np.sqrt(backward)), 1, rtol=0.1)
