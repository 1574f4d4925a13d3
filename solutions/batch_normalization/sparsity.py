"""sparsity: how many activations are exactly zero, and how many units are never anything else."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise

sparsity_exercise = Exercise("sparsity", kind="function", lecture="59:24")


@sparsity_exercise.reference
def sparsity(h):
    """Measure how sparse a layer's activations are.

    zeros = share of the N * H activations that are exactly 0      (lecture 59:24)
    dead  = share of the H units that are 0 for every example of the batch

    Args:
        h: activations (N, H), an array or a tensor.
    Returns:
        zeros, dead: two numbers between 0 and 1.
    """
    ### BEGIN SOLUTION
    off = np.asarray(h) == 0
    return off.mean(), off.all(axis=0).mean()
    ### END SOLUTION


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


sparsity_exercise.misconception(
    "small values count as zeros",
    ("np.asarray(h) == 0", "np.abs(np.asarray(h)) < 1e-6"),
    advice="ReLU gives exact zeros: compare with == 0. A small activation still carries information and a gradient.",
)
sparsity_exercise.misconception(
    "what np.isclose takes for 0 counts as 0",
    source=sparsity_exercise.edited(("np.asarray(h) == 0", "np.isclose(np.asarray(h), 0)")),
    advice="It lets everything below 0.00000001 pass. ReLU gives exact zeros: here, for once, compare floats with == 0.",
)
sparsity_exercise.misconception(
    "negative values count as zeros",
    ("np.asarray(h) == 0", "np.asarray(h) <= 0"),
    advice="A negative activation (of tanh, say) is not off. Compare with == 0.",
)
sparsity_exercise.misconception(
    "the share that is on, not off",
    ("off.mean(), off", "1 - off.mean(), off"),
    advice="Sparsity is the share of zeros. You have counted the others.",
)
sparsity_exercise.misconception(
    "a unit that is ever off counts as dead",
    ("off.all(", "off.any("),
    advice="A dead unit is off for every example of the batch; being off for some is what makes a code sparse.",
)
sparsity_exercise.misconception(
    "examples without any active unit are counted instead of units",
    ("all(axis=0)", "all(axis=1)"),
    advice="A unit is a column: ask whether all N entries of a column are 0, along axis 0.",
)
sparsity_exercise.misconception(
    "units whose mean is zero count as dead",
    ("off.all(axis=0)", "(np.asarray(h).sum(axis=0) == 0)"),
    advice="Values of both signs may average to zero. Ask for every single value: all(axis=0).",
)
sparsity_exercise.misconception(
    "a number of units or of zeros, not a share",
    ("off.mean(), off.all(axis=0).mean()", "off.sum(), off.all(axis=0).sum()"),
    advice="Divide by how many there are, so that layers of different widths compare: the mean of a condition is its share.",
)
sparsity_exercise.misconception(
    "dead units are divided by the number of activations",
    ("off.all(axis=0).mean()", "off.all(axis=0).sum() / off.size"),
    advice="`dead` is a share of the H units, not of the N * H activations.",
)
sparsity_exercise.misconception(
    "dead units are divided by the number of examples",
    ("off.all(axis=0).mean()", "off.all(axis=0).sum() / len(off)"),
    advice="`dead` is a share of the H units, not of the N examples.",
)
sparsity_exercise.misconception(
    "dead units are counted, not their share",
    ("off.all(axis=0).mean()", "off.all(axis=0).sum()"),
    advice="Divide by H, so that layers of different widths compare: the mean of a condition is its share.",
)
sparsity_exercise.misconception(
    "the share of living units, not of dead ones",
    ("off.all(axis=0).mean()", "1 - off.all(axis=0).mean()"),
    advice="`dead` counts the units that are 0 for every example. You have counted the others.",
)
sparsity_exercise.misconception(
    "the two numbers change places",
    ("off.mean(), off.all(axis=0).mean()", "off.all(axis=0).mean(), off.mean()"),
    advice="Return zeros first, then dead.",
)


@sparsity_exercise.alternative
def by_count(h):
    N, H = h.shape
    zeros = N * H - np.count_nonzero(h)
    dead = sum(np.count_nonzero(unit) == 0 for unit in np.transpose(h))
    return zeros / (N * H), dead / H


@sparsity_exercise.alternative
def by_tensorflow(h):
    off = tf.cast(tf.equal(h, 0), "float64")
    return tf.reduce_mean(off), tf.reduce_mean(tf.reduce_min(off, axis=0))
