"""Dense: a layer's pre-activation, as a Keras layer."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import filled, shapes_of

dense = Exercise("Dense", kind="layer", lecture="3:17")


@dense.reference
@keras.saving.register_keras_serializable("fdl")
class Dense(keras.layers.Layer):
    """The pre-activation of a layer of units.

    a = hW + b, one example a row      (lecture 3:17)

    Args:
        units: number of units, H_out.
    Shapes:
        h is (N, H_in), W (H_in, H_out), b (H_out,), a (N, H_out); h and a may have more axes before the last.
        W and b have the layer's dtype; W starts random, as `add_weight` does by itself, and b at 0.
        N is unknown while `model.fit` builds its graph.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        """Make the weights W and b with self.add_weight, now that H_in is known."""
        ### BEGIN SOLUTION
        self.W = self.add_weight(shape=(input_shape[-1], self.units), name="W")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        ### END SOLUTION

    def call(self, h):
        """Turn activations h into pre-activations a."""
        ### BEGIN SOLUTION
        return tf.matmul(h, self.W) + self.b
        ### END SOLUTION

    def compute_output_shape(self, input_shape):
        """The shape of a for a given shape of h, in which N may be None."""
        ### BEGIN SOLUTION
        return (*input_shape[:-1], self.units)
        ### END SOLUTION

    def get_config(self):
        """What __init__ was given, so that Keras can make the layer again from a saved model."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "units": self.units}
        ### END SOLUTION


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


dense.misconception(
    "all weights start alike",
    (
        'shape=(input_shape[-1], self.units), name="W"',
        'shape=(input_shape[-1], self.units), initializer=keras.initializers.Constant(0.01), name="W"',
    ),
    lecture="30:27",
    advice="Units that start alike get the same gradient and stay copies of one another. Leave the initializer out: Keras then draws W.",
)
dense.misconception(
    "the inputs are counted along axis 1",
    ("input_shape[-1]", "input_shape[1]"),
    advice="With more axes in front the features are still the last: input_shape[-1].",
)
dense.misconception(
    "the output's shape has two axes, whatever the input has",
    ("return (*input_shape[:-1], self.units)", "return (input_shape[0], self.units)"),
    advice="Only the last axis changes, from H_in to H_out; all axes before it stay: input_shape[:-1].",
)
dense.misconception(
    "the output's shape is that of W",
    ("return (*input_shape[:-1], self.units)", "return (input_shape[-1], self.units)"),
    advice="W has H_in rows, a has one for each example: the axes of h before its last stay.",
)
dense.misconception(
    "the bias is forgotten",
    (" + self.b\n", "\n"),
    advice="a = hW + b has two terms. Without b, an input of zeros always gives zeros.",
)
dense.misconception(
    "no bias is made",
    ('        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")\n', ""),
    (" + self.b\n", "\n"),
    advice="Make b in build, of shape (units,), and add it in call: a = hW + b.",
)
dense.misconception(
    "the bias is subtracted",
    (" + self.b\n", " - self.b\n"),
    advice="The lecture adds b. A unit's bias raises its pre-activation.",
)
dense.misconception(
    "the weights are stored transposed",
    ("shape=(input_shape[-1], self.units)", "shape=(self.units, input_shape[-1])"),
    ("tf.matmul(h, self.W)", "tf.matmul(h, self.W, transpose_b=True)"),
    advice="The lecture's W is (H_out, H_in), for columns. With one example a row W is (H_in, H_out), as in Keras.",
)
dense.misconception(
    "the product takes W transposed",
    ("tf.matmul(h, self.W)", "tf.matmul(h, self.W, transpose_b=True)"),
    advice="W is (H_in, H_out), so h (N, H_in) times W fits as it is. The transpose in the lecture's Wh comes from its columns.",
)
dense.misconception(
    "a bias for each input",
    ("shape=(self.units,), initializer", "shape=(input_shape[-1],), initializer"),
    ("tf.matmul(h, self.W) + self.b", "tf.matmul(h + self.b, self.W)"),
    advice="b is added to the pre-activation, so it has one entry for each unit: shape (units,).",
)
dense.misconception(
    "one bias for all units",
    ("shape=(self.units,), initializer", "shape=(1,), initializer"),
    advice="Each unit has a bias of its own: shape (units,).",
)
dense.misconception(
    "one bias for all units, a number without axes",
    ("shape=(self.units,), initializer", "shape=(), initializer"),
    advice="Each unit has a bias of its own: shape (units,).",
)
dense.misconception(
    "the weights are made in __init__",
    (
        "    def build(self, input_shape):",
        "        self.make((None, units))\n\n    def make(self, input_shape):",
    ),
    advice="A layer learns H_in when it meets its first input. Keras then calls build with that shape: make W and b there.",
)
dense.misconception(
    "the weights are not trained",
    ('self.units), name="W")', 'self.units), trainable=False, name="W")'),
    ('initializer="zeros", name="b")', 'initializer="zeros", trainable=False, name="b")'),
    advice="Leave `trainable` alone: Keras gives optimizers the trainable weights only.",
)
dense.misconception(
    "add_weight gets the name first, as in Keras 2",
    (
        'self.add_weight(shape=(input_shape[-1], self.units), name="W")',
        'self.add_weight("W", shape=(input_shape[-1], self.units))',
    ),
    advice='Keras 3 takes the shape first: self.add_weight(shape=..., name="W").',
)
dense.misconception(
    "the weights start at 0",
    ('self.units), name="W")', 'self.units), initializer="zeros", name="W")'),
    lecture="30:27",
    advice="Biases may start at 0; weights may not, or all units stay alike (unit 7 shows it). Keep Keras's default.",
)
dense.misconception(
    "the biases start at random",
    (' initializer="zeros",', ' initializer="glorot_uniform",'),
    lecture="30:27",
    advice="The lecture starts biases at 0: initializer='zeros'.",
)
dense.misconception(
    "an activation is applied as well",
    ("return tf.matmul(h, self.W) + self.b", "return tf.maximum(tf.matmul(h, self.W) + self.b, 0)"),
    advice="Dense gives the pre-activation a. The network applies g afterwards, and the output layer applies another.",
)
dense.misconception(
    "float32 is hard-coded",
    (
        "tf.matmul(h, self.W) + self.b",
        "tf.matmul(tf.cast(h, 'float32'), tf.cast(self.W, 'float32')) + tf.cast(self.b, 'float32')",
    ),
    advice="add_weight follows the layer's dtype and Keras casts h to it: leave the casts out.",
)
dense.misconception(
    "the weights are float32, whatever the layer is",
    ('self.units), name="W")', 'self.units), dtype="float32", name="W")'),
    ('initializer="zeros", name="b")', 'initializer="zeros", dtype="float32", name="b")'),
    ("tf.matmul(h, self.W) + self.b", "tf.matmul(h, tf.cast(self.W, h.dtype)) + tf.cast(self.b, h.dtype)"),
    advice="add_weight makes W and b in the layer's dtype by itself: leave `dtype` and the casts out.",
)
dense.misconception(
    "the bias is not trained",
    ('initializer="zeros", name="b")', 'initializer="zeros", trainable=False, name="b")'),
    advice="b is learned as W is. Leave `trainable` alone: Keras gives optimizers the trainable weights only.",
)
dense.misconception(
    "units is missing in the configuration",
    ('{**super().get_config(), "units": self.units}', "super().get_config()"),
    advice="Keras makes a saved layer again by Dense(**config): everything that __init__ needs must be in it.",
)
dense.misconception(
    "the configuration lacks dtype and name",
    ('{**super().get_config(), "units": self.units}', '{"units": self.units}'),
    advice="Start from super().get_config(), which holds the name and the dtype, and add units.",
)
dense.misconception(
    "the output's shape keeps the inputs' width",
    ("return (*input_shape[:-1], self.units)", "return tuple(input_shape)"),
    advice="The last axis changes from H_in to H_out = units; the axes before it stay.",
)
dense.misconception(
    "the output's shape is found by trying the layer",
    source=dense.edited(
        ("return (*input_shape[:-1], self.units)", "return tuple(self(tf.zeros(input_shape)).shape)")
    ),
    advice="N is None while Keras puts a model together: there are no zeros of that shape. Say it from input_shape alone.",
)


@dense.alternative
@keras.saving.register_keras_serializable("fdl")
class DenseByEinsum(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = int(units)

    def build(self, shape):
        self.bias = self.add_weight(shape=[self.units], initializer=keras.initializers.Zeros())
        self.kernel = self.add_weight(shape=[shape[-1], self.units], initializer="glorot_normal")
        super().build(shape)

    def call(self, x):
        return self.bias + keras.ops.einsum("...d,dh->...h", x, self.kernel)

    def compute_output_shape(self, shape):
        return [*list(shape)[:-1], self.units]

    def get_config(self):
        config = super().get_config()
        config.update(units=self.units)
        return config


@dense.alternative
class DenseBySum(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        H = input_shape[-1]
        self.W = self.add_weight(
            name="kernel", shape=(H, self.units), initializer="he_uniform", trainable=True
        )
        self.b = self.add_weight(name="bias", shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, h):
        return tf.reduce_sum(h[..., :, None] * self.W, axis=-2) + self.b

    def compute_output_shape(self, input_shape):
        return (*tuple(input_shape)[:-1], self.units)

    def get_config(self):
        return dict(super().get_config(), units=self.units)
