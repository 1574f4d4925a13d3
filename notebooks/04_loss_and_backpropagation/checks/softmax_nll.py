"""What `check(softmax_nll)` looks at (lecture 16:10).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import BY_ITSELF, labelled_pre_activations

loss = Checks("softmax_nll", kind="function", lecture="16:10", not_yours=BY_ITSELF)


def _batch(rng, dtype="float32"):
    a, y = labelled_pre_activations(rng)
    return tf.constant(a, dtype), tf.constant(y)


def _gradient(of, a):
    with tf.GradientTape() as tape:
        tape.watch(a)
        value = of(a)
    return tape.gradient(value, a)


@loss.check("the mean loss of a batch")
def mean_loss(softmax_nll, rng):
    return {"loss": softmax_nll(*_batch(rng))}


@loss.check("its gradient", points=2)
def loss_gradient(softmax_nll, rng):
    a, y = _batch(rng)
    return {"da": _gradient(lambda a: softmax_nll(a, y), a)}


@loss.check("the gradient that reaches the loss is passed on")
def upstream_gradient(softmax_nll, rng):
    a, y = _batch(rng)
    return {"da of 3 L": _gradient(lambda a: 3 * softmax_nll(a, y), a)}


# At 200 a float32 is rounded to 1e-5, and so is whatever is computed from log sum exp(a).
@loss.check("pre-activations of any magnitude", **{"da at a + 200": 1e-4, "da at 300 a": 1e-3})
def any_magnitude(softmax_nll, rng):
    a, y = _batch(rng)
    found = {}
    for name, big in {"a + 200": a + 200, "300 a": a * 300}.items():
        found[f"loss at {name}"] = softmax_nll(big, y)
        found[f"da at {name}"] = _gradient(lambda a: softmax_nll(a, y), big)
    return found


@loss.example(without={"untouched": "tensors cannot be changed"})
def example(softmax_nll, rng, N=4, dtype="float32"):
    a, y = labelled_pre_activations(rng, N)

    def both(a, y):
        return {"loss": softmax_nll(a, y), "da": _gradient(lambda a: softmax_nll(a, y), a)}

    return {"a": tf.constant(a, dtype), "y": tf.constant(y)}, both
