"""What `check(decay_step)` looks at (lecture 29:50).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks

decay = Checks("decay_step", kind="function", lecture="29:50")


def drawn(rng, dtype="float64"):
    """w, dw, lr and lam; lr and lam are far larger than in training, so that no term hides behind another.

    float32 holds both and their product to the last digit: `tf.cast(lr, w.dtype)` goes through it.
    """
    w, dw = (tf.constant(rng.normal(size=(4, 3)), dtype) for _ in range(2))
    return w, dw, float(rng.integers(103, 308) / 1024), float(rng.integers(512, 922) / 1024)


def beyond_zero(rng):
    """As `drawn`, but αλ is above one half: the penalty alone takes every weight past 0."""
    w, dw, _, lam = drawn(rng)
    return w, dw, float(rng.integers(1280, 2049) / 1024), lam


@decay.check("∇Ω")
def penalty_gradient(decay_step, rng):
    w, dw, lr, lam = drawn(rng)
    return {"dOmega": decay_step(w, dw, lr, lam)[0], **landmarks(w=w, dw=dw, lr=lr, lam=lam)}


@decay.check("Δ, the direction of the step")
def step_direction(decay_step, rng):
    w, dw, lr, lam = drawn(rng)
    return {"delta": decay_step(w, dw, lr, lam)[1], **landmarks(w=w, dw=dw, lr=lr, lam=lam)}


# it may come in float32
@decay.check("the factor by which a weight shrinks", shrink=1e-5)
def shrink_factor(decay_step, rng):
    cases = [drawn(rng) for _ in range(4)] + [beyond_zero(rng) for _ in range(2)]
    return {"shrink": [np.asarray(decay_step(*case)[2], "float64") for case in cases]}


@decay.check("the new weights")
def new_weights(decay_step, rng):
    w, dw, lr, lam = drawn(rng)
    far = decay_step(*beyond_zero(rng))[3]
    return {
        "new": decay_step(w, dw, lr, lam)[3],
        "new, αλ above one half": far,
        **landmarks(w=w, dw=dw, lr=lr, lam=lam),
    }


@decay.check("five steps, the gradient another at each", points=2)
def five_steps(decay_step, rng):
    w, _, lr, lam = drawn(rng, "float32")
    path = [w]
    for _ in range(5):
        dw = tf.constant(rng.normal(size=w.shape), "float32")
        path.append(decay_step(path[-1], dw, lr, lam)[3])
    return {"w after each step": path}


@decay.example(
    without={
        "untouched": "tensors cannot be changed",
        "graph": "the loop of training stands outside any graph",
        "one": "weights are no examples",
    },
)
def example(decay_step, rng, N=4, dtype="float32"):
    w, dw = (tf.constant(rng.normal(size=(N, 3)), dtype) for _ in range(2))

    def tensors(w, dw):
        dOmega, delta, _, new = decay_step(w, dw, 0.25, 0.75)
        return {"dOmega": dOmega, "delta": delta, "new": new}

    return {"w": w, "dw": dw}, tensors
