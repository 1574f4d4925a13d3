"""What `check(sparsity)` looks at (lecture 59:24).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks

sparsity_exercise = Checks("sparsity", kind="function", lecture="59:24")


def activations(rng, N=11, H=8):
    """Positive and negative values, small and large, and zeros; at least one unit in four is dead."""
    # Not 10.0**k, whose last bits differ from machine to machine.
    h = rng.normal(size=(N, H)) * rng.choice([1e-9, 1e-7, 1e-5, 1e-3, 0.1, 1.0, 10.0], size=(N, H))
    h[rng.random((N, H)) < rng.uniform(0.2, 0.6)] = 0
    units, examples = rng.permutation(H), rng.permutation(N)
    h[:, units[: H // 4]] = 0
    # an example of which every unit is off is no dead unit
    h[examples[0]] = 0
    # a unit whose values sum to 0 is not dead either
    if N > 2:
        h[:, units[-1]] = 0
        h[examples[1:3], units[-1]] = 2, -2
    return h


@sparsity_exercise.check("the share of exact zeros")
def share_of_zeros(sparsity, rng):
    # in float32, the accuracy of most answers by TensorFlow
    return {"zeros": np.float32([sparsity(activations(rng, H=H))[0] for H in (8, 5, 9, 16)])}


@sparsity_exercise.check("the share of dead units")
def share_of_dead_units(sparsity, rng):
    dead = [sparsity(activations(rng, N, H))[1] for N in (1, 2, 5, 9, 30) for H in (4, 8, 13, 17)]
    return {"dead": np.float32(dead)}


@sparsity_exercise.check("activations of a ReLU, as a tensor")
def relu_activations(sparsity, rng):
    h = np.maximum(activations(rng), 0)
    h[:, 5] = 0
    # small, but on: this unit is not dead
    h[1:4, 5] = 1e-8
    zeros, dead = sparsity(tf.constant(h, "float32"))
    return {"h": h, "zeros": np.float32(zeros), "dead": np.float32(dead)}


@sparsity_exercise.example(
    without={
        "graph": "it counts what a layer gave, outside any graph",
        "dtype": "shares are numbers of their own",
        "one": "a check of its own has one example",
    }
)
def example(sparsity, rng, N=9):
    return {"h": activations(rng, N)}, lambda h: dict(zip(("zeros", "dead"), sparsity(h), strict=True))
