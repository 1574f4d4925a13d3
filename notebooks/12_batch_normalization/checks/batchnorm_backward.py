"""What `check(batchnorm_backward)` looks at (lecture 58:20).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, entries, short, uneven_units

backward = Checks("batchnorm_backward", kind="gradient", lecture="58:20", not_yours=BY_ITSELF)


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
