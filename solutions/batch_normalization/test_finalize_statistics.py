"""pooled_statistics against NumPy on everything at once; finalize_statistics against the definition, with our BatchNorm."""

import keras
import numpy as np
import pytest

from solutions.batch_normalization.batch_norm import BatchNorm
from solutions.batch_normalization.finalize_statistics import finalize_statistics, pooled_statistics


@pytest.mark.parametrize("sizes", [(7,), (4, 4, 4), (5, 5, 1), (1, 2, 3)])
def test_pooled_equals_everything_at_once(sizes):
    rng = np.random.default_rng(len(sizes))
    batches = [rng.normal(size=(n, 3)) * 2 + 5 * i for i, n in enumerate(sizes)]
    mu, var = pooled_statistics(iter(batches))
    everything = np.concatenate(batches)
    np.testing.assert_allclose(mu, everything.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(var, everything.var(axis=0), rtol=1e-12)


def test_two_batches_by_hand():
    # 0, 2 and 10: mean 4, squared deviations 16, 4 and 36
    mu, var = pooled_statistics([np.array([[0.0], [2.0]]), np.array([[10.0]])])
    assert (mu.item(), var.item()) == (4.0, pytest.approx(56 / 3))


def test_every_batchnorm_gives_the_training_set_mean_0_and_deviation_1():
    keras.utils.set_random_seed(0)
    norms = [BatchNorm(eps=1e-6), BatchNorm(eps=1e-6)]
    dense = keras.layers.Dense
    model = keras.Sequential(
        [keras.Input((3,)), dense(4), norms[0], keras.layers.Dropout(0.5), dense(5), norms[1]]
    )
    x = np.random.default_rng(1).normal(size=(50, 3)).astype("float32") * 3 + 1
    finalize_statistics(model, x, size=16)
    h = x
    for layer in model.layers:
        h = layer(h, training=False)
        if layer in norms:
            np.testing.assert_allclose(np.mean(h, axis=0), 0, atol=1e-5)
            np.testing.assert_allclose(np.std(h, axis=0), 1, atol=1e-4)
