"""What `check(stable_softmax)` looks at (lecture 6:52).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks

softmax = Checks("stable_softmax", kind="function", lecture="6:52")


@softmax.check("each row is a distribution")
def distribution(stable_softmax, rng):
    a, v = (tf.constant(rng.normal(size=(5, 7)), "float32") for _ in range(2))
    with tf.GradientTape() as tape:
        tape.watch(a)
        f = stable_softmax(a)
        along_v = tf.reduce_sum(f * v)
    return {"f": f, "slopes of f·v": tape.gradient(along_v, a, unconnected_gradients="zero")}


@softmax.check("along any axis")
def along_any_axis(stable_softmax, rng):
    a = tf.constant(rng.normal(size=(3, 4, 5)), "float32")
    return {f"f along axis {axis}": stable_softmax(a, axis=axis) for axis in (0, 1, 2, -1)}


@softmax.check("large pre-activations")
def large_pre_activations(stable_softmax, rng):
    a = tf.constant(rng.normal(size=(5, 7)), "float32")
    at = {"f at +1000": a + 1000, "f at -1000": a - 1000, "f of 300·a": 300 * a}
    return {name: stable_softmax(value) for name, value in at.items()}


@softmax.check("rows far apart")
def rows_far_apart(stable_softmax, rng):
    rows = np.array([[0], [300], [600], [2000]])
    return {"f": stable_softmax(tf.constant(rng.normal(size=(4, 4)) - rows, "float32"))}


@softmax.check("slopes at large pre-activations")
def slopes_of_large(stable_softmax, rng):
    a, v = (tf.constant(rng.normal(size=(3, 6)), "float32") for _ in range(2))
    found = {}
    for name, big in {"a + 1000": a + 1000, "a - 1000": a - 1000}.items():
        with tf.GradientTape() as tape:
            tape.watch(big)
            along_v = tf.reduce_sum(stable_softmax(big) * v)
        found[f"slopes of f·v at {name}"] = tape.gradient(along_v, big, unconnected_gradients="zero")
    return found


@softmax.example(without={"untouched": "tensors cannot be changed"})
def example(stable_softmax, rng, N=4, dtype="float32"):
    return {"a": tf.constant(rng.normal(size=(N, 6)), dtype)}, lambda a: {"f": stable_softmax(a)}
