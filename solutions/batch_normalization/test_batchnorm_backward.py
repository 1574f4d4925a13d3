"""batchnorm_backward against tf.GradientTape and against central differences in float64."""

import numpy as np
import pytest
import tensorflow as tf

from solutions.batch_normalization.batchnorm_backward import batchnorm_backward, problem


def loss(da_tilde, a, gamma, beta, eps):
    """A loss whose gradient with respect to a_tilde is da_tilde."""
    mu, var = tf.nn.moments(a, [0])
    return tf.reduce_sum(tf.nn.batch_normalization(a, mu, var, beta, gamma, eps) * da_tilde)


@pytest.mark.parametrize("seed", range(4))
def test_inputs_and_parameters_get_the_gradients_of_the_tape(seed):
    da_tilde, a, gamma, eps = problem(np.random.default_rng(seed))
    found = batchnorm_backward(da_tilde, a, gamma, eps)
    tensors = [tf.constant(v) for v in (a, gamma, np.zeros_like(gamma))]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = loss(da_tilde, *tensors, eps)
    for key, expected in zip(("da", "dgamma", "dbeta"), tape.gradient(value, tensors), strict=True):
        np.testing.assert_allclose(found[key], expected, rtol=1e-9, atol=1e-12)


def test_intermediate_gradients_are_central_differences():
    da_tilde, a, gamma, eps = problem(np.random.default_rng(5))
    found = batchnorm_backward(da_tilde, a, gamma, eps)
    mu, var, step = a.mean(axis=0), a.var(axis=0), 1e-6

    def value(mu, var):
        """The loss with mu and var free: gamma and da_tilde as they are, beta 0."""
        # one sum for each unit
        return (da_tilde * gamma * (a - mu) / np.sqrt(var + eps)).sum(axis=0)

    dmu = (value(mu + step, var) - value(mu - step, var)) / (2 * step)
    dvar = (value(mu, var + step) - value(mu, var - step)) / (2 * step)
    np.testing.assert_allclose(found["dmu"], dmu, rtol=1e-7)
    np.testing.assert_allclose(found["dvar"], dvar, rtol=1e-7)


def test_shifting_or_stretching_the_batch_changes_nothing():
    da_tilde, a, gamma, _ = problem(np.random.default_rng(6))
    da = batchnorm_backward(da_tilde, a, gamma, 0.0)["da"]
    # no gradient along a shift of all examples
    np.testing.assert_allclose(da.sum(axis=0), 0, atol=1e-12)
    # nor, without eps, along a stretch
    np.testing.assert_allclose((da * a).sum(axis=0), 0, atol=1e-12)
