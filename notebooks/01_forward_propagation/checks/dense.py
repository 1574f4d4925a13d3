"""What `check(Dense)` looks at (lecture 3:17).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import filled, shapes_of

dense = Checks("Dense", kind="layer", lecture="3:17")


def _filled(Dense, rng, units, inputs, dtype="float32"):
    """A built layer with random weights and biases, and activations for it."""
    layer, h = Dense(units, dtype=dtype), tf.constant(rng.normal(size=(5, inputs)), dtype)
    layer(h)
    return filled(layer, rng), h


def _built(Dense, rng):
    """A layer that has just learned H_in; so wide that no two draws make the same shapes."""
    layer = Dense(int(rng.integers(300, 900)))
    layer.build((None, int(rng.integers(10, 300))))
    return layer


@dense.check("build makes W and b, in the shapes of the lecture")
def weight_shapes(Dense, rng):
    early = len(Dense(3).weights)
    return {
        "shapes of the weights": shapes_of(_built(Dense, rng).trainable_weights),
        "weights before build": early,
    }


@dense.check("the biases start at 0, the weights do not")
def start(Dense, rng):
    by_rank = {len(w.shape): np.ravel(w) for w in _built(Dense, rng).weights}
    W, b = by_rank.get(2, np.full(1, np.nan)), by_rank.get(1, np.full(1, np.nan))
    return {
        "values in W": np.resize(W, 200).astype("float32"),
        "values in b": np.resize(b, 200).astype("float32"),
        "size of W": W.size,
    }


@start.summary(**{"share of different values in W": 0.1})
def start_summary(theirs, ours):
    return {
        "share of different values in W": np.unique(theirs["values in W"]).size / 200,
        "share of W's values that are 0": np.mean(theirs["values in W"] == 0),
        "share of b's values that are 0": np.mean(theirs["values in b"] == 0),
        "size of W": theirs["size of W"],
    }


@dense.check("a = hW + b", points=2)
def pre_activation(Dense, rng):
    layer, h = _filled(Dense, rng, units=4, inputs=7)
    by_rank = {f"weight of {len(w.shape)} axes": np.asarray(w) for w in layer.weights}
    W = by_rank.get("weight of 2 axes", np.zeros((7, 4)))
    return {"a": layer(h), **landmarks(h=h, hW=np.asarray(h) @ W, **by_rank)}


@dense.check("as many units as inputs")
def square_layer(Dense, rng):
    layer, h = _filled(Dense, rng, units=6, inputs=6)
    return {"a": layer(h)}


@dense.check("more axes before the last, and another number of examples")
def more_axes(Dense, rng):
    layer, h = _filled(Dense, rng, units=3, inputs=5)
    found = {"a of fewer examples": layer(h[:2])}
    h = tf.constant(rng.normal(size=(2, 4, 5)), "float32")
    another = Dense(3)
    another(h)
    return {**found, "a of three axes": filled(another, rng)(h)}


@dense.check("the output's shape is known beforehand")
def output_shape(Dense, rng):
    units, steps = (int(n) for n in rng.integers(6, 90, size=2))
    shape_of_h = 8, steps, 5
    shape = Dense(units).compute_output_shape(shape_of_h)
    unknown = Dense(units).compute_output_shape((None, *shape_of_h[1:]))
    known = {"the shape of h": shape_of_h, "the shape of W": (5, units)}
    return {
        "shape": np.array(shape),
        "shape where N is None, which is -1 here": np.array([-1 if n is None else n for n in unknown]),
        **landmarks(**known),
    }


@dense.check("made again from its configuration")
def configuration(Dense, rng):
    layer = Dense(int(rng.integers(5, 99)), dtype=str(rng.choice(["float16", "float64"])))
    again = Dense.from_config(layer.get_config())
    again.build((None, 4))
    return {"dtype": str(again.dtype), "output shape": np.array(again.compute_output_shape((1, 4)))}


@dense.example(without={"one": "nothing here depends on other examples"})
def example(Dense, rng, N=5, dtype="float32"):
    layer = Dense(3, dtype=dtype)

    def used(h):
        a = layer(h)
        by_rank = {len(w.shape): tf.convert_to_tensor(w) for w in layer.weights}
        return {"a": a, "W": by_rank.get(2, a), "b": by_rank.get(1, a)}

    return {"h": tf.constant(rng.normal(size=(N, 5)), dtype)}, used
