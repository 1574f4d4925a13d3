"""What `check(gradient_check)` looks at (lecture 42:58).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks

checking = Checks("gradient_check", kind="report", lecture="42:58")

SHAPES = ((2, 2), (3,), (1, 3))

EPS = 1e-3


def problem(rng, scale=1.0, more=()):
    """A loss of three variables or more, these, and its true gradients."""
    variables = [
        tf.Variable(rng.uniform(0.5, 1.5, size=shape), dtype="float64") for shape in (*SHAPES, *more)
    ]
    factors = [rng.uniform(0.5, 1.5, size=shape) for shape in (*SHAPES, *more)]

    def loss():
        value, total = 0.0, 0.0
        for v, c in zip(variables, factors, strict=True):
            values = v.numpy()
            value += np.sum(c * values**3)
            total += np.sum(values)
        return scale * (value + total**2 / 40)

    total = sum(np.sum(v.numpy()) for v in variables)
    slopes = [scale * (3 * c * v.numpy() ** 2 + total / 20) for v, c in zip(variables, factors, strict=True)]
    return loss, variables, slopes


def known(slopes, given):
    """What is held against each other, to be recognized."""
    lengths = [np.sqrt(np.sum(np.square(part))) for part in slopes]
    theirs = [np.sqrt(np.sum(np.square(part))) for part in given]
    apart = [np.sqrt(np.sum(np.square(a - b))) for a, b in zip(slopes, given, strict=True)]
    names = {
        "norms of the true gradients": lengths,
        "norms of the gradients given": theirs,
        "norms of the differences": apart,
    }
    return landmarks(**names, entries=[part.size for part in slopes])


@checking.check("right, halved, of the wrong sign, zero: each variable by itself", errors=1e-6)
def each_variable(gradient_check, rng):
    loss, variables, slopes = problem(rng, more=[(2,)])
    faults = rng.permutation([1.0, 0.5, -1.0, 0.0])
    given = [fault * part for fault, part in zip(faults, slopes, strict=True)]
    first = np.array(variables[0])
    errors = gradient_check(loss, variables, given, EPS)
    return {"first variable": first, "errors": errors, **known(slopes, given)}


@checking.check("one wrong entry among many, wherever it stands", errors=1e-6)
def one_wrong_entry(gradient_check, rng):
    loss, variables, slopes = problem(rng)
    given = []
    for part in slopes:
        wrong = part.copy()
        # neither the first nor the last
        wrong.flat[int(rng.integers(1, part.size - 1))] *= rng.uniform(1.5, 2.5)
        given.append(wrong)
    return {"errors": gradient_check(loss, variables, given, EPS), **known(slopes, given)}


@checking.check("a small gradient is held to the same standard", errors=1e-6)
def small_gradients(gradient_check, rng):
    loss, variables, slopes = problem(rng, scale=1e-12)
    given = [part * factor for part, factor in zip(slopes, rng.permutation([2.0, 0.6, -1.0]), strict=True)]
    first = np.array(variables[0])
    errors = gradient_check(loss, variables, given, EPS)
    return {"first variable": first, "errors": errors, **known(slopes, given)}


@checking.check("a gradient of zeros passes nowhere", points=2, errors=1e-6)
def zeros(gradient_check, rng):
    loss, variables, slopes = problem(rng)
    unused = tf.Variable(rng.normal(size=2), dtype="float64")
    # where the loss is flat and nobody says so
    at_zero = tf.Variable(np.zeros(2))
    partly_used = tf.Variable(rng.normal(size=3))
    variables = [*variables[:2], unused, at_zero, unused, partly_used]
    given = [
        0 * slopes[0],
        slopes[1],
        np.zeros(2),
        np.zeros(2),
        rng.normal(size=2),
        np.array([0.0, 2.0, 0.0]),
    ]
    first = np.array(variables[0])

    def with_more():
        return loss() + np.sum(at_zero.numpy() ** 2) + 2 * partly_used.numpy()[1]

    errors = gradient_check(with_more, variables, given, EPS)
    return {"first variable": first, "errors": errors}


@checking.check("None, as a tape gives it, counts as zeros", errors=1e-6)
def none_given(gradient_check, rng):
    loss, variables, slopes = problem(rng)
    # A layer's variables are Keras's, whose dtype is a string.
    unused = keras.Variable(rng.normal(size=4), dtype="float64")
    first = np.array(variables[0])
    errors = gradient_check(loss, [*variables, unused], [None, *slopes[1:], None], EPS)
    return {"first variable": first, "errors": errors}


@checking.check("float32 and float16 are refused")
def in_single(gradient_check, rng):
    found = {}
    cases = {
        "all of float32": ("float32", (0, 1, 2)),
        "the first of float32": ("float32", (0,)),
        "the last of float32": ("float32", (2,)),
        "all of float16": ("float16", (0, 1, 2)),
    }
    for name, (dtype, places) in cases.items():
        loss, variables, slopes = problem(rng)
        for place in places:
            variables[place] = tf.Variable(variables[place].numpy(), dtype=dtype)
        found[f"first variable, {name}"] = np.array(variables[0])
        found[f"what they get, {name}"] = "an answer"
        try:
            gradient_check(loss, variables, slopes)
        except ValueError:
            found[f"what they get, {name}"] = "ValueError"
    return found


# To so much it is one whether the norms are added or the gradients, which point the same way.
@checking.check("central differences, with the ε that is given", errors=1e-4)
def how_measured(gradient_check, rng):
    """A large ε shows in the error itself, and how large it is says how the slope was measured."""
    # Of so many variables, sums and norms agree for all by no chance.
    loss, variables, slopes = problem(rng, more=[(2, 2), (2, 2)])
    given = [tf.constant(part) for part in slopes]
    return {"errors": gradient_check(loss, variables, given, 0.3), **known(slopes, slopes)}


@checking.example()
def example(gradient_check, rng):
    loss, (W, b, *_), slopes = problem(rng)
    noise = rng.uniform(0.9, 1.1, size=W.shape)

    def errors_of(W, b, dW, db):
        # what is nearly 0 is left to rounding
        return {"errors": np.round(gradient_check(loss, [W, b], [dW, db], EPS), 6)}

    return {"W": W, "b": b, "dW": noise * slopes[0], "db": slopes[1]}, errors_of
