"""batchnorm_backward: the gradient of batch normalization, through the batch's mean and variance as well."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, entries, short, uneven_units

backward = Exercise(
    "batchnorm_backward",
    kind="gradient",
    lecture="58:20",
    not_yours=BY_ITSELF,
)


@backward.reference
def batchnorm_backward(da_tilde, a, gamma, eps):
    """Gradients of batch normalization in training, one line of the derivation at a time.

    forward:   mu = mean of a,   var = mean of (a - mu)^2,   both over the batch
               a_hat = (a - mu) / sqrt(var + eps),   a_tilde = gamma * a_hat + beta
    backward:  a reaches the loss by three ways: directly, through var, and through mu      (lecture 58:20)

    By hand, without a tape.

    Args:
        da_tilde: gradient of the loss with respect to a_tilde, (N, H).    a: pre-activations (N, H).
        gamma: (H,).    eps: a number.    All float64.
    Returns:
        A dict of gradients, each of the shape of its value, in this order:
        "dgamma", "dbeta", "da_hat", "dvar", "dmu", "da".
    """
    ### BEGIN SOLUTION
    N = len(a)
    mu, var = a.mean(axis=0), a.var(axis=0)
    root = np.sqrt(var + eps)
    a_hat = (a - mu) / root
    dgamma = (da_tilde * a_hat).sum(axis=0)
    dbeta = da_tilde.sum(axis=0)
    da_hat = da_tilde * gamma
    dvar = -(da_hat * (a - mu)).sum(axis=0) / (2 * root**3)
    dmu = -da_hat.sum(axis=0) / root
    da = da_hat / root + dvar * 2 * (a - mu) / N + dmu / N
    return {"dgamma": dgamma, "dbeta": dbeta, "da_hat": da_hat, "dvar": dvar, "dmu": dmu, "da": da}
    ### END SOLUTION


def problem(rng, N=7, H=5):
    """An upstream gradient, pre-activations of several scales, gamma, and an eps that shows."""
    a = uneven_units(rng, N, H, widest=2)
    return rng.normal(size=(N, H)), a, rng.uniform(0.5, 2, H), short(rng.uniform(0.1, 0.5))


def looked_at(batchnorm_backward, inputs, *names):
    """Some gradients, and beside them what a wrong answer may have put in their place."""
    da_tilde, a, gamma, eps = inputs
    centred, root = a - a.mean(axis=0), np.sqrt(a.var(axis=0) + eps)
    marks = landmarks(
        da_tilde=da_tilde, a=a, centred=centred, a_hat=centred / root, gamma=gamma, root=root, examples=len(a)
    )
    return {**entries(batchnorm_backward(*inputs), *names), **marks}


@backward.check("line 1: dgamma")
def line_1_dgamma(batchnorm_backward, rng):
    return looked_at(batchnorm_backward, problem(rng), "dgamma")


@backward.check("line 2: dbeta")
def line_2_dbeta(batchnorm_backward, rng):
    return looked_at(batchnorm_backward, problem(rng), "dbeta")


@backward.check("line 3: da_hat")
def line_3_da_hat(batchnorm_backward, rng):
    return looked_at(batchnorm_backward, problem(rng), "da_hat")


@backward.check("line 4: dvar")
def line_4_dvar(batchnorm_backward, rng):
    return looked_at(batchnorm_backward, problem(rng), "dvar")


@backward.check("line 5: dmu")
def line_5_dmu(batchnorm_backward, rng):
    return looked_at(batchnorm_backward, problem(rng), "dmu")


@backward.check("line 6: da, by all three ways", points=2)
def line_6_da(batchnorm_backward, rng):
    return looked_at(batchnorm_backward, problem(rng), "da")


@backward.example(without={"dtype": "all of it is in float64"})
def example(batchnorm_backward, rng, N=7, H=5):
    da_tilde, a, gamma, eps = problem(rng, N, H)
    inputs = {"da_tilde": da_tilde, "a": a, "gamma": gamma}
    return inputs, lambda **given: batchnorm_backward(**given, eps=eps)


backward.misconception(
    "mu and var are taken for constants",
    (" + dvar * 2 * (a - mu) / N + dmu / N", ""),
    advice="mu and var move with every example of the batch. Add the ways through them: dvar * d var/d a and dmu * d mu/d a.",
)
backward.misconception(
    "the way through mu is missing",
    (" / N + dmu / N", " / N"),
    advice="d mu / d a_i = 1/N for each example: add dmu / N.",
)
backward.misconception(
    "the way through var is missing",
    (" + dvar * 2 * (a - mu) / N", ""),
    advice="d var / d a_i = 2 (a_i - mu) / N for each example: add dvar times that.",
)
backward.misconception(
    "the direct way is missing",
    ("da = da_hat / root + dvar", "da = dvar"),
    advice="a stands in a_hat itself, too: add da_hat / sqrt(var + eps) to the ways through var and mu.",
)
backward.misconception(
    "the 2 of the square's derivative is forgotten",
    ("dvar * 2 * (a - mu)", "dvar * (a - mu)"),
    advice="var is a mean of squares: d var / d a_i = 2 (a_i - mu) / N.",
)
backward.misconception(
    "the one half in dvar is forgotten",
    ("(2 * root**3)", "root**3"),
    advice="The derivative of (var + eps)^(-1/2) is -1/2 (var + eps)^(-3/2): the half stays.",
)
backward.misconception(
    "dmu is averaged over the batch",
    ("dmu = -da_hat.sum(axis=0)", "dmu = -da_hat.mean(axis=0)"),
    advice="mu acts on every example, so dmu is a sum over them. The 1/N belongs to the next step, from mu to a.",
)
backward.misconception(
    "dmu is not divided by the root",
    ("dmu = -da_hat.sum(axis=0) / root", "dmu = -da_hat.sum(axis=0)"),
    advice="a_hat = (a - mu) / sqrt(var + eps), so each example brings -da_hat / sqrt(var + eps).",
)
backward.misconception(
    "the 1/N of the batch's mean is forgotten",
    ("dvar * 2 * (a - mu) / N + dmu / N", "dvar * 2 * (a - mu) + dmu"),
    advice="mu and var are means: each example moves them by one N-th of what it moves itself.",
)
backward.misconception(
    "the 1/N of the way through var is forgotten",
    ("dvar * 2 * (a - mu) / N", "dvar * 2 * (a - mu)"),
    advice="var is a mean, too: d var / d a_i = 2 (a_i - mu) / N.",
)
backward.misconception(
    "the 1/N of the way through mu is forgotten",
    (" / N + dmu / N", " / N + dmu"),
    advice="mu is a mean: d mu / d a_i = 1/N for each example.",
)
backward.misconception(
    "the way through var divides by N - 1",
    ("dvar * 2 * (a - mu) / N", "dvar * 2 * (a - mu) / (N - 1)"),
    advice="var divides by N in the forward pass, and so does its derivative: 2 (a_i - mu) / N.",
)
backward.misconception(
    "the variance divides by N - 1",
    ("a.var(axis=0)", "a.var(axis=0, ddof=1)"),
    lecture="54:33",
    advice="var is the mean of the squared deviations: divide by N, as in the forward pass above.",
)
backward.misconception(
    "the power of the root in dvar is 1, not 3",
    ("root**3", "root"),
    advice="The derivative of (var + eps)^(-1/2) is -1/2 (var + eps)^(-3/2): the root's third power stands below.",
)
backward.misconception(
    "the root is raised to 3/2, as if it were var + eps",
    source=backward.edited(("root**3", "root**1.5")),
    advice="(var + eps)^(-3/2) is sqrt(var + eps)^(-3): the one half is in the root already.",
)
backward.misconception(
    "the sign of dvar",
    ("dvar = -(", "dvar = ("),
    advice="A larger variance makes a_hat smaller: the derivative of (var + eps)^(-1/2) is negative.",
)
backward.misconception(
    "dvar sums before it multiplies",
    ("(da_hat * (a - mu)).sum(axis=0)", "da_hat.sum(axis=0) * (a - mu).sum(axis=0)"),
    advice="Multiply example by example and sum then: the deviations by themselves always sum to 0.",
)
backward.misconception(
    "the sign of dmu",
    ("dmu = -da_hat", "dmu = da_hat"),
    advice="mu is subtracted, so its gradient has a minus.",
)
backward.misconception(
    "gamma is forgotten in da_hat",
    ("da_hat = da_tilde * gamma", "da_hat = da_tilde"),
    advice="a_tilde = gamma * a_hat + beta, so da_hat = da_tilde * gamma.",
)
backward.misconception(
    "dgamma multiplies by a, not by a_hat",
    ("(da_tilde * a_hat).sum", "(da_tilde * a).sum"),
    advice="gamma multiplies a_hat. Its gradient is the sum over the batch of da_tilde * a_hat.",
)
backward.misconception(
    "dgamma and dbeta are averaged over the batch",
    ("(da_tilde * a_hat).sum(", "(da_tilde * a_hat).mean("),
    ("dbeta = da_tilde.sum(", "dbeta = da_tilde.mean("),
    advice="gamma and beta act on every example, so their gradients are sums. The loss's own 1/N is in da_tilde already.",
)
backward.misconception(
    "eps is forgotten",
    ("np.sqrt(var + eps)", "np.sqrt(var)"),
    advice="The forward pass divides by sqrt(var + eps); so does every line of the backward pass.",
)
backward.misconception(
    "eps stands outside the square root",
    ("np.sqrt(var + eps)", "(np.sqrt(var) + eps)"),
    lecture="54:33",
    advice="Add eps to the variance, before the root: sqrt(var + eps).",
)


@backward.alternative
def in_one_line(da_tilde, a, gamma, eps):
    deviation = a - np.mean(a, 0)
    inverse = (np.mean(deviation**2, 0) + eps) ** -0.5
    a_hat, da_hat = deviation * inverse, gamma * da_tilde
    mean = np.mean(da_hat, 0)
    return {
        "da": inverse * (da_hat - mean - a_hat * np.mean(da_hat * a_hat, 0)),
        "da_hat": da_hat,
        "dvar": -0.5 * inverse**3 * np.einsum("nh,nh->h", da_hat, deviation),
        "dmu": -len(a) * inverse * mean,
        "dgamma": np.einsum("nh,nh->h", da_tilde, a_hat),
        "dbeta": np.ones(len(a)) @ da_tilde,
    }


@backward.alternative
def by_tensorflow(da_tilde, a, gamma, eps):
    mu, N = tf.reduce_mean(a, axis=0), a.shape[0]
    var = tf.reduce_mean((a - mu) ** 2, axis=0)
    da_hat = tf.multiply(da_tilde, gamma)
    dvar = tf.reduce_sum(da_hat * (a - mu), axis=0) * -0.5 * tf.pow(var + eps, -1.5)
    dmu = -tf.reduce_sum(da_hat, 0) * tf.math.rsqrt(var + eps) + dvar * tf.reduce_mean(-2 * (a - mu), 0)
    return {
        "dgamma": tf.reduce_sum(da_tilde * (a - mu) * tf.math.rsqrt(var + eps), 0),
        "dbeta": tf.reduce_sum(da_tilde, 0),
        "da_hat": da_hat,
        "dvar": dvar,
        "dmu": dmu,
        "da": da_hat * tf.math.rsqrt(var + eps) + (2 * dvar * (a - mu) + dmu) / N,
    }
